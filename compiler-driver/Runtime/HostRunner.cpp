//===- HostRunner.cpp - Run an imported module on the host CPU ------------===//
//
// Weights are not compiled into the program: each large constant becomes one
// more argument that points at the bytes that the module holds already.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Runtime/HostRunner.h"

#include "compiler-driver/Runtime/Boundary.h"
#include "compiler-driver/Runtime/HostPipeline.h"
#include "compiler-driver/Tensor/Errors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ExecutionEngine/Orc/CoreContainers.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/TargetSelect.h"

#include <cstring>
#include <mutex>

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace acc {

namespace {

/// Constants up to this many bytes stay in the program.
const size_t inlineLimit = 1024;

/// The C form of a memref: pointers, offset, sizes, strides.
struct Descriptor {
  std::vector<int64_t> words;

  Descriptor(const void *data, ArrayRef<int64_t> shape) {
    int64_t address = reinterpret_cast<int64_t>(data);
    words = {address, address, 0};
    words.insert(words.end(), shape.begin(), shape.end());
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;) {
      strides[i - 1] = strides[i] * shape[i];
    }
    words.insert(words.end(), strides.begin(), strides.end());
  }
};

/// Large constants by the order of the arguments that replace them.
struct Weight {
  Attribute attribute; // Keeps the bytes alive through the context.
  ArrayRef<char> bytes;
  std::vector<int64_t> shape;
};

std::vector<Weight> extractWeights(func::FuncOp func) {
  std::vector<Weight> weights;
  SmallVector<arith::ConstantOp> large;
  func.walk([&](arith::ConstantOp op) {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type || type.getElementType().isInteger(1)) {
      return;
    }
    ArrayRef<char> bytes;
    if (auto dense = dyn_cast<DenseElementsAttr>(op.getValue())) {
      if (!dense.isSplat()) {
        bytes = dense.getRawData();
      }
    } else if (auto resource =
                   dyn_cast<DenseResourceElementsAttr>(op.getValue())) {
      if (AsmResourceBlob *blob = resource.getRawHandle().getBlob()) {
        bytes = blob->getData();
      }
    }
    if (bytes.size() > inlineLimit) {
      large.push_back(op);
      weights.push_back({op.getValue(), bytes, type.getShape().vec()});
    }
  });
  for (arith::ConstantOp op : large) {
    unsigned index = func.getNumArguments();
    if (failed(func.insertArgument(index, op.getType(), {}, op.getLoc()))) {
      continue;
    }
    op.getResult().replaceAllUsesWith(func.getArgument(index));
    op.erase();
  }
  return weights;
}

void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

// Code for a CPU without instructions for 16-bit floats calls these by name,
// and compiler runtimes do not export them.
_Float16 truncateToHalf(float value) {
  uint16_t bits = doubleToHalf(value);
  _Float16 result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

float extendFromHalf(_Float16 value) {
  uint16_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return halfToFloat(bits);
}

__bf16 truncateToBFloat(float value) {
  uint16_t bits = doubleToBFloat(value);
  __bf16 result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

/// A memref of unknown rank as compiled code passes it.
struct UnrankedMemRef {
  int64_t rank;
  int64_t *descriptor;
};

/// Copies between memrefs with any strides; compiled code calls it for copies
/// that are not contiguous.
void copyMemRef(int64_t elementSize, UnrankedMemRef *from, UnrankedMemRef *to) {
  int64_t rank = from->rank;
  const int64_t *sizes = from->descriptor + 3;
  const int64_t *fromStrides = sizes + rank;
  const int64_t *toStrides = to->descriptor + 3 + rank;
  auto start = [&](const UnrankedMemRef *memref) {
    return reinterpret_cast<char *>(memref->descriptor[1]) +
           memref->descriptor[2] * elementSize;
  };
  const char *source = start(from);
  char *target = start(to);
  for (int64_t i = 0; i < rank; ++i) {
    if (sizes[i] == 0) {
      return;
    }
  }
  std::vector<int64_t> index(rank, 0);
  while (true) {
    std::memcpy(target, source, elementSize);
    int64_t d = rank - 1;
    for (; d >= 0; --d) {
      source += fromStrides[d] * elementSize;
      target += toStrides[d] * elementSize;
      if (++index[d] < sizes[d]) {
        break;
      }
      source -= fromStrides[d] * sizes[d] * elementSize;
      target -= toStrides[d] * sizes[d] * elementSize;
      index[d] = 0;
    }
    if (d < 0) {
      return;
    }
  }
}

llvm::orc::SymbolMap getRuntimeSymbols(llvm::orc::MangleAndInterner interner) {
  llvm::orc::SymbolMap symbols;
  symbols[interner("__truncsfhf2")] = {
      llvm::orc::ExecutorAddr::fromPtr(&truncateToHalf),
      llvm::JITSymbolFlags::Exported};
  symbols[interner("__truncsfbf2")] = {
      llvm::orc::ExecutorAddr::fromPtr(&truncateToBFloat),
      llvm::JITSymbolFlags::Exported};
  symbols[interner("memrefCopy")] = {
      llvm::orc::ExecutorAddr::fromPtr(&copyMemRef),
      llvm::JITSymbolFlags::Exported};
  symbols[interner("__extendhfsf2")] = {
      llvm::orc::ExecutorAddr::fromPtr(&extendFromHalf),
      llvm::JITSymbolFlags::Exported};
  return symbols;
}

} // namespace

struct HostProgram::Implementation {
  Boundary boundary;
  std::vector<Weight> weights;
  std::unique_ptr<ExecutionEngine> engine;
};

HostProgram::HostProgram() : implementation(new Implementation) {}
HostProgram::~HostProgram() = default;

Expected<std::unique_ptr<HostProgram>> HostProgram::compile(ModuleOp module) {
  initializeTargets();
  Expected<Boundary> boundary = readBoundary(module);
  if (!boundary) {
    return boundary.takeError();
  }
  std::unique_ptr<HostProgram> program(new HostProgram);
  Implementation &state = *program->implementation;
  state.boundary = std::move(*boundary);

  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone()));
  auto func = copy->lookupSymbol<func::FuncOp>("main");
  if (!func) {
    func = *copy->getOps<func::FuncOp>().begin();
    func.setName("main");
  }
  // The process has a `main` of its own.
  func.setName("acc_host_main");
  state.weights = extractWeights(func);
  if (Error error = lowerForHost(*copy)) {
    return std::move(error);
  }

  auto machineBuilder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!machineBuilder) {
    return machineBuilder.takeError();
  }
  auto machine = machineBuilder->createTargetMachine();
  if (!machine) {
    return machine.takeError();
  }
  ExecutionEngineOptions options;
  auto optimize = makeOptimizingTransformer(/*optLevel=*/2, /*sizeLevel=*/0,
                                            machine->get());
  options.transformer = optimize;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Default;
  auto engine = ExecutionEngine::create(*copy, options, std::move(*machine));
  if (!engine) {
    return engine.takeError();
  }
  state.engine = std::move(*engine);
  state.engine->registerSymbols(getRuntimeSymbols);
  return std::move(program);
}

Expected<std::vector<HostTensor>>
HostProgram::run(ArrayRef<HostTensor> inputs) {
  Implementation &state = *implementation;
  if (inputs.size() != state.boundary.inputs.size()) {
    return makeInputError("there are " + Twine(inputs.size()) +
                          " input tensors; the program takes " +
                          Twine(state.boundary.inputs.size()));
  }
  std::vector<HostTensor> machineInputs, machineOutputs;
  std::vector<Descriptor> descriptors;
  for (auto [tensor, spec] : llvm::zip(inputs, state.boundary.inputs)) {
    Expected<HostTensor> converted = toMachine(tensor, spec);
    if (!converted) {
      return converted.takeError();
    }
    machineInputs.push_back(std::move(*converted));
  }
  for (const BoundaryTensor &spec : state.boundary.outputs) {
    machineOutputs.push_back(
        HostTensor::zeros(spec.name, spec.machineType, spec.shape));
  }
  for (const HostTensor &tensor : machineInputs) {
    descriptors.emplace_back(tensor.bytes.data(), tensor.shape);
  }
  for (const Weight &weight : state.weights) {
    descriptors.emplace_back(weight.bytes.data(), weight.shape);
  }
  for (const HostTensor &tensor : machineOutputs) {
    descriptors.emplace_back(tensor.bytes.data(), tensor.shape);
  }
  // Each argument is a pointer to a pointer to the descriptor.
  std::vector<void *> pointers;
  SmallVector<void *> arguments;
  for (Descriptor &descriptor : descriptors) {
    pointers.push_back(descriptor.words.data());
  }
  for (void *&pointer : pointers) {
    arguments.push_back(&pointer);
  }
  if (Error error =
          state.engine->invokePacked("_mlir_ciface_acc_host_main", arguments)) {
    return std::move(error);
  }
  std::vector<HostTensor> outputs;
  for (auto [tensor, spec] :
       llvm::zip(machineOutputs, state.boundary.outputs)) {
    outputs.push_back(fromMachine(tensor, spec));
  }
  return outputs;
}

Expected<std::vector<HostTensor>> runOnHost(ModuleOp module,
                                            ArrayRef<HostTensor> inputs) {
  Expected<std::unique_ptr<HostProgram>> program = HostProgram::compile(module);
  if (!program) {
    return program.takeError();
  }
  return (*program)->run(inputs);
}

} // namespace acc
