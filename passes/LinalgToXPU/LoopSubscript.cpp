//===- LoopSubscript.cpp - Numbers that loops count -----------------------===//

#include "passes/LinalgToXPU/LoopSubscript.h"

#include "dialects/ISA/Isa.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace xpu {

std::pair<int64_t, int64_t>
LoopSubscript::bounds(ArrayRef<int64_t> ranges) const {
  int64_t low = constant, high = constant;
  for (auto [factor, range] : llvm::zip(coefficients, ranges)) {
    (factor < 0 ? low : high) += factor * (range - 1);
  }
  return {low, high};
}

FailureOr<LoopSubscript> matchLoopSubscript(Value value, unsigned loops) {
  LoopSubscript result;
  result.coefficients.assign(loops, 0);
  APInt number;
  if (matchPattern(value, m_ConstantInt(&number))) {
    result.constant = number.getSExtValue();
    return result;
  }
  Operation *def = value.getDefiningOp();
  if (auto type = dyn_cast<IntegerType>(value.getType());
      type && type.getWidth() < 32) {
    return failure(); // Wraps.
  }
  if (auto index = dyn_cast_or_null<linalg::IndexOp>(def)) {
    result.coefficients[index.getDim()] = 1;
    return result;
  }
  if (isa_and_nonnull<arith::IndexCastOp>(def)) {
    return matchLoopSubscript(def->getOperand(0), loops);
  }
  if (!isa_and_nonnull<arith::AddIOp, arith::SubIOp, arith::MulIOp>(def)) {
    return failure();
  }
  FailureOr<LoopSubscript> left = matchLoopSubscript(def->getOperand(0), loops);
  FailureOr<LoopSubscript> right =
      matchLoopSubscript(def->getOperand(1), loops);
  if (failed(left) || failed(right)) {
    return failure();
  }
  int64_t leftFactor = 1;
  int64_t rightFactor = llvm::isa<arith::SubIOp>(def) ? -1 : 1;
  if (llvm::isa<arith::MulIOp>(def)) {
    auto isConstant = [](const LoopSubscript &subscript) {
      return llvm::all_of(subscript.coefficients,
                          [](int64_t number) { return number == 0; });
    };
    if (!isConstant(*left)) {
      std::swap(left, right);
    }
    if (!isConstant(*left)) {
      return failure();
    }
    rightFactor = left->constant;
    leftFactor = 0;
  }
  result.constant = leftFactor * left->constant + rightFactor * right->constant;
  for (unsigned d = 0; d < loops; ++d) {
    result.coefficients[d] = leftFactor * left->coefficients[d] +
                             rightFactor * right->coefficients[d];
  }
  return result;
}

/// `number < 0` that says the same as the comparison; none if there is none, or
/// numbers may be too large for 32 bits.
static std::optional<LoopSubscript>
getDifference(arith::CmpIOp compare, unsigned loops, ArrayRef<int64_t> ranges) {
  constexpr int64_t kMost = int64_t(1) << 30;
  FailureOr<LoopSubscript> left = matchLoopSubscript(compare.getLhs(), loops);
  FailureOr<LoopSubscript> right = matchLoopSubscript(compare.getRhs(), loops);
  if (failed(left) || failed(right)) {
    return std::nullopt;
  }
  bool isPositive = true;
  for (const LoopSubscript &number : {*left, *right}) {
    auto [low, high] = number.bounds(ranges);
    isPositive &= low >= 0;
    if (low < -kMost || high > kMost) {
      return std::nullopt;
    }
  }
  using P = arith::CmpIPredicate;
  P predicate = compare.getPredicate();
  const bool isSigned =
      llvm::is_contained({P::slt, P::sle, P::sgt, P::sge}, predicate);
  if (predicate == P::eq || predicate == P::ne || (!isSigned && !isPositive)) {
    return std::nullopt;
  }
  // a > b is b < a, and a <= b is a - b - 1 < 0.
  const bool isTurned =
      llvm::is_contained({P::sgt, P::sge, P::ugt, P::uge}, predicate);
  const bool isEqualTrue =
      llvm::is_contained({P::sle, P::sge, P::ule, P::uge}, predicate);
  if (left->coefficients == right->coefficients) {
    return std::nullopt;
  }
  if (isTurned) {
    std::swap(left, right);
  }
  LoopSubscript difference = *left;
  difference.constant -= right->constant + (isEqualTrue ? 1 : 0);
  for (auto [factor, less] :
       llvm::zip(difference.coefficients, right->coefficients)) {
    factor -= less;
  }
  return difference;
}

/// Whether the streams of the operation, with each loop that it counts, leave
/// room for another one.
static bool hasFreeStream(linalg::GenericOp op) {
  llvm::SmallDenseSet<uint64_t> counted;
  for (auto index : op.getBody()->getOps<linalg::IndexOp>()) {
    counted.insert(index.getDim());
  }
  size_t streams = counted.size();
  for (OpOperand &operand : op->getOpOperands()) {
    streams += llvm::isa<MemRefType>(operand.get().getType()) &&
               op.payloadUsesValueFromOperand(&operand);
  }
  return streams < isa::kNumVpuInputs;
}

std::optional<IndexStream> compareDifferences(RewriterBase &rewriter,
                                              linalg::GenericOp op) {
  OpBuilder::InsertionGuard guard(rewriter);
  std::optional<IndexStream> stream;
  if (!hasFreeStream(op)) {
    return stream;
  }
  const unsigned loops = op.getNumLoops();
  for (auto compare :
       llvm::make_early_inc_range(op.getBody()->getOps<arith::CmpIOp>())) {
    std::optional<LoopSubscript> difference =
        getDifference(compare, loops, op.getStaticLoopRanges());
    // A single loop's counter is a stream already.
    if (!difference || llvm::count_if(difference->coefficients,
                                      [](int64_t c) { return c != 0; }) < 2) {
      continue;
    }
    Location loc = compare.getLoc();
    rewriter.setInsertionPoint(compare);
    if (!stream) {
      // Only a name: the stream brings the number.
      Value bound = arith::IndexCastOp::create(
          rewriter, loc, rewriter.getI32Type(),
          arith::ConstantIndexOp::create(rewriter, loc, 0));
      stream = {bound, *difference};
    }
    // Others are this one with another constant, or its opposite.
    const LoopSubscript &known = stream->number;
    SmallVector<int64_t> opposite;
    for (int64_t coefficient : known.coefficients) {
      opposite.push_back(-coefficient);
    }
    const bool isOpposite = difference->coefficients == opposite;
    if (!isOpposite && difference->coefficients != known.coefficients) {
      continue;
    }
    int64_t limit = isOpposite ? known.constant + difference->constant
                               : known.constant - difference->constant;
    rewriter.replaceOpWithNewOp<arith::CmpIOp>(
        compare,
        isOpposite ? arith::CmpIPredicate::sgt : arith::CmpIPredicate::slt,
        stream->bound,
        arith::ConstantOp::create(rewriter, loc,
                                  rewriter.getI32IntegerAttr(limit)));
  }
  if (stream) {
    // What only the comparisons used is none of the body's any more.
    for (Operation &inner :
         llvm::make_early_inc_range(llvm::reverse(*op.getBody()))) {
      if (isOpTriviallyDead(&inner)) {
        rewriter.eraseOp(&inner);
      }
    }
  }
  return stream;
}

} // namespace xpu
