//===- ParseInstruction.cpp - Instructions and micro-operations -----------===//

#include "compiler-driver/Assembler/Parser.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace xpu {

/// Words of the longest instruction that a length field of 8 bits can have.
constexpr unsigned kMaxWords = 256;

static SmallVector<StringRef> enumNames(StringRef enumName) {
  SmallVector<StringRef> names;
  for (unsigned value = 0; value < 128; ++value) {
    if (StringRef name = isa::enumCaseName(enumName, value); !name.empty()) {
      names.push_back(name);
    }
  }
  return names;
}

bool Parser::parseRegister(uint64_t maximum, uint64_t &value) {
  StringRef digits = token.text;
  if (token.kind != TokenKind::Word || !digits.consume_front("r") ||
      digits.getAsInteger(10, value) || value > maximum) {
    return error(token.text, "expects a register r0 to r" + Twine(maximum));
  }
  advance();
  return true;
}

bool Parser::parseUop(uint64_t &bits) {
  if (token.kind == TokenKind::Number) {
    return parseInteger(0, ~uint64_t(0), bits, "a micro-operation");
  }
  StringRef name = token.text;
  std::optional<isa::Uop> op = isa::symbolizeUop(name);
  if (token.kind != TokenKind::Word || !op) {
    return error(name, "expects a micro-operation" +
                           Twine(suggest(name, enumNames("Uop"))));
  }
  advance();
  isa::UopInstr uop;
  uop.op = *op;
  uint64_t value;
  if (!parseRegister(isa::kNumVpuRegs - 1, value)) {
    return false;
  }
  uop.dst = value;
  uint8_t *const sources[3] = {&uop.a, &uop.b, &uop.c};
  unsigned count = getNumSources(*op);
  for (unsigned i = 0; i < count; ++i) {
    if (!expect(',', "and " + Twine(count - i) + " more of the " +
                         Twine(count) + " sources of " + name)) {
      return false;
    }
    if (token.kind != TokenKind::Number) {
      if (!parseRegister(isa::kNumVpuRegs - 1, value)) {
        return false;
      }
      *sources[i] = value;
      continue;
    }
    if (uop.immSel != 0) {
      return error(token.text, "second immediate; a micro-operation holds one");
    }
    uop.immSel = i + 1;
    if (atFloat()) {
      if (!parseFloatBits(uop.imm)) {
        return false;
      }
    } else if (parseInteger(INT32_MIN, UINT32_MAX, value, "an immediate")) {
      uop.imm = static_cast<uint32_t>(value);
    } else {
      return false;
    }
  }
  bits = uop.encode();
  return true;
}

bool Parser::parseProgram(const isa::FieldInfo &field, isa::Word *words,
                          unsigned &uops) {
  auto skipLines = [&] {
    while (token.kind == TokenKind::Newline) {
      advance();
    }
  };
  if (!expect('{', "before the micro-operations")) {
    return false;
  }
  skipLines();
  while (!accept('}')) {
    if (uops == field.count) {
      return error(token.text,
                   "more than " + Twine(field.count) + " micro-operations");
    }
    uint64_t bits;
    if (!parseUop(bits)) {
      return false;
    }
    isa::insertBits(words, field.offset + uops++ * field.width, field.width,
                    bits);
    skipLines();
    if (!token.is('}') && !expect(';', "or '}' after a micro-operation")) {
      return false;
    }
    skipLines();
  }
  return true;
}

bool Parser::parseValue(const isa::FieldInfo &field, unsigned offset,
                        isa::Word *words) {
  FieldStyle style = getStyle(field);
  uint64_t value = 0;
  uint64_t maximum = getMaximum(field);
  if (style == FieldStyle::Register) {
    if (!parseRegister(maximum, value)) {
      return false;
    }
  } else if (style == FieldStyle::Target && token.kind == TokenKind::Word) {
    fixups.push_back({token.text, object.code.size(), offset, field.width});
    advance();
  } else if (style == FieldStyle::Enum && token.kind == TokenKind::Word) {
    std::optional<unsigned> named =
        isa::enumCaseValue(field.enumName, token.text);
    if (!named) {
      return error(token.text, "'" + token.text + "' is no " + field.enumName +
                                   "; expects " +
                                   join(enumNames(field.enumName), ", "));
    }
    value = *named;
    advance();
  } else if (field.name == "red_init" && atFloat()) {
    uint32_t bits;
    if (!parseFloatBits(bits)) {
      return false;
    }
    value = bits;
  } else {
    int64_t low = field.isSigned ? -static_cast<int64_t>(maximum) - 1 : 0;
    if (!parseInteger(low, maximum, value, field.name)) {
      return false;
    }
  }
  isa::insertBits(words, offset, field.width, value);
  return true;
}

bool Parser::parseField(const isa::InstrInfo &info, const isa::FieldInfo &field,
                        isa::Word *words) {
  if (getStyle(field) == FieldStyle::Program) {
    return parseProgram(field, words, programUops);
  }
  if (field.count == 1) {
    return parseValue(field, field.offset, words);
  }
  if (!expect('[', "before the list of " + Twine(field.name))) {
    return false;
  }
  for (unsigned i = 0; !accept(']'); ++i) {
    if (i == field.count) {
      return error(token.text, Twine(field.name) + " has at most " +
                                   Twine(field.count) + " elements");
    }
    if (!parseValue(field, field.offset + i * field.width, words) ||
        (!token.is(']') &&
         !expect(',', "or ']' in the list of " + Twine(field.name)))) {
      return false;
    }
  }
  return true;
}

bool Parser::parseInstruction(Token mnemonic) {
  const isa::InstrInfo *info = isa::lookupMnemonic(mnemonic.text);
  if (!info) {
    SmallVector<StringRef> names;
    for (const isa::InstrInfo &candidate : isa::getInstructions()) {
      names.push_back(candidate.mnemonic);
    }
    return error(mnemonic.text, "unknown instruction '" + mnemonic.text + "'" +
                                    suggest(mnemonic.text, names));
  }
  if (inData) {
    return error(mnemonic.text, "instruction in .hbm; put '.text' before it");
  }
  isa::Word words[kMaxWords] = {};
  programUops = 0;
  SmallPtrSet<const isa::FieldInfo *, 16> given;
  while (!token.endsLine()) {
    Token name = token;
    const isa::FieldInfo *field = lookupField(*info, name.text);
    if (name.kind != TokenKind::Word || !field) {
      SmallVector<StringRef> names;
      for (const isa::FieldInfo &candidate : info->fields) {
        if (getStyle(candidate) != FieldStyle::Implied) {
          names.push_back(candidate.name);
        }
      }
      return error(name.text, "'" + name.text + "' is no field of " +
                                  info->mnemonic + "; expects " +
                                  join(names, ", "));
    }
    if (!given.insert(field).second) {
      return error(name.text, "field '" + name.text + "' is given twice");
    }
    advance();
    if (!expect('=', "after the field '" + name.text + "'") ||
        !parseField(*info, *field, words)) {
      return false;
    }
    if (!token.endsLine() &&
        !expect(',', "or the end of the line after a field")) {
      return false;
    }
  }
  unsigned length = getNumWords(*info, programUops);
  for (const isa::FieldInfo &field : info->fields) {
    uint64_t value = field.name == "opcode"
                         ? static_cast<uint64_t>(info->opcode)
                     : field.name == "nwords" ? length
                                              : programUops;
    if (getStyle(field) == FieldStyle::Implied) {
      isa::insertBits(words, field.offset, field.width, value);
    }
  }
  object.code.insert(object.code.end(), words, words + length);
  return true;
}

} // namespace xpu
