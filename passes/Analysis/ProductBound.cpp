//===- ProductBound.cpp - Least time of a product over all mappings -------===//

#include "passes/Analysis/ProductBound.h"

#include "dialects/ISA/Isa.h"
#include "passes/Analysis/ProductTerms.h"
#include "systemc-models/Timing/Timing.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using mlir::FailureOr;
using mlir::OpOperand;
using mlir::Value;
namespace linalg = mlir::linalg;
using llvm::divideCeil;

namespace xpu {

llvm::StringRef getName(ProductBound::Limit limit) {
  switch (limit) {
  case ProductBound::Limit::Array:
    return "matrix unit";
  case ProductBound::Limit::Memory:
    return "memory";
  case ProductBound::Limit::Reuse:
    return "reuse";
  case ProductBound::Limit::Accumulators:
    return "accumulators";
  case ProductBound::Limit::Latency:
    return "latency";
  }
  llvm_unreachable("not a limit");
}

/// From the start of a MATMUL to its end, but for what its rows take: the first
/// tile loads before anything streams.
static double getFill(const acc::Target &t) {
  return t.mxu.setup + 1 + double(t.mxu.rows) * t.mxu.peLatency +
         t.mxu.unitCols + t.mxu.tail;
}

/// Cycles of the array. Either operand may be the weights, also of parts of one
/// product; what holds for all ways is counted in *lines*: a row that streams
/// past at most so many columns as the array has.
static double boundArray(const acc::Target &t, const ProductShape &s) {
  const uint64_t width = t.mxuCols();
  const uint64_t few = std::min(s.m, s.n), many = std::max(s.m, s.n);
  double lines = double(s.m) * double(s.n) / double(width);
  if (few < width) {
    // Lines along the short side end with it: they pay if they take what the
    // others leave.
    lines = double(many / width * few + std::min(few, many % width));
  }
  // A tile streams for as many cycles as it has rows, or loads its weights for
  // longer: by rows or by columns, in pieces as wide as ports. Steps may have
  // fewer elements than the array has rows.
  const double steps = double(divideCeil(s.k, s.depth));
  const double allFetches = double(divideCeil(s.k, s.perFetch));
  const uint64_t most = divideCeil(std::min(s.k, s.depth), s.perFetch);
  const uint64_t inPort =
      std::clamp<uint64_t>(t.spm.rowBytes / s.weightBytes, 1, most);
  auto getLoad = [&](uint64_t columns) {
    double fetch = double(divideCeil(columns * s.weightBytes, t.spm.rowBytes));
    for (uint64_t fetches : {most, inPort}) {
      double byColumn =
          double(columns) *
          double(divideCeil(fetches * s.weightBytes, uint64_t(t.spm.rowBytes)));
      fetch = std::min(fetch, byColumn / double(fetches));
    }
    return allFetches * fetch;
  };
  double rate = 0;
  for (auto [rows, columns] : {std::pair(s.m, s.n), std::pair(s.n, s.m)}) {
    rows = std::min<uint64_t>(rows, t.mxu.accRows);
    for (uint64_t c = 1; c <= std::min(columns, width); ++c) {
      rate = std::max(rate, double(rows * c) /
                                std::max(double(rows) * steps, getLoad(c)));
    }
  }
  double cycles = std::max(lines * steps, double(s.m) * double(s.n) / rate);
  return double(s.batch) * double(s.terms) * cycles + getFill(t);
}

/// Bytes that have to be moved; see the header.
static double boundReuse(const acc::Target &t, const ProductShape &s) {
  const double sumBytes = 4;
  const double elementBytes = double(s.elementBytes);
  const double results = double(s.m) * double(s.n);
  const double stores =
      std::min(sumBytes, double(s.writeBytes) / (double(s.batch) * results));
  const double chip =
      double(t.spmBytes()) + sumBytes * double(t.mxu.accRows) * t.mxuCols();
  double most = 0;
  for (double phase = chip / 8; phase <= 8 * chip; phase *= 1.125) {
    double products = std::pow((chip + phase) / 3, 1.5) / (2 * elementBytes);
    double first =
        s.isAlone && s.batch == 1 ? std::pow(phase / (chip + phase), 1.5) : 1.0;
    most = std::max(most, phase * (results * double(s.k) / products - first));
  }
  return double(s.batch) * std::max(0.0, most - (sumBytes - stores) * results);
}

/// Cycles in which a bus that moves data for `cycles` is done. A refresh of all
/// banks stops it from the last column command before (whose data come
/// meanwhile) until rows are closed, refreshed and open again. One may begin
/// after the last data, and be late by less than an interval.
static double addRefreshes(const acc::Target &t, double cycles) {
  const acc::Target::Hbm &hbm = t.hbm;
  double stop = double(hbm.tRtpPs) + hbm.tRpPs + hbm.tRfcPbPs + hbm.tRcdPs +
                std::min(hbm.tClPs, hbm.tCwlPs) - hbm.tClPs - hbm.tBurstPs;
  if (hbm.postponedRefreshes > 0 || stop <= 0) {
    return cycles;
  }
  double interval = hbm.tRefiPs / t.cyclePs();
  double end = cycles;
  for (double before = 0; end > before;) {
    before = end;
    end = cycles +
          std::max(0.0, std::floor(before / interval) - 1) * stop / t.cyclePs();
  }
  return end;
}

ProductBound boundProduct(const acc::Target &t, const ProductShape &s) {
  double bytesPerCycle =
      double(t.hbm.channels) * t.hbm.atomBytes / t.hbm.tBurstPs * t.cyclePs();
  // From cycle 0 until data of a LOAD arrive, one word of the program behind
  // it; a MATMUL starts behind the LOAD's tail.
  const bool hasStart = s.isAlone && s.readBytes > 0;
  const bool hasEnd = s.isAlone && s.writeBytes > 0;
  double arrival = hasStart ? 1 + t.dma.setup +
                                  std::floor((double(t.hbm.tControllerPs) +
                                              t.hbm.tRcdPs + t.hbm.tClPs) /
                                             t.cyclePs())
                            : 0;
  double start = hasStart ? arrival + t.dma.tail + 1 : 0;
  // ACCST of a row, STORE, and the HALT behind it.
  double rest =
      hasEnd ? t.mxu.setup + 1 + t.mxu.tail + t.dma.setup +
                   std::floor(double(t.hbm.tControllerPs) / t.cyclePs()) +
                   t.dma.tail + 2
             : 0;
  double array = start + boundArray(t, s) + rest;
  // What waits in the memory's write queues at the end takes no time.
  uint64_t queues =
      uint64_t(t.hbm.channels) * t.hbm.writeQueue * t.hbm.lineBytes;
  double memory =
      arrival + addRefreshes(t, double(s.readBytes + s.writeBytes -
                                       std::min(queues, s.writeBytes)) /
                                    bytesPerCycle);

  double reuse = 0;
  if (s.elementBytes > 0) {
    reuse = addRefreshes(t, boundReuse(t, s) / bytesPerCycle);
  }
  // One row behind all that is read.
  double latency =
      hasStart ? start + addRefreshes(t, double(s.readBytes) / bytesPerCycle) +
                     getFill(t) + 1 + rest
               : 0;
  // Rows of accumulators leave as columns wide as a port serves best.
  double drainRate = 1;
  for (uint64_t c = 1; c <= std::min<uint64_t>(std::max(s.m, s.n), t.mxuCols());
       ++c) {
    drainRate = std::max(
        drainRate,
        double(c) / double(divideCeil(c * s.resultBytes, t.spm.rowBytes)));
  }
  double accumulators = double(s.batch) * double(s.m) * double(s.n) / drainRate;

  double most = std::max({array, memory, reuse, accumulators, latency});
  ProductBound bound;
  // Not a cycle more by rounding.
  bound.cycles = uint64_t(std::ceil(most * (1 - 1e-9)));
  bound.limit = most == array     ? ProductBound::Limit::Array
                : most == memory  ? ProductBound::Limit::Memory
                : most == reuse   ? ProductBound::Limit::Reuse
                : most == latency ? ProductBound::Limit::Latency
                                  : ProductBound::Limit::Accumulators;
  return bound;
}

/// Of a buffer in HBM; what is in the scratchpad costs nothing.
static uint64_t getMemoryBytes(Value buffer) {
  return getSpace(buffer.getType()) == Space::HBM
             ? uint64_t(
                   getByteSize(llvm::cast<mlir::MemRefType>(buffer.getType())))
             : 0;
}

FailureOr<ProductShape> describeProduct(const acc::Target &target,
                                        linalg::LinalgOp op,
                                        const ContractionDims &dims,
                                        llvm::ArrayRef<int64_t> ranges) {
  FailureOr<ProductTerms> terms = getProductTerms(op, /*stationary=*/1);
  if (mlir::failed(terms)) {
    return mlir::failure();
  }
  auto sizeOf = [&](llvm::ArrayRef<unsigned> loops) {
    uint64_t size = 1;
    for (unsigned loop : loops) {
      size *= uint64_t(ranges[loop]);
    }
    return size;
  };
  ProductShape shape;
  shape.batch = sizeOf(dims.batch);
  shape.m = sizeOf(dims.m);
  shape.n = sizeOf(dims.n);
  shape.k = sizeOf(dims.k);
  shape.terms = terms->size();
  auto [a, w] = terms->front();
  auto aFormat = static_cast<isa::Format>(a);
  auto wFormat = static_cast<isa::Format>(w);
  shape.depth = uint64_t(target.mxu.rows) * isa::matrixGroup(aFormat, wFormat);
  shape.perFetch = isa::formatElements(wFormat);
  shape.weightBytes = isa::formatBytes(wFormat);
  if (isBlockProduct(op)) {
    shape.k *= isa::kScaleBlock;
    shape.depth = shape.depth / isa::kScaleBlock * isa::kScaleBlock;
  }
  shape.resultBytes = 2;
  return shape;
}

FailureOr<ProductBound> boundContraction(const acc::Target &target,
                                         linalg::LinalgOp op,
                                         const ContractionDims &dims,
                                         bool isAlone) {
  FailureOr<ProductShape> product =
      describeProduct(target, op, dims, op.getStaticLoopRanges());
  if (mlir::failed(product)) {
    return mlir::failure();
  }
  ProductShape &shape = *product;
  shape.isAlone = isAlone;
  bool hasBlocks = isBlockProduct(op);
  for (OpOperand *input : op.getDpsInputOperands()) {
    shape.readBytes += getMemoryBytes(input->get());
  }
  Value result = op.getDpsInits()[0];
  shape.writeBytes = getMemoryBytes(result);
  auto countElements = [&](unsigned input) {
    return uint64_t(llvm::cast<mlir::MemRefType>(
                        op.getDpsInputOperand(input)->get().getType())
                        .getNumElements()) *
           (hasBlocks ? isa::kScaleBlock : 1);
  };
  bool areMatrices = countElements(0) == shape.batch * shape.m * shape.k &&
                     countElements(1) == shape.batch * shape.k * shape.n &&
                     shape.readBytes > 0;
  if (areMatrices) {
    // Bytes of the narrower operand's elements; of half a byte, what bounds.
    uint64_t least = std::min(getByteSize(llvm::cast<mlir::MemRefType>(
                                  op.getDpsInputOperand(0)->get().getType())) *
                                  8 / int64_t(countElements(0)),
                              getByteSize(llvm::cast<mlir::MemRefType>(
                                  op.getDpsInputOperand(1)->get().getType())) *
                                  8 / int64_t(countElements(1)));
    shape.elementBytes = least / 8;
  }
  return boundProduct(target, shape);
}

} // namespace xpu
