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

Expected<std::vector<HostTensor>>
loadTensors(StringRef directory, StringRef prefix, ArrayRef<TensorSpec> specs) {
  if (!sys::fs::is_directory(directory)) {
    return makeInputError(directory + ": is not a directory");
  }
  std::vector<HostTensor> tensors;
  for (size_t i = 0; i < specs.size(); ++i) {
    const std::string &name = specs[i].name;
    auto inDirectory = [&](const Twine &file) {
      SmallString<128> path(directory);
      sys::path::append(path, file);
      return path;
    };
    SmallString<128> numbered = inDirectory(prefix + "_" + Twine(i) + ".pb");
    SmallString<128> npy = inDirectory(name + ".npy");
    SmallString<128> named = inDirectory(name + ".pb");
    // A name with a slash would leave the directory.
    bool plain = name.find('/') == std::string::npos && !name.empty();
    Expected<HostTensor> tensor =
        sys::fs::exists(numbered)       ? readTensorProto(numbered)
        : plain && sys::fs::exists(npy) ? readNpy(npy)
        : plain && sys::fs::exists(named)
            ? readTensorProto(named)
            : Expected<HostTensor>(makeInputError(
                  directory + ": has no " + prefix + " '" + name +
                  "'; it is looked up as " + prefix + "_" + Twine(i) +
                  ".pb, then as " + name + ".npy"));
    if (!tensor) {
      return tensor.takeError();
    }
    tensor->name = name;
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

Error saveTensors(StringRef directory, StringRef prefix,
                  ArrayRef<HostTensor> tensors) {
  if (std::error_code code = sys::fs::create_directories(directory)) {
    return makeInputError(directory + ": cannot be created: " + code.message());
  }
  for (size_t i = 0; i < tensors.size(); ++i) {
    SmallString<128> path(directory);
    sys::path::append(path, prefix + "_" + Twine(i) + ".pb");
    if (Error error = writeTensorProto(path, tensors[i])) {
      return error;
    }
  }
  return Error::success();
}

} // namespace acc
