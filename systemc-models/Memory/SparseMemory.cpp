//===- SparseMemory.cpp - A large memory that is mostly zero --------------===//

#include "systemc-models/Memory/SparseMemory.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cassert>
#include <cstring>

using namespace acc;

void SparseMemory::read(uint64_t address, void *out, uint64_t count) const {
  assert(address + count <= sizeBytes && "read beyond the memory");
  auto *to = static_cast<uint8_t *>(out);
  while (count > 0) {
    uint64_t offset = address % pageBytes;
    uint64_t n = std::min(count, pageBytes - offset);
    if (const Page &page = pages[address / pageBytes]) {
      std::memcpy(to, page.get() + offset, n);
    } else {
      std::memset(to, 0, n);
    }
    to += n;
    address += n;
    count -= n;
  }
}

void SparseMemory::write(uint64_t address, const void *in, uint64_t count) {
  assert(address + count <= sizeBytes && "write beyond the memory");
  auto *from = static_cast<const uint8_t *>(in);
  while (count > 0) {
    uint64_t offset = address % pageBytes;
    uint64_t n = std::min(count, pageBytes - offset);
    Page &page = pages[address / pageBytes];
    if (!page) {
      page.reset(new uint8_t[pageBytes]());
    }
    std::memcpy(page.get() + offset, from, n);
    from += n;
    address += n;
    count -= n;
  }
}

std::vector<uint8_t> SparseMemory::read(uint64_t address,
                                        uint64_t count) const {
  std::vector<uint8_t> bytes(count);
  read(address, bytes.data(), count);
  return bytes;
}

uint64_t SparseMemory::usedBytes() const {
  for (size_t p = pages.size(); p-- > 0;) {
    if (!pages[p]) {
      continue;
    }
    for (uint64_t i = pageBytes; i-- > 0;) {
      if (pages[p][i]) {
        return p * pageBytes + i + 1;
      }
    }
  }
  return 0;
}

bool SparseMemory::firstDifference(const SparseMemory &other,
                                   uint64_t &address) const {
  static const uint8_t zeros[pageBytes] = {};
  size_t count = std::max(pages.size(), other.pages.size());
  for (size_t p = 0; p < count; ++p) {
    const uint8_t *a = p < pages.size() && pages[p] ? pages[p].get() : zeros;
    const uint8_t *b =
        p < other.pages.size() && other.pages[p] ? other.pages[p].get() : zeros;
    if (a != b && std::memcmp(a, b, pageBytes) != 0) {
      address = p * pageBytes +
                uint64_t(std::mismatch(a, a + pageBytes, b).first - a);
      return true;
    }
  }
  return false;
}

llvm::Error SparseMemory::writeFile(llvm::StringRef path) const {
  uint64_t used = usedBytes();
  int fd = -1;
  std::error_code ec = llvm::sys::fs::openFileForWrite(path, fd);
  if (ec) {
    return llvm::createStringError(ec, "cannot write '%s': %s",
                                   path.str().c_str(), ec.message().c_str());
  }
  llvm::raw_fd_ostream os(fd, /*shouldClose=*/true);
  ec = llvm::sys::fs::resize_file_sparse(fd, used);
  for (size_t p = 0; p < pages.size() && !ec; ++p) {
    uint64_t begin = p * pageBytes;
    if (pages[p] && begin < used) {
      os.seek(begin);
      os.write(reinterpret_cast<const char *>(pages[p].get()),
               std::min(pageBytes, used - begin));
    }
  }
  if (!ec) {
    os.flush();
    ec = os.error();
    os.clear_error();
  }
  if (ec) {
    return llvm::createStringError(ec, "cannot write '%s': %s",
                                   path.str().c_str(), ec.message().c_str());
  }
  return llvm::Error::success();
}
