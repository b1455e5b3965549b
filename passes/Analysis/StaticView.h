//===- StaticView.h - Buffers as base, offset and strides -------*- C++ -*-===//
//
// After tiling every shape is a constant, and every offset one plus what loops
// add to it; a memref value is then a whole buffer plus an offset and strides,
// which is what streams are made of.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_ANALYSIS_STATICVIEW_H
#define PASSES_ANALYSIS_STATICVIEW_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include "mlir/Support/LLVM.h"

namespace xpu {

/// Name of the attribute on the allocation of a scratchpad buffer whose rows
/// (the last dimension) begin so many bytes apart: more than a row has, but
/// less than an element more, which its type cannot say. The type has room for
/// all rows so.
inline constexpr llvm::StringLiteral kPitchAttr = "xpu.pitch";

/// A memref value: bytes of element (i, j, …) are at root + offset + Σ
/// i·stride.
struct StaticView {
  mlir::Value root; ///< A function argument, an allocation or a global.
  int64_t offset = 0;
  /// Counters of loops, and the bytes that each step of them adds.
  llvm::SmallVector<std::pair<mlir::Value, int64_t>> shifts;
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> strides; ///< In bytes.
  int64_t elementBytes = 0;
  mlir::Type elementType;
};

/// Walks views up to the buffer; fails if a shape or stride is not constant, or
/// an offset not linear in the counters of loops.
mlir::FailureOr<StaticView> getStaticView(mlir::Value memref);

/// Whether two views of one buffer are at the same place.
bool isSamePlace(const StaticView &a, const StaticView &b);

/// A loop nest with the byte strides of several streams.
struct LoopNest {
  llvm::SmallVector<int64_t> sizes;
  /// strides[stream][dimension]
  llvm::SmallVector<llvm::SmallVector<int64_t>> strides;

  /// Drops dimensions of size 1 and merges neighbours that step like one
  /// dimension in every stream.
  void simplify();
  /// Adds dimensions of size 1 in front until there are `count`.
  void padTo(unsigned count);
};

} // namespace xpu

#endif // PASSES_ANALYSIS_STATICVIEW_H
