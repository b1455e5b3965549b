//===- ExpandSmallFloats.h - fp8, fp6 and fp4 on a CPU ----------*- C++ -*-===//

#ifndef COMPILER_DRIVER_RUNTIME_EXPANDSMALLFLOATS_H
#define COMPILER_DRIVER_RUNTIME_EXPANDSMALLFLOATS_H

#include "mlir/Pass/Pass.h"

#include <memory>

namespace acc {

/// Computes `arith.extf` from and `arith.truncf` to floats of 8 bits and fewer
/// on their codes, on scalars: LLVM knows no such types. Rounds to nearest
/// even; what is too large becomes an infinity, else NaN, else the largest
/// number, by what the format has.
std::unique_ptr<mlir::Pass> createExpandSmallFloatsPass();

} // namespace acc

#endif // COMPILER_DRIVER_RUNTIME_EXPANDSMALLFLOATS_H
