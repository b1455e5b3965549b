//===- Division.h - How a tensor lies on the slices of a chip ---*- C++ -*-===//

#ifndef PASSES_PARTITION_DIVISION_H
#define PASSES_PARTITION_DIVISION_H

#include "mlir/Dialect/Shard/IR/ShardDialect.h"
#include "mlir/Dialect/Shard/IR/ShardOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include <optional>

namespace xpu {

/// The symbol of the grid of slices, and the attributes of arguments and
/// results that are divided.
inline constexpr llvm::StringLiteral kGridName = "chip";
/// How it is divided: a `#shard.axisarray`, an entry for each dimension.
inline constexpr llvm::StringLiteral kSplitAttr = "xpu.split";
/// An argument that is another place of an input: that input's number.
inline constexpr llvm::StringLiteral kCopyOfAttr = "xpu.copy_of";
/// An argument that is a constant of which slices hold parts: its value.
inline constexpr llvm::StringLiteral kValueAttr = "xpu.value";

/// Axes of the grid of slices, in increasing order: 0 goes over its rows, 1
/// over its columns. Both together are all slices, by their numbers.
using Axes = llvm::SmallVector<int16_t, 2>;

/// The axes over which each dimension of a tensor is cut into equal parts. What
/// is not cut is in all slices.
struct Division {
  llvm::SmallVector<Axes> dims;

  explicit Division(int64_t rank = 0) : dims(rank) {}
  bool isWhole() const {
    return llvm::all_of(dims, [](const Axes &axes) { return axes.empty(); });
  }
  bool operator==(const Division &other) const { return dims == other.dims; }
  bool operator!=(const Division &other) const { return dims != other.dims; }
};

/// The slices of a chip.
class Grid {
public:
  Grid() = default;
  explicit Grid(llvm::ArrayRef<int64_t> shape) : shape(shape) {}

  int64_t count(llvm::ArrayRef<int16_t> axes) const {
    int64_t parts = 1;
    for (int16_t axis : axes) {
      parts *= shape[axis];
    }
    return parts;
  }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  /// All axes along which there is more than one slice.
  Axes usedAxes() const;

  /// The shape of a slice's part, if all parts are equal.
  std::optional<llvm::SmallVector<int64_t>>
  partShape(llvm::ArrayRef<int64_t> whole, const Division &division) const;
  /// The same of a type that is known to have equal parts.
  mlir::RankedTensorType partType(mlir::Type whole,
                                  const Division &division) const;

private:
  llvm::SmallVector<int64_t, 2> shape = {1, 1};
};

/// A division as an attribute, and back. An attribute may end before the last
/// dimension. Nothing if axes are not in increasing order, are used twice, or
/// are not of a grid of rows and columns.
mlir::shard::GridAxesArrayAttr toAttribute(mlir::MLIRContext *context,
                                           const Division &division);
std::optional<Division>
fromAttribute(llvm::ArrayRef<mlir::shard::GridAxesAttr> axes, int64_t rank);

/// The axes over which parts have to be gathered so that a dimension is cut
/// over `to` only: the last ones, since parts are then next to each other.
/// Nothing if there is no such way.
std::optional<Axes> gatheredAxes(const Axes &from, const Axes &to);

/// Whether `op` sees the elements of its first operand in other shapes or
/// parts, dimension by dimension, so that each slice can do so with its part.
bool isDividedView(mlir::Operation *op);

/// The division of such a view's result if its source has `source`; where the
/// view cannot keep one, the dimension is whole. Sizes are those of the whole.
Division viewDivision(mlir::Operation *view, const Division &source,
                      const Grid &grid);

/// The division of the source that gives this result; nothing if there is none.
std::optional<Division>
sourceDivision(mlir::Operation *view, const Division &result, const Grid &grid);

/// The same view of a part.
mlir::Value clonePartView(mlir::OpBuilder &builder, mlir::Operation *view,
                          mlir::Value source, const Division &result,
                          const Grid &grid);

/// The division of what is inserted into a tensor that is divided so; nothing
/// if a dimension that is inserted in part is divided.
std::optional<Division> insertedDivision(mlir::tensor::InsertSliceOp insert,
                                         const Division &result);
/// The division of the result that fits to what is inserted; dimensions that
/// are inserted in part are whole.
Division insertionDivision(mlir::tensor::InsertSliceOp insert,
                           const Division &inserted);
mlir::Value clonePartInsertion(mlir::OpBuilder &builder,
                               mlir::tensor::InsertSliceOp insert,
                               mlir::Value source, mlir::Value dest);

} // namespace xpu

#endif // PASSES_PARTITION_DIVISION_H
