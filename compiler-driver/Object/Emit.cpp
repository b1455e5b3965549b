//===- Emit.cpp - From ordered commands to an object ----------------------===//

#include "compiler-driver/Object/Emit.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/SymbolTable.h"
#include "passes/Analysis/Hazards.h"
#include "passes/Analysis/SourceName.h"
#include "passes/Analysis/StaticView.h"

using namespace mlir;

namespace xpu {

static std::string machineTypeName(Type type) {
  if (type.isInteger(1)) {
    return "bool";
  }
  if (type.isF32()) {
    return "float32";
  }
  if (type.isF16()) {
    return "float16";
  }
  if (type.isBF16()) {
    return "bfloat16";
  }
  return "int" + std::to_string(type.getIntOrFloatBitWidth());
}

namespace {
class Emitter {
public:
  Emitter(ModuleOp module, func::FuncOp func, const acc::Target &target)
      : module(module), func(func), target(target) {}

  FailureOr<Object> run();

private:
  LogicalResult addConstants();
  LogicalResult addHostCall(HostCallOp op);
  LogicalResult addHostModule();
  void addHalt();
  FailureOr<ObjectTensor> describeTensor(Value buffer, DictionaryAttr attrs,
                                         StringRef fallbackName);

  ModuleOp module;
  func::FuncOp func;
  const acc::Target &target;
  Object object;
};
} // namespace

LogicalResult Emitter::addConstants() {
  SymbolTable symbols(module);
  llvm::StringMap<int64_t> done;
  int64_t begin = std::numeric_limits<int64_t>::max();
  int64_t end = 0;
  SmallVector<std::pair<memref::GlobalOp, int64_t>> globals;
  for (auto get : func.getOps<memref::GetGlobalOp>()) {
    std::optional<int64_t> address = getBufferAddress(get.getResult());
    auto global = symbols.lookup<memref::GlobalOp>(get.getName());
    if (!address || !global) {
      return get.emitError("expects a constant with an address");
    }
    if (done.try_emplace(get.getName(), *address).second) {
      globals.push_back({global, *address});
      begin = std::min(begin, *address);
      end = std::max(end, *address + getByteSize(global.getType()));
    }
  }
  if (globals.empty()) {
    return success();
  }
  object.constantsAddress = begin;
  object.constants.resize(end - begin);
  for (auto [global, address] : globals) {
    auto value = dyn_cast_or_null<ElementsAttr>(
        global.getInitialValue().value_or(Attribute()));
    if (!value) {
      return global.emitError("expects a constant with a value");
    }
    uint8_t *to = object.constants.data() + (address - begin);
    int64_t bytes = getElementBytes(global.getType().getElementType());
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
      AsmResourceBlob *blob = resource.getRawHandle().getBlob();
      if (!blob ||
          int64_t(blob->getData().size()) != getByteSize(global.getType())) {
        return global.emitError(
            "expects the data of the constant to be present");
      }
      memcpy(to, blob->getData().data(), blob->getData().size());
      continue;
    }
    auto dense = dyn_cast<DenseElementsAttr>(value);
    if (!dense) {
      return global.emitError("expects a dense constant");
    }
    bool isFloat = llvm::isa<FloatType>(dense.getElementType());
    auto write = [&](const APInt &bits) {
      uint64_t raw = bits.getZExtValue();
      memcpy(to, &raw, bytes);
      to += bytes;
    };
    if (isFloat) {
      for (const APFloat &number : dense.getValues<APFloat>()) {
        write(number.bitcastToAPInt());
      }
    } else {
      for (const APInt &number : dense.getValues<APInt>()) {
        write(number);
      }
    }
  }
  return success();
}

FailureOr<ObjectTensor> Emitter::describeTensor(Value buffer,
                                                DictionaryAttr attrs,
                                                StringRef fallbackName) {
  FailureOr<StaticView> view = getStaticView(buffer);
  if (failed(view) || getSpace(buffer.getType()) != Space::HBM) {
    return func.emitError("expects tensors of the interface in HBM");
  }
  std::optional<int64_t> address = getBufferAddress(view->root);
  if (!address ||
      !cast<MemRefType>(buffer.getType()).getLayout().isIdentity()) {
    return func.emitError(
        "expects tensors of the interface placed and contiguous");
  }
  auto type = cast<MemRefType>(buffer.getType());
  ObjectTensor tensor;
  tensor.machineType = machineTypeName(type.getElementType());
  tensor.name = fallbackName.str();
  tensor.type = tensor.machineType;
  if (attrs) {
    if (auto name = attrs.getAs<StringAttr>("acc.name")) {
      tensor.name = name.getValue().str();
    }
    if (auto dtype = attrs.getAs<StringAttr>("acc.dtype")) {
      tensor.type = dtype.getValue().str();
    }
  }
  tensor.shape.assign(type.getShape().begin(), type.getShape().end());
  tensor.address = *address + view->offset;
  tensor.bytes = getByteSize(type);
  return tensor;
}

/// Ends a launch.
void Emitter::addHalt() {
  isa::Scalar halt;
  halt.opcode = isa::Opcode::HALT;
  object.lines.push_back({static_cast<uint32_t>(object.code.size()), "halt"});
  halt.encode(object.code);
}

/// Ends the launch and begins the next one after the call.
LogicalResult Emitter::addHostCall(HostCallOp op) {
  addHalt();
  HostCall call;
  call.function = op.getCallee().getLeafReference().str();
  call.because = op.getBecause().str();
  call.source = getSourceName(op.getLoc());
  call.operations = op.getOperations();
  auto add = [&](ValueRange buffers, StringRef prefix,
                 std::vector<ObjectTensor> &tensors) -> LogicalResult {
    for (auto [i, buffer] : llvm::enumerate(buffers)) {
      FailureOr<ObjectTensor> tensor = describeTensor(
          buffer, DictionaryAttr(), prefix.str() + std::to_string(i));
      if (failed(tensor)) {
        return failure();
      }
      tensors.push_back(std::move(*tensor));
    }
    return success();
  };
  if (failed(add(op.getInputs(), "input_", call.inputs)) ||
      failed(add(op.getOutputs(), "output_", call.outputs))) {
    return failure();
  }
  object.hostCalls.push_back(std::move(call));
  object.launches.push_back(static_cast<uint32_t>(object.code.size()));
  return success();
}

LogicalResult Emitter::addHostModule() {
  if (object.hostCalls.empty()) {
    return success();
  }
  auto host = module.lookupSymbol<ModuleOp>(kHostModule);
  if (!host) {
    return module.emitError()
           << "expects a module '" << kHostModule << "' with what it calls";
  }
  llvm::raw_string_ostream os(object.hostModule);
  return writeBytecodeToFile(host, os);
}

FailureOr<Object> Emitter::run() {
  object.target = target.name;
  if (failed(addConstants())) {
    return failure();
  }
  for (BlockArgument argument : func.getArguments()) {
    FailureOr<ObjectTensor> tensor =
        describeTensor(argument, func.getArgAttrDict(argument.getArgNumber()),
                       "input_" + std::to_string(argument.getArgNumber()));
    if (failed(tensor)) {
      return failure();
    }
    object.inputs.push_back(*tensor);
  }
  Placement placement;
  placement.addressOf = [&](Value buffer) -> uint32_t {
    return *getBufferAddress(buffer);
  };
  placement.banksOf = [&](const BufferAccess &access) -> uint16_t {
    int64_t address = *getBufferAddress(access.buffer);
    int64_t first = (address + access.begin) / target.spm.bankBytes;
    int64_t last = (address + access.end - 1) / target.spm.bankBytes;
    return static_cast<uint16_t>(((2u << last) - 1) & ~((1u << first) - 1));
  };
  for (Operation &op : func.getBody().front()) {
    if (auto command = dyn_cast<CommandOpInterface>(op)) {
      for (const BufferAccess &access : command.getAccesses()) {
        if (!getBufferAddress(access.buffer)) {
          return op.emitError(
              "expects placed buffers; run xpu-allocate-memory first");
        }
      }
      std::string source = getSourceName(op.getLoc());
      if (object.lines.empty() || object.lines.back().source != source) {
        object.lines.push_back(
            {static_cast<uint32_t>(object.code.size()), source});
      }
      if (failed(command.encode(placement, object.code))) {
        return failure();
      }
      continue;
    }
    if (auto call = dyn_cast<HostCallOp>(op)) {
      if (failed(addHostCall(call))) {
        return failure();
      }
      continue;
    }
    if (auto ret = dyn_cast<func::ReturnOp>(op)) {
      for (auto [i, value] : llvm::enumerate(ret.getOperands())) {
        FailureOr<ObjectTensor> tensor = describeTensor(
            value, func.getResultAttrDict(i), "output_" + std::to_string(i));
        if (failed(tensor)) {
          return failure();
        }
        object.outputs.push_back(*tensor);
      }
      continue;
    }
    if (!isMemoryEffectFree(&op) &&
        !llvm::isa<memref::AllocOp, memref::GetGlobalOp>(op)) {
      return op.emitError("expects only xpu commands here");
    }
  }
  addHalt();
  if (failed(addHostModule())) {
    return failure();
  }
  if (object.code.size() > target.seq.imemWords) {
    return func.emitError() << "needs " << object.code.size()
                            << " instruction words, but target " << target.name
                            << " has " << target.seq.imemWords;
  }
  return object;
}

FailureOr<Object> emitObject(ModuleOp module, const acc::Target &target) {
  auto func = module.lookupSymbol<func::FuncOp>("main");
  if (!func || func.isExternal()) {
    return module.emitError("expects a function 'main'");
  }
  return Emitter(module, func, target).run();
}

} // namespace xpu
