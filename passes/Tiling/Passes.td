//===- Passes.td - Fusion, residency and tiles -------------*- tablegen -*-===//
//
// In pipeline order.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_PASSES
#define PASSES_TILING_PASSES

include "mlir/Pass/PassBase.td"

def BufferizeToSpacesPass : Pass<"xpu-bufferize", "::mlir::ModuleOp"> {
  let summary = "One-shot bufferization with HBM as the default memory space";
  let description = [{
    Upstream one-shot bufferization across function boundaries with identity layouts. Tensors
    without a space of their own are in HBM. Runs before tiling: the time of the analysis
    grows faster than the square of the number of slices of one tensor.

    Arguments are values and are not written, but those with `acc.fed_by`: the result of that number is made in
    their place, and what ran once finds its own results when it runs again.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect", "::xpu::XPUDialect"];
}

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

def ShareFillsPass : Pass<"xpu-share-fills", "::mlir::func::FuncOp"> {
  let summary = "Fill the borders of images of one shape once";
  let description = [{
    A padded image is a buffer that is filled with a number, and whose middle is overwritten. Images of one shape and border
    that live one after the other get one buffer, which is filled once; an image in a loop is filled before it. Buffers that may be kept
    in the scratchpad are left alone: there, short lives are worth more.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
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

    Tiles are written out or in loops as in xpu-tile-to-scratchpad.

    Dependences are exact: all accesses of a shared buffer must use the cut dimensions in the same places,
    as plain indices; otherwise the dimension is not cut or the chain ends. Remarks (category `xpu-fuse`) say
    what was cut into what.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">,
                 Option<"bodyCommands", "body-commands", "int64_t", "::xpu::kBodyCommands",
                        "Commands that one operation writes out in the body of a loop, about">];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
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
    space `acc`. Copies from HBM to HBM go through the scratchpad in tiles. Afterwards no linalg operation touches HBM, but for tables that are
    read by index.

    Tiles are written out as long as they are few (`body-commands`); otherwise loops (`scf.for`) go over
    groups of them, and the tiles that make no whole group, and smaller ones at the edges, come behind the loop. The first
    step of a reduction is never in a loop, since it starts the accumulators. Dimensions that a body uses as
    numbers (`linalg.index`) are written out.

    A product has the tile that is quickest in a simulation of its tiles. The module's attribute `xpu.tile_ranks` asks for
    another one, by the name of a node: `xpu.tile_ranks = {"layer.3/ffn" = 2}` for the third (0 is the quickest). If there are not so
    many that take at most a quarter more, it is the quickest. `acc-cc -O3` tries them so.

    Fails, naming the operation, if the smallest tile does not fit.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">,
                 Option<"bodyCommands", "body-commands", "int64_t", "::xpu::kBodyCommands",
                        "Commands that one operation writes out in the body of a loop, about">];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::xpu::XPUDialect"];
}

#endif // PASSES_TILING_PASSES
