//===- ScoreBody.h - What attention makes of a product ----------*- C++ -*-===//
//
// The region of model.attention: which keys it hides by their place, and its
// operations as part of other bodies.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_ANALYSIS_SCOREBODY_H
#define PASSES_ANALYSIS_SCOREBODY_H

#include "dialects/Model/IR/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SmallBitVector.h"

namespace xpu {

class ScoreBody {
public:
  explicit ScoreBody(acc::model::AttentionOp op);

  /// A key is hidden unless `constant` + Σ coefficient · counter ≤ 0.
  struct Condition {
    mlir::Operation *select = nullptr;
    mlir::Value seen; ///< The score of a key that is not hidden.
    llvm::SmallVector<int64_t> coefficients; ///< By loop, up to the keys.
    int64_t constant = 0;
  };

  /// A part of the loops up to the keys; what no condition depends on may have
  /// any offset.
  struct Part {
    llvm::SmallVector<int64_t> offsets, sizes;
  };
  /// Whether all keys of the part are hidden from all of its queries.
  bool isHidden(const Part &part) const;
  /// The conditions that hold for all of the part.
  llvm::SmallBitVector holding(const Part &part) const;

  /// Loops that conditions depend on, or the rest of the body.
  llvm::SmallBitVector countedLoops();
  bool countsOutsideConditions(unsigned loop);

  /// The factor, if the body without conditions is a multiplication by one.
  std::optional<double> getScale() const { return scale; }
  bool hasConditions() const { return !conditions.empty(); }

  /// Computes the score. `mapping` has the arguments; conditions in `holding`
  /// are taken for true, and with `isPlain` the factor is left out.
  mlir::Value emit(mlir::OpBuilder &builder, mlir::IRMapping &mapping,
                   const llvm::SmallBitVector &holding, bool isPlain);

private:
  std::pair<int64_t, int64_t> getRange(const Condition &condition,
                                       const Part &part) const;
  bool addCondition(mlir::arith::SelectOp select, bool isSeenIfTrue);

  acc::model::AttentionOp op;
  llvm::SmallVector<Condition> conditions;
  mlir::Value base; ///< What the conditions select.
  std::optional<double> scale;
};

} // namespace xpu

#endif // PASSES_ANALYSIS_SCOREBODY_H
