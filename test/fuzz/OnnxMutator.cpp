//===- OnnxMutator.cpp - Changes ONNX models as text ----------------------===//
//
// A change of a model's bytes mostly damages the message; one of its text form
// leaves it well-formed more often. Half of the changes are of either kind.
// Only for libFuzzer.
//
//===----------------------------------------------------------------------===//

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <cstring>
#include <string>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed);

namespace {
struct Silent : google::protobuf::io::ErrorCollector {
  void AddError(int, int, const std::string &) override {}
};
} // namespace

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                               unsigned seed) {
  using google::protobuf::TextFormat;
  ::onnx::ModelProto model;
  std::string text;
  if (seed % 2 == 0 || !model.ParseFromArray(data, static_cast<int>(size)) ||
      !TextFormat::PrintToString(model, &text)) {
    return LLVMFuzzerMutate(data, size, maxSize);
  }
  size_t length = text.size();
  text.resize(2 * length + 64);
  text.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t *>(text.data()), length,
                               text.size()));
  Silent silent;
  TextFormat::Parser parser;
  parser.AllowPartialMessage(true);
  parser.RecordErrorsTo(&silent);
  std::string bytes;
  if (!parser.ParseFromString(text, &model) ||
      !model.SerializePartialToString(&bytes) || bytes.size() > maxSize) {
    return size;
  }
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
