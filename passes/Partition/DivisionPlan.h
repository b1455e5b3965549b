//===- DivisionPlan.h - Which division of each operation --------*- C++ -*-===//
//
// A search in program order over the ways in which values can lie on slices:
// of those that are the same for everything still needed, the cheapest is kept,
// and of these the cheapest few (dynamic programming with a beam).
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_PARTITION_DIVISIONPLAN_H
#define PASSES_PARTITION_DIVISIONPLAN_H

#include "dialects/Target/Machine.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Partition/LoopForm.h"
#include "passes/Partition/Parallelism.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <map>
#include <set>

namespace xpu {

/// How values that other stages of a pipeline give are divided, by the
/// operations that receive them.
using Received = llvm::DenseMap<mlir::Operation *, Division>;

/// How an operation is divided, and what it needs of its operands.
struct DivisionChoice {
  enum class Kind {
    Skip,  ///< Nothing to do: no tensors, or made where they are used.
    Lazy,  ///< Is made anew for each reader.
    Loops, ///< A loop nest.
    Other, ///< Operands and results are divided as said.
  };
  Kind kind = Kind::Skip;
  LoopCuts loops; ///< Of a loop nest.
  double cycles = 0;
  llvm::SmallVector<Division> operands; ///< Of tensors; others have rank 0.
  Division result; ///< Of the first result; others are whole.
};

class DivisionPlan {
public:
  DivisionPlan(mlir::func::FuncOp func, const acc::Machine &machine,
               const Grid &grid, const Parallelism &parallelism,
               Received received);

  /// What is chosen for an operation of `main`.
  const DivisionChoice &choiceOf(mlir::Operation *op) const {
    return chosen.find(op)->second;
  }

  /// Where nobody else wants a value.
  Division chooseDivision(mlir::Value value);

  /// Whether a value may lie in HBM in any division before the program starts.
  bool isGiven(mlir::Value value) const;
  /// Whether a value may be had in any division, without others.
  bool isFree(mlir::Value value) const {
    return isGiven(value) || lazy.contains(value.getDefiningOp());
  }
  bool isLazy(mlir::Operation *op) const { return lazy.contains(op); }

  static int64_t rankOf(mlir::Value value) {
    return llvm::cast<mlir::RankedTensorType>(value.getType()).getRank();
  }
  static bool isTensor(mlir::Value value) {
    return llvm::isa<mlir::RankedTensorType>(value.getType());
  }
  /// The loops of an elementwise operation whose result is divided so.
  static LoopCuts loopsOf(const LoopForm &form, const Division &result);

  struct State;
  /// A value and how it is divided.
  using DivisionKey = std::pair<const void *, std::vector<int64_t>>;
  static DivisionKey keyOf(mlir::Value value, const Division &division);

private:
  struct Step;
  using CutFunction = llvm::function_ref<Cut(unsigned, const Axes &)>;

  const LoopForm *formOf(mlir::Operation *op);
  double costOf(mlir::Value value, const Division &wanted);
  double costOfWork(const LoopForm &form, const LoopCuts &loops,
                    const Division &result);
  double workOf(const LoopForm &form, const LoopCuts &loops,
                const Division &result);

  void setState(const State *state);
  void search(llvm::ArrayRef<mlir::Operation *> ops);
  State after(const State &state, mlir::Operation *op,
              const DivisionChoice &choice, int64_t index) const;
  Division divisionOf(mlir::Value value) const;

  llvm::SmallVector<LoopCuts> listChoices(size_t loops, CutFunction cut) const;
  llvm::SmallVector<Division> listDivisions(mlir::RankedTensorType type) const;
  int64_t unitOf(const LoopForm &form, unsigned loop, const Axes &axes) const;
  Cut cutOf(const LoopForm &form, unsigned loop, const Axes &axes) const;
  std::optional<int64_t> rankOfChoice(const LoopForm &form,
                                      const LoopCuts &loops) const;
  std::optional<int64_t> rankOfChips(const LoopForm &form,
                                     const LoopCuts &loops) const;
  bool fits(ChipParallel kind, int16_t axis, const LoopForm &form,
            unsigned loop) const;

  bool canBeLazy(const LoopForm &form) const;

  /// Candidates for an operation, best by itself first; at least one.
  llvm::SmallVector<DivisionChoice> list(mlir::Operation *op);
  llvm::SmallVector<DivisionChoice> listLoops(const LoopForm &form);
  llvm::SmallVector<DivisionChoice>
  listInsertions(mlir::tensor::InsertSliceOp insert);
  DivisionChoice keepView(mlir::Operation *op);
  DivisionChoice keepWhole(mlir::Operation *op);

  mlir::MLIRContext *context;
  const acc::Machine &machine;
  const Grid &grid;
  Parallel parallel;
  /// What is asked for along each axis.
  llvm::SmallVector<std::optional<ChipParallel>> chips;
  const Received received;
  /// What one run leaves for the next is whole.
  llvm::DenseSet<mlir::Value> fedArguments;
  const State *now = nullptr; ///< The one that costs are of.
  /// Of what is made where it is used, in that state.
  std::map<DivisionKey, double> lazyCosts;
  /// What is made where it is used, of what lies in HBM.
  llvm::DenseSet<mlir::Operation *> lazy;
  llvm::DenseMap<mlir::Value, int64_t> lastUses; ///< By place in the program.
  llvm::DenseMap<mlir::Operation *, DivisionChoice> chosen;
  llvm::DenseMap<mlir::Operation *, std::optional<LoopForm>> forms;
  std::map<std::pair<mlir::Operation *, std::vector<int64_t>>, double> works;
};

} // namespace xpu

#endif // PASSES_PARTITION_DIVISIONPLAN_H
