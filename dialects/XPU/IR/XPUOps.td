//===- XPUOps.td - Commands of the engines --------------------*- tablegen -*-===//

#ifndef DIALECTS_XPU_IR_XPUOPS
#define DIALECTS_XPU_IR_XPUOPS

include "dialects/XPU/IR/XPUAttrs.td"
include "dialects/XPU/IR/XPUInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class XPU_Op<string mnemonic, list<Trait> traits = []>
    : Op<XPU_Dialect, mnemonic, traits # [
          DeclareOpInterfaceMethods<XPU_CommandOpInterface>]> {
  let hasVerifier = 1;
}

def OpGroupData : OpDocGroup {
  let summary = "Data movement";
  let description = "Commands of the two DMA engines.";
}
def OpGroupCompute : OpDocGroup {
  let summary = "Computation";
  let description = "Commands of the matrix unit and the vector unit.";
}

let opDocGroup = OpGroupData in {

def XPU_LoadOp : XPU_Op<"load"> {
  let summary = "copy a stream from HBM to the scratchpad";
  let description = [{
    Six loops, outermost first; both sides step through their streams. With
    `indexed`, the outermost HBM index is looked up in a list of int32 in the
    scratchpad; an index not below `limit` is a fault.

    Example:
    ```mlir
    xpu.load %x to %a size [1, 1, 1, 1, 8, 16] element 4
        from <0, [0, 0, 0, 0, 128, 4]>
        into <0, [0, 0, 0, 0, 64, 4]>
        : memref<8x32xf32, #xpu.space<hbm>>, memref<8x16xf32, #xpu.space<spm>>
    ```
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$source,
                       Arg<AnyMemRef, "", [MemWrite]>:$dest,
                       Arg<Optional<AnyMemRef>, "", [MemRead]>:$indices,
                       DenseI64ArrayAttr:$size, I64Attr:$element_bytes,
                       XPU_StreamAttr:$source_stream, XPU_StreamAttr:$dest_stream,
                       DefaultValuedAttr<I64Attr, "0">:$index_offset,
                       DefaultValuedAttr<I64Attr, "0">:$index_limit);
  let assemblyFormat = [{
    $source `to` $dest `size` $size `element` $element_bytes
    `from` $source_stream `into` $dest_stream
    (`indexed` $indices^ `at` $index_offset `limit` $index_limit `:` type($indices))?
    attr-dict `:` type($source) `,` type($dest)
  }];
}

def XPU_StoreOp : XPU_Op<"store"> {
  let summary = "copy a stream from the scratchpad to HBM";
  let description = [{
    The mirror image of `xpu.load`, without an index list.

    Example:
    ```mlir
    xpu.store %a to %y size [1, 1, 1, 1, 1, 16] element 4
        from <0, [0, 0, 0, 0, 0, 4]>
        into <0, [0, 0, 0, 0, 0, 4]>
        : memref<16xf32, #xpu.space<spm>>, memref<16xf32, #xpu.space<hbm>>
    ```
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$source,
                       Arg<AnyMemRef, "", [MemWrite]>:$dest,
                       DenseI64ArrayAttr:$size, I64Attr:$element_bytes,
                       XPU_StreamAttr:$source_stream, XPU_StreamAttr:$dest_stream);
  let assemblyFormat = [{
    $source `to` $dest `size` $size `element` $element_bytes
    `from` $source_stream `into` $dest_stream
    attr-dict `:` type($source) `,` type($dest)
  }];
}
} // opDocGroup

let opDocGroup = OpGroupCompute in {

def XPU_MatmulOp : XPU_Op<"matmul", [AttrSizedOperandSegments]> {
  let summary = "multiply two streams into accumulators";
  let description = [{
    For every row index m (three loops) and column c: acc[m][c] += sum over k (three
    loops) of a[m, k] * w[k, c]. `a_stream` has the strides of m then k, `w_stream`
    those of k then c. Rows of the accumulator buffer are linear in m, from `acc_row`.

    `used`, if it is there, is how many of the columns are results; others lie between rows of them, and are computed for nothing.

    The last K stride is that of the smallest piece of a format, two elements for f4e2m1.

    With `scaled` every 32 elements along the last K dimension have a scale (E8M0, a byte). The stream of `a`'s scales has
    strides as `a_stride` has, that of `w`'s as `w_stride`, where the last K stride is that of the next 32 elements.

    With `halved` what the accumulators hold is first divided, in column c, by two to the power of byte c of `halvings`.

    Example:
    ```mlir
    xpu.matmul %a times %w into %acc m [1, 1, 8] k [1, 1, 16] columns 8
        a <f32_t0> <0, [0, 0, 64, 0, 0, 4]>
        w <f32_t0> <0, [0, 0, 32, 4]>
        : memref<8x16xf32, #xpu.space<spm>>, memref<16x8xf32, #xpu.space<spm>>,
          memref<8x8xf32, #xpu.space<acc>>
    xpu.matmul %a times %w into %acc m [1, 1, 8] k [1, 1, 64] columns 8
        a <f8e4m3> <0, [0, 0, 64, 0, 0, 1]> w <f4e2m1> <0, [0, 0, 1, 32]>
        scaled %as <0, [0, 0, 1, 0, 0, 8]> by %ws <0, [0, 0, 8, 1]>
        : memref<8x64xi8, #xpu.space<spm>>, memref<8x32xi8, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>,
          memref<2x8xi8, #xpu.space<spm>>, memref<2x8xi8, #xpu.space<spm>>
    xpu.matmul %a times %w into %acc m [1, 1, 8] k [1, 1, 16] columns 8
        a <bf16> <0, [0, 0, 32, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
        halved(%h : memref<8xi8, #xpu.space<spm>>) <0, [1]> accumulate
        : memref<8x16xbf16, #xpu.space<spm>>, memref<16x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
    ```
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$a,
                       Arg<AnyMemRef, "", [MemRead]>:$w,
                       Arg<AnyMemRef, "", [MemRead, MemWrite]>:$acc,
                       Arg<Optional<AnyMemRef>, "", [MemRead]>:$a_scales,
                       Arg<Optional<AnyMemRef>, "", [MemRead]>:$w_scales,
                       Arg<Optional<AnyMemRef>, "", [MemRead]>:$halvings,
                       DenseI64ArrayAttr:$m_size, DenseI64ArrayAttr:$k_size,
                       I64Attr:$columns,
                       XPU_FormatAttr:$a_format, XPU_StreamAttr:$a_stream,
                       XPU_FormatAttr:$w_format, XPU_StreamAttr:$w_stream,
                       OptionalAttr<XPU_StreamAttr>:$a_scale_stream,
                       OptionalAttr<XPU_StreamAttr>:$w_scale_stream,
                       OptionalAttr<XPU_StreamAttr>:$halving_stream,
                       DefaultValuedAttr<I64Attr, "0">:$acc_row,
                       UnitAttr:$accumulate, UnitAttr:$by_column,
                       OptionalAttr<I64Attr>:$used_columns);
  let assemblyFormat = [{
    $a `times` $w `into` $acc `m` $m_size `k` $k_size `columns` $columns (`used` $used_columns^)?
    `a` $a_format $a_stream `w` $w_format $w_stream
    (`scaled` $a_scales^ $a_scale_stream `by` $w_scales $w_scale_stream)?
    (`halved` `(` $halvings^ `:` type($halvings) `)` $halving_stream)?
    (`row` $acc_row^)? (`accumulate` $accumulate^)? (`by_column` $by_column^)?
    attr-dict `:` type($a) `,` type($w) `,` type($acc) (`,` type($a_scales)^ `,` type($w_scales))?
  }];
  let extraClassDeclaration = [{
    bool isScaled() { return getAScales() != nullptr; }
  }];
}

def XPU_AccStoreOp : XPU_Op<"acc_store"> {
  let summary = "write accumulators to the scratchpad";
  let description = [{
    `stream` has the strides of the three row loops, then of the columns.

    Example:
    ```mlir
    xpu.acc_store %acc to %c m [1, 1, 8] columns 8 <f32> <0, [0, 0, 32, 4]>
        : memref<8x8xf32, #xpu.space<acc>>, memref<8x8xf32, #xpu.space<spm>>
    ```
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$acc,
                       Arg<AnyMemRef, "", [MemWrite]>:$dest,
                       DenseI64ArrayAttr:$m_size, I64Attr:$columns,
                       XPU_FormatAttr:$format, XPU_StreamAttr:$stream,
                       DefaultValuedAttr<I64Attr, "0">:$acc_row);
  let assemblyFormat = [{
    $acc `to` $dest `m` $m_size `columns` $columns $format $stream
    (`row` $acc_row^)? attr-dict `:` type($acc) `,` type($dest)
  }];
}

def XPU_CollectiveOp : XPU_Op<"collective"> {
  let summary = "move or reduce a tile of each slice of a group";
  let description = [{
    A part is `rows` rows of `columns` elements that are contiguous. The streams have the strides of parts (one for each of
    the `members` of the group, of `all_gather` in `dest` and of `reduce_scatter` in `source`; else there is one part), of rows
    and of columns. Slices of the group run the same command; buffers may lie elsewhere in each. `dest` may be `source`.
    The group is that of the slice's own chip, or of all `chips` of the rack, of a tray, or at the same place in all trays.

    Example:
    ```mlir
    xpu.collective <all_reduce> by <fadd> over <row> of 2 rows 8 columns 16 <f32>
        %a <0, [0, 64, 4]> to %b <0, [0, 64, 4]>
        : memref<8x16xf32, #xpu.space<spm>>, memref<8x16xf32, #xpu.space<spm>>
    ```
  }];
  let arguments = (ins XPU_CollectiveKindAttr:$kind, OptionalAttr<XPU_ReductionAttr>:$reduction,
                       XPU_GroupAttr:$group, I64Attr:$members, I64Attr:$rows, I64Attr:$columns,
                       XPU_FormatAttr:$format,
                       Arg<AnyMemRef, "", [MemRead]>:$source, XPU_StreamAttr:$source_stream,
                       Arg<AnyMemRef, "", [MemWrite]>:$dest, XPU_StreamAttr:$dest_stream,
                       DefaultValuedAttr<I64Attr, "0">:$root,
                       DefaultValuedAttr<XPU_ChipsAttr, "::xpu::ChipsKind::Own">:$chips);
  let assemblyFormat = [{
    $kind (`by` $reduction^)? `over` $group (`in` $chips^)? `of` $members `rows` $rows `columns` $columns $format
    $source $source_stream `to` $dest $dest_stream (`root` $root^)? attr-dict
    `:` type($source) `,` type($dest)
  }];
}

def XPU_BarrierOp : XPU_Op<"barrier"> {
  let summary = "wait until all slices of a group have come";
  let description = [{
    Example: `xpu.barrier <chip>`
  }];
  let arguments = (ins XPU_GroupAttr:$group,
                       DefaultValuedAttr<XPU_ChipsAttr, "::xpu::ChipsKind::Own">:$chips);
  let assemblyFormat = "$group (`in` $chips^)? attr-dict";
}

def XPU_VpuOp : XPU_Op<"vpu"> {
  let summary = "run a micro-program over streams";
  let description = [{
    Six loops, the last over lanes. Input i is in register i before the program
    runs; register `out_register` is stored. Dimensions `first_reduced` to 4, and 5 if
    `lane_reduced`, are reduced into register 15. A stream of format `iota` has no
    operand; its offset is the start value.

    Example:
    ```mlir
    xpu.vpu ins(%x : memref<64xf32, #xpu.space<spm>>) outs(%y : memref<64xf32, #xpu.space<spm>>)
        size [1, 1, 1, 1, 1, 64]
        in [#xpu.format<f32>] [#xpu.stream<0, [0, 0, 0, 0, 0, 4]>]
        out <f32> <0, [0, 0, 0, 0, 0, 4]>
        program [#xpu.uop<"FADD", 4 = (0, 0, 0), 0 : 0>] result 4
        reduce 5 op 0 init 0
    ```
  }];
  let arguments = (ins Arg<Variadic<AnyMemRef>, "", [MemRead]>:$inputs,
                       Arg<AnyMemRef, "", [MemWrite]>:$output,
                       DenseI64ArrayAttr:$size,
                       TypedArrayAttrBase<XPU_FormatAttr, "formats">:$in_formats,
                       TypedArrayAttrBase<XPU_StreamAttr, "streams">:$in_streams,
                       XPU_FormatAttr:$out_format, XPU_StreamAttr:$out_stream,
                       TypedArrayAttrBase<XPU_UopAttr, "program">:$program,
                       I64Attr:$out_register,
                       DefaultValuedAttr<I64Attr, "5">:$first_reduced,
                       UnitAttr:$lane_reduced,
                       DefaultValuedAttr<I64Attr, "0">:$reduce_op,
                       DefaultValuedAttr<I64Attr, "0">:$reduce_init);
  let assemblyFormat = [{
    (`ins` `(` $inputs^ `:` type($inputs) `)`)? `outs` `(` $output `:` type($output) `)`
    `size` $size `in` $in_formats $in_streams `out` $out_format $out_stream
    `program` $program `result` $out_register
    `reduce` $first_reduced (`lanes` $lane_reduced^)? `op` $reduce_op `init` $reduce_init
    attr-dict
  }];
}
} // opDocGroup

def OpGroupExchange : OpDocGroup {
  let summary = "Between slices";
  let description = "What slices do together with tensors in HBM, before there are commands.";
}

let opDocGroup = OpGroupExchange in {

def XPU_ExchangeOp : Op<XPU_Dialect, "exchange"> {
  let summary = "exchange buffers between the slices of a group";
  let description = [{
    All slices of the group (on their own chip, or on several `chips`) have a buffer of the same shape, in rows. `all_gather`: `dest` gets the rows of all `members`, those of one number
    side by side in the order of members. `all_reduce`: `dest` gets their sums, or maxima or minima, added in the order that
    docs/machine.md says. `reduce_scatter`: rows of `source` are parts, one for each member, and `dest` gets the sums of the parts of its number. Tiling makes it `xpu.collective` on tiles in the scratchpad.

    Example: each of four slices has a quarter of the columns.
    ```mlir
    xpu.exchange <all_gather> over <chip> of 4 %a to %b
        : memref<8x16xf32, #xpu.space<hbm>>, memref<8x4x16xf32, #xpu.space<hbm>>
    ```
  }];
  let arguments = (ins XPU_CollectiveKindAttr:$kind, OptionalAttr<XPU_ReductionAttr>:$reduction,
                       XPU_GroupAttr:$group, I64Attr:$members,
                       Arg<AnyMemRef, "", [MemRead]>:$source, Arg<AnyMemRef, "", [MemWrite]>:$dest,
                       DefaultValuedAttr<XPU_ChipsAttr, "::xpu::ChipsKind::Own">:$chips);
  let assemblyFormat = [{
    $kind (`by` $reduction^)? `over` $group (`in` $chips^)? `of` $members $source `to` $dest attr-dict
    `:` type($source) `,` type($dest)
  }];
  let hasVerifier = 1;
}
} // opDocGroup

def OpGroupBlocks : OpDocGroup {
  let summary = "Blocks of small floats";
  let description = [{
    A *block* is 32 elements of a small format along the contraction that share one scale (OCP microscaling formats 1.0). In tensors
    it is one element of a vector type, `vector<32xf8E4M3FN>`, and takes as many bytes as the matrix unit reads: 32, or 16 of f4E2M1FN.
  }];
}

let opDocGroup = OpGroupBlocks in {

def XPU_BlocksOp : Op<XPU_Dialect, "blocks", [Pure]> {
  let summary = "see the last dimension as blocks";
  let description = [{
    The same bytes: 32 elements of a format of 8 bits, or bytes with the codes of smaller ones (fp6 in the low six bits, two
    fp4, the first in the low half).

    Example:
    ```mlir
    %0 = xpu.blocks %x : tensor<8x4x32xf8E4M3FN> -> tensor<8x4xvector<32xf8E4M3FN>>
    %1 = xpu.blocks %y : tensor<8x4x16xi8> -> tensor<8x4xvector<32xf4E2M1FN>>
    ```
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$source);
  let results = (outs AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def XPU_BlockDotOp : Op<XPU_Dialect, "block_dot", [Pure, AllTypesMatch<["acc", "result"]>]> {
  let summary = "add the scaled product of two blocks to a sum";
  let description = [{
    acc + 2^(sa − 127) · 2^(sw − 127) · Σ a[i] · w[i], where the order of roundings is the matrix unit's. In the body of a
    `linalg.generic` with the inputs a, w, sa, sw it is a block-scaled product of matrices.

    Example: `%1 = xpu.block_dot %acc, %a, %w scales %sa, %sw : f32, vector<32xf8E4M3FN>, vector<32xf4E2M1FN>`
  }];
  let arguments = (ins F32:$acc, AnyVectorOfNonZeroRank:$a, AnyVectorOfNonZeroRank:$w, F8E8M0FNU:$a_scale,
                       F8E8M0FNU:$w_scale);
  let results = (outs F32:$result);
  let assemblyFormat = [{
    $acc `,` $a `,` $w `scales` $a_scale `,` $w_scale attr-dict `:` type($acc) `,` type($a) `,` type($w)
  }];
}
} // opDocGroup

def OpGroupControl : OpDocGroup {
  let summary = "Control";
  let description = "Loops of the sequencer are `scf.for` with constant bounds from 0 in steps of 1.";
}

let opDocGroup = OpGroupControl in {

def XPU_ShiftOp : Op<XPU_Dialect, "shift", [
    Pure, AllTypesMatch<["source", "result"]>]> {
  let summary = "a buffer as an iteration of loops sees it";
  let description = [{
    The buffer, with every address moved by the sum of the loops' counters times `steps`, in bytes. Becomes
    a register of the sequencer that the loops advance; commands add it to the constant part of their addresses.

    Example:
    ```mlir
    scf.for %i = %c0 to %c8 step %c1 {
      %part = xpu.shift %x by [%i] steps [4096] : memref<8x1024xf32, #xpu.space<hbm>>
    }
    ```
  }];
  let arguments = (ins AnyMemRef:$source, Variadic<Index>:$counters, DenseI64ArrayAttr:$steps);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = [{
    $source `by` ` ` `[` $counters `]` `steps` $steps attr-dict `:` type($source)
  }];
  let extraClassDeclaration = [{
    /// Smallest and largest number of bytes that the loops add.
    std::pair<int64_t, int64_t> getRange();
  }];
  let hasVerifier = 1;
}

def XPU_FenceOp : Op<XPU_Dialect, "fence", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "wait until all engines are idle";
  let description = [{
    What comes after it in the program starts when every command before it has ended. One is before a loop and one
    behind it; the iterations of a loop without loops in it overlap, those of another begin with one.

    Example: `xpu.fence`
  }];
  let assemblyFormat = "attr-dict";
}

class XPU_TokenOp<string mnemonic> : Op<XPU_Dialect, mnemonic, [MemoryEffects<[MemRead, MemWrite]>]> {
  let arguments = (ins XPU_SemaphoresAttr:$semaphores);
  let assemblyFormat = "$semaphores attr-dict";
}

def XPU_SignalOp : XPU_TokenOp<"signal"> {
  let summary = "add one to semaphores";
  let description = [{
    Done by the sequencer, in its place in the program. Before a loop whose iterations overlap it stands for the iteration
    that the first one has not before it.

    Example: `xpu.signal <1, 8>`
  }];
}

def XPU_WaitOp : XPU_TokenOp<"wait"> {
  let summary = "take one from semaphores";
  let description = [{
    Done by the sequencer, which waits until each is there. Behind a loop whose iterations overlap it takes what the
    last one left for the next.

    Example: `xpu.wait <1, 8>`
  }];
}
} // opDocGroup

def OpGroupHost : OpDocGroup {
  let summary = "Host";
  let description = "Between two launches of the machine.";
}

let opDocGroup = OpGroupHost in {

def XPU_HostCallOp : Op<XPU_Dialect, "host_call", [
    DestinationStyleOpInterface, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "halt, and let the host compute";
  let description = [{
    The program before it halts; the host reads the inputs from HBM, calls the function (in a
    module inside this one), writes the results to HBM and launches the program after it. HBM
    keeps its contents from launch to launch, scratchpad and accumulators do not. `operations` counts
    the function's scalar operations, for its price.

    Example, on tensors and on buffers:
    ```mlir
    %q = xpu.host_call @host::@call_0 because "arith.divsi" operations 8
        ins(%x, %y : tensor<8xi32>, tensor<8xi32>) outs(%e : tensor<8xi32>) -> tensor<8xi32>
    xpu.host_call @host::@call_0 because "arith.divsi" operations 8
        ins(%a, %b : memref<8xi32, #xpu.space<hbm>>, memref<8xi32, #xpu.space<hbm>>)
        outs(%c : memref<8xi32, #xpu.space<hbm>>)
    ```
  }];
  let arguments = (ins SymbolRefAttr:$callee, StrAttr:$because, I64Attr:$operations,
                       Variadic<AnyTypeOf<[AnyRankedTensor, AnyMemRef]>>:$inputs,
                       Variadic<AnyTypeOf<[AnyRankedTensor, AnyMemRef]>>:$outputs);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $callee `because` $because `operations` $operations
    (`ins` `(` $inputs^ `:` type($inputs) `)`)? (`outs` `(` $outputs^ `:` type($outputs) `)`)?
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputsMutable(); }
  }];
}
} // opDocGroup

#endif // DIALECTS_XPU_IR_XPUOPS
