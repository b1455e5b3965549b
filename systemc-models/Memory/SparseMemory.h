//===- SparseMemory.h - A large memory that is mostly zero --------*- C++
//-*-===//
//
// Byte-addressed memory in pages that exist only once written. Reads of other
// pages give zeros.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_SPARSEMEMORY_H
#define ACC_SYSTEMC_MODELS_MEMORY_SPARSEMEMORY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace acc {

class SparseMemory {
public:
  static constexpr uint64_t pageBytes = 64 * 1024;

  explicit SparseMemory(uint64_t sizeBytes = 0)
      : sizeBytes(sizeBytes), pages((sizeBytes + pageBytes - 1) / pageBytes) {}

  uint64_t size() const { return sizeBytes; }

  /// Copies bytes; the range must lie inside the memory.
  void read(uint64_t address, void *out, uint64_t count) const;
  void write(uint64_t address, const void *in, uint64_t count);

  /// A copy of `count` bytes.
  std::vector<uint8_t> read(uint64_t address, uint64_t count) const;

  /// One past the last byte that is not zero.
  uint64_t usedBytes() const;

  /// First address at which the two differ; false if none.
  bool firstDifference(const SparseMemory &other, uint64_t &address) const;

  /// Writes the bytes 0 .. usedBytes()-1 to a file: trailing zeros are dropped,
  /// so equal contents give equal files. Zero pages become holes.
  llvm::Error writeFile(llvm::StringRef path) const;

private:
  using Page = std::unique_ptr<uint8_t[]>;
  uint64_t sizeBytes;
  std::vector<Page> pages;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_MEMORY_SPARSEMEMORY_H
