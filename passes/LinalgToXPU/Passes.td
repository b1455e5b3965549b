//===- Passes.td - Instruction selection ----------------------*- tablegen -*-===//

#ifndef PASSES_LINALGTOXPU_PASSES
#define PASSES_LINALGTOXPU_PASSES

include "mlir/Pass/PassBase.td"

def ConvertLinalgToXPUPass : Pass<"convert-linalg-to-xpu", "::mlir::func::FuncOp"> {
  let summary = "Select engine commands for linalg operations and copies on buffers";
  let description = [{
    Input: one block; memrefs of static shape in spaces hbm, spm and acc; linalg
    operations whose operands are in the scratchpad (results of contractions in acc);
    `memref.copy` between any two places.

    Output: xpu commands on whole buffers; views are folded into their streams.

    - copies between HBM and scratchpad: `xpu.load`, `xpu.store`; HBM to HBM through a
      staging buffer; accumulators to scratchpad: `xpu.acc_store`;
    - contractions: `xpu.matmul`; f32 operands as six products of bf16 terms, f16 as four;
    - reads of a table by index: an index list and an indexed `xpu.load`;
    - everything else: `xpu.vpu`; the order of loops, the lane dimension and the kind of reduction
      are those with the fewest cycles by the machine's timing formulas.

    Fails, naming the operation and what has no form, on anything else.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::xpu::XPUDialect", "::mlir::memref::MemRefDialect"];
}

#endif // PASSES_LINALGTOXPU_PASSES
