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
  enum Kind {
    Float,
    Int,
    String,
    Tensor,
    Floats,
    Ints,
    Strings,
    Graph,
    Reference, ///< In a function: the attribute `stringValue` of the caller.
    Other
  };

  Kind kind = Other;
  double floatValue = 0.0;
  int64_t intValue = 0;
  std::string stringValue;
  std::shared_ptr<const HostTensor> tensor;
  std::vector<double> floats;
  std::vector<int64_t> ints;
  std::vector<std::string> strings;
  std::shared_ptr<const struct OnnxGraph> graph;

  static OnnxAttribute ofInt(int64_t value);
  static OnnxAttribute ofFloat(double value);
  static OnnxAttribute ofString(llvm::StringRef value);
};

/// A node of the graph. An absent optional input or output has an empty name.
struct OnnxNode {
  std::string name;
  std::string opType;
  std::string domain;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::map<std::string, OnnxAttribute> attributes;
  /// Values around the node that graphs in its attributes read.
  std::vector<std::string> captured;

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

/// Nodes in topological order; every name is defined once.
struct OnnxGraph {
  /// Inputs that a caller has to supply; initializers are not among them. Those
  /// of an inner graph have a name only, as have its outputs.
  std::vector<OnnxValueInfo> inputs;
  std::vector<OnnxValueInfo> outputs;
  llvm::StringMap<std::shared_ptr<const HostTensor>> initializers;
  std::vector<OnnxNode> nodes;
};

/// A function: a graph that sees nothing around it, with attributes.
struct OnnxFunction {
  OnnxGraph body;
  int64_t opset = 0;
  /// What an attribute is that a caller does not give.
  std::map<std::string, OnnxAttribute> defaults;
};

/// The definition of one of ONNX's own operators by others, as the package of
/// ONNX that we are built with has it for this operator set; nothing if it has
/// none, or one that depends on the types of inputs.
std::optional<OnnxFunction> findStandardFunction(llvm::StringRef name,
                                                 int64_t opset);

/// A model: the graph, and its own functions by domain and name.
struct OnnxModel : OnnxGraph {
  std::string path;
  int64_t opset = 0;
  std::map<std::pair<std::string, std::string>, OnnxFunction> functions;
};

/// Reads and checks a model file. Errors name the file, and the node where
/// there is one.
llvm::Expected<OnnxModel> loadOnnxModel(llvm::StringRef path);

/// The same of its bytes, which `owner` keeps and which may be overwritten;
/// external data lies in the folder of `path`.
llvm::Expected<OnnxModel>
parseOnnxModel(llvm::StringRef bytes, const std::shared_ptr<const void> &owner,
               llvm::StringRef path);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_MODEL_H
