//===- Graph.cpp ----------------------------------------------------------===//

#include "compiler-driver/Baselines/Graph.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/Analysis/Contraction.h"

#include <numeric>

using namespace mlir;
using acc::systems::Format;
using acc::systems::Gemm;

namespace xpu {

/// Operations that a special function counts for: a multiprocessor makes 16
/// results of them per clock, and 128 fused multiply-adds, which count twice
/// (CUDA C++ Programming Guide, throughput of native arithmetic instructions).
static constexpr double operationsPerSpecial = 16;

namespace {

class Builder {
public:
  explicit Builder(Format format) : format(format) {}

  llvm::Expected<Graph> run(ModuleOp module);

private:
  Format format;
  Graph graph;
  llvm::DenseMap<Value, Source> sources;
  llvm::DenseMap<Value, bool> counted; ///< constants

  double elementBytes(Type type) const;
  double bytesOf(Value value) const;
  Format formatOf(Value value) const;
  void addNode(Operation *op);
  void addLinalg(linalg::LinalgOp op, Node &node);
  void addBody(linalg::LinalgOp op, Node &node);
  bool addContraction(linalg::LinalgOp op, Node &node);
  void addRead(Node &node, Value value);
  Source sourceOf(Value value) const;
  void countConstant(Value value);
  bool foldConstants(const Node &node);
};

} // namespace

static std::string nameOf(Location loc) {
  std::string name;
  loc->walk([&](Location inner) {
    if (auto named = dyn_cast<NameLoc>(inner)) {
      name = named.getName().str();
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return name;
}

static double countElements(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  return type && type.hasStaticShape() ? double(type.getNumElements()) : 1;
}

double Builder::elementBytes(Type type) const {
  if (type.isF32()) {
    return acc::systems::bytesPerElement(format);
  }
  return type.isIntOrFloat() ? std::max(1.0, type.getIntOrFloatBitWidth() / 8.0)
                             : 8;
}

double Builder::bytesOf(Value value) const {
  auto type = dyn_cast<ShapedType>(value.getType());
  return type ? countElements(value) * elementBytes(type.getElementType()) : 0;
}

/// The formats of our inputs that have products of their own.
Format Builder::formatOf(Value value) const {
  Type type = cast<ShapedType>(value.getType()).getElementType();
  if (type.isF64()) {
    return Format::Fp64;
  }
  if (type.isF16()) {
    return Format::Fp16;
  }
  if (type.isBF16()) {
    return Format::Bf16;
  }
  if (isa<FloatType>(type) && type.getIntOrFloatBitWidth() == 8) {
    return Format::Fp8;
  }
  if (type.isInteger(8)) {
    return Format::Int8;
  }
  return type.isF32() ? format : Format::Fp32;
}

Source Builder::sourceOf(Value value) const {
  auto it = sources.find(value);
  return it == sources.end() ? Source{Source::Kind::Nothing, 0, value}
                             : it->second;
}

void Builder::countConstant(Value value) {
  if (counted.try_emplace(value, true).second) {
    graph.constantBytes += bytesOf(value);
  }
}

void Builder::addRead(Node &node, Value value) {
  Source source = sourceOf(value);
  if (source.kind == Source::Kind::Nothing ||
      !isa<ShapedType>(value.getType())) {
    return;
  }
  node.reads.push_back({source, bytesOf(value)});
}

/// A product of dimensions of the loops.
static double product(ArrayRef<int64_t> sizes, ArrayRef<unsigned> dims) {
  double result = 1;
  for (unsigned dim : dims) {
    result *= double(sizes[dim]);
  }
  return result;
}

static FailureOr<ContractionDims> matchAnyContraction(linalg::LinalgOp op) {
  FailureOr<ContractionDims> dims = matchContraction(op);
  if (succeeded(dims)) {
    return dims;
  }
  // Integers and other results than f32.
  if (op.getNumDpsInputs() != 2 || !linalg::isaContractionOpInterface(op)) {
    return failure();
  }
  FailureOr<linalg::ContractionDimensions> other =
      linalg::inferContractionDims(op);
  if (failed(other)) {
    return failure();
  }
  ContractionDims result;
  result.batch.assign(other->batch.begin(), other->batch.end());
  result.m.assign(other->m.begin(), other->m.end());
  result.n.assign(other->n.begin(), other->n.end());
  result.k.assign(other->k.begin(), other->k.end());
  return result;
}

bool Builder::addContraction(linalg::LinalgOp op, Node &node) {
  FailureOr<ContractionDims> dims = matchAnyContraction(op);
  if (failed(dims)) {
    return false;
  }
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  Value a = op.getDpsInputs()[0], b = op.getDpsInputs()[1];
  Gemm gemm;
  gemm.m = product(sizes, dims->m);
  gemm.n = product(sizes, dims->n);
  gemm.k = product(sizes, dims->k);
  gemm.batch = product(sizes, dims->batch);
  gemm.a = formatOf(a);
  gemm.b = formatOf(b);
  gemm.out = formatOf(op->getResult(0));
  node.queryLength = dims->m.empty() ? 1 : double(sizes[dims->m.back()]);
  node.gemmHeads =
      dims->batch.size() < 2 ? 1 : double(sizes[dims->batch.back()]);
  if (sourceOf(a).kind == Source::Kind::Constant) {
    std::swap(a, b);
    std::swap(gemm.m, gemm.n);
    std::swap(gemm.a, gemm.b);
  }
  node.left = a;
  while (Operation *def = node.left.getDefiningOp()) {
    if (!isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(def)) {
      break;
    }
    node.left = def->getOperand(0);
  }
  Source source = sourceOf(b);
  bool isWeights =
      source.kind == Source::Kind::Constant ||
      (source.kind == Source::Kind::Argument && dims->batch.empty());
  if (isWeights) {
    if (countElements(source.value) == countElements(b)) {
      b = source.value;
      gemm.b = formatOf(b);
    }
    node.weightBytes = bytesOf(b);
    if (source.kind == Source::Kind::Argument &&
        counted.try_emplace(source.value, true).second) {
      graph.constantBytes += bytesOf(source.value);
      graph.argumentBytes -= bytesOf(source.value);
    }
  }
  gemm.aOverlap =
      std::max(1.0, gemm.m * gemm.k * gemm.batch / countElements(a));
  node.gemm = gemm;
  return true;
}

void Builder::addBody(linalg::LinalgOp op, Node &node) {
  double points = 1;
  for (int64_t size : op.getStaticLoopRanges()) {
    points *= double(size);
  }
  for (Operation &inner : *op.getBlock()) {
    if (isa<tensor::ExtractOp>(inner)) {
      node.isGather = true;
      // What is read is as large as the result, not the table.
      Source table = sourceOf(inner.getOperand(0));
      if (table.kind != Source::Kind::Nothing) {
        Type element = inner.getResult(0).getType();
        node.reads.push_back({table, points * elementBytes(element)});
      }
    } else if (isa<math::MathDialect>(inner.getDialect())) {
      node.operations += points * operationsPerSpecial;
      node.hasExponential |= isa<math::ExpOp, math::Exp2Op>(inner);
    } else if (isa<arith::DivFOp>(inner)) {
      node.operations += points * operationsPerSpecial;
    } else if (isa<arith::ArithDialect>(inner.getDialect()) &&
               !isa<arith::ConstantOp, CastOpInterface>(inner)) {
      node.operations += points;
      node.isMaximum |= isa<arith::MaximumFOp, arith::MaxNumFOp>(inner);
    }
    node.isCausalMask |= isa<linalg::IndexOp>(inner);
  }
  node.isCausalMask &= llvm::any_of(*op.getBlock(), [](Operation &inner) {
    return isa<arith::CmpIOp>(inner);
  });
}

void Builder::addLinalg(linalg::LinalgOp op, Node &node) {
  if (addContraction(op, node)) {
    return;
  }
  node.isReduction = op.getNumReductionLoops() != 0;
  node.isWindow = node.isReduction &&
                  !llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) {
                    return map.isProjectedPermutation();
                  });
  node.isReduction &= !node.isWindow;
  addBody(op, node);
  node.isMaximum &= node.isReduction;
  node.isMovement = node.operations == 0 && !node.isGather;
  node.isPermutation =
      node.isMovement && node.reads.size() == 1 &&
      countElements(op.getDpsInputs()[0]) == countElements(op->getResult(0));
}

/// A framework computes once what depends on constants alone, and leaves
/// weights in the narrow format that they are dequantised from.
bool Builder::foldConstants(const Node &node) {
  if (node.reads.empty() || !llvm::all_of(node.reads, [](const Read &read) {
        return read.source.kind == Source::Kind::Constant;
      })) {
    return false;
  }
  for (Value result : node.op->getResults()) {
    Source source = {Source::Kind::Constant, 0, result};
    for (const Read &read : node.reads) {
      if (countElements(read.source.value) == countElements(result) &&
          bytesOf(read.source.value) <= bytesOf(source.value)) {
        source = read.source;
      }
    }
    sources[result] = source;
  }
  return true;
}

void Builder::addNode(Operation *op) {
  Node node;
  node.op = op;
  node.name = nameOf(op->getLoc());
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    for (Value input : linalgOp.getDpsInputs()) {
      addRead(node, input);
    }
    // A reduction into a tensor that something else made reads it, too.
    for (Value init : linalgOp.getDpsInits()) {
      if (linalgOp.payloadUsesValueFromOperand(linalgOp.getDpsInitOperand(0))) {
        addRead(node, init);
      }
    }
    addLinalg(linalgOp, node);
  } else {
    node.isMovement = true;
    for (Value operand : op->getOperands()) {
      addRead(node, operand);
    }
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
      node.extendsArgument =
          sourceOf(insert.getSource()).kind == Source::Kind::Argument;
    }
  }
  if (foldConstants(node)) {
    return;
  }
  for (Value result : op->getResults()) {
    node.resultBytes += bytesOf(result);
    node.elements += countElements(result);
    sources[result] = {Source::Kind::Node, unsigned(graph.nodes.size()),
                       result};
  }
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
    // Written is the slice; the rest was there.
    node.resultBytes = bytesOf(insert.getSource());
    llvm::erase_if(node.reads, [&](const Read &read) {
      return read.source.value == sourceOf(insert.getDest()).value &&
             read.source.kind != Source::Kind::Node;
    });
    for (Read &read : node.reads) {
      if (read.source.kind == Source::Kind::Node &&
          read.source.value == sourceOf(insert.getDest()).value) {
        read.bytes = 0;
        read.isOrderOnly = true;
      }
    }
  }
  for (const Read &read : node.reads) {
    if (read.source.kind == Source::Kind::Constant) {
      countConstant(read.source.value);
    }
  }
  graph.nodes.push_back(std::move(node));
}

static bool isView(Operation &op) {
  return isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::CastOp,
             tensor::ReshapeOp, tensor::ExtractSliceOp, tensor::PadOp>(op);
}

llvm::Expected<Graph> Builder::run(ModuleOp module) {
  auto function = module.lookupSymbol<func::FuncOp>("main");
  if (!function || function.isExternal() ||
      !llvm::hasSingleElement(function.getBody())) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "the graph has no function 'main'");
  }
  Block &block = function.getBody().front();
  for (Value argument : block.getArguments()) {
    sources[argument] = {Source::Kind::Argument, 0, argument};
    graph.argumentBytes += bytesOf(argument);
  }
  for (Operation &op : block.without_terminator()) {
    for (Type type : op.getResultTypes()) {
      auto shaped = dyn_cast<ShapedType>(type);
      if (shaped && !shaped.hasStaticShape()) {
        return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                       "node '" + nameOf(op.getLoc()) +
                                           "' has a dynamic shape");
      }
    }
    if (isView(op)) {
      Source source = sourceOf(op.getOperand(0));
      if (source.kind != Source::Kind::Nothing) {
        sources[op.getResult(0)] = source;
      }
    } else if (isa<arith::ConstantOp>(op)) {
      if (isa<ShapedType>(op.getResult(0).getType())) {
        sources[op.getResult(0)] = {Source::Kind::Constant, 0, op.getResult(0)};
      }
    } else if (!isa<tensor::EmptyOp, linalg::FillOp, tensor::SplatOp>(op) &&
               llvm::any_of(op.getResultTypes(), llvm::IsaPred<ShapedType>)) {
      addNode(&op);
    }
  }
  for (Value result : block.getTerminator()->getOperands()) {
    Source source = sourceOf(result);
    graph.resultBytes += bytesOf(result);
    if (source.kind == Source::Kind::Node) {
      graph.nodes[source.node].isOutput = true;
    }
  }
  return std::move(graph);
}

llvm::Expected<Graph> buildGraph(ModuleOp module, Format format) {
  return Builder(format).run(module);
}

} // namespace xpu
