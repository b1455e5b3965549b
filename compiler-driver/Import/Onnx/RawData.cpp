//===- RawData.cpp - Weights that stay in the file ------------------------===//

#include "compiler-driver/Import/Onnx/RawData.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>
#include <onnx/onnx_pb.h>

using namespace llvm;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::StringOutputStream;

/// What to write in place of a field; nothing leaves it out.
using Replace = function_ref<std::optional<std::string>(StringRef content)>;

/// Copies a message, but for the fields of this number. Nothing if it is none.
static std::optional<std::string> copyMessage(StringRef bytes, int number,
                                              Replace replace) {
  std::string result;
  StringOutputStream stream(&result);
  CodedOutputStream out(&stream);
  CodedInputStream in(reinterpret_cast<const uint8_t *>(bytes.data()),
                      static_cast<int>(bytes.size()));
  const uint32_t wanted = WireFormatLite::MakeTag(
      number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  while (uint32_t tag = in.ReadTag()) {
    if (tag != wanted) {
      if (!WireFormatLite::SkipField(&in, tag, &out)) {
        return std::nullopt;
      }
      continue;
    }
    uint32_t length = 0;
    if (!in.ReadVarint32(&length) ||
        length > bytes.size() - size_t(in.CurrentPosition())) {
      return std::nullopt;
    }
    StringRef content = bytes.substr(size_t(in.CurrentPosition()), length);
    in.Skip(static_cast<int>(length));
    if (std::optional<std::string> other = replace(content)) {
      out.WriteTag(tag);
      out.WriteVarint32(static_cast<uint32_t>(other->size()));
      out.WriteString(*other);
    }
  }
  if (size_t(in.CurrentPosition()) != bytes.size()) {
    return std::nullopt;
  }
  out.Trim();
  return result;
}

std::optional<acc::LightModel> acc::takeOutRawData(StringRef bytes) {
  LightModel model;
  bool isWhole = true;
  auto checked = [&](std::optional<std::string> message) {
    isWhole &= message.has_value();
    return message;
  };
  // The message of a field that is there more than once is merged of all.
  std::optional<std::string> message = copyMessage(
      bytes, ::onnx::ModelProto::kGraphFieldNumber, [&](StringRef graph) {
        return checked(copyMessage(
            graph, ::onnx::GraphProto::kInitializerFieldNumber,
            [&](StringRef tensor) {
              std::optional<ArrayRef<char>> &raw = model.rawData.emplace_back();
              return checked(copyMessage(
                  tensor, ::onnx::TensorProto::kRawDataFieldNumber,
                  [&](StringRef data) -> std::optional<std::string> {
                    raw = ArrayRef<char>(data.data(), data.size());
                    return std::nullopt;
                  }));
            }));
      });
  if (!message || !isWhole) {
    return std::nullopt;
  }
  model.message = std::move(*message);
  return model;
}
