//===- TensorProto.h - Decode ONNX tensors ----------------------*- C++ -*-===//
//
// Used by the two readers of ONNX files. Only a forward declaration of the
// protobuf class: its header is slow to compile.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_TENSOR_TENSORPROTO_H
#define ACC_COMPILER_DRIVER_TENSOR_TENSORPROTO_H

#include "compiler-driver/Tensor/HostTensor.h"

#include "llvm/Support/Error.h"

#include <optional>

namespace onnx {
class TensorProto;
} // namespace onnx

namespace acc {

/// The element type with ONNX number `number`, if it is one of ours.
std::optional<DType> getDTypeFromOnnx(int number);

/// The name of any ONNX element type, for messages.
std::string getOnnxTypeName(int number);

/// The inverse of getDTypeFromOnnx.
int getOnnxNumber(DType type);

/// Raw data that a message does not hold itself.
struct RawData {
  llvm::ArrayRef<char> bytes;
  std::shared_ptr<const void> owner;
};

/// Decodes `proto`, which has no raw data afterwards. `where` starts every
/// message (`FILE: initializer 'w'`); external data is looked up in
/// `directory`, and refused if that is empty. `raw` is as if the message had
/// it.
llvm::Expected<HostTensor>
decodeTensorProto(::onnx::TensorProto &proto, llvm::StringRef where,
                  llvm::StringRef directory,
                  std::optional<RawData> raw = std::nullopt);

/// Encodes `tensor` with raw data.
void encodeTensorProto(const HostTensor &tensor, ::onnx::TensorProto &proto);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_TENSOR_TENSORPROTO_H
