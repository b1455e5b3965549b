//===- XPUAttrs.td - Memory spaces, formats, streams, programs -*- tablegen -*-===//

#ifndef DIALECTS_XPU_IR_XPUATTRS
#define DIALECTS_XPU_IR_XPUATTRS

include "dialects/XPU/IR/XPUBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def XPU_Space : I32Enum<"Space", "where a buffer lives", [
    I32EnumCase<"HBM", 0, "hbm">,
    I32EnumCase<"SPM", 1, "spm">,
    I32EnumCase<"ACC", 2, "acc">]> {
  let cppNamespace = "::xpu";
}

def XPU_SpaceAttr : EnumAttr<XPU_Dialect, XPU_Space, "space"> {
  let summary = "memory space of a memref";
  let description = [{
    `hbm` is the slice's own memory, `spm` the scratchpad, `acc` the accumulators
    of the matrix unit (rows of fp32 words).

    Example: `memref<4xf32, #xpu.space<spm>>`
  }];
  let assemblyFormat = "`<` $value `>`";
}

// Values and names are those of the ISA (enumeration Format of Xpu.td).
def XPU_Format : I32Enum<"FormatKind", "element format of a stream", [
    I32EnumCase<"F32", 0, "f32">, I32EnumCase<"I32", 1, "i32">,
    I32EnumCase<"BF16", 2, "bf16">, I32EnumCase<"F16", 3, "f16">,
    I32EnumCase<"I8", 4, "i8">, I32EnumCase<"U8", 5, "u8">,
    I32EnumCase<"F32T0", 8, "f32_t0">, I32EnumCase<"F32T1", 9, "f32_t1">,
    I32EnumCase<"F32T2", 10, "f32_t2">, I32EnumCase<"F16T0", 11, "f16_t0">,
    I32EnumCase<"F16T1", 12, "f16_t1">, I32EnumCase<"Iota", 14, "iota">,
    I32EnumCase<"F8E4M3", 16, "f8e4m3">, I32EnumCase<"F8E5M2", 17, "f8e5m2">,
    I32EnumCase<"F6E2M3", 18, "f6e2m3">, I32EnumCase<"F6E3M2", 19, "f6e3m2">,
    I32EnumCase<"F4E2M1", 20, "f4e2m1">]> {
  let cppNamespace = "::xpu";
}

def XPU_FormatAttr : EnumAttr<XPU_Dialect, XPU_Format, "format"> {
  let summary = "element format of a stream";
  let assemblyFormat = "`<` $value `>`";
}

// Values are those of the ISA (CollectiveKind, Group, Chips and ReduceOp of Xpu.td). A
// barrier is an op of its own.
def XPU_CollectiveKind : I32Enum<"CollectiveKind", "what a group of slices does together", [
    I32EnumCase<"AllReduce", 0, "all_reduce">, I32EnumCase<"AllGather", 1, "all_gather">,
    I32EnumCase<"ReduceScatter", 2, "reduce_scatter">, I32EnumCase<"Broadcast", 3, "broadcast">]> {
  let cppNamespace = "::xpu";
}

def XPU_CollectiveKindAttr : EnumAttr<XPU_Dialect, XPU_CollectiveKind, "collective_kind"> {
  let summary = "what a group of slices does together";
  let assemblyFormat = "`<` $value `>`";
}

def XPU_Group : I32Enum<"GroupKind", "the slices of a chip that take part in a collective", [
    I32EnumCase<"Chip", 0, "chip">, I32EnumCase<"Row", 1, "row">, I32EnumCase<"Column", 2, "column">,
    I32EnumCase<"Slice", 3, "slice">]> {
  let cppNamespace = "::xpu";
}

def XPU_GroupAttr : EnumAttr<XPU_Dialect, XPU_Group, "group"> {
  let summary = "the slices of a chip that take part in a collective";
  let assemblyFormat = "`<` $value `>`";
}

def XPU_Chips : I32Enum<"ChipsKind", "the chips that take part in a collective", [
    I32EnumCase<"Own", 0, "own">, I32EnumCase<"Rack", 1, "rack">, I32EnumCase<"Tray", 2, "tray">,
    I32EnumCase<"Peers", 3, "peers">]> {
  let cppNamespace = "::xpu";
}

def XPU_ChipsAttr : EnumAttr<XPU_Dialect, XPU_Chips, "chips"> {
  let summary = "the chips that take part in a collective";
  let assemblyFormat = "`<` $value `>`";
}

def XPU_Reduction : I32Enum<"ReductionKind", "operation of a reduction", [
    I32EnumCase<"FAdd", 0, "fadd">, I32EnumCase<"FMax", 1, "fmax">, I32EnumCase<"FMin", 2, "fmin">,
    I32EnumCase<"IAdd", 3, "iadd">, I32EnumCase<"IMax", 4, "imax">, I32EnumCase<"IMin", 5, "imin">]> {
  let cppNamespace = "::xpu";
}

def XPU_ReductionAttr : EnumAttr<XPU_Dialect, XPU_Reduction, "reduction"> {
  let summary = "operation of a reduction";
  let assemblyFormat = "`<` $value `>`";
}

def XPU_StreamAttr : AttrDef<XPU_Dialect, "Stream"> {
  let mnemonic = "stream";
  let summary = "affine address sequence inside a buffer";
  let description = [{
    Address = buffer + `offset` + sum of index times stride, in bytes. The number
    of strides is given by the command.

    Example: `#xpu.stream<64, [0, 0, 0, 0, 128, 4]>`
  }];
  let parameters = (ins "int64_t":$offset, ArrayRefParameter<"int64_t">:$strides);
  let assemblyFormat = "`<` $offset `,` `[` $strides `]` `>`";
  let extraClassDeclaration = [{
    /// Smallest and largest byte offset (of an element's first byte) that the
    /// iteration over `sizes` reaches.
    std::pair<int64_t, int64_t> getBounds(::llvm::ArrayRef<int64_t> sizes) const;
  }];
}

def XPU_UopAttr : AttrDef<XPU_Dialect, "Uop"> {
  let mnemonic = "uop";
  let summary = "one micro-operation of the vector unit";
  let description = [{
    `op` is a name of the ISA's enumeration Uop; `imm_sel` says which source (1, 2, 3:
    a, b, c) is the immediate, 0 none.

    Example: `#xpu.uop<"FMUL", 4 = (0, 0, 0), 2 : 1069066811>`
  }];
  let parameters = (ins StringRefParameter<>:$op, "unsigned":$dst, "unsigned":$a,
                        "unsigned":$b, "unsigned":$c, "unsigned":$immSel,
                        "uint32_t":$imm);
  let assemblyFormat = [{
    `<` $op `,` $dst `=` `(` $a `,` $b `,` $c `)` `,` $immSel `:` $imm `>`
  }];
  let genVerifyDecl = 1;
}

def XPU_SemaphoresAttr : AttrDef<XPU_Dialect, "Semaphores"> {
  let mnemonic = "semaphores";
  let summary = "a set of semaphores";
  let description = [{
    On a command, `wait` is the set of which it takes one each before it starts, `signal` the set
    to which it adds one each when it has ended. A command without them waits for none and
    signals none.

    Example: `{signal = #xpu.semaphores<1>, wait = #xpu.semaphores<4, 31>}`
  }];
  let parameters = (ins "uint32_t":$mask);
  let hasCustomAssemblyFormat = 1;
}

def XPU_TargetAttr : AttrDef<XPU_Dialect, "Target"> {
  let mnemonic = "target";
  let summary = "the machine that a module is compiled for";
  let description = [{
    The name of a built-in target or a target file, as the attribute `xpu.target` of a module. Passes
    without a target of their own take this one.

    Example: `module attributes {xpu.target = #xpu.target<"jx1-slice">}`
  }];
  let parameters = (ins StringRefParameter<>:$name);
  let assemblyFormat = "`<` $name `>`";
}

#endif // DIALECTS_XPU_IR_XPUATTRS
