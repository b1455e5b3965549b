//===- Pages.cpp - Memory that has been read ------------------------------===//

#include "passes/Support/Pages.h"

#include "llvm/Support/Alignment.h"
#include "llvm/Support/Process.h"

#include <sys/mman.h>

using namespace llvm;

void acc::dropPages(ArrayRef<char> bytes, bool last) {
  Align page(sys::Process::getPageSizeEstimate());
  uintptr_t begin = alignAddr(bytes.begin(), page);
  uintptr_t end = reinterpret_cast<uintptr_t>(bytes.end()) & -page.value();
  if (begin < end) {
    // A hint: what it does not do costs memory only.
    (void)madvise(reinterpret_cast<void *>(begin), end - begin,
                  last ? MADV_DONTNEED : MADV_PAGEOUT);
  }
}

void acc::forEachChunk(ArrayRef<char> bytes, bool last,
                       function_ref<void(ArrayRef<char>)> body) {
  const size_t chunk = kPagesChunk;
  while (!bytes.empty()) {
    ArrayRef<char> part = bytes.take_front(chunk);
    body(part);
    if (last || part.size() == chunk) {
      dropPages(part, last);
    }
    bytes = bytes.drop_front(part.size());
  }
}
