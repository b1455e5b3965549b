//===- Emit.cpp - From ordered commands to an object ----------------------===//

#include "compiler-driver/Object/Emit.h"

#include "compiler-driver/Tensor/MachineType.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/SymbolTable.h"
#include "passes/Analysis/ConstantData.h"
#include "passes/Analysis/Hazards.h"
#include "passes/Analysis/SourceName.h"
#include "passes/Analysis/StaticView.h"
#include "passes/Partition/Division.h"
#include "passes/Partition/Stages.h"
#include "passes/Support/Pages.h"
#include <map>

using namespace mlir;

namespace xpu {

namespace {
class Emitter {
public:
  Emitter(ModuleOp module, func::FuncOp func, const acc::Machine &machine,
          bool releaseConstants)
      : module(module), func(func), machine(machine), target(machine.slice),
        releaseConstants(releaseConstants) {}
  /// Of a stage of a pipeline, behind those before it.
  Emitter(ModuleOp module, func::FuncOp func, const acc::Machine &machine,
          bool releaseConstants, Object before, uint32_t stage)
      : Emitter(module, func, machine, releaseConstants) {
    object = std::move(before);
    this->stage = stage;
  }

  FailureOr<Object> run(bool &isTooLong);

private:
  LogicalResult addConstants();
  LogicalResult addConstant(Attribute value, Operation *op, bool release,
                            std::vector<uint8_t> &bytes);
  LogicalResult addArgument(BlockArgument argument);
  LogicalResult addHostCall(HostCallOp op);
  LogicalResult addHostModule();
  LogicalResult addResult(Value value, unsigned number);
  void makeConstantsPlace();
  LogicalResult addBlock(Block &block);
  LogicalResult addLoop(scf::ForOp loop);
  LogicalResult addCommand(CommandOpInterface command);
  void addScalar(isa::Opcode opcode, unsigned rd, unsigned rs1, int64_t imm);
  void addTokens(isa::Opcode opcode, SemaphoresAttr semaphores);
  void addHalt();
  FailureOr<ObjectTensor> describeTensor(Value buffer, DictionaryAttr attrs,
                                         StringRef fallbackName);

  ModuleOp module;
  func::FuncOp func;
  const acc::Machine &machine;
  const acc::Target &target;
  bool releaseConstants;
  Object object;
  std::optional<uint32_t> stage;
  /// Where the constants that slices have parts of begin in `object.parts`.
  llvm::DenseMap<Attribute, uint64_t> partOffsets;
  Placement placement;
  /// Steps of a register by the loops that advance it.
  using Steps = std::map<Operation *, int64_t>;
  std::map<unsigned, Steps> registers;
  /// The register that holds what loops add in these steps, or to `shift`; 0 if
  /// there is none.
  unsigned registerOf(const Steps &steps);
  unsigned registerOf(ShiftOp shift);
};

} // namespace

LogicalResult Emitter::addConstants() {
  SymbolTable symbols(module);
  llvm::StringMap<int64_t> done;
  int64_t begin = std::numeric_limits<int64_t>::max();
  int64_t end = 0;
  SmallVector<std::pair<memref::GlobalOp, int64_t>> globals;
  WalkResult found = func.walk([&](memref::GetGlobalOp get) {
    std::optional<int64_t> address = getBufferAddress(get.getResult());
    auto global = symbols.lookup<memref::GlobalOp>(get.getName());
    if (!address || !global) {
      get.emitError("expects a constant with an address");
      return WalkResult::interrupt();
    }
    if (done.try_emplace(get.getName(), *address).second) {
      globals.push_back({global, *address});
      begin = std::min(begin, *address);
      end = std::max(end, *address + getByteSize(global.getType()));
    }
    return WalkResult::advance();
  });
  if (found.wasInterrupted()) {
    return failure();
  }
  if (globals.empty()) {
    return success();
  }
  object.constantsAddress = begin;
  // One after the other, so that memory is taken as the module gives it back.
  llvm::sort(globals, llvm::less_second());
  object.constants.reserve(end - begin);
  for (auto [global, address] : globals) {
    object.constants.resize(address - begin);
    if (failed(addConstant(global.getInitialValue().value_or(Attribute()),
                           global, releaseConstants, object.constants))) {
      return failure();
    }
  }
  return success();
}

/// Appends the bytes of a constant's elements.
LogicalResult Emitter::addConstant(Attribute attribute, Operation *op,
                                   bool release, std::vector<uint8_t> &to) {
  auto value = dyn_cast_or_null<ElementsAttr>(attribute);
  if (!value) {
    return op->emitError("expects a constant with a value");
  }
  const int64_t bytes = getElementBytes(value.getElementType());
  const size_t size = size_t(value.getNumElements() * bytes);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || blob->getData().size() != size) {
      return op->emitError("expects the data of the constant to be present");
    }
    acc::forEachChunk(blob->getData(), release, [&](ArrayRef<char> part) {
      to.insert(to.end(), part.begin(), part.end());
    });
    if (release) {
      releaseConstantData(value);
    }
    return success();
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense) {
    return op->emitError("expects a dense constant");
  }
  to.resize(to.size() + size);
  uint8_t *at = to.data() + (to.size() - size);
  auto write = [&](const APInt &bits) {
    uint64_t raw = bits.getZExtValue();
    memcpy(at, &raw, bytes);
    at += bytes;
  };
  if (llvm::isa<FloatType>(dense.getElementType())) {
    for (const APFloat &number : dense.getValues<APFloat>()) {
      write(number.bitcastToAPInt());
    }
  } else {
    for (const APInt &number : dense.getValues<APInt>()) {
      write(number);
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
  std::optional<acc::DType> element =
      acc::getMachineType(type.getElementType());
  if (!element) {
    return func.emitError()
           << "unsupported: tensors of the interface of type " << type;
  }
  tensor.machineType = acc::getName(*element).str();
  tensor.name = fallbackName.str();
  tensor.type = tensor.machineType;
  if (attrs) {
    if (auto name = attrs.getAs<StringAttr>("acc.name")) {
      tensor.name = name.getValue().str();
    }
    if (auto dtype = attrs.getAs<StringAttr>("acc.dtype")) {
      tensor.type = dtype.getValue().str();
    }
    tensor.isFed = attrs.contains(kFedByAttr);
    if (auto value = attrs.getAs<DenseIntElementsAttr>("acc.value")) {
      tensor.requiredValues.emplace();
      for (const APInt &number : value.getValues<APInt>()) {
        tensor.requiredValues->push_back(number.getSExtValue());
      }
    }
  }
  tensor.shape.assign(type.getShape().begin(), type.getShape().end());
  tensor.address = *address + view->offset;
  tensor.bytes = getByteSize(type);
  if (auto split = attrs ? attrs.getAs<shard::GridAxesArrayAttr>(kSplitAttr)
                         : shard::GridAxesArrayAttr()) {
    for (shard::GridAxesAttr axes : split.getAxes()) {
      tensor.split.emplace_back(axes.asArrayRef().begin(),
                                axes.asArrayRef().end());
    }
    const std::vector<uint32_t> mesh = machine.mesh();
    SmallVector<int64_t> grid(mesh.begin(), mesh.end());
    SmallVector<int64_t> whole = wholeShape(type.getShape(), attrs, grid);
    tensor.shape.assign(whole.begin(), whole.end());
    if (attrs.contains(kWholeAttr)) {
      tensor.part.assign(type.getShape().begin(), type.getShape().end());
    }
    if (!getPart(tensor, machine, 0)) {
      return func.emitError()
             << "expects axes of the slices of " << machine.name()
             << ", and parts that cover the whole, but got " << split;
    }
  }
  return tensor;
}

/// An input, another place of one, or a constant of which slices have parts.
LogicalResult Emitter::addArgument(BlockArgument argument) {
  DictionaryAttr attrs = func.getArgAttrDict(argument.getArgNumber());
  auto ofGraph = attrs ? attrs.getAs<IntegerAttr>(kOfGraphAttr) : IntegerAttr();
  FailureOr<ObjectTensor> tensor = describeTensor(
      argument, attrs,
      "input_" +
          std::to_string(ofGraph ? ofGraph.getInt() : argument.getArgNumber()));
  if (failed(tensor)) {
    return failure();
  }
  auto input = attrs ? attrs.getAs<IntegerAttr>(kCopyOfAttr) : IntegerAttr();
  Attribute value = attrs ? attrs.get(kValueAttr) : Attribute();
  tensor->stage = stage;
  if (!input && !value) {
    if (!stage) {
      object.inputs.push_back(*tensor);
      return success();
    }
    if (!ofGraph) {
      return func.emitError("expects the number of each argument of a stage");
    }
    const auto place = size_t(ofGraph.getInt());
    object.inputs.resize(std::max(object.inputs.size(), place + 1));
    if (!object.inputs[place].stage) {
      object.inputs[place] = *tensor;
    } else {
      object.places.push_back({*tensor, place, 0});
    }
    return success();
  }
  ObjectPlace place{*tensor, std::nullopt, object.parts.size()};
  if (value) {
    // One that lies in several divisions is there once.
    auto [known, isNew] = partOffsets.try_emplace(value, place.offset);
    place.offset = known->second;
    if (isNew &&
        failed(addConstant(value, func, releaseConstants, object.parts))) {
      return failure();
    }
    std::optional<ObjectPart> part = getPart(*tensor, machine, 0);
    std::optional<uint64_t> whole =
        part ? getWholeBytes(*tensor, *part) : std::nullopt;
    if (!whole || (isNew ? object.parts.size() - place.offset != *whole
                         : object.parts.size() - place.offset < *whole)) {
      return func.emitError("expects the whole constant for an argument that "
                            "slices have parts of");
    }
  } else {
    const unsigned behind = argument.getArgNumber();
    if (input.getInt() < 0 || input.getInt() >= behind) {
      return func.emitError("expects other places of inputs behind them");
    }
    auto number =
        func.getArgAttrOfType<IntegerAttr>(input.getInt(), kOfGraphAttr);
    place.input = size_t(number ? number.getInt() : input.getInt());
  }
  object.places.push_back(std::move(place));
  return success();
}

void Emitter::addScalar(isa::Opcode opcode, unsigned rd, unsigned rs1,
                        int64_t imm) {
  isa::Scalar scalar;
  scalar.opcode = opcode;
  scalar.rd = rd;
  scalar.rs1 = rs1;
  scalar.imm = static_cast<int32_t>(imm);
  scalar.encode(object.code);
}

void Emitter::addTokens(isa::Opcode opcode, SemaphoresAttr semaphores) {
  isa::Scalar scalar;
  scalar.opcode = opcode;
  scalar.mask = semaphores.getMask();
  scalar.encode(object.code);
}

unsigned Emitter::registerOf(const Steps &steps) {
  for (const auto &[number, content] : registers) {
    if (content == steps) {
      return number;
    }
  }
  return 0;
}

unsigned Emitter::registerOf(ShiftOp shift) {
  return registerOf(getShiftedBuffer(shift.getResult()).steps);
}

LogicalResult Emitter::addLoop(scf::ForOp loop) {
  std::optional<int64_t> trips = getTripCount(loop);
  if (!trips || loop.getNumResults() != 0) {
    return loop.emitError("expects a loop from 0 in steps of 1 with constant "
                          "bounds and no results");
  }
  // A register for what this loop and those around it add together: it begins
  // with what they have added so far.
  LogicalResult result = success();
  SmallVector<unsigned> made;
  loop.walk([&](ShiftOp shift) {
    Steps around;
    for (auto [other, step] : getShiftedBuffer(shift.getResult()).steps) {
      if (other->isAncestor(loop)) {
        around[other] = step;
      }
    }
    if (failed(result) || !around.count(loop) || registerOf(around) != 0) {
      return;
    }
    unsigned number = 1;
    while (registers.count(number)) {
      ++number;
    }
    if (number >= isa::kNumScalarRegs) {
      result = shift.emitError()
               << "unsupported: more than " << isa::kNumScalarRegs - 1
               << " addresses that loops advance at once";
      return;
    }
    Steps outside = around;
    outside.erase(loop);
    registers[number] = around;
    made.push_back(number);
    if (outside.empty()) {
      addScalar(isa::Opcode::LI, number, 0, 0);
    } else {
      addScalar(isa::Opcode::ADDI, number, registerOf(outside), 0);
    }
  });
  if (failed(result)) {
    return failure();
  }
  size_t at = object.code.size();
  isa::Scalar head;
  head.opcode = isa::Opcode::LOOP;
  head.imm = static_cast<int32_t>(*trips);
  head.encode(object.code);
  if (failed(addBlock(*loop.getBody()))) {
    return failure();
  }
  // The end of a body is no end of another loop.
  bool needsEnd = true;
  for (const auto &[number, content] : registers) {
    if (auto it = content.find(loop); it != content.end()) {
      addScalar(isa::Opcode::ADDI, number, number, it->second);
      needsEnd = false;
    }
  }
  if (needsEnd) {
    addScalar(isa::Opcode::ADDI, 0, 0, 0);
  }
  head.target = static_cast<uint32_t>(object.code.size());
  std::vector<isa::Word> patched;
  head.encode(patched);
  llvm::copy(patched, object.code.begin() + at);
  for (unsigned number : made) {
    registers.erase(number);
  }
  return success();
}

LogicalResult Emitter::addCommand(CommandOpInterface command) {
  for (const BufferAccess &access : command.getAccesses()) {
    if (!getBufferAddress(access.buffer)) {
      return command->emitError(
          "expects placed buffers; run xpu-allocate-memory first");
    }
  }
  for (Value operand : command->getOperands()) {
    auto shift = operand.getDefiningOp<ShiftOp>();
    if (shift && !getShiftedBuffer(operand).steps.empty() &&
        registerOf(shift) == 0) {
      return command->emitError("expects shifts by the loops around it");
    }
  }
  std::string source = getSourceName(command.getLoc());
  uint32_t used = 0;
  if (auto product = dyn_cast<MatmulOp>(command.getOperation())) {
    used = static_cast<uint32_t>(product.getUsedColumns().value_or(0));
  }
  if (object.lines.empty() || object.lines.back().source != source ||
      object.lines.back().usedColumns != used) {
    object.lines.push_back(
        {static_cast<uint32_t>(object.code.size()), source, used});
  }
  return command.encode(placement, object.code);
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

LogicalResult Emitter::addResult(Value value, unsigned number) {
  DictionaryAttr attrs = func.getResultAttrDict(number);
  if (auto ofGraph =
          attrs ? attrs.getAs<IntegerAttr>(kOfGraphAttr) : IntegerAttr()) {
    number = unsigned(ofGraph.getInt());
  }
  FailureOr<ObjectTensor> tensor =
      describeTensor(value, attrs, "output_" + std::to_string(number));
  if (failed(tensor)) {
    return failure();
  }
  tensor->stage = stage;
  object.outputs.resize(std::max<size_t>(object.outputs.size(), number + 1));
  object.outputs[number] = *tensor;
  return success();
}

/// Constants of a stage are there in its slices only.
void Emitter::makeConstantsPlace() {
  if (object.constants.empty()) {
    return;
  }
  ObjectPlace place{{}, std::nullopt, object.parts.size()};
  place.tensor.name = "constants_" + std::to_string(*stage);
  place.tensor.type = acc::getName(acc::DType::I8).str();
  place.tensor.machineType = place.tensor.type;
  place.tensor.address = object.constantsAddress;
  place.tensor.bytes = object.constants.size();
  place.tensor.shape = {int64_t(object.constants.size())};
  place.tensor.stage = stage;
  llvm::append_range(object.parts, object.constants);
  object.constants = {};
  object.constantsAddress = 0;
  object.places.push_back(std::move(place));
}

LogicalResult Emitter::addBlock(Block &block) {
  for (Operation &op : block) {
    if (auto command = dyn_cast<CommandOpInterface>(op)) {
      if (failed(addCommand(command))) {
        return failure();
      }
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      if (failed(addLoop(loop))) {
        return failure();
      }
    } else if (llvm::isa<FenceOp>(op)) {
      addScalar(isa::Opcode::FENCE, 0, 0, 0);
    } else if (auto signal = dyn_cast<SignalOp>(op)) {
      addTokens(isa::Opcode::SIGNAL, signal.getSemaphores());
    } else if (auto wait = dyn_cast<WaitOp>(op)) {
      addTokens(isa::Opcode::WAIT, wait.getSemaphores());
    } else if (auto call = dyn_cast<HostCallOp>(op)) {
      if (!llvm::isa<func::FuncOp>(block.getParentOp())) {
        return op.emitError("unsupported: a call of the host in a loop");
      }
      if (failed(addHostCall(call))) {
        return failure();
      }
    } else if (auto ret = dyn_cast<func::ReturnOp>(op)) {
      for (auto [i, value] : llvm::enumerate(ret.getOperands())) {
        if (failed(addResult(value, i))) {
          return failure();
        }
      }
    } else if (!isMemoryEffectFree(&op) &&
               !llvm::isa<memref::AllocOp, memref::GetGlobalOp>(op)) {
      return op.emitError("expects only xpu commands here");
    }
  }
  return success();
}

FailureOr<Object> Emitter::run(bool &isTooLong) {
  object.machine = machine;
  object.isGraphOfChip = machine.slices() > 1;
  if (failed(addConstants())) {
    return failure();
  }
  if (stage) {
    makeConstantsPlace();
    object.stageEntries.push_back(uint32_t(object.code.size()));
  }
  for (BlockArgument argument : func.getArguments()) {
    if (failed(addArgument(argument))) {
      return failure();
    }
  }
  placement.addressOf = [&](Value buffer) -> uint32_t {
    return *getBufferAddress(getShiftedBuffer(buffer).buffer);
  };
  placement.registerOf = [&](Value buffer) -> uint8_t {
    auto shift = buffer.getDefiningOp<ShiftOp>();
    return shift ? registerOf(shift) : 0;
  };
  placement.banksOf = [&](const BufferAccess &access) -> uint16_t {
    int64_t address = *getBufferAddress(access.buffer);
    int64_t first = (address + access.begin) / target.spm.bankBytes;
    int64_t last = (address + access.end - 1) / target.spm.bankBytes;
    return static_cast<uint16_t>(((2u << last) - 1) & ~((1u << first) - 1));
  };
  if (failed(addBlock(func.getBody().front()))) {
    return failure();
  }
  addHalt();
  if (failed(addHostModule())) {
    return failure();
  }
  isTooLong = object.code.size() > target.seq.imemWords;
  if (isTooLong) {
    return func.emitError() << "needs " << object.code.size()
                            << " instruction words, but target " << target.name
                            << " has " << target.seq.imemWords;
  }
  if (stage == 0) {
    object.launches = object.stageEntries;
  }
  return std::move(object); // a member: constants are not to be copied
}

/// The programs of a pipeline's stages one behind the other. A constant may be
/// in several, so none is freed.
static FailureOr<Object> emitStages(ArrayRef<ModuleOp> stages,
                                    const acc::Machine &machine,
                                    bool &isTooLong) {
  Object object;
  uint32_t number = 0;
  for (ModuleOp stage : stages) {
    auto func = stage.lookupSymbol<func::FuncOp>("main");
    auto axes = stage->getAttrOfType<DenseI16ArrayAttr>(kStageAxesAttr);
    if (!func || func.isExternal() || !axes) {
      return stage.emitError("expects a function 'main', and the axes along "
                             "which stages lie");
    }
    object.stageAxes.assign(axes.asArrayRef().begin(), axes.asArrayRef().end());
    FailureOr<Object> more =
        Emitter(stage, func, machine, /*releaseConstants=*/false,
                std::move(object), number++)
            .run(isTooLong);
    if (failed(more)) {
      return failure();
    }
    object = std::move(*more);
  }
  return std::move(object);
}

FailureOr<Object> emitObject(ModuleOp module, const acc::Machine &machine,
                             bool releaseConstants, bool &isTooLong) {
  if (SmallVector<ModuleOp> stages = findStages(module); !stages.empty()) {
    return emitStages(stages, machine, isTooLong);
  }
  auto func = module.lookupSymbol<func::FuncOp>("main");
  if (!func || func.isExternal()) {
    return module.emitError("expects a function 'main'");
  }
  return Emitter(module, func, machine, releaseConstants).run(isTooLong);
}

} // namespace xpu
