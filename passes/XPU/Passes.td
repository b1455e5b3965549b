//===- Passes.td - Passes on the way to one slice's program ---*- tablegen -*-===//
//
// In pipeline order.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_XPU_PASSES
#define PASSES_XPU_PASSES

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Tensor level
//===----------------------------------------------------------------------===//

def LowerTensorOpsPass : Pass<"xpu-lower-tensor-ops", "::mlir::func::FuncOp"> {
  let summary = "Bring operations into the few forms that tiling knows";
  let description = [{
    Padding becomes `linalg.fill` of the whole result and `tensor.insert_slice` of the
    source, which later are a vector command and a copy; `tensor.concat` becomes
    insertions. Named linalg operations become
    generic ones, but for fills.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def FuseElementwisePass : Pass<"xpu-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "Fuse elementwise operations into commands of the vector unit";
  let description = [{
    Splits elementwise operations with more inputs than the vector unit has streams, then
    fuses producers into consumers as long as the result has at most four input
    streams and a micro-program of moderate length. Work is repeated for several readers only if it is
    one operation and they read no more for it. Contractions and operations
    that read tensors by index are left alone. An operation whose operand is a reshape takes the shape of what is reshaped,
    where its loops allow it.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def SetPrecisionPass : Pass<"xpu-set-precision", "::mlir::func::FuncOp"> {
  let summary = "Round f32 operands of contractions to bf16";
  let description = [{
    With precision `bf16`, f32 operands of contractions are rounded to the nearest bf16 number:
    constants by the compiler, others by an elementwise operation. Results stay f32.
    With `fp32` (the default) nothing changes, and the matrix unit works on three bf16 terms of each
    number.
  }];
  let options = [Option<"precision", "precision", "std::string", "\"fp32\"", "fp32 or bf16">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def SetInitialValuesPass : Pass<"xpu-set-initial-values", "::mlir::func::FuncOp"> {
  let summary = "Put the constant that a reduction starts from on the operation";
  let description = [{
    A reduction whose result is filled with a constant before gets the attribute
    `xpu.initial_value` and no longer reads its result, so that the constant need not go through
    memory. Contractions that start from a tensor become ones that start from zero, and an
    addition. Runs after fusion, which would drop the attribute.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def BufferizeToSpacesPass : Pass<"xpu-bufferize", "::mlir::ModuleOp"> {
  let summary = "One-shot bufferization with HBM as the default memory space";
  let description = [{
    Upstream one-shot bufferization across function boundaries with identity layouts. Tensors
    without a space of their own are in HBM. Runs before tiling: the time of the analysis
    grows faster than the square of the number of slices of one tensor.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect", "::xpu::XPUDialect"];
}

//===----------------------------------------------------------------------===//
// Buffer level
//===----------------------------------------------------------------------===//

def SplitBuffersPass : Pass<"xpu-split-buffers", "::mlir::func::FuncOp"> {
  let summary = "Give every value a buffer of its own";
  let description = [{
    Bufferization puts several values into one buffer, one after the other. Where an operation overwrites a whole
    buffer without reading it, it and what follows get a new one, so that lives are short and do not depend on each
    other. Operations that work in place still do. Views are cloned for every operation that uses them; CSE
    merges them again.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect"];
}

def FuseEpiloguesPass : Pass<"xpu-fuse-epilogues", "::mlir::func::FuncOp"> {
  let summary = "Do elementwise work on the results of contractions tile by tile";
  let description = [{
    An elementwise operation that is the only reader of a contraction's result, element by element (a bias, an activation, a
    residual sum, a conversion), gets the attribute `xpu.epilogue`, and the contraction moves next to it. xpu-tile-to-scratchpad then
    sends each piece of the accumulators through the vector unit before it is stored, and the result of
    the contraction has no place in memory. Expects a buffer for each value (xpu-split-buffers).

    Results that are small enough to stay in the scratchpad as a whole are left alone: longer vectors. Remarks (category
    `xpu-fuse`) say what was fused, and why the only reader of a contraction was not.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect"];
}

def FuseRowsPass : Pass<"xpu-fuse-rows", "::mlir::func::FuncOp"> {
  let summary = "Do chains of vector work row by row";
  let description = [{
    Consecutive operations of the vector unit that work on the same rows (a softmax, a norm) are cut together along the dimensions that
    all of them are parallel in, if what they share is too large to stay in the scratchpad. A tile of what they share
    is a buffer of its own, loaded and stored at most once, that xpu-keep-resident then finds a place for. Expects a buffer for
    each value (xpu-split-buffers).

    Dependences are exact: all accesses of a shared buffer must use the cut dimensions in the same places,
    as plain indices; otherwise the dimension is not cut or the chain ends. Remarks (category `xpu-fuse`) say
    what was cut into what.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect"];
}

def KeepResidentPass : Pass<"xpu-keep-resident", "::mlir::func::FuncOp"> {
  let summary = "Keep values in the scratchpad between operations";
  let description = [{
    A buffer that is small enough gets a place at the end of the scratchpad for as long as it
    is live; operations then work on it there, and nothing is stored to HBM only to be loaded again.
    Arguments and constants that are read several times are loaded once; results that are also read
    are stored once. Values that save most HBM traffic for their size come first, less what larger tiles of contractions that
    stream both operands would save. The place is in `xpu.resident` on the allocation (xpu-allocate-memory
    checks it); `xpu.resident_banks` on an operation is the number of banks that are taken while it runs, at most half of
    them. An element of padding keeps strides of images from meeting in one column of a bank.

    Buffers that something reads by index stay in HBM. Remarks (category `xpu-resident`) say what stays, and
    what does not for want of room.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
                           "::xpu::XPUDialect"];
}

def TileToScratchpadPass : Pass<"xpu-tile-to-scratchpad", "::mlir::func::FuncOp"> {
  let summary = "Tile linalg operations and move their tiles into the scratchpad";
  let description = [{
    Every linalg operation on buffers of static shape is cut (through TilingInterface) into
    tiles whose operands fit in the scratchpad twice, so that moving and computing can
    overlap. Tiles are copied to buffers in space `spm`; results of contractions are made in
    space `acc`. Afterwards no linalg operation touches HBM, but for tables that are
    read by index.

    Fails, naming the operation, if the smallest tile does not fit.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect", "::xpu::XPUDialect"];
}

//===----------------------------------------------------------------------===//
// Memory and order
//===----------------------------------------------------------------------===//

def PackConstantsPass : Pass<"xpu-pack-constants", "::mlir::ModuleOp"> {
  let summary = "Store constants in the order in which commands load them";
  let description = [{
    A constant that only plain loads read is rewritten so that what one load takes is one run
    of bytes; loads of the same part share it. Loads become as few and as long DRAM bursts as
    possible, spread evenly over the channels. A constant stays as it is if its loads overlap
    (the copy would be larger) or if a table look-up reads it.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::xpu::XPUDialect", "::mlir::memref::MemRefDialect"];
}

def AllocateMemoryPass : Pass<"xpu-allocate-memory", "::mlir::func::FuncOp"> {
  let summary = "Give every buffer an address";
  let description = [{
    Scratchpad: residents where xpu-keep-resident put them; tiles next-fit over live ranges in the banks that residents leave, so
    that consecutive tiles rotate through memory and their transfers overlap; inputs, results and stationary matrix operands are in
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
