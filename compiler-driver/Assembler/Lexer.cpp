//===- Lexer.cpp - Tokens of assembly text --------------------------------===//

#include "compiler-driver/Assembler/Lexer.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace xpu {

Token Lexer::take(TokenKind kind, size_t length) {
  Token token{kind, rest.take_front(length)};
  rest = rest.drop_front(length);
  return token;
}

Token Lexer::next() {
  rest = rest.ltrim(" \t\r");
  if (rest.starts_with("#") || rest.starts_with("//")) {
    rest = rest.drop_front(std::min(rest.find('\n'), rest.size()));
  }
  if (rest.empty()) {
    return take(TokenKind::End, 0);
  }
  char first = rest.front();
  auto lengthWhile = [&](auto accepts) {
    size_t length = 1;
    while (length < rest.size() && accepts(rest[length], rest[length - 1])) {
      ++length;
    }
    return length;
  };
  if (first == '\n') {
    return take(TokenKind::Newline, 1);
  }
  if (first == '"') {
    for (size_t i = 1; i < rest.size() && rest[i] != '\n'; ++i) {
      if (rest[i] == '"') {
        return take(TokenKind::String, i + 1);
      }
      i += rest[i] == '\\';
    }
    return take(TokenKind::Bad, 1);
  }
  if (isAlpha(first) || first == '_' || first == '.') {
    return take(TokenKind::Word, lengthWhile([](char c, char) {
                  return isAlnum(c) || c == '_' || c == '.' || c == '-';
                }));
  }
  if (isDigit(first) || first == '-' || first == '+') {
    bool isHex = rest.starts_with("0x");
    return take(TokenKind::Number, lengthWhile([isHex](char c, char before) {
                  bool isExponent = !isHex && (before == 'e' || before == 'E');
                  return isAlnum(c) || c == '.' ||
                         (isExponent && (c == '-' || c == '+'));
                }));
  }
  return take(StringRef("[]{}=,;:").contains(first) ? TokenKind::Punctuation
                                                    : TokenKind::Bad,
              1);
}

} // namespace xpu
