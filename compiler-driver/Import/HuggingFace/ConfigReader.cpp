//===- ConfigReader.cpp - Keys of a model's config.json -------------------===//

#include "compiler-driver/Import/HuggingFace/ConfigReader.h"

#include "compiler-driver/Data/JsonFile.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace acc;
using acc::systems::Activation;

/// Sizes beyond this are no model's.
static constexpr int64_t kLargestSize = int64_t(1) << 31;

bool ConfigReader::has(StringRef key) const {
  const json::Value *value = object.get(key);
  return value && value->kind() != json::Value::Null;
}

double ConfigReader::size(StringRef key) {
  if (!has(key)) {
    fail("no '" + key + "'; expects a number");
    return 1;
  }
  std::optional<int64_t> value = object.getInteger(key);
  if (!value || *value < 1 || *value > kLargestSize) {
    fail("'" + key + "' must be an integer from 1 to 2^31");
    return 1;
  }
  return double(*value);
}

double ConfigReader::size(StringRef key, double otherwise) {
  return has(key) ? size(key) : otherwise;
}

std::vector<double> ConfigReader::sizes(StringRef key, int64_t least) {
  const json::Array *list = object.getArray(key);
  std::vector<double> result;
  if (!list || list->empty()) {
    fail("'" + key + "' must be a list of integers");
    return result;
  }
  for (const json::Value &value : *list) {
    std::optional<int64_t> number = value.getAsInteger();
    if (!number || *number < least || *number > kLargestSize) {
      fail("'" + key + "' must be a list of integers from " + Twine(least) +
           " to 2^31");
      return {};
    }
    result.push_back(double(*number));
  }
  return result;
}

double ConfigReader::number(StringRef key, double otherwise) {
  if (!has(key)) {
    return otherwise;
  }
  std::optional<double> value = object.getNumber(key);
  if (!value || !(*value > 0)) {
    fail("'" + key + "' must be a positive number");
    return otherwise;
  }
  return *value;
}

bool ConfigReader::flag(StringRef key, bool otherwise) {
  if (!has(key)) {
    return otherwise;
  }
  std::optional<bool> value = object.getBoolean(key);
  if (!value) {
    fail("'" + key + "' must be true or false");
  }
  return value.value_or(otherwise);
}

Activation ConfigReader::activation(StringRef key, StringRef otherwise) {
  StringRef name = text(key, otherwise);
  auto found =
      StringSwitch<std::optional<Activation>>(name)
          .Cases({"silu", "swish"}, Activation::Silu)
          .Case("gelu", Activation::Gelu)
          .Cases({"gelu_new", "gelu_pytorch_tanh"}, Activation::GeluTanh)
          .Case("relu", Activation::Relu)
          .Default(std::nullopt);
  if (!found) {
    fail("'" + key + "' is '" + name +
         "'; expects silu, gelu, gelu_new or relu");
  }
  return found.value_or(Activation::Silu);
}

void ConfigReader::fail(const Twine &message) {
  if (error.empty()) {
    error = (path + ": error: " + message).str();
  }
}

Error ConfigReader::takeError() {
  return error.empty() ? Error::success() : makeInputError(error);
}

Expected<ConfigFile> ConfigFile::read(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return makeInputError(path + ": error: " + buffer.getError().message());
  }
  return parse((*buffer)->getBuffer(), path);
}

Expected<ConfigFile> ConfigFile::parse(StringRef text, StringRef path) {
  Expected<json::Value> file = data::parseJson(text, path);
  if (!file) {
    return makeInputError(toString(file.takeError()));
  }
  const json::Object *object = file->getAsObject();
  std::optional<StringRef> family;
  if (object) {
    family = object->getString("model_type");
    family = family ? family : object->getString("_class_name");
  }
  if (!family) {
    return makeInputError(path + ": error: no 'model_type' or '_class_name'; "
                                 "expects the configuration of a model");
  }
  std::string type = family->str();
  return ConfigFile(path, type, std::move(*file));
}

std::string ConfigFile::modelName() const {
  StringRef stem = sys::path::stem(where);
  StringRef folder = sys::path::filename(sys::path::parent_path(where));
  return (stem == "config" && !folder.empty() ? folder : stem).str();
}

Error ConfigFile::unknownFamily(ArrayRef<std::string> known) const {
  return makeUnsupportedError(where + ": models of type '" + type +
                              "'; known are " + join(known, ", "));
}
