//===- Quantisation.cpp - Rounding to integers of 8 bits ------------------===//

#include "passes/Input/Quantisation.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "passes/Input/Quantize.h"
#include "llvm/ADT/bit.h"
#include <cmath>

using namespace mlir;

namespace xpu {

int64_t Quantisation::apply(float x) const {
  float code = std::nearbyint(x / scale) + static_cast<float>(zero);
  return static_cast<int64_t>(
      std::min(std::max(code, float(least())), float(largest())));
}

static std::optional<float> getNumber(Value value) {
  FloatAttr number;
  return matchPattern(value, m_Constant(&number)) && number.getType().isF32()
             ? std::optional(number.getValue().convertToFloat())
             : std::nullopt;
}

/// The operation of type `Op` whose first operand goes on and whose second is a
/// number.
template <typename Op> static Op getWithNumber(Value value, float &number) {
  auto op = value.getDefiningOp<Op>();
  std::optional<float> found = op ? getNumber(op->getOperand(1)) : std::nullopt;
  number = found.value_or(0);
  return found ? op : Op();
}

std::optional<Quantisation> matchQuantisation(linalg::GenericOp op) {
  auto trunc = op.getBody()
                   ->getTerminator()
                   ->getOperand(0)
                   .getDefiningOp<arith::TruncIOp>();
  auto integer =
      trunc ? trunc.getIn().getDefiningOp<arith::FPToSIOp>() : nullptr;
  if (!integer || !trunc.getType().isInteger(8) ||
      !integer.getIn().getType().isF32() || op.getNumReductionLoops() != 0) {
    return std::nullopt;
  }
  Quantisation result;
  float high, low, zero = 0, scale;
  auto below = getWithNumber<arith::MinimumFOp>(integer.getIn(), high);
  auto above = below ? getWithNumber<arith::MaximumFOp>(below.getLhs(), low)
                     : arith::MaximumFOp();
  if (!above) {
    return std::nullopt;
  }
  Value rounded = above.getLhs();
  if (auto sum = getWithNumber<arith::AddFOp>(rounded, zero)) {
    rounded = sum.getLhs();
  }
  auto round = rounded.getDefiningOp<math::RoundEvenOp>();
  auto quotient = round
                      ? getWithNumber<arith::DivFOp>(round.getOperand(), scale)
                      : arith::DivFOp();
  result.isUnsigned = low == 0;
  if (!quotient || low != float(result.least()) ||
      high != float(result.largest()) || zero < low || zero > high ||
      zero != std::nearbyint(zero)) {
    return std::nullopt;
  }
  result.number = quotient.getLhs();
  result.scale = scale;
  result.zero = static_cast<int64_t>(zero);
  return result;
}

namespace {
/// A quotient that is clamped to begin with.
struct ShortQuotient {
  float low, high; ///< Of the dividend.
  float divisor, reciprocal;
  bool isCorrected = false;

  float apply(float x) const {
    float clamped = std::min(std::max(x, low), high);
    float quotient = clamped * reciprocal;
    if (!isCorrected) {
      return quotient;
    }
    float rest = std::fma(quotient, -divisor, clamped);
    return std::fma(rest, reciprocal, quotient);
  }
};
} // namespace

/// Whether both give the same integers for all numbers. Away from where the
/// result changes an error of a few units in the last place does not matter.
static bool agree(const Quantisation &q, const ShortQuotient &quotient) {
  auto isSame = [&](float x) {
    return int64_t(std::nearbyint(quotient.apply(x))) + q.zero == q.apply(x);
  };
  constexpr int kNear = 16;
  for (int64_t code = q.least() - 1; code <= q.largest(); ++code) {
    float x = (float(code - q.zero) + 0.5F) * q.scale;
    for (int i = 0; i < kNear; ++i) {
      x = std::nextafter(x, -INFINITY);
    }
    for (int i = 0; i <= 2 * kNear; ++i, x = std::nextafter(x, INFINITY)) {
      if (!isSame(x)) {
        return false;
      }
    }
  }
  return isSame(quotient.low) && isSame(quotient.high) && isSame(INFINITY) &&
         isSame(-INFINITY);
}

static std::optional<ShortQuotient> findShortQuotient(const Quantisation &q) {
  // Neither products nor remainders of numbers that matter leave the range of
  // normal ones.
  constexpr float kSmallest = 0x1p-80F, kLargest = 0x1p80F;
  if (!(q.scale > kSmallest && q.scale < kLargest)) {
    return std::nullopt;
  }
  ShortQuotient quotient{float(q.least() - q.zero) * q.scale,
                         float(q.largest() - q.zero) * q.scale, q.scale,
                         1 / q.scale};
  for (bool isCorrected : {false, true}) {
    quotient.isCorrected = isCorrected;
    if (agree(q, quotient)) {
      return quotient;
    }
  }
  return std::nullopt;
}

void shortenQuantisation(RewriterBase &rewriter, linalg::GenericOp op,
                         const Quantisation &from) {
  std::optional<ShortQuotient> found = findShortQuotient(from);
  if (!found) {
    return;
  }
  Operation *trunc =
      op.getBody()->getTerminator()->getOperand(0).getDefiningOp();
  rewriter.setInsertionPoint(trunc);
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  auto number = [&](float value) -> Value {
    return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
  };
  Value clamped = arith::MaximumFOp::create(b, from.number, number(found->low));
  clamped = arith::MinimumFOp::create(b, clamped, number(found->high));
  Value reciprocal = number(found->reciprocal);
  Value quotient = arith::MulFOp::create(b, clamped, reciprocal);
  if (found->isCorrected) {
    Value rest =
        math::FmaOp::create(b, quotient, number(-found->divisor), clamped);
    quotient = math::FmaOp::create(b, rest, reciprocal, quotient);
  }
  Value code = roundToInteger(b, quotient);
  if (from.zero != 0) {
    code = arith::AddIOp::create(
        b, code,
        arith::ConstantOp::create(
            b, b.getI32IntegerAttr(static_cast<int32_t>(from.zero))));
  }
  rewriter.replaceOpWithNewOp<arith::TruncIOp>(trunc, rewriter.getI8Type(),
                                               code);
}

namespace {

/// `value` plus a constant, if there is one.
Value takeAddend(Value value, int64_t &addend) {
  IntegerAttr number;
  if (auto sum = value.getDefiningOp<arith::AddIOp>();
      sum && matchPattern(sum.getRhs(), m_Constant(&number))) {
    addend = number.getInt();
    return sum.getLhs();
  }
  if (auto difference = value.getDefiningOp<arith::SubIOp>();
      difference && matchPattern(difference.getRhs(), m_Constant(&number))) {
    addend = -number.getInt();
    return difference.getLhs();
  }
  return value;
}

/// The range of a quotient as shortenQuantisation makes it.
std::optional<std::pair<float, float>> getRange(Value quotient) {
  if (auto corrected = quotient.getDefiningOp<math::FmaOp>()) {
    quotient = corrected.getC();
  }
  float reciprocal, high, low;
  auto product = getWithNumber<arith::MulFOp>(quotient, reciprocal);
  auto below = product
                   ? getWithNumber<arith::MinimumFOp>(product.getLhs(), high)
                   : arith::MinimumFOp();
  auto above = below ? getWithNumber<arith::MaximumFOp>(below.getLhs(), low)
                     : arith::MaximumFOp();
  return above ? std::optional(std::pair(low * reciprocal, high * reciprocal))
               : std::nullopt;
}

/// `float(ext(trunc(bits(q + 1.5 · 2^23) + zero)) - zero)` is
/// `(q + 1.5 · 2^23) - 1.5 · 2^23`, if the code fits in 8 bits.
template <typename Convert>
struct DequantiseInLane final : OpRewritePattern<Convert> {
  using OpRewritePattern<Convert>::OpRewritePattern;

  LogicalResult matchAndRewrite(Convert op,
                                PatternRewriter &rewriter) const override {
    bool isUnsigned = llvm::isa<arith::UIToFPOp>(op);
    int64_t back = 0, zero = 0;
    Value code = op.getIn();
    if (!isUnsigned) {
      code = takeAddend(code, back);
      if (auto widen = code.template getDefiningOp<arith::ExtUIOp>()) {
        isUnsigned = true;
        code = widen.getIn();
      } else if (auto widen = code.template getDefiningOp<arith::ExtSIOp>()) {
        code = widen.getIn();
      }
    }
    auto trunc = code.template getDefiningOp<arith::TruncIOp>();
    if (!trunc || !trunc.getType().isInteger(8) || !op.getType().isF32()) {
      return failure();
    }
    auto bits = takeAddend(trunc.getIn(), zero)
                    .template getDefiningOp<arith::BitcastOp>();
    auto sum =
        bits ? bits.getIn().template getDefiningOp<arith::AddFOp>() : nullptr;
    std::optional<float> shift = sum ? getNumber(sum.getRhs()) : std::nullopt;
    auto range = sum ? getRange(sum.getLhs()) : std::nullopt;
    Quantisation q;
    q.isUnsigned = isUnsigned;
    if (!range || shift != 0x1.8p23F || back != -zero ||
        std::nearbyint(range->first) + float(zero) < float(q.least()) ||
        std::nearbyint(range->second) + float(zero) > float(q.largest())) {
      return failure();
    }
    rewriter.replaceOpWithNewOp<arith::SubFOp>(op, sum, sum.getRhs());
    return success();
  }
};

} // namespace

void populateQuantisationPatterns(RewritePatternSet &patterns) {
  patterns.add<DequantiseInLane<arith::SIToFPOp>,
               DequantiseInLane<arith::UIToFPOp>>(patterns.getContext());
}

} // namespace xpu
