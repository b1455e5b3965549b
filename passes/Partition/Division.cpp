//===- Division.cpp - How a tensor lies on the slices of a chip -----------===//

#include "passes/Partition/Division.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace xpu {

Axes Grid::usedAxes() const {
  Axes axes;
  for (auto [axis, size] : llvm::enumerate(shape)) {
    if (size > 1) {
      axes.push_back(int16_t(axis));
    }
  }
  return axes;
}

Axes Grid::dividedAxes() const {
  Axes axes = usedAxes();
  llvm::erase_if(
      axes, [&](int16_t axis) { return llvm::is_contained(stages, axis); });
  return axes;
}

Axes Grid::usedOf(ArrayRef<int16_t> axes, bool overChips) const {
  Axes used;
  for (int16_t axis : axes) {
    if (shape[axis] > 1 && isOverChips(axis) == overChips) {
      used.push_back(axis);
    }
  }
  return used;
}

std::string Grid::describe(ArrayRef<int16_t> axes) const {
  if (axes == ArrayRef(dividedAxes())) {
    return stages.empty() ? "all slices" : "all slices of a stage";
  }
  Axes chips = usedOf(axes, true), slices = usedOf(axes, false);
  std::string text;
  if (!chips.empty()) {
    text = chips == usedOf(usedAxes(), true) ? "chips"
           : chips[0] == 0                   ? "trays"
                                             : "chips of trays";
  }
  if (!slices.empty()) {
    text += text.empty() ? "" : " and ";
    text += slices.size() == 2                      ? "slices of chips"
            : size_t(slices[0]) + 2 == shape.size() ? "rows of slices"
                                                    : "columns of slices";
  }
  return text;
}

Cut Grid::cut(int64_t size, ArrayRef<int16_t> axes, int64_t unit) const {
  if (axes.empty()) {
    return Cut();
  }
  int64_t parts = count(axes);
  return {Axes(axes), size % parts == 0
                          ? size / parts
                          : llvm::divideCeilSigned(size / unit, parts) * unit};
}

std::optional<Cut> Grid::gathered(const Cut &cut,
                                  ArrayRef<int16_t> axes) const {
  if (cut.axes.size() < axes.size() ||
      !llvm::equal(axes, ArrayRef(cut.axes).take_front(axes.size()))) {
    return std::nullopt;
  }
  if (axes.empty()) {
    return Cut();
  }
  int64_t merged = count(ArrayRef(cut.axes).drop_front(axes.size()));
  return Cut{Axes(axes), cut.part * merged};
}

std::optional<SmallVector<int64_t>>
Grid::partShape(ArrayRef<int64_t> whole, const Division &division) const {
  SmallVector<int64_t> part(whole);
  for (auto [size, cut] : llvm::zip_equal(part, division.dims)) {
    if (cut.isWhole()) {
      continue;
    }
    if (ShapedType::isDynamic(size) || cut.part * count(cut.axes) < size) {
      return std::nullopt;
    }
    size = cut.part;
  }
  return part;
}

RankedTensorType Grid::partType(Type whole, const Division &division) const {
  auto type = cast<RankedTensorType>(whole);
  return type.clone(*partShape(type.getShape(), division));
}

shard::GridAxesArrayAttr toAttribute(MLIRContext *context,
                                     const Division &division) {
  SmallVector<shard::GridAxesAttr> axes;
  for (const Cut &cut : division.dims) {
    axes.push_back(shard::GridAxesAttr::get(context, cut.axes));
  }
  // The dialect has no form for no dimensions.
  if (axes.empty()) {
    axes.push_back(shard::GridAxesAttr::get(context, {}));
  }
  return shard::GridAxesArrayAttr::get(context, axes);
}

Attribute toKey(MLIRContext *context, const Division &division) {
  Builder builder(context);
  SmallVector<int64_t> parts;
  for (const Cut &cut : division.dims) {
    parts.push_back(cut.part);
  }
  return builder.getArrayAttr(
      {toAttribute(context, division), builder.getDenseI64ArrayAttr(parts)});
}

/// Whether upstream's verifier looks for offsets of each dimension where they
/// are: behind those of the first ones, whose number it takes from a sum.
static bool findsOffsets(const Division &division, const Grid &grid) {
  bool isBehind = false;
  for (const Cut &cut : division.dims) {
    if (cut.isWhole()) {
      continue;
    }
    if (isBehind) {
      return false;
    }
    int64_t sum = 0;
    for (int16_t axis : cut.axes) {
      sum += grid.getShape()[axis];
    }
    isBehind = sum != grid.count(cut.axes);
  }
  return true;
}

shard::ShardingOp createSharding(OpBuilder &builder, Location loc,
                                 ArrayRef<int64_t> shape,
                                 const Division &division, const Grid &grid) {
  SmallVector<int64_t> offsets;
  bool isPadded = false;
  for (auto [size, cut] : llvm::zip_equal(shape, division.dims)) {
    isPadded |= grid.isPadded(size, cut);
    for (int64_t i = 0; !cut.isWhole() && i <= grid.count(cut.axes); ++i) {
      offsets.push_back(std::min(i * cut.part, size));
    }
  }
  shard::GridAxesArrayAttr axes = toAttribute(builder.getContext(), division);
  auto op = shard::ShardingOp::create(
      builder, loc, FlatSymbolRefAttr::get(builder.getContext(), kGridName),
      axes.getAxes());
  if (!isPadded) {
    return op;
  }
  // Upstream's builder takes offsets for sizes of halos.
  if (findsOffsets(division, grid)) {
    op.setStaticShardedDimsOffsets(offsets);
  } else {
    op->setAttr(kOffsetsAttr, builder.getDenseI64ArrayAttr(offsets));
  }
  return op;
}

/// Parts of one size, as far as they reach; takes the offsets it reads.
static std::optional<int64_t> readPart(ArrayRef<int64_t> &offsets, int64_t size,
                                       int64_t parts) {
  if (int64_t(offsets.size()) <= parts) {
    return std::nullopt;
  }
  int64_t part = offsets[1];
  for (int64_t i = 0; i <= parts; ++i) {
    if (part < 1 || part > size || offsets[i] != std::min(i * part, size)) {
      return std::nullopt;
    }
  }
  offsets = offsets.drop_front(parts + 1);
  return part;
}

std::optional<Division> readSharding(shard::ShardingOp sharding,
                                     ArrayRef<int64_t> shape,
                                     const Grid &grid) {
  const int64_t rank = int64_t(shape.size());
  Division division(rank);
  llvm::SmallDenseSet<int16_t> used;
  ArrayRef<int64_t> offsets = sharding.getStaticShardedDimsOffsets();
  if (auto own = sharding->getAttrOfType<DenseI64ArrayAttr>(kOffsetsAttr)) {
    offsets = own.asArrayRef();
  }
  const bool hasOffsets = !offsets.empty();
  for (auto [dim, attr] : llvm::enumerate(sharding.getSplitAxes().getAxes())) {
    ArrayRef<int16_t> list = attr.asArrayRef();
    bool isKnown = llvm::all_of(list, [&](int16_t axis) {
      return axis >= 0 && size_t(axis) < grid.getShape().size() &&
             used.insert(axis).second;
    });
    if (!isKnown || !llvm::is_sorted(list) ||
        (int64_t(dim) >= rank && !list.empty())) {
      return std::nullopt;
    }
    if (list.empty()) {
      continue;
    }
    if (shape[dim] < 1) {
      return std::nullopt;
    }
    Cut cut = grid.cut(shape[dim], list);
    if (hasOffsets) {
      std::optional<int64_t> part =
          readPart(offsets, shape[dim], grid.count(list));
      if (!part) {
        return std::nullopt;
      }
      cut.part = *part;
    } else if (grid.isPadded(shape[dim], cut)) {
      return std::nullopt;
    }
    division.dims[dim] = cut;
  }
  return offsets.empty() ? std::optional(division) : std::nullopt;
}

std::optional<Axes> gatheredAxes(const Cut &from, const Cut &to,
                                 const Grid &grid) {
  std::optional<Cut> cut = grid.gathered(from, to.axes);
  if (!cut || *cut != to) {
    return std::nullopt;
  }
  return Axes(llvm::drop_begin(from.axes, to.axes.size()));
}

/// Pairs of dimensions of a tensor of this shape and of a slice of it that are
/// whole in the slice.
template <typename SliceOp>
static SmallVector<std::pair<unsigned, unsigned>>
pairSliceDims(SliceOp slice, ArrayRef<int64_t> shape) {
  SmallVector<std::pair<unsigned, unsigned>> pairs;
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  unsigned inSlice = 0;
  for (unsigned dim = 0; dim < shape.size(); ++dim) {
    if (dropped[dim]) {
      continue;
    }
    bool isWhole = slice.getStaticOffsets()[dim] == 0 &&
                   slice.getStaticStrides()[dim] == 1 &&
                   slice.getStaticSizes()[dim] == shape[dim];
    if (isWhole) {
      pairs.push_back({dim, inSlice});
    }
    ++inSlice;
  }
  return pairs;
}

/// Pairs of dimensions of the source and the result of a view that run over the
/// same elements in the same order, at least in their first parts.
static SmallVector<std::pair<unsigned, unsigned>> pairDims(Operation *view) {
  SmallVector<std::pair<unsigned, unsigned>> pairs;
  auto source =
      cast<RankedTensorType>(view->getOperand(0).getType()).getShape();
  auto result = cast<RankedTensorType>(view->getResult(0).getType()).getShape();
  auto firstOf = [](ArrayRef<int64_t> shape, ArrayRef<int64_t> group) {
    const int64_t *it =
        llvm::find_if(group, [&](int64_t dim) { return shape[dim] != 1; });
    return unsigned(it == group.end() ? group.front() : *it);
  };
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(view)) {
    for (auto [dim, group] :
         llvm::enumerate(collapse.getReassociationIndices())) {
      pairs.push_back({firstOf(source, group), unsigned(dim)});
    }
    return pairs;
  }
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(view)) {
    for (auto [dim, group] :
         llvm::enumerate(expand.getReassociationIndices())) {
      pairs.push_back({unsigned(dim), firstOf(result, group)});
    }
    return pairs;
  }
  if (llvm::isa<BlocksOp>(view)) {
    // Elements of a block stay together.
    for (unsigned dim = 0; dim < result.size(); ++dim) {
      pairs.push_back({dim, dim});
    }
    return pairs;
  }
  return pairSliceDims(cast<tensor::ExtractSliceOp>(view), source);
}

bool isDividedView(Operation *op) {
  return llvm::isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp,
                   tensor::ExtractSliceOp, BlocksOp>(op) &&
         cast<RankedTensorType>(op->getOperand(0).getType()).hasStaticShape() &&
         cast<RankedTensorType>(op->getResult(0).getType()).hasStaticShape();
}

Division viewDivision(Operation *view, const Division &source,
                      const Grid &grid) {
  auto type = cast<RankedTensorType>(view->getResult(0).getType());
  auto from = cast<RankedTensorType>(view->getOperand(0).getType());
  Division result(type.getRank());
  for (auto [a, b] : pairDims(view)) {
    // Fewer parts are made of more by gathering over the last axes.
    for (Axes axes = source.dims[a].axes; !axes.empty(); axes.pop_back()) {
      Cut cut = *grid.gathered(source.dims[a], axes);
      int64_t elements = cut.part * type.getDimSize(b);
      if (elements % from.getDimSize(a) == 0) {
        result.dims[b] = {axes, elements / from.getDimSize(a)};
        break;
      }
    }
  }
  return result;
}

std::optional<Division> sourceDivision(Operation *view, const Division &result,
                                       const Grid &grid) {
  auto type = cast<RankedTensorType>(view->getOperand(0).getType());
  Division source(type.getRank());
  auto to = cast<RankedTensorType>(view->getResult(0).getType());
  for (auto [a, b] : pairDims(view)) {
    if (const Cut &cut = result.dims[b]; !cut.isWhole()) {
      source.dims[a] = {cut.axes,
                        cut.part * type.getDimSize(a) / to.getDimSize(b)};
    }
  }
  if (!grid.partShape(type.getShape(), source) ||
      viewDivision(view, source, grid) != result) {
    return std::nullopt;
  }
  return source;
}

Value clonePartView(OpBuilder &builder, Operation *view, Value source,
                    const Division &result, const Grid &grid) {
  Location loc = view->getLoc();
  RankedTensorType type = grid.partType(view->getResult(0).getType(), result);
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(view)) {
    return tensor::CollapseShapeOp::create(builder, loc, type, source,
                                           collapse.getReassociationIndices());
  }
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(view)) {
    return tensor::ExpandShapeOp::create(builder, loc, type, source,
                                         expand.getReassociationIndices());
  }
  if (llvm::isa<BlocksOp>(view)) {
    return BlocksOp::create(builder, loc, type, source);
  }
  auto slice = cast<tensor::ExtractSliceOp>(view);
  SmallVector<OpFoldResult> sizes = slice.getMixedSizes();
  ArrayRef<int64_t> part = cast<RankedTensorType>(source.getType()).getShape();
  for (auto [a, b] : pairDims(view)) {
    sizes[a] = builder.getIndexAttr(part[a]);
  }
  return tensor::ExtractSliceOp::create(builder, loc, type, source,
                                        slice.getMixedOffsets(), sizes,
                                        slice.getMixedStrides());
}

std::optional<Division> insertedDivision(tensor::InsertSliceOp insert,
                                         const Division &result) {
  Division inserted(insert.getSourceType().getRank());
  Division kept(result.dims.size());
  for (auto [dim, inSlice] :
       pairSliceDims(insert, insert.getType().getShape())) {
    inserted.dims[inSlice] = kept.dims[dim] = result.dims[dim];
  }
  return kept == result ? std::optional(inserted) : std::nullopt;
}

Division insertionDivision(tensor::InsertSliceOp insert,
                           const Division &inserted) {
  Division result(insert.getType().getRank());
  for (auto [dim, inSlice] :
       pairSliceDims(insert, insert.getType().getShape())) {
    result.dims[dim] = inserted.dims[inSlice];
  }
  return result;
}

Value clonePartInsertion(OpBuilder &builder, tensor::InsertSliceOp insert,
                         Value source, Value dest) {
  SmallVector<OpFoldResult> sizes = insert.getMixedSizes();
  ArrayRef<int64_t> part = cast<RankedTensorType>(source.getType()).getShape();
  for (auto [dim, inSlice] :
       pairSliceDims(insert, insert.getType().getShape())) {
    sizes[dim] = builder.getIndexAttr(part[inSlice]);
  }
  return tensor::InsertSliceOp::create(builder, insert.getLoc(), source, dest,
                                       insert.getMixedOffsets(), sizes,
                                       insert.getMixedStrides());
}

} // namespace xpu
