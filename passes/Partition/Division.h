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
/// The shape of the whole, if parts do not fill it exactly.
inline constexpr llvm::StringLiteral kWholeAttr = "xpu.whole";
/// Offsets of parts that are not equal, where upstream's verifier does not take
/// them as `sharded_dims_offsets`: it adds the sizes of the axes of a dimension
/// where it should multiply them.
inline constexpr llvm::StringLiteral kOffsetsAttr = "xpu.sharded_dims_offsets";
/// An argument that is another place of an input: that input's number.
inline constexpr llvm::StringLiteral kCopyOfAttr = "xpu.copy_of";
/// An argument that is a constant of which slices hold parts: its value.
inline constexpr llvm::StringLiteral kValueAttr = "xpu.value";

/// Axes of the grid of slices, in increasing order. The last two go over the
/// rows and columns of a chip; those of a rack are behind its trays and the
/// chips of a tray. All together are all slices, by their numbers.
using Axes = llvm::SmallVector<int16_t, 2>;

/// How a dimension is cut. Slices have places for parts of one size, one after
/// the other; where they reach beyond the whole, what is there means nothing.
struct Cut {
  Axes axes;
  int64_t part = 0; ///< Elements of a place; 0 if it is not cut.

  bool isWhole() const { return axes.empty(); }
  bool operator==(const Cut &other) const {
    return axes == other.axes && part == other.part;
  }
  bool operator!=(const Cut &other) const { return !(*this == other); }
};

/// The cut of each dimension of a tensor. What is not cut is in all slices.
struct Division {
  llvm::SmallVector<Cut> dims;

  explicit Division(int64_t rank = 0) : dims(rank) {}
  bool isWhole() const {
    return llvm::all_of(dims, [](const Cut &cut) { return cut.isWhole(); });
  }
  bool operator==(const Division &other) const { return dims == other.dims; }
  bool operator!=(const Division &other) const { return dims != other.dims; }
};

/// The slices of a chip, or of all chips of a rack. Along the axes `stages`
/// they work on different parts of a graph, so nothing is divided over these.
class Grid {
public:
  Grid() = default;
  explicit Grid(llvm::ArrayRef<int64_t> shape,
                llvm::ArrayRef<int16_t> stages = {})
      : shape(shape), stages(stages) {}

  int64_t count(llvm::ArrayRef<int16_t> axes) const {
    int64_t parts = 1;
    for (int16_t axis : axes) {
      parts *= shape[axis];
    }
    return parts;
  }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  /// Rows and columns of a chip's slices, or these behind trays and chips.
  bool isOfSlices() const { return shape.size() == 2 || shape.size() == 4; }
  /// Whether the axis goes from chip to chip, not from slice to slice.
  bool isOverChips(int16_t axis) const {
    return size_t(axis) + 2 < shape.size();
  }
  /// Those of the axes that go over chips, or over slices of a chip, and along
  /// which there is more than one.
  Axes usedOf(llvm::ArrayRef<int16_t> axes, bool overChips) const;
  /// What slices differ in along these axes: "columns of slices".
  std::string describe(llvm::ArrayRef<int16_t> axes) const;
  /// All axes along which there is more than one slice.
  Axes usedAxes() const;
  /// Those of them over which something can be divided.
  Axes dividedAxes() const;

  /// A dimension over these axes: equal parts, or the least that are enough.
  /// Parts are multiples of `unit`, which divides `size`.
  Cut cut(int64_t size, llvm::ArrayRef<int16_t> axes, int64_t unit = 1) const;
  /// What a cut becomes if parts are gathered over the last axes, so that those
  /// in `axes` are left. They are next to each other then. Nothing if `axes`
  /// are not the first ones.
  std::optional<Cut> gathered(const Cut &cut,
                              llvm::ArrayRef<int16_t> axes) const;
  /// Whether places for parts reach beyond the whole.
  bool isPadded(int64_t size, const Cut &cut) const {
    return !cut.isWhole() && cut.part * count(cut.axes) != size;
  }

  /// The shape of a slice's part; nothing if a dimension of unknown size is
  /// cut, or parts do not cover the whole.
  std::optional<llvm::SmallVector<int64_t>>
  partShape(llvm::ArrayRef<int64_t> whole, const Division &division) const;
  /// The same of a type that is known to have parts.
  mlir::RankedTensorType partType(mlir::Type whole,
                                  const Division &division) const;

private:
  llvm::SmallVector<int64_t, 2> shape = {1, 1};
  Axes stages;
};

/// The axes of a division as an attribute.
mlir::shard::GridAxesArrayAttr toAttribute(mlir::MLIRContext *context,
                                           const Division &division);
/// An attribute that tells divisions apart.
mlir::Attribute toKey(mlir::MLIRContext *context, const Division &division);

/// The shape of the whole of which an argument or result with these attributes
/// is a part. In the header, as the simulator links no passes.
inline llvm::SmallVector<int64_t> wholeShape(llvm::ArrayRef<int64_t> part,
                                             mlir::DictionaryAttr attributes,
                                             llvm::ArrayRef<int64_t> grid) {
  llvm::SmallVector<int64_t> shape(part);
  if (!attributes) {
    return shape;
  }
  auto whole = attributes.getAs<mlir::DenseI64ArrayAttr>(kWholeAttr);
  if (whole && whole.size() == int64_t(part.size())) {
    return llvm::SmallVector<int64_t>(whole.asArrayRef());
  }
  if (auto split =
          attributes.getAs<mlir::shard::GridAxesArrayAttr>(kSplitAttr)) {
    for (auto [size, axes] : llvm::zip(shape, split.getAxes())) {
      for (int16_t axis : axes.asArrayRef()) {
        size *= axis >= 0 && size_t(axis) < grid.size() ? grid[axis] : 1;
      }
    }
  }
  return shape;
}

/// The division of a tensor of this shape in upstream's terms, which lists the
/// offsets of parts where they are not equal; and back. Nothing if axes are not
/// in increasing order, are used twice, or are not of the grid, or if parts
/// other than the last ones are not of one size.
mlir::shard::ShardingOp createSharding(mlir::OpBuilder &builder,
                                       mlir::Location loc,
                                       llvm::ArrayRef<int64_t> shape,
                                       const Division &division,
                                       const Grid &grid);
std::optional<Division> readSharding(mlir::shard::ShardingOp sharding,
                                     llvm::ArrayRef<int64_t> shape,
                                     const Grid &grid);

/// The axes over which parts have to be gathered so that a dimension is cut as
/// in `to`: the last ones, since parts are then next to each other. Nothing if
/// there is no such way.
std::optional<Axes> gatheredAxes(const Cut &from, const Cut &to,
                                 const Grid &grid);

/// Whether `op` sees the elements of its first operand in other shapes or
/// parts, dimension by dimension, so that each slice can do so with its part.
bool isDividedView(mlir::Operation *op);

/// The division of such a view's result if its source has `source`; where the
/// view cannot keep one, the dimension is whole.
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
