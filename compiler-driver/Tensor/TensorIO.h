//===- TensorIO.h - Tensor files --------------------------------*- C++ -*-===//
//
// Readers and writers of the tensor files that users exchange: ONNX TensorProto
// (`.pb`) and NumPy (`.npy`), and of a directory of them in the layout of the
// ONNX test data. No protobuf types appear here.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_TENSOR_TENSORIO_H
#define ACC_COMPILER_DRIVER_TENSOR_TENSORIO_H

#include "compiler-driver/Tensor/HostTensor.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

namespace acc {

/// Reads one serialized ONNX TensorProto; `path` is for messages.
llvm::Expected<HostTensor> parseTensorProto(llvm::StringRef bytes,
                                            llvm::StringRef path);
llvm::Expected<HostTensor> readTensorProto(llvm::StringRef path);

/// Writes one serialized ONNX TensorProto. The file is complete or absent.
llvm::Error writeTensorProto(llvm::StringRef path, const HostTensor &tensor);

/// Reads a NumPy file (versions 1 to 3, C or Fortran order, little-endian).
/// The tensor is named after the file.
llvm::Expected<HostTensor> parseNpy(llvm::StringRef bytes,
                                    llvm::StringRef path);
llvm::Expected<HostTensor> readNpy(llvm::StringRef path);

/// Writes a NumPy file, version 1. bfloat16, which NumPy does not know, is
/// written as float32.
void writeNpy(llvm::raw_ostream &os, const HostTensor &tensor);
/// The file is complete or absent.
llvm::Error writeNpy(llvm::StringRef path, const HostTensor &tensor);

/// What a loader has to know of one input or output.
struct TensorSpec {
  std::string name;
};

/// Loads one tensor for each spec from `directory`: `<prefix>_<i>.pb`, or
/// `<name>.npy`, or `<name>.pb`. `prefix` is "input" or "output". The order and
/// the names are those of `specs`; type and shape are not checked here.
llvm::Expected<std::vector<HostTensor>>
loadTensors(llvm::StringRef directory, llvm::StringRef prefix,
            llvm::ArrayRef<TensorSpec> specs);

/// As loadTensors, but only those that are there, by their number.
llvm::Expected<std::map<size_t, HostTensor>>
loadSomeTensors(llvm::StringRef directory, llvm::StringRef prefix,
                llvm::ArrayRef<TensorSpec> specs);

/// Writes `<prefix>_<i>.pb` for each tensor that is not left out, creating the
/// directory.
llvm::Error saveTensors(llvm::StringRef directory, llvm::StringRef prefix,
                        llvm::ArrayRef<HostTensor> tensors,
                        llvm::function_ref<bool(size_t)> isLeftOut = nullptr);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_TENSOR_TENSORIO_H
