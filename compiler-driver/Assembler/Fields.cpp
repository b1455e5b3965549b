//===- Fields.cpp - How fields look in text -------------------------------===//

#include "compiler-driver/Assembler/Fields.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace llvm;

namespace xpu {

FieldStyle getStyle(const isa::FieldInfo &field) {
  StringRef name = field.name;
  if (name == "opcode" || name == "nwords" || name == "nuops") {
    return FieldStyle::Implied;
  }
  if (name == "uops") {
    return FieldStyle::Program;
  }
  if (name == "target") {
    return FieldStyle::Target;
  }
  if (!field.enumName.empty()) {
    return FieldStyle::Enum;
  }
  if (name == "rd" || name == "rs1" || name == "rs2" ||
      name.ends_with("_reg")) {
    return FieldStyle::Register;
  }
  bool isAddress = name.ends_with("_base") && field.width == 32;
  if (isAddress || name.ends_with("mask") || name.ends_with("_banks") ||
      name == "red_init") {
    return FieldStyle::Hex;
  }
  return FieldStyle::Number;
}

const isa::FieldInfo *lookupField(const isa::InstrInfo &info, StringRef name) {
  for (const isa::FieldInfo &field : info.fields) {
    if (field.name == name && getStyle(field) != FieldStyle::Implied) {
      return &field;
    }
  }
  return nullptr;
}

unsigned getNumWords(const isa::InstrInfo &info, unsigned uops) {
  return info.minWords == info.maxWords ? info.minWords
                                        : info.minWords + (uops + 1) / 2;
}

uint64_t getMaximum(const isa::FieldInfo &field) {
  unsigned bits = field.isSigned ? field.width - 1 : field.width;
  return bits >= 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1;
}

unsigned getTypeBytes(StringRef name) {
  return StringSwitch<unsigned>(name)
      .Cases({"bool", "int8", "uint8"}, 1)
      .Cases({"float16", "bfloat16", "int16", "uint16"}, 2)
      .Cases({"float32", "int32", "uint32"}, 4)
      .Cases({"float64", "int64", "uint64"}, 8)
      .Default(0);
}

std::optional<uint64_t> getTensorBytes(StringRef type,
                                       ArrayRef<int64_t> shape) {
  std::optional<uint64_t> bytes = getTypeBytes(type);
  for (int64_t size : shape) {
    bytes =
        size < 0 ? std::nullopt : checkedMulUnsigned<uint64_t>(*bytes, size);
    if (!bytes) {
      return std::nullopt;
    }
  }
  return bytes;
}

unsigned getNumSources(isa::Uop op) {
  switch (op) {
  case isa::Uop::MOV:
  case isa::Uop::FNEG:
  case isa::Uop::FABS:
  case isa::Uop::FFLOOR:
  case isa::Uop::FROUND:
  case isa::Uop::F2I:
  case isa::Uop::I2F:
  case isa::Uop::CVTBF16:
  case isa::Uop::CVTF16:
  case isa::Uop::EXP2:
  case isa::Uop::LOG2:
  case isa::Uop::RCP:
  case isa::Uop::RSQRT:
  case isa::Uop::TANH:
  case isa::Uop::SINPI2:
  case isa::Uop::COSPI2:
    return 1;
  case isa::Uop::FMA:
  case isa::Uop::SEL:
    return 3;
  default:
    return 2;
  }
}

} // namespace xpu
