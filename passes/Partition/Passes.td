//===- Passes.td - Division over slices --------------------*- tablegen -*-===//
//
// In pipeline order.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_PARTITION_PASSES
#define PASSES_PARTITION_PASSES

include "mlir/Pass/PassBase.td"

def CutStagesPass : Pass<"xpu-cut-stages", "::mlir::ModuleOp"> {
  let summary = "Put layers of a graph on different chips of a rack";
  let description = [{
    Where `parallel` has `pp=N`, `main` is cut into N stages of consecutive operations: `module @stage_0`, `@stage_1`, ..., each with a `main` of its own that
    chips of its place along the axes of `xpu.stage_axes` run. The longest stage, by the estimate that divisions are chosen by, is as short as it can be; of the cuts
    that are at most a tenth longer the one is taken behind which least is used. What lies in HBM before the start, and elementwise
    work on it, goes to every stage that uses it, and to no other.

    Values cross by `rack.send` and `rack.receive`: each once, from the stage that makes it to all others, which
    all take part, in the order of stages and then of operations.

    Arguments and results of a stage say their number among those of the graph (`xpu.of_graph`). Work of the host and results that are inputs of the next run are refused.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">,
                 Option<"parallel", "parallel", "std::string", "\"auto\"", "as of xpu-choose-divisions">];
  let dependentDialects = ["::acc::rack::RackDialect"];
}

def ChooseDivisionsPass : Pass<"xpu-choose-divisions", "::mlir::ModuleOp"> {
  let summary = "Say what each slice of a chip has of every tensor";
  let description = [{
    Works on `main`, linalg on tensors of static shape. Adds `shard.grid @chip` with the rows and columns of slices of the
    target, of a rack behind its trays and the chips of a tray, and `shard.shard` to operands (`annotate_for_users`) and results that are divided. A target of one slice
    changes nothing.

    Each operation with loops is divided along one loop over all slices, or along several, each over some axes (the rows and
    the columns of slices, the chips), so that all of `main` takes least by estimate: work and memory traffic, what is needed of others (all-gather, once for
    each way in which a value is wanted), and, if a loop is a reduction, what adds up partial results (all-reduce, or reduce-scatter, which leaves
    each slice a part of the sums). The search goes in program order and keeps the cheapest ways in which all that is still needed can lie (decision 0045). Loops are left whole that
    bodies count (`linalg.index`), or that index an operand together with others. Where a size has no equal parts, slices have places for parts of the least
    size that is enough (`sharded_dims_offsets`): the last ones are smaller or empty. Heads stay whole where there are enough for all.

    What lies in HBM before the program starts (inputs, constants) may lie there in any division, and in several; so may what elementwise
    operations and views make of it, which are done anew for each. Everything else that is no loop nest runs whole in every slice.

    `parallel` limits the choice: `auto`, `none` (all slices do the same), `rows` or `columns` (the first or the last loop of a result that can be
    divided, over all slices), `grid` (two loops of a result), `sums` (a reduction, where there is one); and what chips along the axes of a rack share: `tp=N`, `dp=N`, `ep=N` (decision 0077). Stages of a graph (xpu-cut-stages) are divided one after the
    other, each over the slices of its chips; what a stage gives lies alike where it is received. Remarks (category `xpu-partition`) say what was chosen.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">,
                 Option<"parallel", "parallel", "std::string", "\"auto\"", "auto, none, rows, columns, grid or sums, and of chips pp=N, tp=N, dp=N, ep=N">];
  let dependentDialects = ["::mlir::shard::ShardDialect"];
}

def PartitionPass : Pass<"xpu-partition", "::mlir::ModuleOp"> {
  let summary = "Make the program of one slice, which all run";
  let description = [{
    Every tensor of `main` becomes the part that a slice has, as `shard.shard` says; without it, a tensor is whole in every slice. What needs more of a tensor than it is
    divided into gets `shard.all_gather`, and what sums over parts is followed by `shard.all_reduce`, or by
    `shard.reduce_scatter` if the result is said to be divided once more, over the slices that have terms.

    Arguments take the shape of a part and say by `xpu.split` how they are divided. An input that is used in several divisions has an argument for
    each (`xpu.copy_of`), and a constant of which slices have parts becomes an argument with `xpu.value`, since slices run the same words but
    have other contents in HBM. Results say how they are divided, too.

    All slices have places for parts of the same size. Where these reach beyond the whole (`xpu.whole` says its shape then), the host writes zeros and reads nothing; what is
    gathered is cut to the whole; and sums over a loop with such parts leave out what is beyond: operands of products that slices have made become zero there, other
    bodies choose by an argument of `i1`, of which the host writes ones inside.
  }];
  let dependentDialects = ["::mlir::shard::ShardDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect"];
}

def OrderExchangesPass : Pass<"xpu-order-exchanges", "::mlir::func::FuncOp"> {
  let summary = "Begin early with what slices gather";
  let description = [{
    Works on tensors of a slice. What is gathered (`shard.all_gather`), and all that it is made of, moves before the products that it does not need, but its first reader does: they are
    computed while it is gathered. So keys and values come before queries. The order of all else stays.
  }];
}

def SplitExchangesPass : Pass<"xpu-split-exchanges", "::mlir::func::FuncOp"> {
  let summary = "Exchange what products make and read piece by piece";
  let description = [{
    Works on buffers, one for each value (xpu-split-buffers). Where an `xpu.exchange` adds up what a product has just made, both are cut along the
    last dimension of the result, into pieces that are at most as wide as the matrix unit's array, or several times that: a piece
    is added up while the next one is computed, and is small enough to stay in the scratchpad (a quarter of what is there for residents), so that
    the network takes it from there and nothing of it goes through HBM. Sums are scattered by rows or not at all; others are left alone.

    Elementwise work on the sums whose results are gathered straight behind it is cut along, and so is the gather.

    Of sums that go on between chips (xpu-exchange-in-steps), columns of several pieces go together as soon as these are added up, in as many parts as the last sums come earliest with, by estimate: a message takes its way
    whatever is in it. So pieces of sums that go over chips at once are of a width that is chosen alike.

    What is gathered of an operand that products alone read, and that may stay in the scratchpad, is gathered in eight pieces of columns (of its terms), or fewer. They lie one
    behind the other, and the products have a loop over them, so that a tile reads one piece and need not wait for the next ones:
    ```mlir
    xpu.exchange <all_gather> over <chip> of 4 %part to %whole : memref<1x2048xf32>, memref<1x4x2048xf32> // 8 rows of 256 of each
    linalg.generic ... (m, n, k) ins(%whole32x256, %w)
    ```
    becomes
    ```mlir
    xpu.exchange <all_gather> over <chip> of 4 %columns0 to %place0 : memref<8x32xf32>, memref<8x4x32xf32> // and seven more
    linalg.generic ... (m, n, piece, k) ins(%pieces8x32x32, %w8x32) // maps (piece, m, k), (piece, k, n)
    ```
    If slices have columns, a piece has a part of each slice's, and there is a loop over slices behind that over pieces.

    A large operand that slices have by rows, which are terms, while its columns are those of the only product that reads it, is gathered in pieces of as many columns as the accumulators have for all rows of
    the result, each in a buffer of its own. The product, and elementwise work straight behind it, are cut likewise; the exchange of a piece is before the product with the piece before.

    The order in which numbers are added is the same, and so are the results, but for operands of which slices have columns: their terms are added piece by piece. Remarks (category `xpu-partition`) say what was cut, and what is too large for it.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect", "::xpu::XPUDialect"];
}

def ExchangeInStepsPass : Pass<"xpu-exchange-in-steps", "::mlir::func::FuncOp"> {
  let summary = "Exchange over chips in each chip and between chips";
  let description = [{
    Sums that slices of several chips scatter (`xpu.exchange`) become two exchanges where that takes less by estimate: slices of a chip scatter theirs, and then each goes on with the slices at its place in the
    other chips. So the edge of a chip, which adds what comes from other chips at the pace of one slice for each group, has a group for each slice, and what waits for the links is small.
    ```mlir
    xpu.exchange <reduce_scatter> by <fadd> over <row> in <rack> of 16 %a to %b : memref<1x16x512xf32>, memref<1x512xf32> // two chips of eight slices in a row
    ```
    becomes
    ```mlir
    xpu.exchange <reduce_scatter> by <fadd> over <row> of 8 %a2x8x512 to %c2x512
    xpu.exchange <reduce_scatter> by <fadd> over <slice> in <rack> of 2 %c1x2x512 to %b
    ```
    The order in which numbers are added is the one that a single command has (docs/machine.md, section 11). Sums of 16 bits would be rounded in between and stay as they are, as do
    parts that are no rows at one distance from chip to chip.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::xpu::XPUDialect"];
}

def SpreadExchangesPass : Pass<"xpu-spread-exchanges", "::mlir::func::FuncOp"> {
  let summary = "Exchange what lies in HBM between the loads of what reads it";
  let description = [{
    Works on commands, before they have places. What slices exchange of values in HBM are tiles of a load, a collective and a store. An engine works in program order, so
    the loads of a product behind them wait until the network has taken all tiles. Of a value that is exchanged in pieces (xpu-split-exchanges), tiles of
    a piece move down between the loads that read the piece before, three quarters of the way; tiles that nothing needs before the next exchange, evenly between all loads up to there; those for which the products up to there are too short go behind the next exchange whose products are long enough. Their order among themselves stays. Nothing moves over a loop, a fence, or a command that
    touches the same bytes. In the scratchpad they lie where results of the product will be (`xpu.among_results`), which it does not have yet.
  }];
  let options = [Option<"target", "target", "std::string", "\"\"", "Name or file of the target; default: xpu.target of the module, else xpu-tiny">];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::xpu::XPUDialect"];
}

#endif // PASSES_PARTITION_PASSES
