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
  let extraSharedClassDeclaration = [{
    void setMasks(uint32_t wait, uint32_t signal) {
      ::mlir::Builder b($_op.getContext());
      $_op.getOperation()->setAttr("wait_mask", b.getI32IntegerAttr(static_cast<int32_t>(wait)));
      $_op.getOperation()->setAttr("signal_mask", b.getI32IntegerAttr(static_cast<int32_t>(signal)));
    }
    uint32_t getMask(::llvm::StringRef name) {
      auto attr = $_op.getOperation()->template getAttrOfType<::mlir::IntegerAttr>(name);
      return attr ? static_cast<uint32_t>(attr.getInt()) : 0;
    }
  }];
}

#endif // DIALECTS_XPU_IR_XPUINTERFACES
