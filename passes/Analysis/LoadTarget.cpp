//===- LoadTarget.cpp - The machine that a pass works for -----------------===//

#include "passes/Analysis/LoadTarget.h"

#include "dialects/XPU/IR/XPU.h"

using namespace mlir;

namespace xpu {

FailureOr<acc::Target> loadTargetFor(Operation *op, StringRef name) {
  if (name.empty()) {
    auto module = dyn_cast<ModuleOp>(op);
    module = module ? module : op->getParentOfType<ModuleOp>();
    auto attr =
        module ? module->getAttrOfType<TargetAttr>(kTargetAttr) : TargetAttr();
    name = attr ? attr.getName() : "xpu-tiny";
  }
  llvm::Expected<acc::Target> target = acc::loadTarget(name);
  if (!target) {
    op->emitError() << llvm::toString(target.takeError());
    return failure();
  }
  return *target;
}

} // namespace xpu
