//===- Safetensors.cpp - Weights of a checkpoint --------------------------===//

#include "compiler-driver/Import/HuggingFace/Safetensors.h"

#include "compiler-driver/Data/JsonFile.h"
#include "compiler-driver/Tensor/Errors.h"
#include "dialects/Target/Nesting.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <optional>
#include <set>

using namespace llvm;
using namespace acc;

constexpr uint64_t kLengthBytes = 8;

static std::optional<DType> parseType(StringRef name) {
  return StringSwitch<std::optional<DType>>(name)
      .Case("F64", DType::F64)
      .Case("F32", DType::F32)
      .Case("F16", DType::F16)
      .Case("BF16", DType::BF16)
      .Default(std::nullopt);
}

/// The tensor that an entry of the header describes, a view of `elements`.
static Error readEntry(StringRef name, const json::Value &value,
                       ArrayRef<char> elements,
                       const std::shared_ptr<const void> &owner,
                       HostTensor &tensor) {
  const json::Object *entry = value.getAsObject();
  const json::Array *shape = entry ? entry->getArray("shape") : nullptr;
  const json::Array *place = entry ? entry->getArray("data_offsets") : nullptr;
  std::optional<StringRef> type;
  if (entry) {
    type = entry->getString("dtype");
  }
  if (!shape || !place || place->size() != 2 || !type) {
    return makeInputError("tensor '" + name +
                          "' has no dtype, shape or two data_offsets");
  }
  std::optional<DType> dtype = parseType(*type);
  if (!dtype) {
    return makeUnsupportedError("tensor '" + name + "' of type " + *type +
                                "; known are F64, F32, F16 and BF16");
  }
  tensor.name = name.str();
  tensor.dtype = *dtype;
  for (const json::Value &size : *shape) {
    tensor.shape.push_back(size.getAsInteger().value_or(-1));
  }
  std::optional<int64_t> count = countElements(tensor.shape);
  std::optional<int64_t> from = (*place)[0].getAsInteger();
  std::optional<int64_t> to = (*place)[1].getAsInteger();
  if (!count || !from || !to || *from < 0 || *to < *from ||
      uint64_t(*to) > elements.size() ||
      *to - *from != *count * int64_t(getByteSize(*dtype))) {
    return makeInputError("tensor '" + name +
                          "' does not lie in the file as its shape says");
  }
  tensor.bytes =
      TensorBytes::ofFile(elements.slice(size_t(*from), size_t(*to - *from)),
                          getByteSize(*dtype), owner);
  return Error::success();
}

Error acc::readSafetensors(StringRef path, Checkpoint &checkpoint) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return makeInputError(path +
                          ": cannot be read: " + buffer.getError().message());
  }
  std::shared_ptr<MemoryBuffer> owner = std::move(*buffer);
  return parseSafetensors(owner->getBuffer(), owner, path, checkpoint);
}

Error acc::parseSafetensors(StringRef bytes,
                            const std::shared_ptr<const void> &owner,
                            StringRef path, Checkpoint &checkpoint) {
  auto fail = [&](Error error) {
    return handleErrors(std::move(error), [&](const InputError &inner) {
      std::string text;
      raw_string_ostream os(text);
      inner.log(os);
      StringRef rest = text;
      bool isUnsupported = rest.consume_front("unsupported: ");
      return isUnsupported ? makeUnsupportedError(path + ": " + rest)
                           : makeInputError(path + ": " + rest);
    });
  };
  if (bytes.size() < kLengthBytes) {
    return makeInputError(path + ": is too short for safetensors");
  }
  uint64_t length = support::endian::read64le(bytes.data());
  if (length > bytes.size() - kLengthBytes) {
    return makeInputError(path + ": the header is longer than the file");
  }
  StringRef text = bytes.substr(kLengthBytes, length);
  if (Error error = checkJsonNesting(text, path)) {
    return makeInputError(toString(std::move(error)));
  }
  Expected<json::Value> header = json::parse(text);
  if (!header) {
    return makeInputError(
        path + ": the header is not JSON: " + toString(header.takeError()));
  }
  const json::Object *object = header->getAsObject();
  if (!object) {
    return makeInputError(path + ": the header is no JSON object");
  }
  StringRef rest = bytes.drop_front(kLengthBytes + length);
  ArrayRef<char> elements(rest.data(), rest.size());
  for (const auto &[key, value] : *object) {
    if (StringRef(key) == "__metadata__") {
      continue;
    }
    HostTensor tensor;
    if (Error error = readEntry(key, value, elements, owner, tensor)) {
      return fail(std::move(error));
    }
    checkpoint[key] = std::move(tensor);
  }
  return Error::success();
}

Expected<Checkpoint> acc::readCheckpoint(StringRef folder) {
  Checkpoint checkpoint;
  SmallString<128> path(folder);
  sys::path::append(path, "model.safetensors");
  if (sys::fs::exists(path)) {
    if (Error error = readSafetensors(path, checkpoint)) {
      return std::move(error);
    }
    return std::move(checkpoint);
  }
  path += ".index.json";
  if (!sys::fs::exists(path)) {
    return std::move(checkpoint);
  }
  Expected<json::Value> index = data::loadJson(path);
  if (!index) {
    return makeInputError(toString(index.takeError()));
  }
  const json::Object *object = index->getAsObject();
  const json::Object *map = object ? object->getObject("weight_map") : nullptr;
  if (!map) {
    return makeInputError(path + ": no 'weight_map'; expects names of files by "
                                 "names of weights");
  }
  std::set<std::string> files;
  for (const auto &[name, file] : *map) {
    files.insert(file.getAsString().value_or("").str());
  }
  for (const std::string &file : files) {
    // An index names files beside it.
    if (file.empty() || sys::path::filename(file) != file) {
      return makeInputError(path + ": '" + file +
                            "' is not the name of a file beside it");
    }
    SmallString<128> part(folder);
    sys::path::append(part, file);
    if (Error error = readSafetensors(part, checkpoint)) {
      return std::move(error);
    }
  }
  return std::move(checkpoint);
}
