//===- RackDialect.cpp - Registration and verifiers -----------------------===//

#include "dialects/Rack/IR/Rack.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace acc::rack;

#include "dialects/Rack/IR/RackDialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Rack/IR/RackAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Rack/IR/RackOps.cpp.inc"

void RackDialect::initialize() {
  // Handovers name chips as collectives do.
  getContext()->loadDialect<xpu::XPUDialect>();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Rack/IR/RackAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Rack/IR/RackOps.cpp.inc"
      >();
}

LogicalResult RackDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attr) {
  if (attr.getName() != kTopologyAttr) {
    return op->emitError() << "unknown attribute '" << attr.getName().strref()
                           << "'; the dialect has '" << kTopologyAttr << "'";
  }
  if (!llvm::isa<TopologyAttr>(attr.getValue()) || !llvm::isa<ModuleOp>(op)) {
    return op->emitError() << "expects '" << kTopologyAttr
                           << "' to be a #rack.topology on a module";
  }
  return success();
}

LogicalResult TopologyAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t chips, int64_t slices) {
  if (chips < 1 || slices < 1) {
    return emitError() << "expects at least one chip and one slice, but got "
                       << chips << " and " << slices;
  }
  return success();
}

/// The region yields what the operation returns.
static LogicalResult verifyYield(Operation *op) {
  auto yield = cast<YieldOp>(op->getRegion(0).front().getTerminator());
  if (yield.getOperandTypes() == op->getResultTypes()) {
    return success();
  }
  InFlightDiagnostic diag =
      op->emitOpError("expects its region to yield its result types");
  diag.attachNote(yield.getLoc()) << "yields " << yield.getOperandTypes();
  return diag;
}

static void buildRegionOp(OpBuilder &builder, OperationState &state,
                          TypeRange results) {
  state.addTypes(results);
  state.addRegion()->emplaceBlock();
}

//===----------------------------------------------------------------------===//
// LaunchOp
//===----------------------------------------------------------------------===//

void LaunchOp::build(OpBuilder &builder, OperationState &state,
                     TypeRange results, int64_t chip, int64_t slice) {
  state.addAttribute(getChipAttrName(state.name),
                     builder.getI64IntegerAttr(chip));
  state.addAttribute(getSliceAttrName(state.name),
                     builder.getI64IntegerAttr(slice));
  buildRegionOp(builder, state, results);
}

LogicalResult LaunchOp::verify() {
  auto module = (*this)->getParentOfType<ModuleOp>();
  auto topology = module ? module->getAttrOfType<TopologyAttr>(kTopologyAttr)
                         : TopologyAttr();
  if (!topology) {
    return emitOpError() << "expects a module with '" << kTopologyAttr << "'";
  }
  auto check = [&](StringRef what, int64_t index,
                   int64_t count) -> LogicalResult {
    if (index >= 0 && index < count) {
      return success();
    }
    return emitOpError() << "is placed on " << what << " " << index
                         << ", but the topology has " << count;
  };
  if (failed(check("chip", getChip(), topology.getChips())) ||
      failed(check("slice", getSlice(), topology.getSlices()))) {
    return failure();
  }
  return verifyYield(*this);
}

//===----------------------------------------------------------------------===//
// HostOp
//===----------------------------------------------------------------------===//

void HostOp::build(OpBuilder &builder, OperationState &state, TypeRange results,
                   StringRef because) {
  state.addAttribute(getBecauseAttrName(state.name),
                     builder.getStringAttr(because));
  buildRegionOp(builder, state, results);
}

LogicalResult HostOp::verify() {
  if (getBecause().empty()) {
    return emitOpError("expects a reason");
  }
  return verifyYield(*this);
}

//===----------------------------------------------------------------------===//
// SendOp, ReceiveOp
//===----------------------------------------------------------------------===//

static LogicalResult verifyStage(Operation *op, int64_t stage, int64_t stages,
                                 xpu::ChipsKind chips) {
  if (stages < 2 || stage < 0 || stage >= stages) {
    return op->emitOpError() << "expects one of at least two stages, but got "
                             << stage << " of " << stages;
  }
  if (chips == xpu::ChipsKind::Own) {
    return op->emitOpError("expects other chips than the slice's own");
  }
  return success();
}

/// Whom others wait for is not to be moved, nor left out.
static void
addMeeting(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
               &effects) {
  effects.emplace_back(MemoryEffects::Read::get());
  effects.emplace_back(MemoryEffects::Write::get());
}

LogicalResult SendOp::verify() {
  return verifyStage(*this, getStage(), getStages(), getChips());
}

void SendOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addMeeting(effects);
  if (isa<MemRefType>(getValue().getType())) {
    effects.emplace_back(MemoryEffects::Read::get(), &getValueMutable());
  }
}

LogicalResult ReceiveOp::verify() {
  if (bool(getDest()) == bool(getResult())) {
    return emitOpError("expects a buffer or a result, not both");
  }
  return verifyStage(*this, getStage(), getStages(), getChips());
}

void ReceiveOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addMeeting(effects);
  if (getDest()) {
    effects.emplace_back(MemoryEffects::Write::get(), &getDestMutable()[0]);
  }
}
