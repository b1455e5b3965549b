//===- DivisionCost.h - What a division takes -------------------*- C++ -*-===//
//
// Estimates in cycles, for choosing: right values do not depend on them.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_PARTITION_DIVISIONCOST_H
#define PASSES_PARTITION_DIVISIONCOST_H

#include "dialects/Target/Machine.h"
#include "passes/Partition/LoopForm.h"

namespace xpu {

/// Of a slice's part of an operation: its engine or its memory, whichever takes
/// longer, and what adds up partial results so that the result is divided so.
double estimateWork(const acc::Machine &machine, const LoopForm &form,
                    const LoopCuts &loops, const Division &result,
                    const Grid &grid);

/// Of making a tensor whole, or whole in some dimensions: through HBM and the
/// network. Infinite if the network does not carry its elements.
double estimateGather(const acc::Machine &machine, mlir::Type whole,
                      const Division &from, const Division &to,
                      const Grid &grid);

/// Of giving what slices have of a value to those of the other stages of a
/// pipeline.
double estimateSend(const acc::Machine &machine, mlir::Type whole,
                    const Division &division, const Grid &grid, int64_t stages);

/// Whether collectives can carry elements of this type.
bool isCarried(mlir::Type element);

} // namespace xpu

#endif // PASSES_PARTITION_DIVISIONCOST_H
