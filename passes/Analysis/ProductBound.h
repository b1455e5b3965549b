//===- ProductBound.h - Least time of a product over all mappings -*- C++
//-*-===//
//
// A time that no mapping of a product to this machine can beat, whatever its
// tiles, its order, its stationary operand and its layouts. The largest of:
//
// - the matrix unit: every term of a result is one vector of A in one column
//   tile, for either operand in the place of the weights; a tile of weights
//   loads again for as many rows as there are accumulators;
// - memory: operands and result once, at the peak between refreshes of all
//   banks, but for what may wait in write queues at the end;
// - reuse: with S elements on the chip, at least 2 M N K / sqrt(S) - 2 S
//   elements are moved (Smith et al., "A tight I/O lower bound for matrix
//   multiplication", arXiv 1702.02017), of a product whose operands are
//   matrices;
// - accumulators: every sum leaves through one port.
//
// The fill and drain of one command are added to the first.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_ANALYSIS_PRODUCTBOUND_H
#define PASSES_ANALYSIS_PRODUCTBOUND_H

#include "dialects/Target/Target.h"
#include "passes/Analysis/Contraction.h"

namespace xpu {

/// Of a function: a dictionary of least cycles of its products, by the names of
/// their nodes.
inline constexpr llvm::StringLiteral kBoundsAttr = "xpu.bounds";

/// A product as the machine sees it. Sizes are of elements, or of blocks of 32
/// with scales (`depth` counts them, too).
struct ProductShape {
  uint64_t batch = 1, m = 1, n = 1, k = 1;
  uint64_t terms = 1; ///< commands whose products are added
  uint64_t depth = 1; ///< of k in one step of the array
  /// Fetches of one row of a tile of weights: elements that share one.
  uint64_t perFetch = 1;
  uint64_t weightBytes = 2; ///< of such a fetch's elements together
  uint64_t resultBytes = 4; ///< of an element that leaves the accumulators
  uint64_t readBytes = 0;   ///< of operands in HBM, once
  uint64_t writeBytes = 0;  ///< of a result in HBM
  /// Of the smaller operand's elements; 0 if an operand is read several times
  /// over, as by a convolution.
  uint64_t elementBytes = 0;
};

struct ProductBound {
  enum class Limit { Array, Memory, Reuse, Accumulators };
  uint64_t cycles = 0;
  Limit limit = Limit::Array;
};
llvm::StringRef getName(ProductBound::Limit limit);

ProductBound boundProduct(const acc::Target &target, const ProductShape &shape);

/// A contraction whose loops have these sizes, without its bytes in memory;
/// fails if the matrix unit does not do it.
mlir::FailureOr<ProductShape> describeProduct(const acc::Target &target,
                                              mlir::linalg::LinalgOp op,
                                              const ContractionDims &dims,
                                              llvm::ArrayRef<int64_t> ranges);

/// The bound of a contraction on buffers; fails if the matrix unit does not do
/// it.
mlir::FailureOr<ProductBound> boundContraction(const acc::Target &target,
                                               mlir::linalg::LinalgOp op,
                                               const ContractionDims &dims);

} // namespace xpu

#endif // PASSES_ANALYSIS_PRODUCTBOUND_H
