//===- Quotient.cpp - Division and powers as micro-operations -------------===//

#include "passes/LinalgToXPU/MicroProgram.h"

#include "llvm/ADT/bit.h"
#include <cmath>

using xpu::isa::Uop;

namespace xpu {

namespace {

constexpr int32_t kSign = INT32_MIN;
constexpr int32_t kExponent = 0x7F800000;
/// About 2^63 at half the exponent's distance: see `halfScale`.
constexpr int32_t kHalfScaleBase = 0x5F7FFFFF;

/// The power of two by which `halfScale` multiplies, on the host.
float halfScaleOf(float magnitude) {
  int32_t bits = llvm::bit_cast<int32_t>(magnitude);
  return llvm::bit_cast<float>((kHalfScaleBase - (bits >> 1)) & kExponent);
}

} // namespace

MicroProgram::Operand MicroProgram::keep(Operand value) {
  value.temporary = false;
  return value;
}

std::optional<MicroProgram::Operand>
MicroProgram::chain(Uop op, llvm::ArrayRef<std::optional<Operand>> sources) {
  llvm::SmallVector<Operand> operands;
  for (const std::optional<Operand> &source : sources) {
    if (!source) {
      return std::nullopt;
    }
    operands.push_back(*source);
  }
  return emit(op, operands);
}

/// A power of two s such that s^2 times a normal `magnitude` is in [1/2, 2).
std::optional<MicroProgram::Operand>
MicroProgram::halfScale(Operand magnitude) {
  std::optional<Operand> half = emit(Uop::SHR, {magnitude, immediate(1)});
  std::optional<Operand> bits =
      chain(Uop::ISUB, {immediate(kHalfScaleBase), half});
  return chain(Uop::AND, {bits, immediate(kExponent)});
}

/// The quotient as IEEE 754 rounds it, with subnormals and special values.
///
/// Both operands are scaled by powers of two to about 1, so that nothing below
/// over- or underflows. There the reciprocal of the divisor is refined once and
/// the quotient corrected once by its exact remainder. The quotient is then
/// scaled back, where it may round to a subnormal number, and corrected again
/// by the remainder that it has now: this last step rounds once, and it is the
/// right one even next to a tie. Infinities, zeros and overflow make the
/// corrections NaN; then the value before them is the result.
std::optional<MicroProgram::Operand> MicroProgram::divide(Operand a,
                                                          Operand b) {
  Operand minusOne = immediate(-1.0f);
  std::optional<Operand> dividend; // -a with the sign of b taken out
  std::optional<Operand> divisor;  // |b|, scaled
  std::optional<Operand> scale;    // of the divisor
  std::optional<Operand> crude;    // about -1 / divisor
  std::optional<Operand> fine;     // the same, better
  if (b.imm) {
    float number = llvm::bit_cast<float>(*b.imm);
    float reciprocal = 1.0f / number;
    int exponent;
    bool isPower = std::fabs(std::frexp(number, &exponent)) == 0.5f;
    // A product with an exact reciprocal is the quotient.
    if (!std::isfinite(number) || number == 0.0f ||
        (isPower && std::isfinite(reciprocal))) {
      return emit(Uop::FMUL, {a, immediate(reciprocal)});
    }
    float size = std::fabs(number);
    float half = halfScaleOf(size);
    float scaled = size * half * half;
    dividend = emit(Uop::XOR, {a, immediate(std::signbit(number) ? 0 : kSign)});
    divisor = immediate(scaled);
    scale = immediate(half);
    crude = fine = immediate(-1.0f / scaled);
  } else {
    std::optional<Operand> sign = emit(Uop::OR, {keep(b), immediate(kSign)});
    sign = chain(Uop::XOR, {sign, keep(b)});
    dividend = chain(Uop::XOR, {keep(a), sign});
    divisor = emit(Uop::FABS, {keep(b)});
    // Both at once: they may be one value.
    release(a);
    release(b);
    if (!divisor) {
      return std::nullopt;
    }
    scale = halfScale(keep(*divisor));
    if (!scale) {
      return std::nullopt;
    }
    divisor = chain(Uop::FMUL, {divisor, keep(*scale)});
    divisor = chain(Uop::FMUL, {divisor, keep(*scale)});
  }
  if (!dividend || !divisor || !scale) {
    return std::nullopt;
  }
  std::optional<Operand> size = emit(Uop::FABS, {keep(*dividend)});
  std::optional<Operand> dividendScale = size ? halfScale(*size) : std::nullopt;
  if (!dividendScale) {
    return std::nullopt;
  }
  dividend = chain(Uop::FMUL, {dividend, keep(*dividendScale)});
  dividend = chain(Uop::FMUL, {dividend, keep(*dividendScale)});
  // The square of `back` takes the quotient back, that of `forth` forth.
  std::optional<Operand> back;
  if (scale->imm) {
    back = chain(Uop::ISUB, {immediate(static_cast<int32_t>(*scale->imm) +
                                       llvm::bit_cast<int32_t>(1.0f)),
                             dividendScale});
  } else {
    back = chain(Uop::ISUB, {scale, dividendScale});
    back = chain(Uop::IADD, {back, immediate(llvm::bit_cast<int32_t>(1.0f))});
  }
  if (!back || !dividend || !divisor) {
    return std::nullopt;
  }
  if (!crude) {
    std::optional<Operand> reciprocal = emit(Uop::RCP, {keep(*divisor)});
    if (!reciprocal) {
      return std::nullopt;
    }
    std::optional<Operand> rest =
        emit(Uop::FMA, {keep(*divisor), keep(*reciprocal), minusOne});
    crude = emit(Uop::FNEG, {keep(*reciprocal)});
    if (!crude) {
      return std::nullopt;
    }
    fine = chain(Uop::FMA, {rest, reciprocal, keep(*crude)});
  }
  std::optional<Operand> first = chain(Uop::FMUL, {keep(*dividend), crude});
  if (!first || !fine) {
    return std::nullopt;
  }
  std::optional<Operand> rest =
      emit(Uop::FMA, {keep(*divisor), keep(*first), keep(*dividend)});
  std::optional<Operand> second =
      chain(Uop::FMA, {rest, keep(*fine), keep(*first)});
  if (!second) {
    return std::nullopt;
  }
  std::optional<Operand> isSpecial =
      emit(Uop::FUNO, {keep(*second), keep(*second)});
  second = chain(Uop::SEL, {isSpecial, first, second});
  std::optional<Operand> quotient = chain(Uop::FMUL, {second, keep(*back)});
  quotient = chain(Uop::FMUL, {quotient, keep(*back)});
  std::optional<Operand> forth = emit(
      Uop::ISUB, {immediate(2 * llvm::bit_cast<int32_t>(1.0f)), keep(*back)});
  if (!quotient || !forth) {
    return std::nullopt;
  }
  std::optional<Operand> again =
      emit(Uop::FMUL, {keep(*quotient), keep(*forth)});
  again = chain(Uop::FMUL, {again, forth});
  rest = chain(Uop::FMA, {divisor, again, dividend});
  rest = chain(Uop::FMUL, {rest, keep(*back)});
  std::optional<Operand> weight = chain(Uop::FMUL, {fine, back});
  std::optional<Operand> result =
      chain(Uop::FMA, {rest, weight, keep(*quotient)});
  if (!result) {
    return std::nullopt;
  }
  isSpecial = emit(Uop::FUNO, {keep(*result), keep(*result)});
  return chain(Uop::SEL, {isSpecial, quotient, result});
}

/// x to the power y as C's powf has it for special values: 1 if x is 1 or y is
/// 0; the sign of x for odd y; none for a negative finite x and a y that is not
/// whole.
std::optional<MicroProgram::Operand> MicroProgram::power(Operand x, Operand y) {
  Operand zero = immediate(0.0f);
  Operand none = immediate(static_cast<int32_t>(0x7FC00000));
  std::optional<Operand> size = emit(Uop::FABS, {keep(x)});
  size = chain(Uop::LOG2, {size});
  if (!size) {
    return std::nullopt;
  }
  // |x| = 1 gives 1 also for an infinite y, and 0 times that is NaN.
  std::optional<Operand> isOne = emit(Uop::FEQ, {keep(*size), zero});
  size = chain(Uop::FMUL, {size, keep(y)});
  size = chain(Uop::SEL, {isOne, zero, size});
  size = chain(Uop::EXP2, {size});
  auto isNegativeAndFinite = [&] {
    std::optional<Operand> negative = emit(Uop::FLT, {keep(x), zero});
    std::optional<Operand> finite =
        emit(Uop::FLT, {immediate(-INFINITY), keep(x)});
    return chain(Uop::AND, {negative, finite});
  };
  if (y.imm && !std::isnan(llvm::bit_cast<float>(*y.imm))) {
    float exponent = llvm::bit_cast<float>(*y.imm);
    if (exponent == 0.0f) {
      return emit(Uop::MOV, {immediate(1.0f)});
    }
    if (std::isfinite(exponent) && exponent != std::floor(exponent)) {
      size = chain(Uop::SEL, {isNegativeAndFinite(), none, size});
    } else if (std::fabs(std::fmod(exponent, 2.0f)) == 1.0f) {
      size =
          chain(Uop::XOR, {size, emit(Uop::AND, {keep(x), immediate(kSign)})});
    }
    release(x);
    return size;
  }
  std::optional<Operand> rounded = emit(Uop::FROUND, {keep(y)});
  std::optional<Operand> whole = chain(Uop::FEQ, {rounded, keep(y)});
  std::optional<Operand> half = emit(Uop::FMUL, {keep(y), immediate(0.5f)});
  rounded = half ? emit(Uop::FROUND, {keep(*half)}) : std::nullopt;
  std::optional<Operand> even = chain(Uop::FEQ, {half, rounded});
  if (!even || !whole || !size) {
    return std::nullopt;
  }
  // Whole numbers that are not even are odd; even ones are whole.
  std::optional<Operand> sign = chain(Uop::XOR, {even, keep(*whole)});
  sign = chain(Uop::SHL, {sign, immediate(31)});
  sign = chain(Uop::AND, {sign, keep(x)});
  size = chain(Uop::XOR, {size, sign});
  std::optional<Operand> noPower =
      chain(Uop::ULT, {whole, isNegativeAndFinite()});
  size = chain(Uop::SEL, {noPower, none, size});
  release(x);
  std::optional<Operand> isZero = emit(Uop::FEQ, {y, zero});
  return chain(Uop::SEL, {isZero, immediate(1.0f), size});
}

} // namespace xpu
