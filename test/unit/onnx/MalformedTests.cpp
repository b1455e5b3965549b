//===- MalformedTests.cpp - One clear error for every broken model --------===//

#include "compiler-driver/Import/Onnx/Importer.h"
#include "compiler-driver/Runtime/HostRunner.h"
#include "compiler-driver/Tensor/Errors.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <fstream>

using namespace acc;

namespace {

/// A model under construction.
struct Model {
  ::onnx::ModelProto proto;

  explicit Model(int opset = 17) {
    proto.set_ir_version(8);
    proto.mutable_graph()->set_name("g");
    proto.add_opset_import()->set_version(opset);
  }
  ::onnx::GraphProto &graph() { return *proto.mutable_graph(); }

  static void describe(::onnx::ValueInfoProto *info, const std::string &name,
                       std::vector<int64_t> shape,
                       int type = ::onnx::TensorProto::FLOAT) {
    info->set_name(name);
    auto *tensor = info->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    tensor->mutable_shape();
    for (int64_t size : shape) {
      tensor->mutable_shape()->add_dim()->set_dim_value(size);
    }
  }
  void input(const std::string &name, std::vector<int64_t> shape,
             int type = ::onnx::TensorProto::FLOAT) {
    describe(graph().add_input(), name, std::move(shape), type);
  }
  void output(const std::string &name, std::vector<int64_t> shape,
              int type = ::onnx::TensorProto::FLOAT) {
    describe(graph().add_output(), name, std::move(shape), type);
  }
  ::onnx::NodeProto &node(const std::string &op,
                          std::vector<std::string> inputs,
                          const std::string &output,
                          const std::string &name = "") {
    ::onnx::NodeProto *node = graph().add_node();
    node->set_op_type(op);
    node->set_name(name);
    for (const std::string &input : inputs) {
      node->add_input(input);
    }
    node->add_output(output);
    return *node;
  }
  void ints(const std::string &name, std::vector<int64_t> values) {
    ::onnx::TensorProto *tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(::onnx::TensorProto::INT64);
    tensor->add_dims(values.size());
    for (int64_t value : values) {
      tensor->add_int64_data(value);
    }
  }
};

class MalformedTest : public ::testing::Test {
protected:
  void SetUp() override {
    int descriptor = 0;
    ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("acc-model", "onnx",
                                                    descriptor, path));
    llvm::sys::fs::closeFile(descriptor);
  }
  void TearDown() override { llvm::sys::fs::remove(path); }

  /// Imports the bytes; returns the error's text, or "" for success.
  std::string import(const std::string &bytes, ImportOptions options = {}) {
    std::ofstream(std::string(path), std::ios::binary) << bytes;
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    auto module = importOnnxFile(context, path, options);
    return module ? "" : llvm::toString(module.takeError());
  }
  std::string import(const Model &model, ImportOptions options = {}) {
    return import(model.proto.SerializeAsString(), std::move(options));
  }
  /// The error must name the file and contain all the texts.
  void expectError(const std::string &message, std::vector<std::string> texts) {
    texts.push_back(std::string(path));
    for (const std::string &text : texts) {
      EXPECT_NE(message.find(text), std::string::npos)
          << "'" << text << "' in: " << message;
    }
    EXPECT_EQ(message.find("internal error"), std::string::npos) << message;
  }

  llvm::SmallString<128> path;
};

TEST_F(MalformedTest, EveryTruncationIsAnError) {
  Model model;
  model.input("x", {2, 3});
  model.ints("shape", {3, 2});
  model.node("Reshape", {"x", "shape"}, "r", "reshape");
  model.node("Relu", {"r"}, "y", "relu");
  model.output("y", {3, 2});
  std::string bytes = model.proto.SerializeAsString();
  EXPECT_EQ(import(bytes), "");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(import(bytes.substr(0, size)), "") << size;
  }
}

TEST_F(MalformedTest, DamagedBytesDoNotCrash) {
  std::ifstream file(std::string(ACC_SOURCE_DIR) +
                         "/test/Inputs/graphs/mlp_train_step/model.onnx",
                     std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  ASSERT_FALSE(bytes.empty());
  for (size_t i = 0; i < bytes.size(); i += 7) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    std::string message = import(damaged);
    EXPECT_EQ(message.find("internal error"), std::string::npos) << message;
  }
}

TEST_F(MalformedTest, Cycle) {
  Model model;
  model.input("x", {2});
  model.node("Add", {"x", "b"}, "a", "first");
  model.node("Relu", {"a"}, "b", "second");
  model.output("b", {2});
  expectError(import(model), {"first", "Add", "cycle"});
}

TEST_F(MalformedTest, UnsortedNodesAreAccepted) {
  Model model;
  model.input("x", {2});
  model.node("Relu", {"a"}, "b");
  model.node("Neg", {"x"}, "a");
  model.output("b", {2});
  EXPECT_EQ(import(model), "");
}

TEST_F(MalformedTest, UnknownOperator) {
  Model model;
  model.input("x", {2});
  model.node("FrobnicateTensor", {"x"}, "y", "odd");
  model.output("y", {2});
  std::string message = import(model);
  EXPECT_EQ(message.find("unsupported: "), 0u) << message;
  expectError(message, {"odd", "FrobnicateTensor"});
}

TEST_F(MalformedTest, ForeignDomain) {
  Model model;
  model.input("x", {2});
  model.node("Relu", {"x"}, "y", "odd").set_domain("com.example");
  model.output("y", {2});
  EXPECT_EQ(import(model).find("unsupported: "), 0u);
}

TEST_F(MalformedTest, WrongShapes) {
  Model model;
  model.input("a", {2, 3});
  model.input("b", {4, 5});
  model.node("MatMul", {"a", "b"}, "y", "product");
  model.output("y", {2, 5});
  expectError(import(model), {"product", "MatMul", "[2, 3]", "[4, 5]"});

  Model add;
  add.input("a", {2, 3});
  add.input("b", {4});
  add.node("Add", {"a", "b"}, "y", "sum");
  add.output("y", {2, 3});
  expectError(import(add), {"sum", "Add", "broadcast"});
}

TEST_F(MalformedTest, ContradictingOutput) {
  Model model;
  model.input("x", {2});
  model.node("Relu", {"x"}, "y");
  model.output("y", {3});
  expectError(import(model), {"output 'y'", "[2]"});
}

TEST_F(MalformedTest, Names) {
  Model twice;
  twice.input("x", {2});
  twice.node("Relu", {"x"}, "y");
  twice.node("Neg", {"x"}, "y", "again");
  twice.output("y", {2});
  expectError(import(twice), {"'y'", "twice"});

  Model unknown;
  unknown.input("x", {2});
  unknown.node("Add", {"x", "ghost"}, "y", "sum");
  unknown.output("y", {2});
  expectError(import(unknown), {"sum", "ghost"});

  Model missing;
  missing.input("x", {2});
  missing.node("Relu", {"x"}, "y");
  missing.output("z", {2});
  expectError(import(missing), {"'z'"});
}

TEST_F(MalformedTest, MissingInput) {
  Model model;
  model.input("x", {2, 2});
  model.node("MatMul", {"x"}, "y", "product");
  model.output("y", {2, 2});
  expectError(import(model), {"product", "input 1 is missing"});
}

TEST_F(MalformedTest, Attributes) {
  Model kind;
  kind.input("x", {2, 2});
  auto *attribute = kind.node("Softmax", {"x"}, "y", "s").add_attribute();
  attribute->set_name("axis");
  attribute->set_type(::onnx::AttributeProto::FLOAT);
  attribute->set_f(1.0f);
  kind.output("y", {2, 2});
  expectError(import(kind), {"'axis'", "an int"});

  Model range;
  range.input("x", {2, 2});
  attribute = range.node("Softmax", {"x"}, "y", "s").add_attribute();
  attribute->set_name("axis");
  attribute->set_type(::onnx::AttributeProto::INT);
  attribute->set_i(5);
  range.output("y", {2, 2});
  expectError(import(range), {"axis 5", "out of range"});
}

/// The default of a function's attribute is a field that the library may not
/// know: as a number, which was read as a string, and as bytes that are no
/// attribute.
TEST_F(MalformedTest, DefaultsOfFunctions) {
  for (bool isNumber : {true, false}) {
    Model model;
    model.input("x", {2, 2});
    model.node("Relu", {"x"}, "y");
    model.output("y", {2, 2});
    ::onnx::FunctionProto *function = model.proto.add_functions();
    function->set_name("f");
    auto *unknown = function->GetReflection()->MutableUnknownFields(function);
    if (isNumber) {
      unknown->AddVarint(11, 15);
    } else {
      unknown->AddLengthDelimited(11, "\xff");
    }
    expectError(import(model),
                {"function 'f'", "field 11 (attribute_proto) is no attribute"});
  }
}

TEST_F(MalformedTest, Sizes) {
  Model negative;
  negative.input("x", {-5});
  negative.node("Relu", {"x"}, "y");
  negative.output("y", {2});
  expectError(import(negative), {"'x'", "-5"});

  Model huge;
  huge.input("x", {1});
  huge.ints("shape", {int64_t(1) << 39, int64_t(1) << 39});
  huge.node("Expand", {"x", "shape"}, "y", "grow");
  huge.output("y", {1});
  expectError(import(huge), {"grow", "more than 2^32 elements"});

  Model data;
  data.input("x", {2});
  data.ints("w", {1, 2});
  data.graph().mutable_initializer(0)->set_dims(0, 5);
  data.node("Relu", {"x"}, "y");
  data.output("y", {2});
  expectError(import(data), {"'w'", "5"});
}

TEST_F(MalformedTest, IndicesOutOfRange) {
  Model model;
  model.input("x", {4, 3});
  model.ints("i", {2, 9});
  model.node("Gather", {"x", "i"}, "y", "pick");
  model.output("y", {2, 3});
  expectError(import(model), {"pick", "9", "out of range"});
}

TEST_F(MalformedTest, SymbolicDimensions) {
  Model model;
  model.input("x", {2, 3});
  model.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("batch");
  model.node("Relu", {"x"}, "y");
  model.output("y", {4, 3});
  expectError(import(model), {"'batch'", "unbound", "--dim=batch="});
  ImportOptions options;
  options.dims["batch"] = 4;
  EXPECT_EQ(import(model, options), "");
  options.dims = {{"bach", 4}};
  expectError(import(model, options), {"'bach'", "batch"});
  options.dims = {{"batch", 4}};
  options.inputShapes["x"] = {5, 3};
  expectError(import(model, options), {"'batch'", "4", "5"});
  options.dims.clear();
  options.inputShapes["x"] = {4, 7};
  expectError(import(model, options), {"'x'", "[4, 7]"});
}

TEST_F(MalformedTest, UnknownAttributeIsUnsupported) {
  Model model;
  model.input("x", {2});
  auto *attribute = model.node("Relu", {"x"}, "y", "r").add_attribute();
  attribute->set_name("ceiling");
  attribute->set_type(::onnx::AttributeProto::INT);
  model.output("y", {2});
  std::string message = import(model);
  EXPECT_EQ(message.find("unsupported: "), 0u) << message;
  expectError(message, {"'r'", "'ceiling'"});
}

TEST_F(MalformedTest, ShapesFromInputsNeedTheirValues) {
  Model model;
  model.input("x", {2, 3});
  model.input("shape", {2}, ::onnx::TensorProto::INT64);
  model.node("Reshape", {"x", "shape"}, "y", "r");
  model.output("y", {3, 2});
  EXPECT_EQ(import(model).find("unsupported: "), 0u);

  HostTensor x = HostTensor::random("x", DType::F32, {2, 3}, 1);
  HostTensor shape = HostTensor::zeros("shape", DType::I64, {2});
  shape.setInteger(0, 3);
  shape.setInteger(1, 2);
  ImportOptions options;
  options.bindInputs({x, shape});
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importOnnxFile(context, path, options);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  auto result = runOnHost(**module, {x, shape});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ((*result)[0].bytes, x.bytes);
  shape.setInteger(0, 6);
  auto refused = runOnHost(**module, {x, shape});
  ASSERT_FALSE(bool(refused));
  EXPECT_NE(llvm::toString(refused.takeError()).find("'shape'"),
            std::string::npos);
}

TEST_F(MalformedTest, ExternalDataStaysInItsFolder) {
  Model model;
  model.input("x", {2});
  ::onnx::TensorProto *tensor = model.graph().add_initializer();
  tensor->set_name("w");
  tensor->set_data_type(::onnx::TensorProto::FLOAT);
  tensor->add_dims(2);
  tensor->set_data_location(::onnx::TensorProto::EXTERNAL);
  auto *location = tensor->add_external_data();
  location->set_key("location");
  location->set_value("../secret");
  model.node("Add", {"x", "w"}, "y");
  model.output("y", {2});
  expectError(import(model), {"'w'", "../secret"});
  location->set_value("does-not-exist.bin");
  expectError(import(model), {"'w'", "does-not-exist.bin"});
  location->set_value("/etc/hostname");
  expectError(import(model), {"'w'", "/etc/hostname", "below the model's"});
  // A link is followed before the place is judged.
  std::string folder(llvm::sys::path::parent_path(path));
  ASSERT_FALSE(llvm::sys::fs::create_link("/etc/hostname", folder + "/link"));
  location->set_value("link");
  expectError(import(model), {"'w'", "'link' is a link out of"});
  llvm::sys::fs::remove(folder + "/link");
  // Four of the eight bytes, then all of them at an end that wraps around.
  std::ofstream(folder + "/w.bin", std::ios::binary) << "12345678";
  location->set_value("w.bin");
  auto *offset = tensor->add_external_data();
  offset->set_key("offset");
  offset->set_value("4");
  expectError(import(model), {"'w'", "has 8 bytes; 8 bytes at 4 are needed"});
  offset->set_value("18446744073709551612");
  expectError(import(model), {"'w'", "has 8 bytes; 8 bytes at 184467440737"});
  auto *length = tensor->add_external_data();
  length->set_key("length");
  length->set_value("18446744073709551615");
  expectError(import(model), {"'w'", "length is 18446744073709551615 bytes"});
  llvm::sys::fs::remove(folder + "/w.bin");
}

TEST_F(MalformedTest, RunTimeIntegersMustFit) {
  Model model;
  model.input("x", {1}, ::onnx::TensorProto::INT64);
  model.node("Neg", {"x"}, "y");
  model.output("y", {1}, ::onnx::TensorProto::INT64);
  std::ofstream(std::string(path), std::ios::binary)
      << model.proto.SerializeAsString();
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importOnnxFile(context, path);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  HostTensor x = HostTensor::zeros("x", DType::I64, {1});
  x.setInteger(0, 7);
  auto result = runOnHost(**module, {x});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ((*result)[0].toIntegers(), (std::vector<int64_t>{-7}));
  x.setInteger(0, int64_t(1) << 40);
  auto refused = runOnHost(**module, {x});
  ASSERT_FALSE(bool(refused));
  EXPECT_NE(llvm::toString(refused.takeError()).find("32 bits"),
            std::string::npos);
}

} // namespace
