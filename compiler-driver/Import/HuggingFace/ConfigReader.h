//===- ConfigReader.h - Keys of a model's config.json -----------*- C++ -*-===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_CONFIGREADER_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_CONFIGREADER_H

#include "compiler-driver/Baselines/ModelShape.h"
#include "llvm/Support/JSON.h"

namespace acc {

/// Reads the keys of one file; the first error stays.
class ConfigReader {
public:
  ConfigReader(llvm::StringRef path, const llvm::json::Object &object)
      : path(path), object(object) {}

  bool has(llvm::StringRef key) const;
  /// Whichever of two names for the same the file has; the first one if none.
  llvm::StringRef either(llvm::StringRef one, llvm::StringRef other) const {
    return has(one) || !has(other) ? one : other;
  }
  /// A positive integer.
  double size(llvm::StringRef key);
  double size(llvm::StringRef key, double otherwise);
  /// A list of integers, the least of which is `least`.
  std::vector<double> sizes(llvm::StringRef key, int64_t least = 1);
  double number(llvm::StringRef key, double otherwise);
  bool flag(llvm::StringRef key, bool otherwise);
  llvm::StringRef text(llvm::StringRef key,
                       llvm::StringRef otherwise = "") const {
    return object.getString(key).value_or(otherwise);
  }
  systems::Activation activation(llvm::StringRef key,
                                 llvm::StringRef otherwise);
  const llvm::json::Object &json() const { return object; }

  void fail(const llvm::Twine &message);
  llvm::Error takeError();

private:
  llvm::StringRef path;
  const llvm::json::Object &object;
  std::string error;
};

/// A configuration whose family is known by name.
class ConfigFile {
public:
  static llvm::Expected<ConfigFile> read(llvm::StringRef path);
  static llvm::Expected<ConfigFile> parse(llvm::StringRef text,
                                          llvm::StringRef path);

  const std::string &path() const { return where; }
  /// `model_type`, or the `_class_name` of diffusers' configurations.
  const std::string &family() const { return type; }
  /// The file's name, or the folder's if the file is called config.json.
  std::string modelName() const;
  ConfigReader reader() const { return {where, *value.getAsObject()}; }
  /// The error for a family that is none of `known`.
  llvm::Error unknownFamily(llvm::ArrayRef<std::string> known) const;

private:
  std::string where, type;
  llvm::json::Value value;

  ConfigFile(llvm::StringRef path, llvm::StringRef family,
             llvm::json::Value value)
      : where(path), type(family), value(std::move(value)) {}
};

} // namespace acc

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_CONFIGREADER_H
