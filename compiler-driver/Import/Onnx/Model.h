//===- Model.h - An ONNX model as plain data --------------------*- C++ -*-===//
//
// What the importer needs of a model file, checked for well-formedness, with
// neither protobuf nor MLIR types.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_MODEL_H
#define ACC_COMPILER_DRIVER_ONNX_MODEL_H

#include "compiler-driver/Tensor/HostTensor.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace acc {

/// An attribute of a node. Only the field that `kind` names is set.
struct OnnxAttribute {
  enum Kind { Float, Int, String, Tensor, Floats, Ints, Strings, Other };

  Kind kind = Other;
  double floatValue = 0.0;
  int64_t intValue = 0;
  std::string stringValue;
  std::shared_ptr<const HostTensor> tensor;
  std::vector<double> floats;
  std::vector<int64_t> ints;
  std::vector<std::string> strings;
};

/// A node of the graph. An absent optional input or output has an empty name.
struct OnnxNode {
  std::string name;
  std::string opType;
  std::string domain;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::map<std::string, OnnxAttribute> attributes;

  /// The name in locations and messages: the node's own, or
  /// `OpType_firstOutput`.
  std::string getLabel() const;
};

/// One dimension: a size, a symbol, or (both unset) unknown.
struct OnnxDim {
  int64_t size = -1;
  std::string symbol;
};

/// A graph input or output.
struct OnnxValueInfo {
  std::string name;
  DType dtype = DType::F32;
  bool hasShape = false;
  std::vector<OnnxDim> shape;
};

/// A model: one graph without subgraphs, nodes in topological order, every name
/// defined once.
struct OnnxModel {
  std::string path;
  int64_t opset = 0;
  /// Inputs that a caller has to supply; initializers are not among them.
  std::vector<OnnxValueInfo> inputs;
  std::vector<OnnxValueInfo> outputs;
  llvm::StringMap<std::shared_ptr<const HostTensor>> initializers;
  std::vector<OnnxNode> nodes;
};

/// Reads and checks a model file. Errors name the file, and the node where
/// there is one.
llvm::Expected<OnnxModel> loadOnnxModel(llvm::StringRef path);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_MODEL_H
