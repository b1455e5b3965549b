//===- Lexer.h - Tokens of assembly text ------------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ASSEMBLER_LEXER_H
#define COMPILER_DRIVER_ASSEMBLER_LEXER_H

#include "llvm/ADT/StringRef.h"

namespace xpu {

enum class TokenKind { End, Newline, Word, Number, String, Punctuation, Bad };

struct Token {
  TokenKind kind = TokenKind::End;
  llvm::StringRef text; ///< As written; a string with its quotes.

  bool is(char c) const {
    return kind == TokenKind::Punctuation && text[0] == c;
  }
  bool endsLine() const {
    return kind == TokenKind::Newline || kind == TokenKind::End;
  }
};

/// Cuts a buffer into tokens. Comments and blanks are no tokens; words hold
/// letters, digits, `_`, `.` and `-`, numbers anything that begins with a digit
/// or a sign.
class Lexer {
public:
  explicit Lexer(llvm::StringRef buffer) : rest(buffer) {}

  Token next();

private:
  Token take(TokenKind kind, size_t length);

  llvm::StringRef rest;
};

} // namespace xpu

#endif // COMPILER_DRIVER_ASSEMBLER_LEXER_H
