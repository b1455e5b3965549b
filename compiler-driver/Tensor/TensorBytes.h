//===- TensorBytes.h - Bytes that may lie in a file -------------*- C++ -*-===//
//
// The elements of a tensor: bytes of its own, or a view of a mapped file or of
// a parsed message that is kept alive. A view becomes a copy when somebody
// writes to it.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_TENSOR_TENSORBYTES_H
#define ACC_COMPILER_DRIVER_TENSOR_TENSORBYTES_H

#include "llvm/ADT/ArrayRef.h"

#include <memory>
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
    owner.reset();
    own.assign(count, value);
  }
  template <typename Iterator> void assign(Iterator first, Iterator last) {
    owner.reset();
    own.assign(first, last);
  }

  size_t size() const { return owner ? view.size() : own.size(); }
  bool empty() const { return size() == 0; }

  const char *data() const { return owner ? view.data() : own.data(); }
  const char *begin() const { return data(); }
  const char *end() const { return data() + size(); }
  operator llvm::ArrayRef<char>() const { return {data(), size()}; }

  char *data() {
    if (owner) {
      own.assign(view.begin(), view.end());
      owner.reset();
    }
    return own.data();
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
  std::vector<char> own;
  llvm::ArrayRef<char> view; ///< If there is an owner.
  std::shared_ptr<const void> owner;
};

} // namespace acc

#endif // ACC_COMPILER_DRIVER_TENSOR_TENSORBYTES_H
