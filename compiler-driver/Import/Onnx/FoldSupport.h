//===- FoldSupport.h - Helpers of the constant evaluator --------*- C++ -*-===//

#ifndef ACC_COMPILER_DRIVER_ONNX_FOLDSUPPORT_H
#define ACC_COMPILER_DRIVER_ONNX_FOLDSUPPORT_H

#include "compiler-driver/Import/Onnx/ImportContext.h"

#include <cstring>

namespace acc {

/// Results of operators that only make tensors larger stay unfolded beyond
/// this number of elements.
inline constexpr int64_t expansionLimit = 1 << 16;
/// No fold beyond this number of elements.
inline constexpr int64_t foldLimit = 1 << 26;

/// Input `i`, which must be a constant.
inline const HostTensor &tensorOf(ImportContext &context, unsigned i) {
  return *context.in(i).constant;
}

inline llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * shape[i];
  }
  return strides;
}

/// Calls `visit(flat, source)` for each position of `shape`, where `source` is
/// offset + sum of index * stride.
template <typename Visit>
void forEach(llvm::ArrayRef<int64_t> shape, int64_t offset,
             llvm::ArrayRef<int64_t> strides, Visit visit) {
  int64_t count = 1;
  for (int64_t size : shape) {
    count *= size;
  }
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  int64_t source = offset;
  for (int64_t flat = 0; flat < count; ++flat) {
    visit(flat, source);
    for (size_t d = shape.size(); d-- > 0;) {
      source += strides[d];
      if (++index[d] < shape[d]) {
        break;
      }
      source -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
}

/// A strided copy: transposes, slices and broadcasts.
inline HostTensor copyStrided(const HostTensor &from,
                              llvm::ArrayRef<int64_t> shape, int64_t offset,
                              llvm::ArrayRef<int64_t> strides) {
  HostTensor to = HostTensor::zeros(from.name, from.dtype, shape);
  size_t width = getByteSize(from.dtype);
  forEach(shape, offset, strides, [&](int64_t flat, int64_t source) {
    std::memcpy(to.bytes.data() + flat * width,
                from.bytes.data() + source * width, width);
  });
  return to;
}

inline llvm::SmallVector<int64_t>
broadcastStrides(const HostTensor &tensor, llvm::ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t> own = stridesOf(tensor.shape);
  llvm::SmallVector<int64_t> strides(shape.size(), 0);
  size_t offset = shape.size() - tensor.shape.size();
  for (size_t i = 0; i < own.size(); ++i) {
    strides[i + offset] = tensor.shape[i] == 1 ? 0 : own[i];
  }
  return strides;
}

inline HostTensor expandTo(const HostTensor &tensor,
                           llvm::ArrayRef<int64_t> shape) {
  return copyStrided(tensor, shape, 0, broadcastStrides(tensor, shape));
}

inline HostTensor withShape(const HostTensor &tensor,
                            llvm::ArrayRef<int64_t> shape) {
  HostTensor result = tensor;
  result.shape.assign(shape.begin(), shape.end());
  return result;
}

/// Folds an element-wise operator of constants; false if `op` is not one, or if
/// the operator's importer has to report what is wrong with it.
bool foldElementwise(ImportContext &context, llvm::StringRef op);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_FOLDSUPPORT_H
