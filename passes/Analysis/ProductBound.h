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
// - reuse: what has to be moved because not all fits on the chip, of a product
//   whose operands are matrices (below);
// - accumulators: every sum leaves through one port;
// - latency: what is read arrives at the memory's peak, and the last of it
//   still has to go through one command of each engine.
//
// The fill and drain of one command are added to the first. If nothing else is
// in the program (`isAlone`), so are the start and the end: no product begins
// before a LOAD has brought an element (setup, the way to the memory and a row
// that opens, tail), and when the last one is made, a row leaves the
// accumulators and is stored (setup and tail of ACCST, those of STORE and the
// way to the memory). Commands are taken to wait for each other by semaphores,
// thus for ends: the end of the LOAD for the MATMUL, and so on. On jx1-slice
// that is 163 cycles before the array's and 133 behind.
//
// Reuse. Elements of operands have e bytes in the scratchpad of S bytes, sums
// there or in R accumulators 4; P = S + 4 R. Cut the program into phases in
// which X bytes are loaded each, where the first contribution to a result
// counts as a load of 4 bytes, too. The products of a phase take a elements of
// the one operand, b of the other and add to c results, e (a + b) + 4 c <=
// P + X: an element is there at the start or is loaded, of a result a part of
// the sum is there at the start, is loaded, or begins. (If all of it is
// in HBM, as partial sums, one more begins; but that was stored, and will be
// loaded, and the store pays for the count.) So they are at most sqrt(a b c) <=
// V(X) = ((P + X) / 3)^1.5 / (2 e) (Loomis and Whitney). All but the last phase
// are full; of a program that starts with this product the first one finds
// nothing and has at most V(X) (X / (P + X))^1.5. Hence X (M N K / V(X) - 1)
// bytes for every X, less 4 for each result, and each is stored. This is what
// Smith et al. ("A tight I/O lower bound for matrix multiplication", arXiv
// 1702.02017) do for elements of one size; X = 2 P is best for large products.
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
  bool isAlone = false; ///< Nothing else is in the program.
};

struct ProductBound {
  enum class Limit { Array, Memory, Reuse, Accumulators, Latency };
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
/// it. `isAlone` if there is nothing else in the program.
mlir::FailureOr<ProductBound> boundContraction(const acc::Target &target,
                                               mlir::linalg::LinalgOp op,
                                               const ContractionDims &dims,
                                               bool isAlone);

} // namespace xpu

#endif // PASSES_ANALYSIS_PRODUCTBOUND_H
