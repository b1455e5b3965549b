//===- GraphTests.cpp - Import every workload graph and run it ------------===//
//
// Each case under test/Inputs/graphs is imported for each of its data sets, run
// on the host, and compared with the reference outputs.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Importer.h"
#include "compiler-driver/Runtime/HostRunner.h"
#include "compiler-driver/Tensor/Compare.h"
#include "compiler-driver/Tensor/TensorIO.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

using namespace acc;

namespace {

const std::string root = std::string(ACC_SOURCE_DIR) + "/test/Inputs/graphs";

std::vector<std::string> listCases() {
  std::vector<std::string> names;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(root, code), end;
       it != end && !code; it.increment(code)) {
    names.push_back(llvm::sys::path::filename(it->path()).str());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Tolerance {
  double relative = 1e-3, absolute = 1e-4;
};

Tolerance readTolerance(const std::string &directory) {
  Tolerance tolerance;
  auto buffer = llvm::MemoryBuffer::getFile(directory + "/case.json");
  EXPECT_TRUE(bool(buffer));
  auto json = llvm::json::parse((*buffer)->getBuffer());
  EXPECT_TRUE(bool(json));
  if (const auto *entries = json->getAsObject()->getObject("tolerance")) {
    for (const auto &entry : *entries) {
      const llvm::json::Array &pair = *entry.second.getAsArray();
      tolerance.relative = *pair[0].getAsNumber();
      tolerance.absolute = *pair[1].getAsNumber();
    }
  }
  return tolerance;
}

template <typename Infos> std::vector<TensorSpec> specsOf(const Infos &infos) {
  std::vector<TensorSpec> specs;
  for (const auto &info : infos) {
    specs.push_back({info.name});
  }
  return specs;
}

/// The contract with the back end: upstream dialects, and a location with a
/// name on every operation.
void checkModule(mlir::ModuleOp module) {
  static const std::set<std::string> allowed{"builtin", "func",  "linalg",
                                             "tensor",  "arith", "math"};
  module.walk([](mlir::Operation *op) {
    EXPECT_TRUE(allowed.count(op->getName().getDialectNamespace().str()))
        << op->getName().getStringRef().str();
    // The bodies that named operations imply have no location of their own.
    mlir::Operation *parent = op->getParentOp();
    if (parent && parent->getName().getDialectNamespace() == "linalg" &&
        parent->getName().getStringRef() != "linalg.generic") {
      return;
    }
    EXPECT_TRUE(llvm::isa<mlir::NameLoc>(op->getLoc()))
        << op->getName().getStringRef().str();
  });
}

class GraphTest : public ::testing::TestWithParam<std::string> {};

TEST_P(GraphTest, AgreesWithReference) {
  std::string directory = root + "/" + GetParam();
  Tolerance tolerance = readTolerance(directory);
  auto model = loadOnnxModel(directory + "/model.onnx");
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  int sets = 0;
  for (;; ++sets) {
    std::string data = directory + "/test_data_set_" + std::to_string(sets);
    if (!llvm::sys::fs::is_directory(data)) {
      break;
    }
    auto inputs = loadTensors(data, "input", specsOf(model->inputs));
    ASSERT_TRUE(bool(inputs)) << llvm::toString(inputs.takeError());
    auto expected = loadTensors(data, "output", specsOf(model->outputs));
    ASSERT_TRUE(bool(expected)) << llvm::toString(expected.takeError());
    ImportOptions options;
    options.bindInputs(*inputs);
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    auto module = importOnnxModel(context, *model, options);
    ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
    checkModule(**module);
    auto actual = runOnHost(**module, *inputs);
    ASSERT_TRUE(bool(actual)) << llvm::toString(actual.takeError());
    ASSERT_EQ(actual->size(), expected->size());
    for (size_t i = 0; i < actual->size(); ++i) {
      CompareResult result = compare((*actual)[i], (*expected)[i],
                                     tolerance.relative, tolerance.absolute);
      EXPECT_TRUE(result.equal) << data << ", output '" << (*actual)[i].name
                                << "': " << result.message;
    }
  }
  EXPECT_GT(sets, 0);
}

INSTANTIATE_TEST_SUITE_P(Workloads, GraphTest, ::testing::ValuesIn(listCases()),
                         [](const auto &info) { return info.param; });

TEST(GraphTest, ThereAreCases) { EXPECT_GE(listCases().size(), 21u); }

} // namespace
