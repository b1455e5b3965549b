//===- TensorProtoFuzzer.cpp - Tensors of ONNX ----------------------------===//

#include "compiler-driver/Tensor/TensorIO.h"
#include "compiler-driver/Tensor/TensorProto.h"
#include "test/fuzz/Fuzz.h"

#include <onnx/onnx_pb.h>

using namespace acc;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto tensor =
      fuzz::accept(parseTensorProto(fuzz::asText(data, size), "fuzz.pb"));
  if (!tensor) {
    return 0;
  }
  ::onnx::TensorProto proto;
  encodeTensorProto(*tensor, proto);
  auto again =
      fuzz::accept(parseTensorProto(proto.SerializeAsString(), "written.pb"));
  fuzz::require(
      again && again->name == tensor->name && again->dtype == tensor->dtype &&
          again->shape == tensor->shape && again->bytes == tensor->bytes,
      "a written tensor is read as the same");
  for (int64_t i = 0; i < tensor->getNumElements(); ++i) {
    tensor->getDouble(i);
    tensor->getInteger(i);
  }
  return 0;
}
