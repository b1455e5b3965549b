//===- ReductionBodies.h - As the vector unit has them ----------*- C++ -*-===//

#ifndef PASSES_INPUT_REDUCTIONBODIES_H
#define PASSES_INPUT_REDUCTIONBODIES_H

namespace mlir {
class RewritePatternSet;
}

namespace xpu {

/// Patterns on bodies of reductions that leave the running value combined by
/// one micro-operation: `running - x` becomes `running + (-x)`, `running +
/// x * -1` the same (a canonicalization would make a subtraction of it), and a
/// maximum or minimum that ignores NaNs, where what it starts from is a number,
/// one of elements in which a NaN is replaced by the neutral element.
void populateReductionBodyPatterns(mlir::RewritePatternSet &patterns);

} // namespace xpu

#endif // PASSES_INPUT_REDUCTIONBODIES_H
