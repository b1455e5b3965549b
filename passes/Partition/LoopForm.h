//===- LoopForm.h - Loops of an operation that can be divided ---*- C++ -*-===//

#ifndef PASSES_PARTITION_LOOPFORM_H
#define PASSES_PARTITION_LOOPFORM_H

#include "mlir/IR/AffineMap.h"
#include "passes/Partition/Division.h"
#include "llvm/ADT/SmallBitVector.h"

namespace xpu {

/// An operation as a loop nest of constant sizes with one result: linalg's, and
/// attention.
struct LoopForm {
  mlir::Operation *op = nullptr;
  llvm::SmallVector<int64_t> ranges;
  llvm::SmallVector<mlir::AffineMap> maps; ///< By operand; the last one is
                                           ///< that of the result, too.
  /// Loops that slices can have parts of: they index operands by themselves, no
  /// body counts them, and partial results can be added up.
  llvm::SmallBitVector divisible;
  /// Those of which parts may reach beyond the loop: nothing that is read there
  /// names a place in memory, and sums can leave it out.
  llvm::SmallBitVector paddable;
  /// What adds up the parts of a divided loop that the result lacks.
  std::optional<mlir::shard::ReductionKind> reduction;

  bool isReduced(unsigned loop) const {
    return !maps.back().isFunctionOfDim(loop);
  }
};

/// Nothing for other operations.
std::optional<LoopForm> getLoopForm(mlir::Operation *op);

/// How each loop is divided.
using LoopCuts = llvm::SmallVector<Cut>;

Division operandDivision(const LoopForm &form, unsigned operand,
                         const LoopCuts &loops);

/// What slices have to add up: the axes of loops that the result lacks.
Axes reducedAxes(const LoopForm &form, const LoopCuts &loops);

/// Divisions that a result can have: what the loops give it, with sums in all
/// slices that add them up; and with the sums divided once more, between these.
llvm::SmallVector<Division>
listResults(const LoopForm &form, const LoopCuts &loops, const Grid &grid);
/// The dimension along which sums are divided in such a result, if they are.
std::optional<unsigned> scatteredDim(const LoopForm &form,
                                     const LoopCuts &loops,
                                     const Division &result, const Grid &grid);

/// Whether axes are used once, and loops can be divided so.
bool isPossible(const LoopForm &form, const LoopCuts &loops, const Grid &grid);

} // namespace xpu

#endif // PASSES_PARTITION_LOOPFORM_H
