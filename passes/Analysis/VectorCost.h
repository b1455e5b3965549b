//===- VectorCost.h - The quickest form of a vector command -----*- C++ -*-===//

#ifndef PASSES_ANALYSIS_VECTORCOST_H
#define PASSES_ANALYSIS_VECTORCOST_H

#include "dialects/ISA/Isa.h"
#include "dialects/Target/Target.h"
#include "dialects/XPU/IR/XPU.h"
#include "passes/Analysis/StaticView.h"

namespace xpu {

/// Work of the vector unit: one micro-program for every point of a loop space.
struct VectorStreams {
  llvm::SmallVector<int64_t> sizes;
  llvm::SmallVector<bool> reduced; ///< By loop dimension.
  /// Inputs first, the output last; strides in bytes by loop dimension.
  llvm::SmallVector<FormatKind> formats;
  llvm::SmallVector<llvm::SmallVector<int64_t>> strides;
  unsigned uops = 0;
  /// Whether the tree over lanes may reduce: it has the operation, and the
  /// start value is added once.
  bool treeReduces = false;
  /// Whether results have to come in the order of their addresses, because they
  /// lie over an input of wider elements: what is stored was read before.
  bool isInOrder = false;
};

/// One way to put the work on the six loops of a command.
struct Arrangement {
  LoopNest outer; ///< Written out as separate commands.
  LoopNest loops; ///< Six dimensions; streams as above.
  unsigned firstReduced = 5;
  bool laneReduced = false;
  /// If not 0, lanes are cut into commands of this size.
  int64_t laneChunk = 0;
  uint64_t cycles = 0; ///< Of all commands.
};

/// Gives a command so many micro-operations for its cost: each needs the result
/// of the one before it, and none is a special function (an estimate). Inputs
/// stay as they are; a reduction ends in its register.
void setChain(isa::Vpurun &command, unsigned uops);

/// The quickest arrangement by the machine's formulas; fails if the commands
/// have too few loops for a reduction.
mlir::FailureOr<Arrangement> chooseArrangement(const acc::Target &target,
                                               const VectorStreams &streams);

} // namespace xpu

#endif // PASSES_ANALYSIS_VECTORCOST_H
