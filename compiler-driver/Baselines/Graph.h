//===- Graph.h - Operations of a graph as nodes -----------------*- C++ -*-===//
//
// The first step of an extraction: operations that do something, and which of
// the others' results they read. Views, constants and empty tensors are no
// nodes, nor is padding, which kernels do while they read.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_WORKLOAD_GRAPH_H
#define COMPILER_DRIVER_WORKLOAD_GRAPH_H

#include "compiler-driver/Baselines/Kernel.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <vector>

namespace xpu {

/// Where a tensor comes from, through views.
struct Source {
  enum class Kind { Nothing, Constant, Argument, Node } kind = Kind::Nothing;
  unsigned node = 0;
  mlir::Value value; ///< before the views
};

/// A tensor that a node reads, as large as it reads it.
struct Read {
  Source source;
  double bytes = 0;
  bool isOrderOnly = false; ///< the node completes this tensor in place
};

struct Node {
  mlir::Operation *op = nullptr;
  std::string name;
  std::vector<Read> reads;
  double resultBytes = 0;
  double elements = 0;   ///< of the result
  double operations = 0; ///< of the vector units
  /// A contraction.
  std::optional<acc::systems::Gemm> gemm;
  mlir::Value left; ///< the contraction's a, before changes of shape
  /// Of the contraction's b, if it is a constant, or an argument that is used
  /// as a matrix of weights is: the same for every element of a batch.
  double weightBytes = 0;
  double gemmHeads = 1;   ///< last batch dimension of a product of activations
  double queryLength = 1; ///< last row dimension
  bool isReduction = false;
  bool isMaximum = false; ///< a reduction by maximum
  bool hasExponential = false;
  bool isGather = false;
  bool isMovement = false;      ///< copies only
  bool isPermutation = false;   ///< a copy of all elements in another order
  bool isWindow = false;        ///< a reduction over windows: pooling
  bool isCausalMask = false;    ///< compares positions
  bool extendsArgument = false; ///< copies an argument into a larger tensor
  bool isOutput = false;        ///< a result of the function, through views
};

struct Graph {
  std::vector<Node> nodes;
  double constantBytes = 0;
  double argumentBytes = 0;
  double resultBytes = 0;
};

/// Bytes of tensors are those of `format` for f32, else of their types.
llvm::Expected<Graph> buildGraph(mlir::ModuleOp module,
                                 acc::systems::Format format);

} // namespace xpu

#endif // COMPILER_DRIVER_WORKLOAD_GRAPH_H
