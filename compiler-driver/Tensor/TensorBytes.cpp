//===- TensorBytes.cpp - Bytes that may lie in a file ---------------------===//

#include "compiler-driver/Tensor/TensorBytes.h"

#include "passes/Support/Pages.h"

#include "llvm/Support/Alignment.h"

using namespace llvm;

namespace acc {

TensorBytes TensorBytes::copyOf(ArrayRef<char> bytes) {
  TensorBytes result;
  result.assign(bytes.begin(), bytes.end());
  return result;
}

TensorBytes TensorBytes::ofFile(ArrayRef<char> bytes, size_t alignment,
                                std::shared_ptr<const void> owner) {
  // LLVM reads smaller files into the heap.
  constexpr size_t kLeastView = size_t(64) << 10;
  if (bytes.size() < kLeastView) {
    return copyOf(bytes);
  }
  if (!isAddrAligned(Align(alignment), bytes.data())) {
    TensorBytes result;
    result.own = std::make_shared<std::vector<char>>();
    result.own->reserve(bytes.size());
    forEachChunk(bytes, /*last=*/true, [&](ArrayRef<char> part) {
      result.own->insert(result.own->end(), part.begin(), part.end());
    });
    return result;
  }
  return TensorBytes(bytes, std::move(owner));
}

} // namespace acc
