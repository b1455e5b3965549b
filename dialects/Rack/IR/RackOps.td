//===- RackOps.td - The rack dialect --------------------------*- tablegen -*-===//

#ifndef DIALECTS_RACK_IR_RACKOPS
#define DIALECTS_RACK_IR_RACKOPS

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/XPU/IR/XPUAttrs.td"

def Rack_Dialect : Dialect {
  let name = "rack";
  let cppNamespace = "::acc::rack";
  let summary = "What runs on which chip of a rack";
  let description = [{
    Between the model's graph and the programs of single slices: every computation stands in the
    region of a `rack.launch` (a slice of a chip) or of a `rack.host` (the CPU of the
    host). Regions use values of the function directly; a value that crosses from one
    to the other moves over the link between them. The module says by
    `rack.topology` what there is to place on.

    ```mlir
    module attributes {rack.topology = #rack.topology<chips = 1, slices = 1>} {
      func.func @main(%x: tensor<8xi32>, %y: tensor<8xi32>) -> tensor<8xi32> {
        %sum = rack.launch chip 0 slice 0 -> tensor<8xi32> {
          %0 = linalg.add ins(%x, %y : tensor<8xi32>, tensor<8xi32>) outs(%x : tensor<8xi32>) -> tensor<8xi32>
          rack.yield %0 : tensor<8xi32>
        }
        return %sum : tensor<8xi32>
      }
    }
    ```
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

def Rack_TopologyAttr : AttrDef<Rack_Dialect, "Topology"> {
  let mnemonic = "topology";
  let summary = "how many chips there are, and slices in each";
  let description = [{
    Example: `#rack.topology<chips = 1, slices = 1>`, a rack of one.
  }];
  let parameters = (ins "int64_t":$chips, "int64_t":$slices);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

class Rack_Op<string mnemonic, list<Trait> traits = []>
    : Op<Rack_Dialect, mnemonic, traits>;

class Rack_RegionOp<string mnemonic> : Rack_Op<mnemonic, [
    SingleBlockImplicitTerminator<"YieldOp">, NoRegionArguments, RecursiveMemoryEffects]> {
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
}

def Rack_LaunchOp : Rack_RegionOp<"launch"> {
  let summary = "run a region on a slice of a chip";
  let description = [{
    The slice must be one of the module's topology.

    Example:
    ```mlir
    %r = rack.launch chip 0 slice 0 -> tensor<8xf32> {
      %0 = linalg.exp ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) -> tensor<8xf32>
      rack.yield %0 : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins I64Attr:$chip, I64Attr:$slice);
  let assemblyFormat = [{
    `chip` $chip `slice` $slice (`->` type($results)^)? $body attr-dict
  }];
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$results, "int64_t":$chip, "int64_t":$slice)>];
}

def Rack_HostOp : Rack_RegionOp<"host"> {
  let summary = "run a region on the CPU of the host";
  let description = [{
    For what the accelerator has no form for; `because` says what that is. The region's
    inputs and results go over the host link, and the report lists and prices them.

    Example:
    ```mlir
    %q = rack.host because "arith.divsi" -> tensor<8xi32> {
      %0 = linalg.div ins(%x, %y : tensor<8xi32>, tensor<8xi32>) outs(%x : tensor<8xi32>) -> tensor<8xi32>
      rack.yield %0 : tensor<8xi32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$because);
  let assemblyFormat = [{
    `because` $because (`->` type($results)^)? $body attr-dict
  }];
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$results, "::llvm::StringRef":$because)>];
}

def Rack_YieldOp : Rack_Op<"yield", [
    Pure, Terminator, ReturnLike, ParentOneOf<["LaunchOp", "HostOp"]>]> {
  let summary = "results of a region";
  let description = [{
    Example: `rack.yield %0 : tensor<8xf32>`
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
}

class Rack_HandoverOp<string mnemonic> : Rack_Op<mnemonic, [
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let hasVerifier = 1;
}

def Rack_SendOp : Rack_HandoverOp<"send"> {
  let summary = "give a value to the other stages of a pipeline";
  let description = [{
    Layers of a graph are cut into `stages`, each on some of the `chips` (docs/machine.md, section 11: groups over chips). Every slice of `stage` gives what
    it has of the value to the slices at its place in the chips of the other stages, which all have a `rack.receive` for it. Stages meet in
    the same order for all values.

    Example, on tensors and on buffers:
    ```mlir
    rack.send %v from 0 of 2 in <tray> : tensor<8x4xf32>
    rack.send %b from 0 of 2 in <tray> : memref<8x4xf32, #xpu.space<hbm>>
    ```
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$value, I64Attr:$stage, I64Attr:$stages, XPU_ChipsAttr:$chips);
  let assemblyFormat = "$value `from` $stage `of` $stages `in` $chips attr-dict `:` type($value)";
}

def Rack_ReceiveOp : Rack_HandoverOp<"receive"> {
  let summary = "get a value from another stage of a pipeline";
  let description = [{
    What `stage` gives with `rack.send`. A stage that has no use for it takes part nevertheless.

    Example, on tensors and on buffers:
    ```mlir
    %v = rack.receive from 0 of 2 in <tray> -> tensor<8x4xf32>
    rack.receive from 0 of 2 in <tray> to %b : memref<8x4xf32, #xpu.space<hbm>>
    ```
  }];
  let arguments = (ins I64Attr:$stage, I64Attr:$stages, XPU_ChipsAttr:$chips, Optional<AnyMemRef>:$dest);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let assemblyFormat = [{
    `from` $stage `of` $stages `in` $chips (`to` $dest^ `:` type($dest))? (`->` type($result)^)? attr-dict
  }];
}

#endif // DIALECTS_RACK_IR_RACKOPS
