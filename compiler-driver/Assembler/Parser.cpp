//===- Parser.cpp - Lines, labels and numbers -----------------------------===//

#include "compiler-driver/Assembler/Parser.h"

#include "compiler-driver/Assembler/Assembler.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace xpu {

/// More errors than this are not worth reading.
constexpr unsigned kMaxErrors = 20;

std::string suggest(StringRef name, ArrayRef<StringRef> candidates) {
  StringRef best;
  unsigned distance = 3;
  for (StringRef candidate : candidates) {
    unsigned d = name.take_front(64).edit_distance(candidate, true, distance);
    if (d < distance) {
      distance = d;
      best = candidate;
    }
  }
  return best.empty() ? "" : ("; did you mean '" + best + "'?").str();
}

Parser::Parser(SourceMgr &sources, raw_ostream &errors)
    : sources(sources), errors(errors),
      lexer(sources.getMemoryBuffer(sources.getMainFileID())->getBuffer()) {
  advance();
}

//===----------------------------------------------------------------------===//
// Tokens and messages
//===----------------------------------------------------------------------===//

bool Parser::error(StringRef at, const Twine &message) {
  ++numErrors;
  SMLoc begin = SMLoc::getFromPointer(at.data());
  SMLoc end = SMLoc::getFromPointer(at.data() + at.size());
  sources.PrintMessage(errors, begin, SourceMgr::DK_Error, message,
                       SMRange(begin, end), {},
                       /*ShowColors=*/false);
  return false;
}

bool Parser::accept(char c) {
  if (!token.is(c)) {
    return false;
  }
  advance();
  return true;
}

bool Parser::expect(char c, const Twine &where) {
  return accept(c) || error(token.text, "expects '" + Twine(c) + "' " + where);
}

bool Parser::parseInteger(int64_t low, uint64_t high, uint64_t &value,
                          const Twine &what) {
  StringRef text = token.text;
  if (token.kind != TokenKind::Number) {
    return error(text, "expects a number for " + what);
  }
  StringRef digits = text;
  bool isNegative = digits.consume_front("-");
  APInt number;
  if (digits.empty() || !isDigit(digits[0]) || digits.size() > 80 ||
      (digits.consume_front("0x") ? digits.getAsInteger(16, number)
                                  : digits.getAsInteger(10, number))) {
    return error(text, "'" + text + "' is no integer");
  }
  number = number.zext(std::max(number.getBitWidth(), 64u) + 2);
  if (isNegative) {
    number.negate();
  }
  APInt lowest(number.getBitWidth(), low, /*isSigned=*/true);
  APInt highest(number.getBitWidth(), high);
  if (number.slt(lowest) || number.sgt(highest)) {
    return error(text, what + " is out of range; expects " + Twine(low) +
                           " to " + Twine(high));
  }
  value = number.trunc(64).getZExtValue();
  advance();
  return true;
}

/// A number with a point, an exponent or the suffix `f`.
bool Parser::atFloat() const {
  return token.kind == TokenKind::Number && !token.text.contains("0x") &&
         token.text.find_first_of(".eEf") != StringRef::npos;
}

bool Parser::parseFloatBits(uint32_t &bits) {
  StringRef text = token.text;
  StringRef digits = text;
  digits.consume_back("f");
  APFloat value(APFloat::IEEEsingle());
  auto status =
      digits.empty() || digits.contains_insensitive("x")
          ? createStringError("no number")
          : value.convertFromString(digits, APFloat::rmNearestTiesToEven);
  if (token.kind != TokenKind::Number || !status || !value.isFinite()) {
    if (!status) {
      consumeError(status.takeError());
    }
    return error(text,
                 "'" + (token.endsLine() ? "" : text) +
                     "' is no fp32 number; expects for example 1.5 or -2e-3");
  }
  bits = value.bitcastToAPInt().getZExtValue();
  advance();
  return true;
}

bool Parser::parseString(std::string &text, const Twine &what) {
  StringRef source = token.text;
  if (token.kind != TokenKind::String) {
    return error(
        source,
        token.kind == TokenKind::Bad && source == "\""
            ? Twine("string without an end; expects '\"' on the same line")
            : "expects a string in quotes for " + what);
  }
  StringRef rest = source.drop_front().drop_back();
  text.clear();
  while (!rest.empty()) {
    char c = rest.front();
    rest = rest.drop_front();
    if (c != '\\') {
      text += c;
    } else if (rest.consume_front("n")) {
      text += '\n';
    } else if (rest.consume_front("\"")) {
      text += '"';
    } else if (rest.consume_front("\\")) {
      text += '\\';
    } else if (rest.size() >= 3 && rest[0] == 'x' && isHexDigit(rest[1]) &&
               isHexDigit(rest[2])) {
      text += static_cast<char>(hexFromNibbles(rest[1], rest[2]));
      rest = rest.drop_front(3);
    } else {
      return error(
          source,
          "unknown escape in a string; expects \\\\, \\\", \\n or \\xHH");
    }
  }
  if (!json::isUTF8(text)) {
    return error(source, "string is not valid UTF-8");
  }
  advance();
  return true;
}

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

bool Parser::parseLabel(Token name) {
  if (inData) {
    return error(
        name.text,
        "label in .hbm; labels stand for instructions, put '.text' first");
  }
  auto [it, isNew] =
      labels.try_emplace(name.text, Label{object.code.size(), name.text});
  if (!isNew) {
    error(name.text, "label '" + name.text + "' is defined twice");
    sources.PrintMessage(errors, SMLoc::getFromPointer(it->second.at.data()),
                         SourceMgr::DK_Note, "first defined here", {}, {},
                         /*ShowColors=*/false);
    return false;
  }
  return true;
}

bool Parser::parseLine() {
  while (token.kind == TokenKind::Word && !token.text.starts_with(".")) {
    Token name = token;
    advance();
    if (!accept(':')) {
      return parseInstruction(name);
    }
    if (!parseLabel(name)) {
      return false;
    }
  }
  if (token.endsLine()) {
    return true;
  }
  if (token.kind == TokenKind::Word) {
    Token name = token;
    advance();
    return parseDirective(name);
  }
  return error(token.text, "expects an instruction, a label or a directive");
}

bool Parser::resolveLabels() {
  for (const Fixup &fixup : fixups) {
    auto it = labels.find(fixup.label);
    if (it == labels.end()) {
      SmallVector<StringRef> names = to_vector(labels.keys());
      error(fixup.label, "label '" + fixup.label + "' is not defined" +
                             suggest(fixup.label, names));
    } else if (numErrors == 0) {
      isa::insertBits(&object.code[fixup.word], fixup.offset, fixup.width,
                      it->second.pc);
    }
  }
  if (object.launches.size() == object.hostCalls.size()) {
    error(token.text, "the last .host_call has no '.launch' after it");
  }
  return numErrors == 0;
}

std::optional<Object> Parser::parse() {
  while (token.kind != TokenKind::End) {
    if (parseLine() && !token.endsLine()) {
      error(token.text, "expects the end of the line");
    }
    if (numErrors >= kMaxErrors) {
      return std::nullopt;
    }
    while (!token.endsLine()) {
      advance();
    }
    if (token.kind == TokenKind::Newline) {
      advance();
    }
  }
  if (numErrors == 0) {
    finishTarget();
  }
  stable_sort(object.lines, [](const ObjectLine &a, const ObjectLine &b) {
    return a.pc < b.pc;
  });
  return resolveLabels() ? std::optional<Object>(std::move(object))
                         : std::nullopt;
}

std::optional<Object> parseAssembly(StringRef text, StringRef name,
                                    raw_ostream &errors) {
  SourceMgr sources;
  sources.AddNewSourceBuffer(MemoryBuffer::getMemBufferCopy(text, name),
                             SMLoc());
  return Parser(sources, errors).parse();
}

} // namespace xpu
