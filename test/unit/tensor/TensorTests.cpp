//===- TensorTests.cpp - Tensors, their files, their comparison -----------===//

#include "compiler-driver/Tensor/Compare.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorIO.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <fstream>
#include <limits>

using namespace acc;

namespace {

const DType allTypes[] = {DType::F32, DType::F16, DType::BF16, DType::F64,
                          DType::I8,  DType::U8,  DType::I16,  DType::U16,
                          DType::I32, DType::U32, DType::I64,  DType::U64,
                          DType::Bool};

/// A directory that lives as long as the test.
class TensorFiles : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("acc-tensor", directory));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(directory); }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result(directory);
    llvm::sys::path::append(result, name);
    return std::string(result);
  }
  std::string write(llvm::StringRef name, const std::string &text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::string read(llvm::StringRef name) const {
    std::ifstream file(path(name), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  llvm::SmallString<128> directory;
};

std::string messageOf(llvm::Error error) {
  return llvm::toString(std::move(error));
}

HostTensor floats(std::vector<double> values) {
  HostTensor tensor =
      HostTensor::zeros("t", DType::F32, {static_cast<int64_t>(values.size())});
  for (size_t i = 0; i < values.size(); ++i) {
    tensor.setDouble(i, values[i]);
  }
  return tensor;
}

TEST(DTypeTest, NamesRoundTrip) {
  for (DType type : allTypes) {
    EXPECT_EQ(parseDType(getName(type)), type);
  }
  EXPECT_FALSE(parseDType("float7").has_value());
}

TEST(HostTensorTest, HalfRoundsToNearestEven) {
  EXPECT_EQ(doubleToHalf(1.0), 0x3C00);
  EXPECT_EQ(doubleToHalf(65520.0), 0x7C00); // Overflows to infinity.
  EXPECT_EQ(doubleToHalf(1.0 + 0x1.0p-11), 0x3C00);
  EXPECT_EQ(doubleToHalf(1.0 + 3 * 0x1.0p-11), 0x3C02);
  EXPECT_EQ(doubleToBFloat(1.0 + 0x1.0p-8), 0x3F80);
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    float value = halfToFloat(static_cast<uint16_t>(bits));
    if (!std::isnan(value)) {
      ASSERT_EQ(doubleToHalf(value), bits);
    }
  }
}

TEST(HostTensorTest, ConversionsSaturateAndWrap) {
  HostTensor tensor = floats({-1.5, 0.0, 2.75, 1e30});
  HostTensor ints = tensor.convertTo(DType::I64);
  EXPECT_EQ(
      ints.toIntegers(),
      (std::vector<int64_t>{-1, 0, 2, std::numeric_limits<int64_t>::max()}));
  HostTensor bools = tensor.convertTo(DType::Bool);
  EXPECT_EQ(bools.toIntegers(), (std::vector<int64_t>{1, 0, 1, 1}));
}

TEST(HostTensorTest, CountElementsRefusesNonsense) {
  EXPECT_EQ(countElements({}), 1);
  EXPECT_EQ(countElements({2, 0, 3}), 0);
  EXPECT_FALSE(countElements({2, -1}).has_value());
  EXPECT_FALSE(countElements({int64_t(1) << 40, int64_t(1) << 40}).has_value());
}

TEST(HostTensorTest, RandomIsSeeded) {
  HostTensor a = HostTensor::random("a", DType::F32, {100}, 7);
  EXPECT_EQ(a.bytes, HostTensor::random("a", DType::F32, {100}, 7).bytes);
  EXPECT_NE(a.bytes, HostTensor::random("a", DType::F32, {100}, 8).bytes);
  for (int64_t value :
       HostTensor::random("i", DType::I64, {1000}, 1, 10).toIntegers()) {
    ASSERT_TRUE(value >= 0 && value < 10);
  }
}

TEST_F(TensorFiles, ProtoRoundTrip) {
  for (DType type : allTypes) {
    HostTensor tensor = HostTensor::random("name", type, {2, 3}, 1, 100);
    ASSERT_FALSE(bool(writeTensorProto(path("t.pb"), tensor)));
    llvm::Expected<HostTensor> again = readTensorProto(path("t.pb"));
    ASSERT_TRUE(bool(again)) << messageOf(again.takeError());
    EXPECT_EQ(again->name, "name");
    EXPECT_EQ(again->dtype, type);
    EXPECT_EQ(again->shape, tensor.shape);
    EXPECT_EQ(again->bytes, tensor.bytes);
  }
}

TEST_F(TensorFiles, ProtoTypedFields) {
  ::onnx::TensorProto proto;
  proto.set_data_type(::onnx::TensorProto::INT8);
  proto.add_dims(2);
  proto.add_int32_data(-3);
  proto.add_int32_data(4);
  auto tensor = readTensorProto(write("i8.pb", proto.SerializeAsString()));
  ASSERT_TRUE(bool(tensor)) << messageOf(tensor.takeError());
  EXPECT_EQ(tensor->toIntegers(), (std::vector<int64_t>{-3, 4}));

  proto.set_data_type(::onnx::TensorProto::FLOAT16);
  proto.set_int32_data(0, 0x3C00);
  proto.set_int32_data(1, 0xC000);
  tensor = readTensorProto(write("f16.pb", proto.SerializeAsString()));
  ASSERT_TRUE(bool(tensor)) << messageOf(tensor.takeError());
  EXPECT_EQ(tensor->toDoubles(), (std::vector<double>{1.0, -2.0}));
}

TEST_F(TensorFiles, ProtoErrors) {
  HostTensor tensor = HostTensor::random("t", DType::F32, {4}, 1);
  ASSERT_FALSE(bool(writeTensorProto(path("t.pb"), tensor)));
  std::string whole = read("t.pb");
  for (size_t size = 0; size < whole.size(); ++size) {
    auto cut = readTensorProto(write("cut.pb", whole.substr(0, size)));
    ASSERT_FALSE(bool(cut)) << size;
    EXPECT_NE(messageOf(cut.takeError()).find("cut.pb"), std::string::npos);
  }
  ::onnx::TensorProto proto;
  proto.set_data_type(::onnx::TensorProto::STRING);
  auto text = readTensorProto(write("s.pb", proto.SerializeAsString()));
  ASSERT_FALSE(bool(text));
  EXPECT_EQ(messageOf(text.takeError()).find("unsupported: "), 0u);
  proto.set_data_type(::onnx::TensorProto::FLOAT);
  proto.add_dims(int64_t(1) << 40);
  auto huge = readTensorProto(write("h.pb", proto.SerializeAsString()));
  ASSERT_FALSE(bool(huge));
  llvm::consumeError(huge.takeError());
  EXPECT_FALSE(bool(readTensorProto(path("none.pb"))));
}

TEST_F(TensorFiles, NpyRoundTrip) {
  for (DType type : allTypes) {
    if (type == DType::BF16) {
      continue; // NumPy has no such type.
    }
    for (std::vector<int64_t> shape :
         {std::vector<int64_t>{}, {5}, {2, 3}, {0, 3}}) {
      HostTensor tensor = HostTensor::random("x", type, shape, 1, 100);
      ASSERT_FALSE(bool(writeNpy(path("x.npy"), tensor)));
      auto again = readNpy(path("x.npy"));
      ASSERT_TRUE(bool(again)) << messageOf(again.takeError());
      EXPECT_EQ(again->dtype, type);
      EXPECT_EQ(again->shape, shape);
      EXPECT_EQ(again->bytes, tensor.bytes);
    }
  }
}

TEST_F(TensorFiles, NpyFortranOrder) {
  std::string header = "{'descr': '|i1', 'fortran_order': True, "
                       "'shape': (2, 3), }";
  std::string file = std::string("\x93NUMPY\x01\x00", 8) +
                     static_cast<char>(header.size()) + '\0' + header +
                     std::string("\x01\x04\x02\x05\x03\x06", 6);
  auto tensor = readNpy(write("f.npy", file));
  ASSERT_TRUE(bool(tensor)) << messageOf(tensor.takeError());
  EXPECT_EQ(tensor->toIntegers(), (std::vector<int64_t>{1, 2, 3, 4, 5, 6}));
  for (size_t size = 0; size < file.size(); ++size) {
    auto cut = readNpy(write("cut.npy", file.substr(0, size)));
    ASSERT_FALSE(bool(cut));
    llvm::consumeError(cut.takeError());
  }
}

TEST_F(TensorFiles, Directory) {
  HostTensor a = HostTensor::random("a", DType::F32, {2}, 1);
  HostTensor b = HostTensor::random("b", DType::I64, {3}, 2);
  ASSERT_FALSE(bool(saveTensors(path("d"), "input", {a})));
  ASSERT_FALSE(bool(writeNpy(path("d/b.npy"), b)));
  auto loaded = loadTensors(path("d"), "input", {{"a"}, {"b"}});
  ASSERT_TRUE(bool(loaded)) << messageOf(loaded.takeError());
  EXPECT_EQ((*loaded)[0].bytes, a.bytes);
  EXPECT_EQ((*loaded)[1].bytes, b.bytes);
  EXPECT_EQ((*loaded)[1].name, "b");
  auto missing = loadTensors(path("d"), "input", {{"a"}, {"c"}});
  ASSERT_FALSE(bool(missing));
  EXPECT_NE(messageOf(missing.takeError()).find("c.npy"), std::string::npos);
}

TEST(CompareTest, Tolerances) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  double inf = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(
      compare(floats({1.0, nan, inf}), floats({1.001, nan, inf}), 0.01, 0.0)
          .equal);
  CompareResult result =
      compare(floats({1.0, 2.0, 3.5}), floats({1.0, 2.0, 3.0}), 0.01, 0.0);
  EXPECT_FALSE(result.equal);
  EXPECT_EQ(result.firstBadIndex, 2);
  EXPECT_EQ(result.badCount, 1);
  EXPECT_DOUBLE_EQ(result.maxAbsoluteError, 0.5);
  EXPECT_FALSE(compare(floats({nan}), floats({1.0}), 1.0, 1.0).equal);
  EXPECT_FALSE(compare(floats({1.0}), floats({nan}), 1.0, 1.0).equal);
  EXPECT_FALSE(compare(floats({inf}), floats({-inf}), 1.0, 1.0).equal);
  EXPECT_FALSE(compare(floats({1.0}), floats({inf}), 1.0, 1.0).equal);
}

TEST(CompareTest, IntegersAreExact) {
  HostTensor a = HostTensor::zeros("a", DType::I64, {1}), b = a;
  a.setInteger(0, (int64_t(1) << 60) + 1);
  b.setInteger(0, int64_t(1) << 60);
  EXPECT_FALSE(compare(a, b, 1.0, 1.0).equal);
  EXPECT_TRUE(compare(a, a, 0.0, 0.0).equal);
}

TEST(CompareTest, TypeAndShapeMustAgree) {
  HostTensor a = floats({1.0});
  EXPECT_FALSE(compare(a, a.convertTo(DType::F64), 1.0, 1.0).equal);
  HostTensor b = a;
  b.shape = {1, 1};
  EXPECT_FALSE(compare(a, b, 1.0, 1.0).equal);
}

TEST(ErrorsTest, ExitStatus) {
  std::string text;
  llvm::raw_string_ostream os(text);
  EXPECT_EQ(reportError(makeInputError("bad"), "tool", os), 1);
  EXPECT_EQ(reportError(makeUnsupportedError("new"), "tool", os), 3);
  EXPECT_EQ(os.str(), "tool: error: bad\nunsupported: new\n");
}

} // namespace
