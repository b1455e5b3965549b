//===- XPUInterfaces.td - What every command can tell ---------*- tablegen -*-===//

#ifndef DIALECTS_XPU_IR_XPUINTERFACES
#define DIALECTS_XPU_IR_XPUINTERFACES

include "mlir/IR/OpBase.td"

def XPU_CommandOpInterface : OpInterface<"CommandOpInterface"> {
  let cppNamespace = "::xpu";
  let description = [{
    A command of an engine. Allocation, ordering and emission use only this
    interface, so that a new command needs no change in them.
  }];
  let methods = [
    InterfaceMethod<"The engine whose queue takes the command.",
                    "::xpu::isa::Engine", "getEngine">,
    InterfaceMethod<"Every buffer access of the command.",
                    "::llvm::SmallVector<::xpu::BufferAccess>", "getAccesses">,
    InterfaceMethod<"Appends the encoding; `placement` gives addresses and claims.",
                    "::llvm::LogicalResult", "encode",
                    (ins "const ::xpu::Placement &":$placement,
                         "::std::vector<::xpu::isa::Word> &":$code)>,
  ];
  let verify = [{ return ::xpu::verifySemaphores($_op); }];
  let extraSharedClassDeclaration = [{
    void setMasks(uint32_t wait, uint32_t signal) {
      ::xpu::setSemaphores($_op.getOperation(), "wait", wait);
      ::xpu::setSemaphores($_op.getOperation(), "signal", signal);
    }
    /// Semaphores of which one each is taken at the start.
    uint32_t getWaitMask() { return ::xpu::getSemaphores($_op.getOperation(), "wait"); }
    /// Semaphores to which one each is added at the end.
    uint32_t getSignalMask() { return ::xpu::getSemaphores($_op.getOperation(), "signal"); }
  }];
}

#endif // DIALECTS_XPU_IR_XPUINTERFACES
