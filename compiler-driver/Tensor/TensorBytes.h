//===- TensorBytes.h - Bytes that may lie in a file -------------*- C++ -*-===//
//
// The elements of a tensor: bytes of its own, or a view of a mapped file or of
// a parsed message that is kept alive. Copies share their bytes until somebody
// writes to one of them.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_TENSOR_TENSORBYTES_H
#define ACC_COMPILER_DRIVER_TENSOR_TENSORBYTES_H

#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <utility>
#include <vector>

namespace acc {

class TensorBytes {
public:
  TensorBytes() = default;

  /// A view of `bytes`, which live as long as `owner`.
  TensorBytes(llvm::ArrayRef<char> bytes, std::shared_ptr<const void> owner)
      : view(bytes), owner(std::move(owner)) {}

  /// Bytes of a mapped file, which nothing else reads. A view if there are so
  /// many that they are mapped indeed, and can be read again after the compiler
  /// has dropped them; and if they lie on a multiple of `alignment`.
  static TensorBytes ofFile(llvm::ArrayRef<char> bytes, size_t alignment,
                            std::shared_ptr<const void> owner);
  static TensorBytes copyOf(llvm::ArrayRef<char> bytes);

  void assign(size_t count, char value) {
    own = std::make_shared<std::vector<char>>(count, value);
    owner.reset();
  }
  template <typename Iterator> void assign(Iterator first, Iterator last) {
    own = std::make_shared<std::vector<char>>(first, last);
    owner.reset();
  }

  /// Whether the bytes lie in memory of their own, and not in a file.
  bool isOwn() const { return own != nullptr; }

  size_t size() const { return own ? own->size() : view.size(); }
  bool empty() const { return size() == 0; }

  const char *data() const { return own ? own->data() : view.data(); }
  const char *begin() const { return data(); }
  const char *end() const { return data() + size(); }
  operator llvm::ArrayRef<char>() const { return {data(), size()}; }

  /// To write to: bytes that nobody shares.
  char *data() {
    if (!own || own.use_count() > 1) {
      const llvm::ArrayRef<char> shared = std::as_const(*this);
      assign(shared.begin(), shared.end());
    }
    return own->data();
  }
  char *begin() { return data(); }
  char *end() { return data() + size(); }

  friend bool operator==(const TensorBytes &a, const TensorBytes &b) {
    return llvm::ArrayRef<char>(a) == llvm::ArrayRef<char>(b);
  }
  friend bool operator!=(const TensorBytes &a, const TensorBytes &b) {
    return !(a == b);
  }

private:
  std::shared_ptr<std::vector<char>> own;
  llvm::ArrayRef<char> view; ///< Unless the bytes are its own.
  std::shared_ptr<const void> owner;
};

} // namespace acc

#endif // ACC_COMPILER_DRIVER_TENSOR_TENSORBYTES_H
