//===- RawDataTests.cpp - Weights are what protobuf reads -----------------===//

#include "compiler-driver/Import/Onnx/Model.h"
#include "compiler-driver/Import/Onnx/RawData.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <random>

using namespace acc;

namespace {

std::string randomBytes(size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::string bytes(count, 0);
  for (char &byte : bytes) {
    byte = static_cast<char>(engine());
  }
  return bytes;
}

/// Initializers of sizes around those from which on they are views, which lie
/// at all places of a word.
::onnx::ModelProto makeModel() {
  ::onnx::ModelProto proto;
  proto.set_ir_version(8);
  proto.add_opset_import()->set_version(17);
  ::onnx::GraphProto &graph = *proto.mutable_graph();
  graph.set_name("g");
  const int64_t sizes[] = {0, 1, 1023, 16384, 20000, (3 << 20) + 1};
  for (unsigned i = 0; i < 24; ++i) {
    ::onnx::TensorProto &tensor = *graph.add_initializer();
    tensor.set_name(std::string(1 + i % 5, 'w') + std::to_string(i));
    tensor.set_data_type(::onnx::TensorProto::FLOAT);
    tensor.add_dims(sizes[i % std::size(sizes)]);
    tensor.set_raw_data(randomBytes(size_t(tensor.dims(0)) * 4, i));
  }
  ::onnx::TensorProto &listed = *graph.add_initializer();
  listed.set_name("listed");
  listed.set_data_type(::onnx::TensorProto::FLOAT);
  listed.add_dims(2);
  listed.add_float_data(3);
  listed.add_float_data(4);
  ::onnx::NodeProto &node = *graph.add_node();
  node.set_op_type("Relu");
  node.add_input("listed");
  node.add_output("y");
  ::onnx::ValueInfoProto &output = *graph.add_output();
  output.set_name("y");
  auto &type = *output.mutable_type()->mutable_tensor_type();
  type.set_elem_type(::onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_value(2);
  return proto;
}

void expectLoaded(const std::string &bytes) {
  ::onnx::ModelProto expected;
  ASSERT_TRUE(expected.ParseFromString(bytes));
  int descriptor = -1;
  llvm::SmallString<128> path;
  ASSERT_FALSE(
      llvm::sys::fs::createTemporaryFile("raw", "onnx", descriptor, path));
  llvm::FileRemover remover(path);
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << bytes;
  llvm::Expected<OnnxModel> model = loadOnnxModel(path);
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  for (const ::onnx::TensorProto &tensor : expected.graph().initializer()) {
    if (tensor.has_raw_data()) {
      llvm::ArrayRef<char> found(model->initializers.at(tensor.name())->bytes);
      EXPECT_EQ(llvm::StringRef(found.data(), found.size()),
                llvm::StringRef(tensor.raw_data()))
          << tensor.name();
    }
  }
  EXPECT_EQ(model->initializers.at("listed")->getDouble(1), 4);
}

} // namespace

TEST(RawData, IsWhatProtobufReads) {
  expectLoaded(makeModel().SerializeAsString());
}

// A field that is there again adds to a message, and replaces bytes.
TEST(RawData, OfFieldsThatAreThereTwice) {
  ::onnx::ModelProto more;
  ::onnx::TensorProto &tensor = *more.mutable_graph()->add_initializer();
  tensor.set_name("again");
  tensor.set_data_type(::onnx::TensorProto::FLOAT);
  tensor.add_dims(20000);
  tensor.set_raw_data(randomBytes(12, 100));
  std::string inner = tensor.SerializeAsString();
  tensor.set_raw_data(randomBytes(80000, 101));
  // Field 9 once more, behind the first.
  ::onnx::TensorProto second;
  second.set_raw_data(tensor.raw_data());
  inner += second.SerializeAsString();
  std::string graph, model;
  auto append = [](std::string &to, int field, const std::string &content) {
    to.push_back(static_cast<char>(field << 3 | 2));
    for (size_t n = content.size();; n >>= 7) {
      to.push_back(static_cast<char>((n & 127) | (n > 127 ? 128 : 0)));
      if (n <= 127) {
        break;
      }
    }
    to += content;
  };
  append(graph, ::onnx::GraphProto::kInitializerFieldNumber, inner);
  append(model, ::onnx::ModelProto::kGraphFieldNumber, graph);
  expectLoaded(makeModel().SerializeAsString() + model);
  expectLoaded(model + makeModel().SerializeAsString());
}

TEST(RawData, IsNotInTheMessage) {
  std::string bytes = makeModel().SerializeAsString();
  std::optional<LightModel> light = takeOutRawData(bytes);
  ASSERT_TRUE(light.has_value());
  EXPECT_LT(light->message.size(), 2000u);
  EXPECT_EQ(light->rawData.size(), 25u);
  EXPECT_FALSE(light->rawData.back().has_value());
  for (size_t cut : {size_t(1), bytes.size() / 2, bytes.size() - 1}) {
    ::onnx::ModelProto proto;
    EXPECT_EQ(
        takeOutRawData(llvm::StringRef(bytes).take_front(cut)).has_value(),
        proto.ParseFromString(bytes.substr(0, cut)))
        << cut;
  }
}
