//===- SplitContraction.cpp - A product in two parts ----------------------===//

#include "passes/Tiling/SplitContraction.h"

#include "passes/Analysis/ProductBound.h"
#include "passes/Tiling/Tiling.h"

using namespace mlir;

namespace xpu {

/// The only one of `group` that counts further than one; none if several do.
static std::optional<unsigned> findOnly(ArrayRef<unsigned> group,
                                        ArrayRef<int64_t> ranges) {
  std::optional<unsigned> only;
  for (unsigned dim : group) {
    if (ranges[dim] > 1) {
      if (only) {
        return std::nullopt;
      }
      only = dim;
    }
  }
  return only;
}

std::optional<ContractionSplit> proposeSplit(linalg::LinalgOp op,
                                             const ContractionDims &dims,
                                             const acc::Target &target,
                                             uint64_t cycles) {
  // Two parts fill and empty the pipeline of engines twice.
  constexpr double kGain = 0.02;
  // Array and memory wait for each other: where the former is busy for less of
  // the time, it is not what holds up the product.
  constexpr double kBusy = 0.7;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  FailureOr<ProductShape> shape = describeProduct(target, op, dims, ranges);
  if (failed(shape)) {
    return std::nullopt;
  }
  const int64_t width = target.mxuCols();
  const int64_t m = int64_t(shape->m), n = int64_t(shape->n);
  double steps = double(shape->batch) * double(shape->terms) *
                 double(ceilDiv(int64_t(shape->k), int64_t(shape->depth)));
  double whole =
      steps * double(std::min(m * ceilDiv(n, width), n * ceilDiv(m, width)));
  if (whole < kBusy * double(cycles)) {
    return std::nullopt;
  }
  double bytesPerCycle = double(target.hbm.channels) * target.hbm.atomBytes /
                         double(target.hbm.tBurstPs) * target.cyclePs();
  double least = whole - kGain * double(cycles);
  std::optional<ContractionSplit> best;
  for (auto [group, size, other, operand] :
       {std::tuple(ArrayRef(dims.n), n, m, 0u),
        std::tuple(ArrayRef(dims.m), m, n, 1u)}) {
    std::optional<unsigned> dim = findOnly(group, ranges);
    int64_t left = size % width;
    if (!dim || left == 0) {
      continue;
    }
    // The rest reads all of the other operand again: with a pass of the array
    // more, there are products for that time.
    double bytes = double(getByteSize(
        cast<MemRefType>(op.getDpsInputOperand(operand)->get().getType())));
    for (int64_t rest : {left, left + width}) {
      if (rest >= size) {
        continue;
      }
      double sum = steps * double((size - rest) / width * other) +
                   std::max(steps * double(rest * ceilDiv(other, width)),
                            bytes / bytesPerCycle);
      if (sum < least) {
        least = sum;
        best = ContractionSplit{*dim, size - rest};
      }
    }
  }
  return best;
}

SmallVector<linalg::LinalgOp> splitContraction(RewriterBase &rewriter,
                                               linalg::LinalgOp op,
                                               ContractionSplit split) {
  linalg::LinalgOp epilogue = findEpilogue(op);
  TileBuilder builder(rewriter, op);
  AffineMap outMap = op.getIndexingMapsArray().back();
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<linalg::LinalgOp> parts;
  auto add = [&](int64_t begin, int64_t size) -> LogicalResult {
    TileOffsets offsets(ranges.size(), rewriter.getIndexAttr(0));
    SmallVector<int64_t> sizes(ranges);
    offsets[split.dim] = rewriter.getIndexAttr(begin);
    sizes[split.dim] = size;
    builder.moveTo(op);
    FailureOr<linalg::LinalgOp> part = builder.makeTile(op, offsets, sizes);
    if (failed(part)) {
      return failure();
    }
    parts.push_back(*part);
    if (!epilogue) {
      return success();
    }
    // Of the epilogue, what works on that part of the result.
    Value result = op.getDpsInits()[0];
    AffineMap inMap = epilogue.getMatchingIndexingMap(&epilogue->getOpOperand(
        epilogue->getAttrOfType<IntegerAttr>(kEpilogueAttr).getInt()));
    TileOffsets loopOffsets(offsets.size(), rewriter.getIndexAttr(0));
    SmallVector<int64_t> loopSizes = epilogue.getStaticLoopRanges();
    loopOffsets.resize(loopSizes.size(), rewriter.getIndexAttr(0));
    for (unsigned i = 0; i < outMap.getNumResults(); ++i) {
      loopOffsets[inMap.getDimPosition(i)] = offsets[outMap.getDimPosition(i)];
      loopSizes[inMap.getDimPosition(i)] = sizes[outMap.getDimPosition(i)];
    }
    FailureOr<linalg::LinalgOp> after =
        builder.makeTile(epilogue, loopOffsets, loopSizes);
    if (failed(after)) {
      return failure();
    }
    rewriter.modifyOpInPlace(*after, [&] {
      for (OpOperand *input : epilogue.getDpsInputOperands()) {
        if (input->get() == result) {
          (*after)->setOperand(input->getOperandNumber(),
                               part->getDpsInits()[0]);
        }
      }
    });
    return success();
  };
  SmallVector<std::pair<int64_t, int64_t>> ends = {
      {0, split.size}, {split.size, ranges[split.dim] - split.size}};
  if (split.isTurned) {
    std::swap(ends[0], ends[1]);
  }
  if (llvm::any_of(
          ends, [&](auto end) { return failed(add(end.first, end.second)); })) {
    dropParts(rewriter, parts);
    return {};
  }
  return parts;
}

void dropParts(RewriterBase &rewriter, ArrayRef<linalg::LinalgOp> parts) {
  for (linalg::LinalgOp part : parts) {
    if (linalg::LinalgOp epilogue = findEpilogue(part)) {
      rewriter.eraseOp(epilogue);
    }
    rewriter.eraseOp(part);
  }
}

} // namespace xpu
