//===- Passes.td - Placement and order of commands ---------*- tablegen -*-===//
//
// In pipeline order.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_XPU_PASSES
#define PASSES_XPU_PASSES

include "mlir/Pass/PassBase.td"

def PackConstantsPass : Pass<"xpu-pack-constants", "::mlir::ModuleOp"> {
  let summary = "Store constants in the order in which commands load them";
  let description = [{
    A constant that only plain loads read is rewritten so that what one load takes is one run
    of bytes; loads of the same part share it. Loads become as few and as long DRAM bursts as
    possible, spread evenly over the channels. A constant stays as it is if its loads overlap
    (the copy would be larger) or if a table look-up reads it.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">,
                 Option<"releaseConstants", "release-constants", "bool", "false",
                        "Free constants that are no longer used, also for clones of the module">];
  let dependentDialects = ["::xpu::XPUDialect", "::mlir::memref::MemRefDialect"];
}

def AllocateMemoryPass : Pass<"xpu-allocate-memory", "::mlir::func::FuncOp"> {
  let summary = "Give every buffer an address";
  let description = [{
    Scratchpad: residents where xpu-keep-resident put them; tiles in the banks that residents leave, each where memory was not used for
    longest, so that consecutive tiles rotate through memory and their transfers overlap; inputs, results and stationary matrix operands are in
    banks of their own, so that engines do not meet at a port. HBM: first-fit over live ranges after
    arguments and constants. Writes `xpu.address`.

    Fails with a map of what is live when a space is full.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::xpu::XPUDialect", "::mlir::memref::MemRefDialect"];
}

def AssignSemaphoresPass : Pass<"xpu-assign-semaphores", "::mlir::func::FuncOp"> {
  let summary = "Order the commands of different engines by semaphores";
  let description = [{
    Commands of one engine run in program order. Between engines, a command must wait
    for every earlier one that touches the same bytes (unless both read) or claims
    the same bank port. Redundant orders are dropped; one semaphore for each ordered pair
    of engines is enough, because the remaining ones never cross. A command that would need the signal of one long
    before waits for a later one, so that no semaphore counts too far.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::xpu::XPUDialect"];
}

def VerifyOrderPass : Pass<"xpu-verify-order", "::mlir::func::FuncOp"> {
  let summary = "Check that semaphores keep every order that is needed";
  let description = [{
    From the masks alone: every taken signal is given by an earlier command, every given
    one is taken, each semaphore has one taker and stays in its range, commands that share bytes
    or bank ports are ordered, and no command reads one bank through two ports. A program that passes neither deadlocks nor faults on a bank
    claim. Changes nothing.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::xpu::XPUDialect"];
}

#endif // PASSES_XPU_PASSES
