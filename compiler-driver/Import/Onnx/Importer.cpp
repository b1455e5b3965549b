//===- Importer.cpp - ONNX to linalg --------------------------------------===//
//
// Binds the symbolic dimensions, creates the function, and walks the nodes.
// What a node means is in the files named after groups of operators.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Importer.h"

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Tensor/Errors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <set>

using namespace mlir;
using llvm::Expected;

namespace acc {

namespace {

const OpTable &getOpTable() {
  static const OpTable table = [] {
    OpTable ops;
    registerElementwiseOps(ops);
    registerActivationOps(ops);
    registerMatMulOps(ops);
    registerConvOps(ops);
    registerPoolOps(ops);
    registerNormalizationOps(ops);
    registerReductionOps(ops);
    registerShapeOps(ops);
    registerSliceOps(ops);
    registerGatherOps(ops);
    registerScatterOps(ops);
    registerTopKOps(ops);
    registerAttentionOps(ops);
    registerQuantizeOps(ops);
    registerResizeOps(ops);
    registerControlFlowOps(ops);
    registerSequenceOps(ops);
    registerBitOps(ops);
    registerLossOps(ops);
    registerFlexAttentionOps(ops);
    registerContribOps(ops);
    registerContribAttentionOps(ops);
    for (const char *name : {"QuantizeLinear", "DequantizeLinear", "Gelu"}) {
      ops[("com.microsoft." + Twine(name)).str()] = ops[name];
    }
    registerTensorScatterOps(ops);
    registerLinearAttentionOps(ops);
    registerRecurrentOps(ops);
    registerTrigonometryOps(ops);
    registerConvTransposeOps(ops);
    registerCumulativeOps(ops);
    registerFourierOps(ops);
    registerGridSampleOps(ops);
    registerRoiAlignOps(ops);
    return ops;
  }();
  return table;
}

/// The name under which the table has an operator.
std::string getKey(const OnnxNode &node) {
  return node.domain.empty() ? node.opType : node.domain + "." + node.opType;
}

class GraphImporter {
public:
  GraphImporter(MLIRContext &context, const OnnxModel &model,
                const ImportOptions &options)
      : model(model), options(options), bound(options.dims), builder(&context) {
  }

  /// Inputs in `special` are constants of the given values.
  OwningOpRef<ModuleOp> run(const std::set<std::string> &special);

private:
  void bindDims();
  Shape inputShape(const OnnxValueInfo &info) const;
  void checkOutput(ImportContext &state, const OnnxValueInfo &info,
                   const OnnxValue &value);
  [[noreturn]] void fail(const Twine &message) const {
    throw ImportFailure{model.path + ": " + message.str(), false};
  }

  const OnnxModel &model;
  const ImportOptions &options;
  std::map<std::string, int64_t> bound;
  OpBuilder builder;
};

void GraphImporter::bindDims() {
  std::set<std::string> symbols;
  for (const OnnxValueInfo &info : model.inputs) {
    for (const OnnxDim &dim : info.shape) {
      symbols.insert(dim.symbol);
    }
  }
  for (const auto &[name, size] : options.dims) {
    if (size < 1) {
      fail("dimension '" + name + "' is bound to " + Twine(size) +
           "; a positive size is expected");
    }
    if (!symbols.count(name)) {
      std::string known;
      for (const std::string &symbol : symbols) {
        known += symbol.empty() ? "" : (known.empty() ? "" : ", ") + symbol;
      }
      fail("has no symbolic dimension '" + name + "'; it has " +
           (known.empty() ? "none" : known));
    }
  }
  for (const auto &[name, shape] : options.inputShapes) {
    const std::string &wanted = name;
    auto info = llvm::find_if(model.inputs,
                              [&](const auto &i) { return i.name == wanted; });
    if (info == model.inputs.end() || !info->hasShape) {
      continue;
    }
    if (info->shape.size() != shape.size()) {
      fail("input '" + name + "' has rank " + Twine(info->shape.size()) +
           " in the model, but the given tensor has shape " +
           formatShape(shape));
    }
    for (auto [i, dim] : llvm::enumerate(info->shape)) {
      if (dim.size >= 0 && dim.size != shape[i]) {
        fail("input '" + name + "' has size " + Twine(dim.size) +
             " in dimension " + Twine(i) +
             " in the model, but the given tensor has shape " +
             formatShape(shape));
      }
      if (dim.symbol.empty()) {
        continue;
      }
      auto [it, inserted] = bound.emplace(dim.symbol, shape[i]);
      if (!inserted && it->second != shape[i]) {
        fail("dimension '" + dim.symbol + "' is " + Twine(it->second) +
             ", but input '" + name + "' of shape " + formatShape(shape) +
             " makes it " + Twine(shape[i]));
      }
    }
  }
}

Shape GraphImporter::inputShape(const OnnxValueInfo &info) const {
  auto given = options.inputShapes.find(info.name);
  if (given != options.inputShapes.end()) {
    return Shape(given->second.begin(), given->second.end());
  }
  if (!info.hasShape) {
    fail("input '" + info.name +
         "' has no shape in the model; it has to follow from given tensors");
  }
  Shape shape;
  for (auto [i, dim] : llvm::enumerate(info.shape)) {
    if (dim.size >= 0) {
      shape.push_back(dim.size);
      continue;
    }
    auto it = bound.find(dim.symbol);
    if (dim.symbol.empty() || it == bound.end()) {
      fail(
          "input '" + info.name + "': dimension " + Twine(i) +
          (dim.symbol.empty() ? Twine(" is unknown")
                              : Twine(" ('" + dim.symbol + "') is unbound")) +
          "; bind it with --dim=" + (dim.symbol.empty() ? "NAME" : dim.symbol) +
          "=SIZE or give the inputs");
    }
    shape.push_back(it->second);
  }
  return shape;
}

/// A declared shape: `[2, batch, ?]`.
static std::string formatDims(ArrayRef<OnnxDim> dims) {
  std::string text;
  for (const OnnxDim &dim : dims) {
    text +=
        (text.empty() ? "" : ", ") + (dim.size >= 0 ? std::to_string(dim.size)
                                      : dim.symbol.empty() ? "?"
                                                           : dim.symbol);
  }
  return "[" + text + "]";
}

void GraphImporter::checkOutput(ImportContext &state, const OnnxValueInfo &info,
                                const OnnxValue &value) {
  if (value.dtype != info.dtype) {
    fail("output '" + info.name + "' is declared " + getName(info.dtype) +
         ", but the graph computes " + getName(value.dtype));
  }
  if (!info.hasShape) {
    return;
  }
  bool agrees = info.shape.size() == value.shape.size();
  for (size_t i = 0; agrees && i < info.shape.size(); ++i) {
    agrees = info.shape[i].size < 0 || info.shape[i].size == value.shape[i];
  }
  if (!agrees) {
    fail("output '" + info.name + "' has shape " + formatShape(value.shape) +
         "; the model declares " + formatDims(info.shape));
  }
}

/// Attributes of all arguments or results, to be set together: one by one each
/// would make a new list of them all. `requiredValues` is by index.
static SmallVector<DictionaryAttr>
describe(Builder &builder, ArrayRef<OnnxValueInfo> infos,
         const std::map<size_t, Attribute> &requiredValues) {
  SmallVector<DictionaryAttr> result;
  for (auto [i, info] : llvm::enumerate(infos)) {
    NamedAttrList attributes;
    attributes.set("acc.name", builder.getStringAttr(info.name));
    attributes.set("acc.dtype", builder.getStringAttr(getName(info.dtype)));
    if (auto values = requiredValues.find(i); values != requiredValues.end()) {
      attributes.set("acc.value", values->second);
    }
    result.push_back(attributes.getDictionary(builder.getContext()));
  }
  return result;
}

OwningOpRef<ModuleOp> GraphImporter::run(const std::set<std::string> &special) {
  bindDims();
  MLIRContext *context = builder.getContext();
  Location fileLoc = NameLoc::get(builder.getStringAttr(model.path));
  OwningOpRef<ModuleOp> module = ModuleOp::create(fileLoc);
  builder.setInsertionPointToStart(module->getBody());

  ImportContext state(model, builder);
  SmallVector<Type> inputTypes;
  SmallVector<Shape> shapes;
  for (const OnnxValueInfo &info : model.inputs) {
    shapes.push_back(inputShape(info));
    state.checkShape(shapes.back());
    inputTypes.push_back(RankedTensorType::get(
        shapes.back(), getStorageType(context, info.dtype)));
  }
  auto func = func::FuncOp::create(builder, fileLoc, "main",
                                   builder.getFunctionType(inputTypes, {}));
  Block *block = func.addEntryBlock();
  builder.setInsertionPointToStart(block);
  std::map<size_t, Attribute> requiredValues;
  for (auto [i, info] : llvm::enumerate(model.inputs)) {
    state.values[info.name] = makeValue(block->getArgument(i), info.dtype);
    if (options.fedInputs.count(info.name) && exceeds32(info.dtype)) {
      state.values[info.name].range =
          IntRange{isUnsignedInteger(info.dtype) ? 0 : -kFedIntegerLimit,
                   kFedIntegerLimit - 1};
    }
    block->getArgument(i).setLoc(
        NameLoc::get(builder.getStringAttr(info.name)));
    auto known = options.inputValues.find(info.name);
    if (special.count(info.name) && known != options.inputValues.end() &&
        known->second.dtype == info.dtype &&
        ArrayRef<int64_t>(known->second.shape) ==
            ArrayRef<int64_t>(shapes[i])) {
      state.values[info.name] = makeConstant(known->second);
      auto type = RankedTensorType::get(shapes[i], builder.getI64Type());
      requiredValues[i] = DenseElementsAttr::get(
          type, ArrayRef<int64_t>(known->second.toKeys()));
    }
  }
  for (const auto &entry : model.initializers) {
    state.values[entry.getKey()] = makeConstant(entry.getValue());
  }

  state.importNodes(model.nodes);

  SmallVector<Value> results;
  SmallVector<Type> resultTypes;
  for (const OnnxValueInfo &info : model.outputs) {
    auto it = state.values.find(info.name);
    if (it == state.values.end()) {
      throw ImportFailure{model.path + ": output '" + info.name +
                              "' is one that its node does not compute here",
                          true};
    }
    if (it->second.isSequence()) {
      throw ImportFailure{model.path + ": output '" + info.name +
                              "' is a sequence; it has to be a tensor",
                          true};
    }
    checkOutput(state, info, it->second);
    state.loc = NameLoc::get(builder.getStringAttr(info.name));
    results.push_back(materialize(state, it->second));
    resultTypes.push_back(results.back().getType());
  }
  func::ReturnOp::create(builder, fileLoc, results);
  // Values that only a view was taken of, and constants that were folded away.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*block))) {
    if (isOpTriviallyDead(&op)) {
      op.erase();
    }
  }
  func.setType(builder.getFunctionType(inputTypes, resultTypes));
  func.setAllArgAttrs(describe(builder, model.inputs, requiredValues));
  func.setAllResultAttrs(describe(builder, model.outputs, {}));
  return module;
}

/// The graph inputs from which the values are computed that a failure names.
std::set<std::string> findSources(const OnnxModel &model,
                                  const ImportFailure &failure) {
  std::set<std::string> needed(failure.neededValues.begin(),
                               failure.neededValues.end());
  std::set<std::string> sources;
  for (const OnnxNode &node : llvm::reverse(model.nodes)) {
    if (llvm::any_of(node.outputs, [&](const std::string &output) {
          return !output.empty() && needed.count(output);
        })) {
      needed.insert(node.inputs.begin(), node.inputs.end());
      needed.insert(node.captured.begin(), node.captured.end());
    }
  }
  for (const OnnxValueInfo &input : model.inputs) {
    if (needed.count(input.name)) {
      sources.insert(input.name);
    }
  }
  return sources;
}

} // namespace

void ImportContext::importNodes(ArrayRef<OnnxNode> nodes) {
  const OnnxNode *outerNode = node;
  Location outerLoc = loc;
  std::set<std::string> outerAttributes = std::move(usedAttributes);
  const OpTable &table = getOpTable();
  for (const OnnxNode &next : nodes) {
    node = &next;
    loc = NameLoc::get(builder.getStringAttr(next.getLabel()));
    resetAttributes();
    auto function = model.functions.find({next.domain, next.opType});
    if (function != model.functions.end()) {
      call(function->second);
      continue;
    }
    if (next.domain.empty() && foldConstants(*this)) {
      continue;
    }
    auto it = table.find(getKey(next));
    if (it == table.end()) {
      std::optional<OnnxFunction> definition;
      if (next.domain.empty()) {
        definition = findStandardFunction(next.opType, opset());
      }
      if (!definition) {
        unsupported("operator " + getKey(next));
      }
      call(*definition);
      continue;
    }
    Operation *last = builder.getInsertionBlock()->empty()
                          ? nullptr
                          : &builder.getInsertionBlock()->back();
    it->second(*this);
    checkAttributes();
    checkOperations(last);
  }
  node = outerNode;
  loc = outerLoc;
  usedAttributes = std::move(outerAttributes);
}

/// What operators do not check themselves: mostly that the types of their
/// inputs are those that they may have.
void ImportContext::checkOperations(Operation *last) const {
  Block *block = builder.getInsertionBlock();
  std::string reason;
  ScopedDiagnosticHandler handler(
      builder.getContext(), [&](Diagnostic &diagnostic) {
        llvm::raw_string_ostream(reason)
            << (reason.empty() ? "" : "; ") << diagnostic;
      });
  for (auto it = last ? std::next(last->getIterator()) : block->begin();
       it != block->end(); ++it) {
    if (failed(verify(&*it))) {
      fail("has inputs that do not go together: " + reason);
    }
  }
}

void ImportOptions::bindInputs(ArrayRef<HostTensor> inputs) {
  for (const HostTensor &tensor : inputs) {
    inputShapes[tensor.name] = tensor.shape;
    if (tensor.shape.size() <= 1 && tensor.getNumElements() <= 64) {
      inputValues[tensor.name] = tensor;
    }
  }
}

void loadImportDialects(MLIRContext &context) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect,
                      linalg::LinalgDialect, math::MathDialect,
                      tensor::TensorDialect>();
}

Expected<OwningOpRef<ModuleOp>> importOnnxModel(MLIRContext &context,
                                                const OnnxModel &model,
                                                const ImportOptions &options) {
  loadImportDialects(context);
  OwningOpRef<ModuleOp> module;
  try {
    std::set<std::string> special;
    while (!module) {
      try {
        module = GraphImporter(context, model, options).run(special);
      } catch (const ImportFailure &failure) {
        size_t before = special.size();
        for (const std::string &name : findSources(model, failure)) {
          if (options.inputValues.count(name)) {
            special.insert(name);
          }
        }
        if (special.size() == before) {
          throw;
        }
      }
    }
  } catch (const ImportFailure &failure) {
    return failure.unsupported ? makeUnsupportedError(failure.message)
                               : makeInputError(failure.message);
  }
  // A verifier failure is a defect of the importer; it must still not crash.
  std::string reason;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    llvm::raw_string_ostream(reason)
        << diagnostic.getLocation() << ": " << diagnostic << "; ";
  });
  if (failed(verify(*module))) {
    return makeInputError(model.path +
                          ": internal error: the imported module "
                          "is invalid: " +
                          reason);
  }
  return std::move(module);
}

Expected<OwningOpRef<ModuleOp>> importOnnxFile(MLIRContext &context,
                                               StringRef path,
                                               const ImportOptions &options) {
  Expected<OnnxModel> model = loadOnnxModel(path);
  if (!model) {
    return model.takeError();
  }
  return importOnnxModel(context, *model, options);
}

} // namespace acc
