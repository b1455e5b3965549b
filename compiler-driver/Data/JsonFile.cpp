//===- JsonFile.cpp - JSON from a file ------------------------------------===//

#include "compiler-driver/Data/JsonFile.h"

#include "dialects/Target/Nesting.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

Expected<json::Value> acc::data::loadJson(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return createStringError(buffer.getError(),
                             path + ": error: " + buffer.getError().message());
  }
  if (Error error = checkJsonNesting((*buffer)->getBuffer(), path)) {
    return std::move(error);
  }
  Expected<json::Value> value = json::parse((*buffer)->getBuffer());
  if (!value) {
    return createStringError(
        inconvertibleErrorCode(),
        path + ": error: not JSON: " + toString(value.takeError()));
  }
  return value;
}
