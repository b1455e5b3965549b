//===- JsonFile.cpp - JSON from a file ------------------------------------===//

#include "compiler-driver/Data/JsonFile.h"

#include "dialects/Target/Nesting.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

Expected<json::Value> acc::data::parseJson(StringRef text, StringRef path) {
  if (Error error = checkJsonNesting(text, path)) {
    return std::move(error);
  }
  Expected<json::Value> value = json::parse(text);
  if (!value) {
    return createStringError(
        inconvertibleErrorCode(),
        path + ": error: not JSON: " + toString(value.takeError()));
  }
  return value;
}

Expected<json::Value> acc::data::loadJson(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return createStringError(buffer.getError(),
                             path + ": error: " + buffer.getError().message());
  }
  return parseJson((*buffer)->getBuffer(), path);
}
