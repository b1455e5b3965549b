//===- LoadTarget.cpp - The machine that a pass works for -----------------===//

#include "passes/Analysis/LoadTarget.h"

#include "dialects/XPU/IR/XPU.h"

using namespace mlir;

namespace xpu {

FailureOr<acc::Machine> loadMachineFor(Operation *op, StringRef name) {
  if (name.empty()) {
    auto module = dyn_cast<ModuleOp>(op);
    module = module ? module : op->getParentOfType<ModuleOp>();
    auto attr =
        module ? module->getAttrOfType<TargetAttr>(kTargetAttr) : TargetAttr();
    name = attr ? attr.getName() : "xpu-tiny";
  }
  llvm::Expected<acc::Machine> machine = acc::loadMachine(name);
  if (!machine) {
    op->emitError() << llvm::toString(machine.takeError());
    return failure();
  }
  return *machine;
}

FailureOr<acc::Target> loadTargetFor(Operation *op, StringRef name) {
  FailureOr<acc::Machine> machine = loadMachineFor(op, name);
  if (failed(machine)) {
    return failure();
  }
  return machine->slice;
}

} // namespace xpu
