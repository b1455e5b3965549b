//===- DivisionCost.cpp - What a division takes ---------------------------===//

#include "passes/Partition/DivisionCost.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/Analysis/ProductBound.h"
#include "passes/Analysis/TransferCost.h"
#include "passes/Partition/ExchangeCost.h"
#include "passes/Partition/PieceWidth.h"

#include <limits>

using namespace mlir;

namespace xpu {

bool isCarried(Type element) { return element.isIntOrFloat(); }

static int64_t partBytes(Type type, const Division &division) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape()) {
    return 0;
  }
  int64_t bytes = getElementBytes(tensor.getElementType());
  for (auto [size, cut] : llvm::zip(tensor.getShape(), division.dims)) {
    bytes *= cut.isWhole() ? size : cut.part;
  }
  return bytes;
}

/// One run from the beginning of a line.
static double transferCycles(const acc::Machine &machine, int64_t bytes) {
  const acc::Target &slice = machine.slice;
  return double(estimateTransferCycles(slice, 1, bytes, slice.hbm.lineBytes));
}

/// A collective over the axes, between HBM and HBM, in which a slice has a part
/// of so many bytes: of the sums, of what is scattered, or of what is gathered.
static double networkCycles(const acc::Machine &machine, const Grid &grid,
                            acc::fabric::CollectiveKind kind, int64_t bytes,
                            ArrayRef<int16_t> axes) {
  const Axes ofChip = grid.usedOf(axes, false);
  ExchangeShape shape;
  shape.kind = kind;
  shape.slices = grid.count(ofChip);
  shape.chips = grid.count(grid.usedOf(axes, true));
  shape.stages = ofChip.size() > 1 ? 2 : 1;
  shape.partBytes = bytes;
  const double atOnce = estimateAtOnce(machine, shape);
  return shape.hasSteps() ? std::min(atOnce, estimateInSteps(machine, shape))
                          : atOnce;
}

static double vectorCycles(const acc::Target &target, double points,
                           double uops) {
  return points * std::max(1.0, uops) / target.vpu.lanes;
}

static double engineCycles(const acc::Target &target, const LoopForm &form,
                           ArrayRef<int64_t> ranges) {
  double points = 1;
  for (int64_t size : ranges) {
    points *= double(size);
  }
  auto op = dyn_cast<linalg::LinalgOp>(form.op);
  if (!op) {
    // Two products of the same size, and about ten micro-operations a score.
    double headSizes = double(ranges[ranges.size() - 2] + ranges.back());
    double scores = points / double(ranges[ranges.size() - 2] * ranges.back());
    return scores * headSizes / (double(target.mxu.rows) * target.mxuCols()) +
           vectorCycles(target, scores, 10);
  }
  if (FailureOr<ContractionDims> dims = matchContraction(op); succeeded(dims)) {
    FailureOr<ProductShape> shape = describeProduct(target, op, *dims, ranges);
    if (succeeded(shape)) {
      return double(boundProduct(target, *shape).cycles);
    }
  }
  auto body = op.getBlock()->without_terminator();
  return vectorCycles(target, points,
                      double(std::distance(body.begin(), body.end())));
}

/// In how many pieces a slice's sums are made and added up
/// (SplitExchanges.cpp); 1: the ones behind the others.
static int64_t countPieces(const acc::Target &target, const LoopForm &form,
                           const LoopCuts &loops, const Division &result,
                           const Grid &grid) {
  auto op = dyn_cast<linalg::LinalgOp>(form.op);
  Division partial = operandDivision(form, form.maps.size() - 1, loops);
  if (!op || failed(matchContraction(op)) || partial.dims.size() < 2 ||
      (result != partial && scatteredDim(form, loops, result, grid) != 0)) {
    return 1;
  }
  RankedTensorType type =
      grid.partType(form.op->getResult(0).getType(), partial);
  const int64_t columns = type.getShape().back();
  const int64_t width =
      pieceWidth(target, type.getNumElements() / columns, columns,
                 getElementBytes(type.getElementType()));
  return width == 0 ? 1 : int64_t(llvm::divideCeil(columns, uint64_t(width)));
}

double estimateWork(const acc::Machine &machine, const LoopForm &form,
                    const LoopCuts &loops, const Division &result,
                    const Grid &grid) {
  SmallVector<int64_t> ranges = form.ranges;
  for (auto [size, cut] : llvm::zip(ranges, loops)) {
    size = cut.isWhole() ? size : cut.part;
  }
  int64_t bytes = 0;
  for (auto [i, operand] : llvm::enumerate(form.op->getOperands())) {
    bytes += partBytes(operand.getType(), operandDivision(form, i, loops));
  }
  // What hides behind the other is not free: of two divisions that take the
  // same time, the one that moves and computes less is better.
  constexpr double kHidden = 1.0 / 16;
  auto [less, more] = std::minmax({engineCycles(machine.slice, form, ranges),
                                   transferCycles(machine, bytes)});
  double cycles = more + kHidden * less;
  // What reaches beyond a sum is masked first.
  for (auto [loop, cut] : llvm::enumerate(loops)) {
    if (!form.isReduced(loop) || !grid.isPadded(form.ranges[loop], cut)) {
      continue;
    }
    for (auto [i, operand] : llvm::enumerate(form.op->getOperands())) {
      if (form.maps[i].isFunctionOfDim(loop)) {
        cycles += 2 * transferCycles(
                          machine, partBytes(operand.getType(),
                                             operandDivision(form, i, loops)));
      }
    }
  }
  if (Axes axes = reducedAxes(form, loops); !axes.empty()) {
    // As many beats, whether all have the sums or each has a part.
    Division partial = operandDivision(form, form.maps.size() - 1, loops);
    Type type = form.op->getResult(0).getType();
    bool isScattered = result != partial;
    double network =
        networkCycles(machine, grid,
                      isScattered ? acc::fabric::CollectiveKind::ReduceScatter
                                  : acc::fabric::CollectiveKind::AllReduce,
                      partBytes(type, isScattered ? result : partial), axes);
    // The first piece of the one and the last piece of the other are alone.
    auto [fewer, most] = std::minmax(cycles, network);
    cycles = most + fewer / double(countPieces(machine.slice, form, loops,
                                               result, grid));
  }
  return cycles;
}

double estimateGather(const acc::Machine &machine, Type whole,
                      const Division &from, const Division &to,
                      const Grid &grid) {
  if (from == to) {
    return 0;
  }
  if (!isCarried(getElementTypeOrSelf(whole))) {
    return std::numeric_limits<double>::infinity();
  }
  double cycles = 0;
  Division now = from;
  for (size_t dim = now.dims.size(); dim > 0; --dim) {
    if (now.dims[dim - 1] == to.dims[dim - 1]) {
      continue;
    }
    // A part of what a slice has cannot be chosen by its number yet.
    std::optional<Axes> axes =
        gatheredAxes(now.dims[dim - 1], to.dims[dim - 1], grid);
    if (!axes) {
      return std::numeric_limits<double>::infinity();
    }
    cycles +=
        networkCycles(machine, grid, acc::fabric::CollectiveKind::AllGather,
                      partBytes(whole, now), *axes);
    now.dims[dim - 1] = to.dims[dim - 1];
  }
  return cycles;
}

double estimateSend(const acc::Machine &machine, Type whole,
                    const Division &division, const Grid &grid,
                    int64_t stages) {
  // The way of a sum of one part: up from each slice, to the other chips, down.
  const acc::Chip::Net net = machine.net();
  const int64_t bytes = partBytes(whole, division);
  const auto beats =
      double(llvm::divideCeil(bytes, uint64_t(net.bytesPerCycle)));
  return 2 * (net.setup + net.stageLatency) + net.tail +
         std::max(2 * beats, 2 * transferCycles(machine, bytes)) +
         estimateFabric(machine, acc::fabric::CollectiveKind::Broadcast, stages,
                        bytes * machine.slicesPerChip());
}

} // namespace xpu
