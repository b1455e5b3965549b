//===- MicroProgram.cpp - Bodies of linalg operations as micro-programs ---===//

#include "passes/LinalgToXPU/MicroProgram.h"
#include "passes/Analysis/SmallFloats.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/Twine.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using xpu::isa::Uop;

namespace xpu {

MicroProgram::MicroProgram(MLIRContext *context) : context(context) {}

void MicroProgram::bindInput(Value value, unsigned reg) {
  registers[value] = reg;
  reserve(reg);
  inputRegisters |= 1u << reg;
}

void MicroProgram::reserve(unsigned reg) { freeRegisters &= ~(1u << reg); }

std::nullopt_t MicroProgram::fail(const Twine &why) {
  if (message.empty()) {
    message = why.str();
  }
  return std::nullopt;
}

std::optional<unsigned> MicroProgram::takeRegister() {
  // In rotation: a register that is written late in a row and early in the next
  // makes rows wait (docs/machine.md, section 5). The accumulator register is
  // taken last, so that small programs leave it.
  constexpr unsigned kAccumulator = isa::kNumVpuRegs - 1;
  for (unsigned i = 0; i <= kAccumulator; ++i) {
    unsigned reg = i < kAccumulator ? (nextRegister + i) % kAccumulator : i;
    if (freeRegisters & (1u << reg)) {
      reserve(reg);
      nextRegister = reg + 1;
      return reg;
    }
  }
  return fail("needs more than the 16 registers of the vector unit");
}

void MicroProgram::release(const Operand &operand) {
  if (!operand.imm && operand.temporary) {
    freeRegisters |= 1u << operand.reg;
  }
}

MicroProgram::Operand MicroProgram::immediate(float value) {
  return {llvm::bit_cast<uint32_t>(value), 0, false};
}

MicroProgram::Operand MicroProgram::immediate(int32_t value) {
  return {static_cast<uint32_t>(value), 0, false};
}

void MicroProgram::append(Uop op, unsigned dst, ArrayRef<Operand> sources) {
  unsigned regs[3] = {0, 0, 0};
  unsigned immSel = 0;
  uint32_t imm = 0;
  for (auto [i, source] : llvm::enumerate(sources)) {
    if (source.imm) {
      immSel = i + 1;
      imm = *source.imm;
    } else {
      regs[i] = source.reg;
    }
  }
  uops.push_back(UopAttr::get(context, isa::stringify(op), dst, regs[0],
                              regs[1], regs[2], immSel, imm));
}

std::optional<MicroProgram::Operand>
MicroProgram::emit(Uop op, ArrayRef<Operand> sources) {
  SmallVector<Operand> operands(sources);
  // One immediate an instruction; further constants go through a register.
  bool seen = false;
  for (Operand &source : operands) {
    if (!source.imm) {
      continue;
    }
    if (seen) {
      std::optional<unsigned> reg = takeRegister();
      if (!reg) {
        return std::nullopt;
      }
      append(Uop::MOV, *reg, {source});
      source = {std::nullopt, *reg, true};
    }
    seen = true;
  }
  for (const Operand &source : operands) {
    release(source);
  }
  std::optional<unsigned> dst = takeRegister();
  if (!dst) {
    return std::nullopt;
  }
  append(op, *dst, operands);
  return Operand{std::nullopt, *dst, true};
}

std::optional<unsigned> MicroProgram::combine(Uop op, unsigned count) {
  SmallVector<Operand> parts;
  for (unsigned reg = 0; reg < count; ++reg) {
    parts.push_back(Operand{std::nullopt, reg, false});
  }
  while (parts.size() > 1) {
    SmallVector<Operand> pairs;
    for (size_t i = 0; i + 1 < parts.size(); i += 2) {
      std::optional<Operand> pair = emit(op, {parts[i], parts[i + 1]});
      if (!pair) {
        return std::nullopt;
      }
      pairs.push_back(*pair);
    }
    if (parts.size() % 2 == 1) {
      pairs.push_back(parts.back());
    }
    parts = pairs;
  }
  return parts.front().reg;
}

void MicroProgram::emitInto(Uop op, unsigned dst, unsigned a, unsigned b) {
  append(op, dst,
         {Operand{std::nullopt, a, false}, Operand{std::nullopt, b, false}});
}

std::optional<MicroProgram::Operand> MicroProgram::operand(Value value) {
  TypedAttr constant;
  if (matchPattern(value, m_Constant(&constant))) {
    auto number = dyn_cast<FloatAttr>(constant);
    if (number && isSmallFloat(number.getType())) {
      // Moved as it is.
      APInt code = number.getValue().bitcastToAPInt();
      return immediate(static_cast<int32_t>(code.getZExtValue()));
    }
    if (number) {
      return immediate(static_cast<float>(number.getValueAsDouble()));
    }
    if (auto number = dyn_cast<IntegerAttr>(constant)) {
      APInt bits = number.getValue();
      int64_t wide =
          bits.getBitWidth() == 1 ? bits.getZExtValue() : bits.getSExtValue();
      return immediate(static_cast<int32_t>(wide));
    }
  }
  std::optional<unsigned> reg = compute(value);
  if (!reg) {
    return std::nullopt;
  }
  auto it = remainingUses.find(value);
  bool last = it != remainingUses.end() && --it->second == 0;
  return Operand{std::nullopt, *reg, last};
}

std::optional<SmallVector<MicroProgram::Operand>>
MicroProgram::operands(Operation *op) {
  for (Value value : op->getOperands()) {
    if (!matchPattern(value, m_Constant()) && !compute(value)) {
      return std::nullopt;
    }
  }
  SmallVector<Operand> result;
  for (Value value : op->getOperands()) {
    std::optional<Operand> source = operand(value);
    if (!source) {
      return std::nullopt;
    }
    result.push_back(*source);
  }
  return result;
}

std::optional<unsigned> MicroProgram::compute(Value value) {
  if (auto it = registers.find(value); it != registers.end()) {
    return it->second;
  }
  Operation *def = value.getDefiningOp();
  if (!def) {
    return fail("reads a value that is no input of the operation");
  }
  TypedAttr constant;
  std::optional<Operand> result;
  if (matchPattern(value, m_Constant(&constant))) {
    result = emit(Uop::MOV, {*operand(value)});
  } else {
    result = expand(def);
  }
  if (!result) {
    return std::nullopt;
  }
  if (!result->imm && (inputRegisters & (1u << result->reg))) {
    // A cast of an input that is nothing on 32-bit lanes: an input keeps its
    // register to the end.
    registers[value] = result->reg;
    return result->reg;
  }
  if (result->imm || !result->temporary) {
    // Such a cast of another value, which others read, too: with a register of
    // its own, live ranges stay simple.
    result = emit(Uop::MOV, {*result});
    if (!result) {
      return std::nullopt;
    }
  }
  registers[value] = result->reg;
  unsigned uses = std::distance(value.use_begin(), value.use_end());
  remainingUses[value] = uses;
  return result->reg;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Operations that are one micro-operation on the operands in order.
static std::optional<Uop> directUop(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<Uop>>(op)
      .Case<arith::AddFOp>([](auto) { return Uop::FADD; })
      .Case<arith::SubFOp>([](auto) { return Uop::FSUB; })
      .Case<arith::MulFOp>([](auto) { return Uop::FMUL; })
      .Case<arith::MaximumFOp>([](auto) { return Uop::FMAX; })
      .Case<arith::MinimumFOp>([](auto) { return Uop::FMIN; })
      .Case<arith::NegFOp>([](auto) { return Uop::FNEG; })
      .Case<math::AbsFOp>([](auto) { return Uop::FABS; })
      .Case<math::FloorOp>([](auto) { return Uop::FFLOOR; })
      .Case<math::RoundEvenOp>([](auto) { return Uop::FROUND; })
      .Case<math::FmaOp>([](auto) { return Uop::FMA; })
      .Case<math::Exp2Op>([](auto) { return Uop::EXP2; })
      .Case<math::Log2Op>([](auto) { return Uop::LOG2; })
      .Case<math::RsqrtOp>([](auto) { return Uop::RSQRT; })
      .Case<math::TanhOp>([](auto) { return Uop::TANH; })
      .Case<arith::AddIOp>([](auto) { return Uop::IADD; })
      .Case<arith::SubIOp>([](auto) { return Uop::ISUB; })
      .Case<arith::MulIOp>([](auto) { return Uop::IMUL; })
      .Case<arith::MinSIOp>([](auto) { return Uop::IMIN; })
      .Case<arith::MaxSIOp>([](auto) { return Uop::IMAX; })
      .Case<arith::AndIOp>([](auto) { return Uop::AND; })
      .Case<arith::OrIOp>([](auto) { return Uop::OR; })
      .Case<arith::XOrIOp>([](auto) { return Uop::XOR; })
      .Case<arith::ShLIOp>([](auto) { return Uop::SHL; })
      .Case<arith::ShRUIOp>([](auto) { return Uop::SHR; })
      .Case<arith::ShRSIOp>([](auto) { return Uop::SAR; })
      .Case<arith::SelectOp>([](auto) { return Uop::SEL; })
      .Case<arith::FPToSIOp>([](auto) { return Uop::F2I; })
      .Case<arith::SIToFPOp>([](auto) { return Uop::I2F; })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<MicroProgram::Operand>
MicroProgram::narrow(std::optional<Operand> value, unsigned width) {
  if (!value || width >= 32) {
    return value;
  }
  if (width == 1) {
    return emit(Uop::AND, {*value, immediate(1)});
  }
  int32_t shift = static_cast<int32_t>(32 - width);
  std::optional<Operand> high = emit(Uop::SHL, {*value, immediate(shift)});
  return high ? emit(Uop::SAR, {*high, immediate(shift)}) : std::nullopt;
}

/// Operations that are several micro-operations.
static bool isSpecial(Operation *op) {
  return llvm::isa<arith::DivFOp, math::ExpOp, math::LogOp, math::SqrtOp,
                   math::SinOp, math::CosOp, math::ErfOp, math::PowFOp,
                   math::CeilOp>(op);
}

std::optional<std::string> MicroProgram::whyNot(Operation *op) {
  bool isCast = llvm::isa<arith::UIToFPOp, arith::ExtUIOp, arith::ExtSIOp,
                          arith::SIToFPOp, arith::ExtFOp, arith::IndexCastOp,
                          arith::IndexCastUIOp, arith::BitcastOp,
                          arith::TruncIOp, arith::TruncFOp>(op);
  bool known = isCast || llvm::isa<arith::CmpFOp, arith::CmpIOp>(op) ||
               directUop(op) || isSpecial(op);
  if (op->getNumResults() != 1 || !known) {
    return ("has no form on the vector unit: " + op->getName().getStringRef())
        .str();
  }
  for (Type type : op->getOperandTypes()) {
    if (type.isF64() || type.isInteger(64)) {
      return "computes with 64 bits, but lanes have 32";
    }
  }
  if (std::optional<std::string> why = whyNotSmall(op)) {
    return why;
  }
  if (llvm::isa<arith::UIToFPOp, arith::ExtUIOp>(op) &&
      op->getOperand(0).getType().isInteger(32)) {
    return "converts unsigned 32-bit integers";
  }
  return std::nullopt;
}

std::optional<MicroProgram::Operand> MicroProgram::expand(Operation *op) {
  if (std::optional<std::string> why = whyNot(op)) {
    return fail(*why);
  }
  // Zero extension of a value that is kept sign-extended in its lane. Loads of
  // 8-bit values that are widened so come in zero-extended already.
  if (llvm::isa<arith::UIToFPOp, arith::ExtUIOp>(op)) {
    Value in = op->getOperand(0);
    unsigned width = in.getType().getIntOrFloatBitWidth();
    std::optional<Operand> source = operand(in);
    if (source && width != 1 && !llvm::isa<BlockArgument>(in)) {
      source =
          emit(Uop::AND,
               {*source, immediate(static_cast<int32_t>((1u << width) - 1))});
    }
    if (!source || llvm::isa<arith::ExtUIOp>(op)) {
      return source;
    }
    return emit(Uop::I2F, {*source});
  }
  if (arith::AddFOp sum = matchAddRelu(op); sum && !registers.contains(sum)) {
    std::optional<SmallVector<Operand>> sources = operands(sum);
    return sources ? emit(Uop::FADDRELU, *sources) : std::nullopt;
  }
  if (std::optional<NaNReplacement> replaced = matchNaNReplacement(op);
      replaced && !registers.contains(replaced->test)) {
    return replaceNaN(*replaced);
  }
  bool signedBoolean = llvm::isa<arith::SIToFPOp>(op) &&
                       op->getOperand(0).getType().isInteger(1);
  if (std::optional<Uop> uop = directUop(op); uop && !signedBoolean) {
    std::optional<SmallVector<Operand>> sources = operands(op);
    if (!sources) {
      return std::nullopt;
    }
    // Narrow integers are kept sign-extended (booleans as 0 or 1).
    auto type = dyn_cast<IntegerType>(op->getResult(0).getType());
    unsigned width = type ? type.getWidth() : 32;
    bool isBoolean = width == 1;
    if (isBoolean && llvm::isa<arith::MinSIOp, arith::MaxSIOp>(op)) {
      // True is -1 as a signed number.
      return emit(llvm::isa<arith::MinSIOp>(op) ? Uop::OR : Uop::AND, *sources);
    }
    if (width < 32 && llvm::isa<arith::ShRUIOp>(op)) {
      std::optional<Operand> bits =
          emit(Uop::AND, {(*sources)[0],
                          immediate(static_cast<int32_t>((1u << width) - 1))});
      return bits ? narrow(emit(*uop, {*bits, (*sources)[1]}), width)
                  : std::nullopt;
    }
    std::optional<Operand> result = emit(*uop, *sources);
    bool mayOverflow = llvm::isa<arith::AddIOp, arith::SubIOp, arith::MulIOp,
                                 arith::ShLIOp, arith::FPToSIOp>(op);
    return mayOverflow && width < 32 ? narrow(result, width) : result;
  }
  // True is -1 as a signed number; lanes hold 1.
  if (llvm::isa<arith::ExtSIOp, arith::SIToFPOp>(op) &&
      op->getOperand(0).getType().isInteger(1)) {
    std::optional<Operand> source = operand(op->getOperand(0));
    std::optional<Operand> negated =
        source ? emit(Uop::ISUB, {immediate(0), *source}) : std::nullopt;
    if (!negated || llvm::isa<arith::ExtSIOp>(op)) {
      return negated;
    }
    return emit(Uop::I2F, {*negated});
  }
  if (auto bitcast = dyn_cast<arith::BitcastOp>(op);
      bitcast && (isSmallFloat(bitcast.getType()) ||
                  isSmallFloat(bitcast.getIn().getType()))) {
    return moveCode(bitcast);
  }
  // Nothing to do on 32-bit lanes: loads have extended already.
  if (llvm::isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp,
                arith::IndexCastOp, arith::IndexCastUIOp, arith::BitcastOp>(
          op)) {
    return operand(op->getOperand(0));
  }
  if (auto trunc = dyn_cast<arith::TruncIOp>(op)) {
    std::optional<Operand> source = operand(trunc.getIn());
    if (!source) {
      return std::nullopt;
    }
    // A store takes the low byte.
    bool isStored = trunc.getType().isInteger(8) &&
                    llvm::all_of(trunc->getUsers(), [](Operation *user) {
                      return llvm::isa<linalg::YieldOp>(user);
                    });
    return isStored ? source
                    : narrow(source, trunc.getType().getIntOrFloatBitWidth());
  }
  if (auto trunc = dyn_cast<arith::TruncFOp>(op)) {
    if (isSmallFloat(trunc.getType())) {
      return roundToSmall(trunc);
    }
    std::optional<Operand> source = operand(trunc.getIn());
    if (!source) {
      return std::nullopt;
    }
    return emit(trunc.getType().isBF16() ? Uop::CVTBF16 : Uop::CVTF16,
                {*source});
  }
  if (llvm::isa<arith::CmpFOp, arith::CmpIOp>(op)) {
    return compare(op);
  }
  return special(op);
}

std::optional<MicroProgram::Operand>
MicroProgram::replaceNaN(const NaNReplacement &replaced) {
  for (Value value : {replaced.value, replaced.number}) {
    if (!matchPattern(value, m_Constant()) && !compute(value)) {
      return std::nullopt;
    }
  }
  // The test reads the value twice.
  (void)operand(replaced.value);
  (void)operand(replaced.value);
  std::optional<Operand> value = operand(replaced.value);
  std::optional<Operand> number = operand(replaced.number);
  return value && number ? emit(Uop::FNUM, {*value, *number}) : std::nullopt;
}

std::optional<MicroProgram::Operand> MicroProgram::compare(Operation *op) {
  std::optional<SmallVector<Operand>> sources = operands(op);
  if (!sources) {
    return std::nullopt;
  }
  std::optional<Operand> a = (*sources)[0];
  std::optional<Operand> b = (*sources)[1];
  auto negate = [&](std::optional<Operand> value) -> std::optional<Operand> {
    return value ? emit(Uop::XOR, {*value, immediate(1)}) : std::nullopt;
  };
  if (auto cmp = dyn_cast<arith::CmpIOp>(op)) {
    // True is -1 as a signed number and lanes hold 1: the order is turned.
    if (cmp.getLhs().getType().isInteger(1) &&
        llvm::is_contained(
            {arith::CmpIPredicate::slt, arith::CmpIPredicate::sle,
             arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge},
            cmp.getPredicate())) {
      std::swap(a, b);
    }
    switch (cmp.getPredicate()) {
    case arith::CmpIPredicate::eq:
      return emit(Uop::IEQ, {*a, *b});
    case arith::CmpIPredicate::ne:
      return negate(emit(Uop::IEQ, {*a, *b}));
    case arith::CmpIPredicate::slt:
      return emit(Uop::ILT, {*a, *b});
    case arith::CmpIPredicate::sgt:
      return emit(Uop::ILT, {*b, *a});
    case arith::CmpIPredicate::sle:
      return negate(emit(Uop::ILT, {*b, *a}));
    case arith::CmpIPredicate::sge:
      return negate(emit(Uop::ILT, {*a, *b}));
    case arith::CmpIPredicate::ult:
      return emit(Uop::ULT, {*a, *b});
    case arith::CmpIPredicate::ugt:
      return emit(Uop::ULT, {*b, *a});
    case arith::CmpIPredicate::ule:
      return negate(emit(Uop::ULT, {*b, *a}));
    case arith::CmpIPredicate::uge:
      return negate(emit(Uop::ULT, {*a, *b}));
    }
  }
  switch (cast<arith::CmpFOp>(op).getPredicate()) {
  case arith::CmpFPredicate::OEQ:
    return emit(Uop::FEQ, {*a, *b});
  case arith::CmpFPredicate::UEQ:
  case arith::CmpFPredicate::ONE: {
    std::optional<Operand> equal = emit(Uop::FEQ, {keep(*a), keep(*b)});
    std::optional<Operand> unordered =
        equal ? emit(Uop::FUNO, {*a, *b}) : std::nullopt;
    std::optional<Operand> either =
        unordered ? emit(Uop::OR, {*equal, *unordered}) : std::nullopt;
    return cast<arith::CmpFOp>(op).getPredicate() == arith::CmpFPredicate::UEQ
               ? either
               : negate(either);
  }
  case arith::CmpFPredicate::UNE:
    return negate(emit(Uop::FEQ, {*a, *b}));
  case arith::CmpFPredicate::OLT:
    return emit(Uop::FLT, {*a, *b});
  case arith::CmpFPredicate::OGT:
    return emit(Uop::FLT, {*b, *a});
  case arith::CmpFPredicate::OLE:
    return emit(Uop::FLE, {*a, *b});
  case arith::CmpFPredicate::OGE:
    return emit(Uop::FLE, {*b, *a});
  case arith::CmpFPredicate::UGE:
    return negate(emit(Uop::FLT, {*a, *b}));
  case arith::CmpFPredicate::ULE:
    return negate(emit(Uop::FLT, {*b, *a}));
  case arith::CmpFPredicate::UGT:
    return negate(emit(Uop::FLE, {*a, *b}));
  case arith::CmpFPredicate::ULT:
    return negate(emit(Uop::FLE, {*b, *a}));
  case arith::CmpFPredicate::UNO:
    return emit(Uop::FUNO, {*a, *b});
  case arith::CmpFPredicate::ORD:
    return negate(emit(Uop::FUNO, {*a, *b}));
  default:
    return fail("uses a floating-point comparison that the vector unit lacks");
  }
}

/// Functions that are several micro-operations.
std::optional<MicroProgram::Operand> MicroProgram::special(Operation *op) {
  std::optional<SmallVector<Operand>> sources = operands(op);
  if (!sources) {
    return std::nullopt;
  }
  SmallVector<Operand> &in = *sources;
  auto then = [&](std::optional<Operand> value, Uop uop,
                  Operand other) -> std::optional<Operand> {
    return value ? emit(uop, {*value, other}) : std::nullopt;
  };
  auto apply = [&](std::optional<Operand> value,
                   Uop uop) -> std::optional<Operand> {
    return value ? emit(uop, {*value}) : std::nullopt;
  };
  if (auto division = dyn_cast<arith::DivFOp>(op)) {
    bool approximate = arith::bitEnumContainsAll(division.getFastmath(),
                                                 arith::FastMathFlags::arcp);
    if (!approximate) {
      return divide(in[0], in[1]);
    }
    if (in[1].imm) {
      return emit(Uop::FMUL,
                  {in[0], immediate(1.0f / llvm::bit_cast<float>(*in[1].imm))});
    }
    // The divisor stays until the product is formed: it may be the dividend.
    std::optional<Operand> reciprocal = emit(Uop::RCP, {keep(in[1])});
    std::optional<Operand> quotient =
        reciprocal ? emit(Uop::FMUL, {in[0], *reciprocal}) : std::nullopt;
    release(in[1]);
    return quotient;
  }
  if (llvm::isa<math::ExpOp>(op)) {
    return apply(emit(Uop::FMUL, {in[0], immediate(1.44269504f)}), Uop::EXP2);
  }
  if (llvm::isa<math::LogOp>(op)) {
    return then(emit(Uop::LOG2, {in[0]}), Uop::FMUL, immediate(0.693147181f));
  }
  if (llvm::isa<math::SqrtOp>(op)) {
    // 1 / (1 / sqrt(x)) is right at 0 and infinity, x / sqrt(x) is not.
    return apply(emit(Uop::RSQRT, {in[0]}), Uop::RCP);
  }
  if (llvm::isa<math::CeilOp>(op)) {
    return apply(apply(emit(Uop::FNEG, {in[0]}), Uop::FFLOOR), Uop::FNEG);
  }
  if (llvm::isa<math::PowFOp>(op)) {
    return power(in[0], in[1]);
  }
  if (llvm::isa<math::SinOp, math::CosOp>(op)) {
    // Reduction by 2π in three parts (Cody and Waite), then turns.
    std::optional<Operand> turns = apply(
        emit(Uop::FMUL, {keep(in[0]), immediate(0.15915494f)}), Uop::FROUND);
    if (!turns) {
      return std::nullopt;
    }
    std::optional<Operand> rest =
        emit(Uop::FMA, {keep(*turns), immediate(-6.28125f), in[0]});
    if (rest) {
      rest = emit(Uop::FMA, {keep(*turns), immediate(-1.93500519e-3f), *rest});
    }
    if (rest) {
      rest = emit(Uop::FMA, {*turns, immediate(-3.01991605e-7f), *rest});
    }
    return apply(then(rest, Uop::FMUL, immediate(0.15915494f)),
                 llvm::isa<math::SinOp>(op) ? Uop::SINPI2 : Uop::COSPI2);
  }
  // erf: Abramowitz and Stegun 7.1.26, |error| < 1.5e-7.
  std::optional<Operand> magnitude = emit(Uop::FABS, {keep(in[0])});
  if (!magnitude) {
    return std::nullopt;
  }
  std::optional<Operand> t = emit(
      Uop::FMA, {keep(*magnitude), immediate(0.3275911f), immediate(1.0f)});
  t = apply(t, Uop::RCP);
  std::optional<Operand> square =
      t ? emit(Uop::FMUL, {keep(*magnitude), *magnitude}) : std::nullopt;
  std::optional<Operand> bell =
      apply(then(square, Uop::FMUL, immediate(-1.44269504f)), Uop::EXP2);
  if (!bell) {
    return std::nullopt;
  }
  static constexpr float kCoefficients[] = {
      1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f};
  std::optional<Operand> poly =
      emit(Uop::FMA, {keep(*t), immediate(kCoefficients[0]),
                      immediate(kCoefficients[1])});
  for (unsigned i = 2; poly && i < 5; ++i) {
    poly = emit(Uop::FMA, {*poly, keep(*t), immediate(kCoefficients[i])});
  }
  poly = poly ? emit(Uop::FMUL, {*poly, *t}) : std::nullopt;
  poly = poly ? emit(Uop::FMUL, {*poly, *bell}) : std::nullopt;
  std::optional<Operand> result =
      poly ? emit(Uop::FSUB, {immediate(1.0f), *poly}) : std::nullopt;
  // The sign of the argument.
  std::optional<Operand> sign =
      result ? emit(Uop::AND,
                    {in[0], immediate(static_cast<int32_t>(0x80000000u))})
             : std::nullopt;
  return sign ? emit(Uop::OR, {*result, *sign}) : std::nullopt;
}

} // namespace xpu
