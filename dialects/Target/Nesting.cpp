//===- Nesting.cpp - Bounds on what a parser descends into ----------------===//

#include "dialects/Target/Nesting.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

constexpr size_t kMaxJsonDepth = 512;
/// Collections in brackets of a whole file, and levels of blocks in a line.
constexpr size_t kMaxYamlBrackets = 2048;
constexpr size_t kMaxYamlBlocks = 512;

static Error tooDeep(StringRef fileName, size_t line) {
  return createStringError(inconvertibleErrorCode(),
                           fileName + ":" + Twine(line) +
                               ":1: error: nests too deep; expects a file of a "
                               "few levels");
}

/// Blocks that a line is in, at most: those open before it lie at its columns
/// of indentation, and an indicator opens one.
static size_t countBlocks(StringRef line) {
  StringRef text = line.ltrim(' ');
  size_t blocks = line.size() - text.size();
  for (size_t i = 0; i < text.size(); ++i) {
    bool isIndicator = text[i] == '-' || text[i] == '?' || text[i] == ':';
    blocks += isIndicator && (i + 1 == text.size() || isSpace(text[i + 1]));
  }
  return blocks;
}

Error acc::checkYamlNesting(StringRef text, StringRef fileName) {
  size_t brackets = 0;
  for (size_t number = 1; !text.empty(); ++number) {
    StringRef line;
    std::tie(line, text) = text.split('\n');
    brackets += line.count('[') + line.count('{');
    if (brackets > kMaxYamlBrackets || countBlocks(line) > kMaxYamlBlocks) {
      return tooDeep(fileName, number);
    }
  }
  return Error::success();
}

Error acc::checkJsonNesting(StringRef text, StringRef fileName) {
  size_t line = 1;
  size_t depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    line += c == '\n';
    if (c == '"') {
      inString = !inString;
    } else if (inString) {
      i += c == '\\';
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) {
        return tooDeep(fileName, line);
      }
    } else if ((c == ']' || c == '}') && depth != 0) {
      --depth;
    }
  }
  return Error::success();
}
