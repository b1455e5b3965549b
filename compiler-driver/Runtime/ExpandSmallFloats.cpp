//===- ExpandSmallFloats.cpp - fp8, fp6 and fp4 on a CPU ------------------===//

#include "compiler-driver/Runtime/ExpandSmallFloats.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cmath>

using namespace mlir;

namespace {

/// E8M0 has neither sign nor fraction; upstream expands it.
bool isSmall(Type type) {
  auto number = dyn_cast<FloatType>(type);
  return number && number.getWidth() <= 8 &&
         !llvm::isa<Float8E8M0FNUType>(type);
}

/// Formats with a sign, in which codes of magnitudes are in their order.
class Expansion {
public:
  Expansion(ImplicitLocOpBuilder &b, FloatType type)
      : b(b), width(type.getWidth()) {
    const llvm::fltSemantics &semantics = type.getFloatSemantics();
    fraction = int(APFloat::semanticsPrecision(semantics)) - 1;
    minExponent = APFloat::semanticsMinExponent(semantics);
    APFloat most = APFloat::getLargest(semantics);
    largest = static_cast<float>(most.convertToDouble());
    largestCode = codeOf(most);
    if (APFloat::semanticsHasNaN(semantics)) {
      nan = codeOf(APFloat::getQNaN(semantics));
      hasNegativeZero = *nan != 1 << (width - 1);
    }
    if (APFloat::semanticsHasInf(semantics)) {
      infinity = codeOf(APFloat::getInf(semantics));
    }
  }

  /// The number of a code, as f32.
  Value widen(Value code) {
    Value magnitude =
        arith::AndIOp::create(b, code, integer((1 << (width - 1)) - 1));
    Value number = asFloat(
        arith::ShLIOp::create(b, magnitude, integer(kFractionBits - fraction)));
    number = arith::MulFOp::create(
        b, number, real(std::ldexp(1.0F, kBias - 1 + minExponent)));
    if (infinity) {
      number = select(arith::CmpIPredicate::eq, magnitude, *infinity,
                      real(INFINITY), number);
    }
    if (nan && !hasNegativeZero) {
      number = select(arith::CmpIPredicate::eq, code, *nan, real(NAN), number);
    } else if (nan) {
      int32_t last = infinity ? *infinity : largestCode;
      number =
          select(arith::CmpIPredicate::sgt, magnitude, last, real(NAN), number);
    }
    return asFloat(arith::OrIOp::create(b, asInteger(number),
                                        moveSign(code, width - 1, 31)));
  }

  /// The code of an f32 number.
  Value narrow(Value number) {
    Value bits = asInteger(number);
    // Twice the largest number is too large as well.
    Value magnitude = arith::MinNumFOp::create(
        b, math::AbsFOp::create(b, number), real(2 * largest));
    Value power = asFloat(
        arith::AndIOp::create(b, asInteger(magnitude), integer(0x7F800000)));
    power =
        arith::MaxNumFOp::create(b, power, real(std::ldexp(1.0F, minExponent)));
    Value shift = arith::MulFOp::create(
        b, power, real(std::ldexp(1.5F, kFractionBits - fraction)));
    Value rounded = arith::AddFOp::create(b, magnitude, shift);
    rounded = arith::SubFOp::create(b, rounded, shift);
    Value scaled = arith::MulFOp::create(
        b, rounded, real(std::ldexp(1.0F, 1 - kBias - minExponent)));
    Value code = arith::ShRUIOp::create(b, asInteger(scaled),
                                        integer(kFractionBits - fraction));
    Value isTooLarge = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                                             rounded, real(largest));
    int32_t beyond = infinity ? *infinity : nan ? *nan : largestCode;
    code = arith::SelectOp::create(b, isTooLarge, integer(beyond), code);
    if (nan) {
      Value isNaN =
          arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, number, number);
      code = arith::SelectOp::create(b, isNaN, integer(*nan), code);
    }
    Value sign = moveSign(bits, 31, width - 1);
    if (!hasNegativeZero) {
      sign = select(arith::CmpIPredicate::eq, code, 0, integer(0), sign);
    }
    return arith::OrIOp::create(b, code, sign);
  }

private:
  static constexpr int kFractionBits = 23; ///< Of f32.
  static constexpr int kBias = 127;        ///< Of f32.

  static int32_t codeOf(const APFloat &number) {
    return int32_t(number.bitcastToAPInt().getZExtValue());
  }
  Value integer(int32_t value) {
    return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
  }
  Value real(float value) {
    return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
  }
  Value asInteger(Value value) {
    return arith::BitcastOp::create(b, b.getI32Type(), value);
  }
  Value asFloat(Value value) {
    return arith::BitcastOp::create(b, b.getF32Type(), value);
  }
  Value select(arith::CmpIPredicate predicate, Value value, int32_t limit,
               Value ifSo, Value ifNot) {
    Value isSo = arith::CmpIOp::create(b, predicate, value, integer(limit));
    return arith::SelectOp::create(b, isSo, ifSo, ifNot);
  }
  Value moveSign(Value bits, int from, int to) {
    Value sign = arith::AndIOp::create(
        b, arith::ShRUIOp::create(b, bits, integer(from)), integer(1));
    return arith::ShLIOp::create(b, sign, integer(to));
  }

  ImplicitLocOpBuilder &b;
  int width, fraction = 0, minExponent = 0;
  /// Without one (FNUZ), its code is the NaN's.
  bool hasNegativeZero = true;
  float largest = 0;
  int32_t largestCode = 0;
  std::optional<int32_t> nan, infinity;
};

void expand(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  Value in = op->getOperand(0);
  Type type = op->getResult(0).getType();
  if (llvm::isa<arith::ExtFOp>(op)) {
    auto small = cast<FloatType>(in.getType());
    Value code =
        arith::BitcastOp::create(b, b.getIntegerType(small.getWidth()), in);
    code = arith::ExtUIOp::create(b, b.getI32Type(), code);
    Value number = Expansion(b, small).widen(code);
    if (type.isF64()) {
      number = arith::ExtFOp::create(b, type, number);
    } else if (!type.isF32()) {
      number = arith::TruncFOp::create(b, type, number);
    }
    op->getResult(0).replaceAllUsesWith(number);
  } else {
    auto small = cast<FloatType>(type);
    if (!in.getType().isF32()) {
      in = arith::ExtFOp::create(b, b.getF32Type(), in);
    }
    Value code = Expansion(b, small).narrow(in);
    code = arith::TruncIOp::create(b, b.getIntegerType(small.getWidth()), code);
    op->getResult(0).replaceAllUsesWith(
        arith::BitcastOp::create(b, small, code));
  }
  op->erase();
}

struct ExpandSmallFloatsPass final
    : PassWrapper<ExpandSmallFloatsPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ExpandSmallFloatsPass)

  StringRef getArgument() const final { return "acc-expand-small-floats"; }

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, math::MathDialect>();
  }

  void runOnOperation() override {
    SmallVector<Operation *> casts;
    getOperation().walk([&](Operation *op) {
      bool widens =
          llvm::isa<arith::ExtFOp>(op) && isSmall(op->getOperand(0).getType());
      // Rounding f64 by way of f32 would round twice.
      bool narrows = llvm::isa<arith::TruncFOp>(op) &&
                     isSmall(op->getResult(0).getType()) &&
                     !op->getOperand(0).getType().isF64();
      if (widens || narrows) {
        casts.push_back(op);
      }
    });
    llvm::for_each(casts, expand);
  }
};
} // namespace

std::unique_ptr<Pass> acc::createExpandSmallFloatsPass() {
  return std::make_unique<ExpandSmallFloatsPass>();
}
