//===- Passes.td - Placement on the rack ----------------------*- tablegen -*-===//

#ifndef PASSES_RACK_PASSES
#define PASSES_RACK_PASSES

include "mlir/Pass/PassBase.td"

def PlaceOnRackPass : Pass<"rack-place", "::mlir::ModuleOp"> {
  let summary = "Put every operation on a slice or on the host";
  let description = [{
    Groups the operations of each function, in as few groups as their order allows, into
    `rack.launch` (what a slice has a form for) and `rack.host` (what it has not, with the
    reason). Constants, empty tensors and fills with a constant stay outside; whoever uses
    them makes them. Writes the module's `rack.topology`: a rack of one, so everything is on chip 0,
    slice 0.
  }];
  let dependentDialects = ["::acc::rack::RackDialect"];
}

def ConvertRackToXPUPass : Pass<"convert-rack-to-xpu", "::mlir::ModuleOp"> {
  let summary = "Turn the launches of one slice into its program";
  let description = [{
    The regions on the slice become the function itself. A region on the host becomes a function in the nested
    module `@host`, and an `xpu.host_call` in its place, with the values that it used as inputs.
    Fails on a topology of more than one slice.
  }];
  let dependentDialects = ["::xpu::XPUDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::func::FuncDialect"];
}

#endif // PASSES_RACK_PASSES
