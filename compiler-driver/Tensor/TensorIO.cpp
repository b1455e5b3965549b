//===- TensorIO.cpp - Tensor files ----------------------------------------===//

#include "compiler-driver/Tensor/TensorIO.h"

#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorProto.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ToolOutputFile.h"

#include <onnx/onnx_pb.h>

using namespace llvm;

namespace acc {

Expected<HostTensor> parseTensorProto(StringRef bytes, StringRef path) {
  if (bytes.size() > INT32_MAX) {
    return makeInputError(path + ": is larger than 2 GiB; store it as .npy");
  }
  ::onnx::TensorProto proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return makeInputError(path + ": is not an ONNX tensor, or is truncated");
  }
  return decodeTensorProto(proto, path, /*directory=*/"");
}

Expected<HostTensor> readTensorProto(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return makeInputError(path +
                          ": cannot be read: " + buffer.getError().message());
  }
  return parseTensorProto((*buffer)->getBuffer(), path);
}

Error writeTensorProto(StringRef path, const HostTensor &tensor) {
  ::onnx::TensorProto proto;
  encodeTensorProto(tensor, proto);
  std::string text;
  if (!proto.SerializeToString(&text)) {
    return makeInputError(path + ": tensor '" + tensor.name +
                          "' is too large for this format; use .npy");
  }
  std::error_code code;
  ToolOutputFile file(path, code, sys::fs::OF_None);
  if (code) {
    return makeInputError(path + ": cannot be written: " + code.message());
  }
  file.os() << text;
  file.os().flush();
  if (file.os().has_error()) {
    std::string reason = file.os().error().message();
    file.os().clear_error();
    return makeInputError(path + ": cannot be written: " + reason);
  }
  file.keep();
  return Error::success();
}

/// The file of one tensor in a folder; empty if there is none.
static SmallString<128> findTensor(StringRef directory, StringRef prefix,
                                   size_t number, const std::string &name) {
  // A name with a slash would leave the directory.
  bool plain = name.find('/') == std::string::npos && !name.empty();
  for (const std::string &file :
       {(prefix + "_" + Twine(number) + ".pb").str(),
        plain ? name + ".npy" : "", plain ? name + ".pb" : ""}) {
    SmallString<128> path(directory);
    sys::path::append(path, file);
    if (!file.empty() && sys::fs::exists(path)) {
      return path;
    }
  }
  return {};
}

static Expected<HostTensor> readTensor(StringRef path,
                                       const std::string &name) {
  Expected<HostTensor> tensor =
      path.ends_with(".npy") ? readNpy(path) : readTensorProto(path);
  if (tensor) {
    tensor->name = name;
  }
  return tensor;
}

Expected<std::vector<HostTensor>>
loadTensors(StringRef directory, StringRef prefix, ArrayRef<TensorSpec> specs) {
  if (!sys::fs::is_directory(directory)) {
    return makeInputError(directory + ": is not a directory");
  }
  std::vector<HostTensor> tensors;
  for (auto [i, spec] : enumerate(specs)) {
    SmallString<128> path = findTensor(directory, prefix, i, spec.name);
    if (path.empty()) {
      return makeInputError(directory + ": has no " + prefix + " '" +
                            spec.name + "'; it is looked up as " + prefix +
                            "_" + Twine(i) + ".pb, then as " + spec.name +
                            ".npy");
    }
    Expected<HostTensor> tensor = readTensor(path, spec.name);
    if (!tensor) {
      return tensor.takeError();
    }
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

Expected<std::map<size_t, HostTensor>>
loadSomeTensors(StringRef directory, StringRef prefix,
                ArrayRef<TensorSpec> specs) {
  std::map<size_t, HostTensor> tensors;
  for (auto [i, spec] : enumerate(specs)) {
    SmallString<128> path = findTensor(directory, prefix, i, spec.name);
    if (path.empty()) {
      continue;
    }
    Expected<HostTensor> tensor = readTensor(path, spec.name);
    if (!tensor) {
      return tensor.takeError();
    }
    tensors.emplace(i, std::move(*tensor));
  }
  return tensors;
}

Error saveTensors(StringRef directory, StringRef prefix,
                  ArrayRef<HostTensor> tensors,
                  function_ref<bool(size_t)> isLeftOut) {
  if (std::error_code code = sys::fs::create_directories(directory)) {
    return makeInputError(directory + ": cannot be created: " + code.message());
  }
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (isLeftOut && isLeftOut(i)) {
      continue;
    }
    SmallString<128> path(directory);
    sys::path::append(path, prefix + "_" + Twine(i) + ".pb");
    if (Error error = writeTensorProto(path, tensors[i])) {
      return error;
    }
  }
  return Error::success();
}

} // namespace acc
