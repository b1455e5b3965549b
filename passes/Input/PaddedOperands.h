//===- PaddedOperands.h - Work on what is padded, before it is --*- C++ -*-===//

#ifndef PASSES_INPUT_PADDEDOPERANDS_H
#define PASSES_INPUT_PADDEDOPERANDS_H

#include "mlir/IR/PatternMatch.h"

namespace xpu {

/// Patterns that move elementwise work with one input, such as a cast, from
/// what is padded with a constant to what it was made of.
void populatePaddedOperandPatterns(mlir::RewritePatternSet &patterns);

} // namespace xpu

#endif // PASSES_INPUT_PADDEDOPERANDS_H
