//===- ConvertRackToXPU.cpp - Launches of one slice to its program --------===//

#include "passes/Rack/Passes.h"

#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace acc::rack {
#define GEN_PASS_DEF_CONVERTRACKTOXPUPASS
#include "passes/Rack/Passes.h.inc"
} // namespace acc::rack

using namespace acc::rack;

namespace {
/// Scalar operations of a region: those of each body times its loops.
int64_t countOperations(Region &region) {
  int64_t count = 0;
  for (Operation &op : region.front().without_terminator()) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    if (!linalgOp) {
      // No loops that could be counted: once for each element of the results.
      for (Value result : op.getResults()) {
        auto type = dyn_cast<RankedTensorType>(result.getType());
        count += type && type.hasStaticShape() ? type.getNumElements() : 1;
      }
      continue;
    }
    int64_t points = 1;
    for (int64_t size : linalgOp.getStaticLoopRanges()) {
      points *= ShapedType::isDynamic(size) ? 1 : size;
    }
    auto body = linalgOp.getBlock()->without_terminator();
    count +=
        points * std::max<int64_t>(1, std::distance(body.begin(), body.end()));
  }
  return count;
}

struct ConvertRackToXPUPass final
    : acc::rack::impl::ConvertRackToXPUPassBase<ConvertRackToXPUPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto topology = module->getAttrOfType<TopologyAttr>(kTopologyAttr);
    if (topology && (topology.getChips() != 1 || topology.getSlices() != 1)) {
      module.emitError() << "unsupported: a program for " << topology.getChips()
                         << " chips of " << topology.getSlices() << " slices";
      return signalPassFailure();
    }
    SmallVector<Operation *> regions;
    module.walk([&](Operation *op) {
      if (llvm::isa<LaunchOp, HostOp>(op)) {
        regions.push_back(op);
      }
    });
    for (Operation *op : regions) {
      if (auto host = dyn_cast<HostOp>(op)) {
        outline(module, host);
      } else {
        inlineBody(op);
      }
    }
    copySharedConstants(module);
    module->removeAttr(kTopologyAttr);
  }

  /// Constants of the host that a slice reads, too, get bytes of their own: a
  /// slice's are freed when they have been packed or written out.
  static void copySharedConstants(ModuleOp module) {
    auto host = module.lookupSymbol<ModuleOp>(xpu::kHostModule);
    if (!host) {
      return;
    }
    llvm::DenseSet<Attribute> ofSlices;
    for (auto func : module.getOps<func::FuncOp>()) {
      func.walk([&](arith::ConstantOp op) { ofSlices.insert(op.getValue()); });
    }
    host.walk([&](arith::ConstantOp op) {
      auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue());
      if (!resource || !ofSlices.contains(resource)) {
        return;
      }
      DenseResourceElementsHandle handle = resource.getRawHandle();
      AsmResourceBlob *blob = handle.getBlob();
      if (!blob) {
        return;
      }
      op.setValueAttr(DenseResourceElementsAttr::get(
          resource.getType(), handle.getKey(),
          HeapAsmResourceBlob::allocateAndCopyWithAlign(
              blob->getData(), blob->getDataAlignment())));
    });
  }

  static void inlineBody(Operation *op) {
    Block &body = op->getRegion(0).front();
    Operation *yield = body.getTerminator();
    op->getBlock()->getOperations().splice(op->getIterator(),
                                           body.getOperations(), body.begin(),
                                           yield->getIterator());
    op->replaceAllUsesWith(yield->getOperands());
    op->erase();
  }

  static ModuleOp getHostModule(ModuleOp module) {
    if (auto host = module.lookupSymbol<ModuleOp>(xpu::kHostModule)) {
      return host;
    }
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    return ModuleOp::create(builder, module.getLoc(), xpu::kHostModule);
  }

  static void outline(ModuleOp module, HostOp op) {
    ModuleOp hostModule = getHostModule(module);
    auto functions = hostModule.getOps<func::FuncOp>();
    std::string name = "call_" + std::to_string(std::distance(functions.begin(),
                                                              functions.end()));
    llvm::SetVector<Value> used;
    getUsedValuesDefinedAbove(op.getBody(), used);
    // What is made on the spot comes along, with what it is made of.
    llvm::SetVector<Value> inputs;
    llvm::SetVector<Operation *> made;
    std::function<void(Value)> visit = [&](Value value) {
      Operation *def = value.getDefiningOp();
      if (!def || !isRematerializable(def)) {
        inputs.insert(value);
        return;
      }
      llvm::for_each(def->getOperands(), visit);
      made.insert(def);
    };
    llvm::for_each(used, visit);

    OpBuilder builder = OpBuilder::atBlockEnd(hostModule.getBody());
    SmallVector<Type> inputTypes =
        llvm::to_vector(ValueRange(inputs.getArrayRef()).getTypes());
    auto func = func::FuncOp::create(
        builder, op.getLoc(), name,
        builder.getFunctionType(inputTypes, op.getResultTypes()));
    Block *entry = func.addEntryBlock();
    builder.setInsertionPointToEnd(entry);
    IRMapping mapping;
    mapping.map(inputs.getArrayRef(), entry->getArguments());
    for (Operation *def : made) {
      builder.clone(*def, mapping);
    }
    Block &body = op.getBody().front();
    for (Operation &inner : body.without_terminator()) {
      builder.clone(inner, mapping);
    }
    SmallVector<Value> results;
    for (Value value : body.getTerminator()->getOperands()) {
      results.push_back(mapping.lookupOrDefault(value));
    }
    func::ReturnOp::create(builder, op.getLoc(), results);

    builder.setInsertionPoint(op);
    SmallVector<Value> places;
    for (Type type : op.getResultTypes()) {
      auto tensor = cast<RankedTensorType>(type);
      places.push_back(tensor::EmptyOp::create(
          builder, op.getLoc(), tensor.getShape(), tensor.getElementType()));
    }
    auto callee = SymbolRefAttr::get(
        builder.getContext(), xpu::kHostModule,
        {FlatSymbolRefAttr::get(builder.getContext(), name)});
    auto call = xpu::HostCallOp::create(
        builder, op.getLoc(), op.getResultTypes(), callee, op.getBecause(),
        countOperations(op.getBody()), inputs.getArrayRef(), places);
    op->replaceAllUsesWith(call.getResults());
    op->erase();
  }
};
} // namespace
