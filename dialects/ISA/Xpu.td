//===- Xpu.td - The XPU instruction set ------------------------------------===//
//
// The only description of encodings, operand fields, micro-operations, event
// counters, fault codes and host registers. Meaning and timing of the commands
// are in docs/machine.md.
//
//===----------------------------------------------------------------------===//

include "IsaBase.td"

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

def : Constant<"WordBits", 128, "bits of one instruction word">;
def : Constant<"NumScalarRegs", 32, "scalar registers; R0 reads as zero">;
def : Constant<"NumSemaphores", 32, "counting semaphores">;
def : Constant<"SemaphoreMax", 255, "largest value of a semaphore">;
def : Constant<"NumDims", 6, "dimensions of a stream">;
def : Constant<"NumVpuInputs", 4, "input streams of a VPU command">;
def : Constant<"NumVpuRegs", 16, "vector registers; 15 accumulates">;
def : Constant<"MaxUops", 64, "micro-operations of a VPU command">;
def : Constant<"LoopDepth", 8, "nested hardware loops">;
def : Constant<"MaxBanks", 16, "scratchpad banks that a claim can name">;
def : Constant<"ScaleBlock", 32, "elements along the contraction that share a block scale">;
def : Constant<"NumEngines", 6, "engines that have a queue: the first ones of Engine">;
def : Constant<"MaxGroup", 16, "products of a processing element per cycle, at most">;

//===----------------------------------------------------------------------===//
// Enumerations
//===----------------------------------------------------------------------===//

def : Enumeration<"Engine", 3, "engines, in the order in which ties are resolved"> {
  let Cases = [
    Case<"Load", 0, "DMA from HBM to the scratchpad">,
    Case<"Store", 1, "DMA from the scratchpad to HBM">,
    Case<"Mxu", 2, "matrix unit">,
    Case<"Vpu", 3, "vector unit">,
    Case<"Drain", 4, "from the accumulators of the matrix unit to the scratchpad">,
    Case<"Net", 5, "collectives of the slices of a chip">,
    Case<"Seq", 6, "the sequencer (has no queue)">,
  ];
}

def : Enumeration<"MatrixClass", 3, "what the multipliers of the matrix unit take a format for"> {
  let Cases = [
    Case<"None", 0, "no operand of the matrix unit">,
    Case<"Wide", 1, "significands of 8 bits: bf16 and its terms">,
    Case<"Integer", 2, "magnitudes of 8 bits, accumulated as int32">,
    Case<"Narrow", 3, "significands of up to 4 bits: fp8 and fp6">,
    Case<"Tiny", 4, "significands of 2 bits: fp4">,
  ];
}

def : Enumeration<"Format", 5, "element formats of streams"> {
  let Cases = [
    FormatCase<"F32", 0, "IEEE binary32", 4>,
    FormatCase<"I32", 1, "32-bit two's complement integer", 4>,
    FormatCase<"BF16", 2, "bfloat16", 2, "Wide">,
    FormatCase<"F16", 3, "IEEE binary16", 2>,
    FormatCase<"I8", 4, "8-bit two's complement integer", 1, "Integer">,
    FormatCase<"U8", 5, "8-bit unsigned integer, also booleans", 1, "Integer">,
    FormatCase<"F32_T0", 8, "leading bf16 term of a binary32 number (MXU only)", 4, "Wide">,
    FormatCase<"F32_T1", 9, "second bf16 term of a binary32 number (MXU only)", 4, "Wide">,
    FormatCase<"F32_T2", 10, "third bf16 term of a binary32 number (MXU only)", 4, "Wide">,
    FormatCase<"F16_T0", 11, "leading bf16 term of a binary16 number (MXU only)", 2, "Wide">,
    FormatCase<"F16_T1", 12, "second bf16 term of a binary16 number (MXU only)", 2, "Wide">,
    FormatCase<"Iota", 14, "no memory: the int32 value base + sum of index times stride (VPU only)", 0>,
    FormatCase<"None", 15, "the stream is not used", 0>,
    FormatCase<"F8E4M3", 16, "OCP FP8 E4M3: no infinity, one NaN", 1, "Narrow">,
    FormatCase<"F8E5M2", 17, "OCP FP8 E5M2: infinities and NaN as in IEEE 754", 1, "Narrow">,
    FormatCase<"F6E2M3", 18, "OCP FP6 E2M3 in the low six bits of a byte (MXU only)", 1, "Narrow">,
    FormatCase<"F6E3M2", 19, "OCP FP6 E3M2 in the low six bits of a byte (MXU only)", 1, "Narrow">,
    FormatCase<"F4E2M1", 20, "OCP FP4 E2M1, two in a byte, the first in the low half (MXU only)", 1, "Tiny", 2>,
  ];
}

// Sixteen multipliers of 2 x 2 bits: one product of 8 x 8, four of 4 x 4, eight of 4 x 2 or sixteen of 2 x 2 bits.
def : MatrixPair<"Wide", "Wide", 1, 0>;
def : MatrixPair<"Integer", "Integer", 1, 0>;
def : MatrixPair<"Narrow", "Narrow", 4, 1>;
def : MatrixPair<"Narrow", "Tiny", 8, 1>;
def : MatrixPair<"Tiny", "Narrow", 8, 1>;
def : MatrixPair<"Tiny", "Tiny", 16, 1>;

def : Enumeration<"ReduceOp", 3, "operations of the VPU's reduction tree"> {
  let Cases = [
    Case<"FAdd", 0, "fp32 sum">,
    Case<"FMax", 1, "fp32 maximum">,
    Case<"FMin", 2, "fp32 minimum">,
    Case<"IAdd", 3, "int32 sum">,
    Case<"IMax", 4, "int32 signed maximum">,
    Case<"IMin", 5, "int32 signed minimum">,
  ];
}

def : Enumeration<"CollectiveKind", 3, "what the slices of a group do together"> {
  let Cases = [
    Case<"AllReduce", 0, "every member gets the reduction of all parts">,
    Case<"AllGather", 1, "every member gets the parts of all, in the order of members">,
    Case<"ReduceScatter", 2, "member i gets the reduction of the parts i of all">,
    Case<"Broadcast", 3, "every member gets the part of `root`">,
    Case<"Barrier", 4, "no data">,
  ];
}

def : Enumeration<"Group", 2, "the slices of a chip that take part in a collective"> {
  let Cases = [
    Case<"Chip", 0, "all of the chip, numbered as SliceId">,
    Case<"Row", 1, "those of the slice's row, numbered by column">,
    Case<"Column", 2, "those of the slice's column, numbered by row">,
    Case<"Slice", 3, "the slice alone; with chips other than Own">,
  ];
}

def : Enumeration<"Chips", 2, "the chips that take part in a collective, each with its slices of the group"> {
  let Cases = [
    Case<"Own", 0, "the slice's own chip">,
    Case<"Rack", 1, "all of the rack, by their numbers">,
    Case<"Tray", 2, "those of the chip's tray, numbered by their place in it">,
    Case<"Peers", 3, "those at the chip's place in all trays, numbered by tray">,
  ];
}

def : Enumeration<"Id", 3, "what RDID tells a program of its slice"> {
  let Cases = [
    Case<"Slice", 0, "number in the chip: row times columns + column">,
    Case<"Chip", 1, "number of the chip, which the host gives">,
    Case<"Row", 2, "row of the slice">,
    Case<"Column", 3, "column of the slice">,
    Case<"Rows", 4, "rows of the chip">,
    Case<"Columns", 5, "columns of the chip">,
  ];
}

def : Enumeration<"Uop", 7, "VPU micro-operations: dst = op(a, b, c) on 32-bit lanes"> {
  let Cases = [
    Case<"MOV", 0, "a">,
    Case<"FADD", 1, "fp32 a + b">,
    Case<"FSUB", 2, "fp32 a - b">,
    Case<"FMUL", 3, "fp32 a * b">,
    Case<"FMA", 4, "fp32 a * b + c, rounded once">,
    Case<"FMIN", 5, "fp32 minimum; NaN propagates, -0 is below +0">,
    Case<"FMAX", 6, "fp32 maximum; NaN propagates, -0 is below +0">,
    Case<"FNEG", 7, "a with the sign bit flipped (also of NaN)">,
    Case<"FABS", 8, "a with the sign bit cleared">,
    Case<"FFLOOR", 9, "fp32 a rounded toward minus infinity">,
    Case<"FROUND", 10, "fp32 a rounded to the nearest integer, ties to even">,
    Case<"FEQ", 11, "1 if a = b, else 0; 0 if unordered">,
    Case<"FLT", 12, "1 if a < b, else 0; 0 if unordered">,
    Case<"FLE", 13, "1 if a <= b, else 0; 0 if unordered">,
    Case<"FUNO", 14, "1 if a or b is NaN, else 0">,
    Case<"FNUM", 15, "a, but b if a is NaN">,
    Case<"F2I", 16, "fp32 to int32, toward zero, saturating; NaN gives 0">,
    Case<"I2F", 17, "int32 to fp32, round to nearest even">,
    Case<"CVTBF16", 18, "fp32 a rounded to bf16 and back">,
    Case<"CVTF16", 19, "fp32 a rounded to fp16 and back">,
    Case<"FADDRELU", 20, "fp32 a + b, but +0 if its sign bit is set">,
    Case<"IADD", 24, "int32 a + b, wrapping">,
    Case<"ISUB", 25, "int32 a - b, wrapping">,
    Case<"IMUL", 26, "low 32 bits of int32 a * b">,
    Case<"IMIN", 27, "int32 signed minimum">,
    Case<"IMAX", 28, "int32 signed maximum">,
    Case<"AND", 29, "bitwise and">,
    Case<"OR", 30, "bitwise or">,
    Case<"XOR", 31, "bitwise exclusive or">,
    Case<"SHL", 32, "a << (b & 31)">,
    Case<"SHR", 33, "a >> (b & 31), zeros enter">,
    Case<"SAR", 34, "a >> (b & 31), the sign enters">,
    Case<"IEQ", 35, "1 if a = b, else 0">,
    Case<"ILT", 36, "1 if a < b signed, else 0">,
    Case<"ULT", 37, "1 if a < b unsigned, else 0">,
    Case<"SEL", 38, "b if a is not zero, else c">,
    Case<"EXP2", 48, "2 to the power a">,
    Case<"LOG2", 49, "base-2 logarithm of a">,
    Case<"RCP", 50, "1 / a">,
    Case<"RSQRT", 51, "1 / sqrt(a)">,
    Case<"TANH", 52, "hyperbolic tangent of a">,
    Case<"SINPI2", 53, "sin(2 pi a)">,
    Case<"COSPI2", 54, "cos(2 pi a)">,
  ];
}

def : Enumeration<"Fault", 8, "why the machine stopped"> {
  let Cases = [
    Case<"None", 0, "no fault">,
    Case<"BadOpcode", 1, "the word is no instruction">,
    Case<"BadOperand", 2, "a field has a value that the instruction does not allow">,
    Case<"ImemRange", 3, "the program counter left the instruction memory">,
    Case<"SpmRange", 4, "a scratchpad address is beyond the last bank">,
    Case<"HbmRange", 5, "an HBM address is beyond the memory">,
    Case<"Misaligned", 6, "an address is no multiple of the element size">,
    Case<"BankConflict", 7, "two claims of one bank port at the same time">,
    Case<"BankClaim", 8, "an access outside the banks that the command claims">,
    Case<"SemConflict", 9, "two takers of one semaphore in one cycle">,
    Case<"SemOverflow", 10, "a semaphore passed its largest value">,
    Case<"IndexRange", 11, "an index of an indirect stream is not below idx_limit">,
    Case<"AccRange", 12, "an accumulator row or column does not exist">,
    Case<"LoopDepth", 13, "more nested hardware loops than the sequencer has">,
    Case<"NetMismatch", 14, "members of a group disagree about a collective">,
    Case<"SpmError", 15, "a byte of the scratchpad was read with an error that cannot be corrected">,
    Case<"HbmError", 16, "a word of HBM was read with an error that cannot be corrected">,
  ];
}

def : Enumeration<"Counter", 5, "event counters, 64 bits each"> {
  let Cases = [
    Case<"CYCLES", 0, "cycles from start to halt">,
    Case<"INSTRS", 1, "instructions executed">,
    Case<"LOAD_CMDS", 2, "LOAD commands ended">,
    Case<"LOAD_BUSY", 3, "cycles in which LOAD was busy">,
    Case<"STORE_CMDS", 4, "STORE commands ended">,
    Case<"STORE_BUSY", 5, "cycles in which STORE was busy">,
    Case<"MXU_CMDS", 6, "MXU commands ended">,
    Case<"MXU_BUSY", 7, "cycles in which the MXU was busy">,
    Case<"VPU_CMDS", 8, "VPU commands ended">,
    Case<"VPU_BUSY", 9, "cycles in which the VPU was busy">,
    Case<"DRAIN_CMDS", 10, "DRAIN commands ended">,
    Case<"DRAIN_BUSY", 11, "cycles in which DRAIN was busy">,
    Case<"NET_CMDS", 12, "NET commands ended">,
    Case<"NET_BUSY", 13, "cycles in which NET was busy">,
    Case<"HBM_RD_BYTES", 14, "payload bytes read from HBM">,
    Case<"HBM_WR_BYTES", 15, "payload bytes written to HBM">,
    Case<"HBM_RD_PKTS", 16, "packets read from HBM">,
    Case<"HBM_WR_PKTS", 17, "packets written to HBM">,
    Case<"SPM_RD_BYTES", 18, "bytes read from the scratchpad">,
    Case<"SPM_WR_BYTES", 19, "bytes written to the scratchpad">,
    Case<"MXU_MACS", 20, "multiply-accumulates of the matrix unit">,
    Case<"ACC_BYTES", 21, "bytes read from and written to the accumulators">,
    Case<"VPU_OPS", 22, "micro-operations times active elements">,
    Case<"NET_BYTES", 23, "bytes to and from the collective network">,
    Case<"SPM_CORRECTED", 24, "bytes of the scratchpad that were read with an error, which was corrected">,
    Case<"HBM_CORRECTED", 25, "words of HBM that were read with an error, which was corrected">,
  ];
}

def : Enumeration<"Csr", 8, "host registers, 32 bits each, word addresses"> {
  let Cases = [
    Case<"CONTROL", 0, "write 1: start at the word in ENTRY; write 0: stop what runs">,
    Case<"STATUS", 1, "bit 0: busy, bit 1: done, bit 2: fault, bit 3: stopped by the host">,
    Case<"FAULT_CODE", 2, "fault code">,
    Case<"FAULT_PC", 3, "word address of the faulting instruction">,
    Case<"ENTRY", 4, "word address of the first instruction, 0 after reset; ignores writes while the machine is busy">,
    Case<"CHIP_ID", 5, "what RDID Chip reads, 0 after reset; ignores writes while the machine is busy">,
    Case<"FAULT_ADDR", 6, "SpmError, HbmError: address of the byte or word, else 0">,
    Case<"COUNTERS", 64, "counter i at COUNTERS + 2 i (low half) and + 2 i + 1">,
  ];
}

//===----------------------------------------------------------------------===//
// Error-correcting codes of the memories
//===----------------------------------------------------------------------===//

// Minimum odd-weight columns (Hsiao, IBM J. Res. Dev. 14 (1970), p. 395): all of weight 3,
// or as many of them as there are data bits, then of weight 5, so that rows have as many
// ones as each other, but for one.
def : ErrorCode<"SpmCode", 8, 5,
    [0x07, 0x0E, 0x1C, 0x19, 0x13, 0x0B, 0x16, 0x0D],
    "of a byte of the scratchpad">;
def : ErrorCode<"HbmCode", 64, 8,
    [0x07, 0x0B, 0x0D, 0x0E, 0x13, 0x15, 0x16, 0x19, 0x1A, 0x1C, 0x23, 0x25, 0x26, 0x29, 0x2A, 0x2C,
     0x31, 0x32, 0x34, 0x38, 0x43, 0x45, 0x46, 0x49, 0x4A, 0x4C, 0x51, 0x52, 0x54, 0x58, 0x61, 0x62,
     0x64, 0x68, 0x70, 0x83, 0x85, 0x86, 0x89, 0x8A, 0x8C, 0x91, 0x92, 0x94, 0x98, 0xA1, 0xA2, 0xA4,
     0xA8, 0xB0, 0xC1, 0xC2, 0xC4, 0xC8, 0xD0, 0xE0, 0x1F, 0x3E, 0x7C, 0xF8, 0xF1, 0xE3, 0xC7, 0x8F],
    "of 64 bits of HBM">;

//===----------------------------------------------------------------------===//
// Scalar instructions (one word)
//===----------------------------------------------------------------------===//

class ScalarInstr<string mnemonic, int opcode, string description>
    : Instr<mnemonic, opcode, "seq"> {
  let Fields = [
    Field<"opcode", 8, "opcode">,
    Field<"nwords", 8, "words of the instruction">,
    Field<"rd", 5, "destination register">,
    Field<"rs1", 5, "first source register">,
    Field<"rs2", 5, "second source register">,
    Field<"reserved", 1, "zero">,
    Field<"imm", 32, "immediate", 1, 1>,
    Field<"target", 32, "word address of a branch target or of the first word after a loop body">,
    Field<"mask", 32, "semaphore mask">,
  ];
  let Description = description;
}

def HALT   : ScalarInstr<"halt", 0x01, "Waits until all engines are idle, then the machine is done.">;
def FENCE  : ScalarInstr<"fence", 0x02, "Waits until all queues are empty and all engines are idle.">;
def WAIT   : ScalarInstr<"wait", 0x03, "Waits until every semaphore in `mask` is at least 1 and takes one from each.">;
def SIGNAL : ScalarInstr<"signal", 0x04, "Adds one to every semaphore in `mask`.">;
def LI     : ScalarInstr<"li", 0x10, "rd = imm">;
def ADDI   : ScalarInstr<"addi", 0x11, "rd = rs1 + imm">;
def ADD    : ScalarInstr<"add", 0x12, "rd = rs1 + rs2">;
def SUB    : ScalarInstr<"sub", 0x13, "rd = rs1 - rs2">;
def MUL    : ScalarInstr<"mul", 0x14, "rd = low 32 bits of rs1 * rs2">;
def SAND   : ScalarInstr<"and", 0x15, "rd = rs1 & rs2">;
def SOR    : ScalarInstr<"or", 0x16, "rd = rs1 | rs2">;
def SXOR   : ScalarInstr<"xor", 0x17, "rd = rs1 ^ rs2">;
def SSHL   : ScalarInstr<"shl", 0x18, "rd = rs1 << (rs2 & 31)">;
def SSHR   : ScalarInstr<"shr", 0x19, "rd = rs1 >> (rs2 & 31), zeros enter">;
def SLT    : ScalarInstr<"slt", 0x1A, "rd = rs1 < rs2 (signed) ? 1 : 0">;
def LDS    : ScalarInstr<"lds", 0x1B, "rd = the 32-bit word at scratchpad address rs1 + imm">;
def RDID   : ScalarInstr<"rdid", 0x1C, "rd = the number of the slice, or of its chip, that `imm` names (Id)">;
def BEQ    : ScalarInstr<"beq", 0x20, "go to `target` if rs1 = rs2">;
def BNE    : ScalarInstr<"bne", 0x21, "go to `target` if rs1 != rs2">;
def BLT    : ScalarInstr<"blt", 0x22, "go to `target` if rs1 < rs2 (signed)">;
def BGE    : ScalarInstr<"bge", 0x23, "go to `target` if rs1 >= rs2 (signed)">;
def JMP    : ScalarInstr<"jmp", 0x24, "go to `target`">;
def LOOP   : ScalarInstr<"loop", 0x25,
    "Runs the words from the next one up to, not including, `target` imm + R[rs1] times "
    "(at least once). The last instruction of the body may be any but a taken branch or another loop's end.">;

//===----------------------------------------------------------------------===//
// Engine commands
//===----------------------------------------------------------------------===//

class Command<string mnemonic, int opcode, string engine> : Instr<mnemonic, opcode, engine> {
  list<Field> Header = [
    Field<"opcode", 8, "opcode">,
    Field<"nwords", 8, "words of the command">,
    Field<"rd_banks", 16, "scratchpad banks whose read port the command claims">,
    Field<"aux_banks", 16, "banks claimed by a second read port (MXU weights, DMA indices)">,
    Field<"wr_banks", 16, "scratchpad banks whose write port the command claims">,
    Field<"wait_mask", 32, "semaphores of which one each is taken before the start">,
    Field<"signal_mask", 32, "semaphores to which one each is added at the end">,
  ];
}

class DmaCommand<string mnemonic, int opcode, string engine> : Command<mnemonic, opcode, engine> {
  let Fields = !listconcat(Header, [
    Field<"hbm_base", 32, "HBM byte address">,
    Field<"spm_base", 32, "scratchpad byte address">,
    Field<"idx_base", 32, "scratchpad byte address of the index list">,
    Field<"idx_limit", 32, "first index that is out of range">,
    Field<"hbm_reg", 5, "register added to hbm_base">,
    Field<"spm_reg", 5, "register added to spm_base">,
    Field<"esize", 3, "bytes of an element: 1, 2 or 4">,
    Field<"idx_en", 1, "dimension 0 of the HBM stream goes through the index list">,
    Field<"reserved", 18, "zero">,
    Field<"size", 32, "iterations of each dimension, outermost first", 6>,
    Field<"hbm_stride", 32, "bytes per step in HBM", 6, 1>,
    Field<"spm_stride", 32, "bytes per step in the scratchpad", 6, 1>,
  ]);
}

def LOAD : DmaCommand<"dma.load", 0x40, "load"> {
  let Description = "Copies a stream from HBM to the scratchpad.";
}
def STORE : DmaCommand<"dma.store", 0x41, "store"> {
  let Description = "Copies a stream from the scratchpad to HBM.";
}

class MatrixCommand<string mnemonic, int opcode> : Command<mnemonic, opcode, "mxu"> {
  list<Field> Product = [
    Field<"a_base", 32, "scratchpad address of the activations">,
    Field<"w_base", 32, "scratchpad address of the weights">,
    Field<"a_reg", 5, "register added to a_base">,
    Field<"w_reg", 5, "register added to w_base">,
    Field<"a_fmt", 5, "format of the activations", 1, 0, "Format">,
    Field<"w_fmt", 5, "format of the weights", 1, 0, "Format">,
    Field<"accumulate", 1, "add to what the accumulators hold">,
    Field<"w_by_col", 1, "fetch the weight tile column by column (k contiguous)">,
    Field<"reserved", 10, "zero">,
    Field<"acc_base", 16, "first accumulator row">,
    Field<"ncols", 16, "columns in use">,
    Field<"msize", 32, "iterations over rows of the result, outermost first", 3>,
    Field<"ksize", 32, "iterations over the contraction; the last is spread over the rows of the array", 3>,
    Field<"a_mstride", 32, "bytes per step of each row dimension", 3, 1>,
    Field<"a_kstride", 32, "bytes per step of each contraction dimension; fp4: the last per two elements", 3, 1>,
    Field<"w_kstride", 32, "bytes per step of each contraction dimension; fp4: the last per two elements", 3, 1>,
    Field<"w_nstride", 32, "bytes per step over the columns", 1, 1>,
  ];
  let Fields = !listconcat(Header, Product);
}

def MATMUL : MatrixCommand<"mxu.matmul", 0x48> {
  let Description = "Multiplies an M x K stream by a K x ncols stream into the accumulators.";
}

// Begins like MATMUL, so that one decoder reads both.
def MATMULMX : MatrixCommand<"mxu.matmul_mx", 0x4B> {
  let Description = "MATMUL with an E8M0 scale for every 32 elements along the contraction of both operands.";
  let Fields = !listconcat(Header, Product, [
    Field<"as_base", 32, "scratchpad address of the scales of the activations">,
    Field<"ws_base", 32, "scratchpad address of the scales of the weights">,
    Field<"as_reg", 5, "register added to as_base">,
    Field<"ws_reg", 5, "register added to ws_base">,
    Field<"reserved_mx", 22, "zero">,
    Field<"as_mstride", 32, "bytes per step of each row dimension", 3, 1>,
    Field<"as_kstride", 32, "bytes per step of each contraction dimension, the last per 32 elements", 3, 1>,
    Field<"ws_kstride", 32, "bytes per step of each contraction dimension, the last per 32 elements", 3, 1>,
    Field<"ws_nstride", 32, "bytes per step over the columns", 1, 1>,
    Field<"pad", 32, "zero", 3>,
  ]);
}

// Begins like MATMUL, too.
def MATMULRS : MatrixCommand<"mxu.matmul_rs", 0x4D> {
  let Description = "MATMUL that first halves what the accumulators hold, in each column as often as a byte says.";
  let Fields = !listconcat(Header, Product, [
    Field<"rs_base", 32, "scratchpad address of the bytes, one for each column">,
    Field<"rs_reg", 5, "register added to rs_base">,
    Field<"reserved_rs", 27, "zero">,
    Field<"pad", 32, "zero", 2>,
  ]);
}

def ACCST : Command<"mxu.accst", 0x49, "drain"> {
  let Description = "Writes accumulators to the scratchpad.";
  let Fields = !listconcat(Header, [
    Field<"o_base", 32, "scratchpad address of the result">,
    Field<"o_reg", 5, "register added to o_base">,
    Field<"o_fmt", 5, "F32, BF16 or F16; I32: the word as it is", 1, 0, "Format">,
    Field<"reserved", 22, "zero">,
    Field<"acc_base", 16, "first accumulator row">,
    Field<"ncols", 16, "columns in use">,
    Field<"msize", 32, "iterations over rows, outermost first", 3>,
    Field<"o_mstride", 32, "bytes per step of each row dimension", 3, 1>,
    Field<"o_nstride", 32, "bytes per step over the columns", 1, 1>,
  ]);
}

def VPURUN : Command<"vpu.run", 0x50, "vpu"> {
  let Description = "Runs a micro-program over streams; may reduce.";
  let VariableTail = 1;
  let Fields = !listconcat(Header, [
    Field<"size", 32, "iterations of each dimension, outermost first; the last runs over lanes", 6>,
    Field<"in_base", 32, "scratchpad address of each input (start value if Iota)", 4>,
    Field<"in_reg", 5, "register added to each in_base", 4>,
    Field<"in_fmt", 5, "format of each input", 4, 0, "Format">,
    Field<"out_reg", 4, "vector register that is stored">,
    Field<"out_base_reg", 5, "register added to out_base">,
    Field<"out_fmt", 5, "format of the output", 1, 0, "Format">,
    Field<"nuops", 7, "micro-operations">,
    Field<"first_red", 3, "first reduced dimension; 5: none">,
    Field<"lane_red", 1, "dimension 5 is reduced, too">,
    Field<"red_op", 3, "operation of the reduction tree", 1, 0, "ReduceOp">,
    Field<"reserved", 28, "zero">,
    Field<"red_init", 32, "start value of register 15">,
    Field<"out_base", 32, "scratchpad address of the output">,
    Field<"in_stride", 32, "bytes per step: input i, dimension d at 6 i + d", 24, 1>,
    Field<"out_stride", 32, "bytes per step of the output", 6, 1>,
    Field<"pad", 32, "zero", 3>,
    Field<"uops", 64, "micro-program", 64>,
  ]);
}

def COLLECTIVE : Command<"net.collective", 0x58, "net"> {
  let Description = "Moves or reduces a tile of each member of a group, from scratchpad to scratchpad.";
  let Fields = !listconcat(Header, [
    Field<"src_base", 32, "scratchpad address of what the slice gives">,
    Field<"dst_base", 32, "scratchpad address of what it gets">,
    Field<"src_reg", 5, "register added to src_base">,
    Field<"dst_reg", 5, "register added to dst_base">,
    Field<"kind", 3, "what is done", 1, 0, "CollectiveKind">,
    Field<"group", 2, "who takes part", 1, 0, "Group">,
    Field<"op", 3, "operation of a reduction", 1, 0, "ReduceOp">,
    Field<"fmt", 5, "format of the elements", 1, 0, "Format">,
    Field<"chips", 2, "which chips take part", 1, 0, "Chips">,
    Field<"reserved", 7, "zero">,
    Field<"root", 32, "member whose part is broadcast">,
    Field<"rows", 16, "rows of a part">,
    Field<"columns", 16, "elements of a row, contiguous">,
    Field<"src_stride", 32, "bytes from row to row of what the slice gives", 1, 1>,
    Field<"dst_stride", 32, "bytes from row to row of what it gets", 1, 1>,
    Field<"part_stride", 32, "bytes from part to part: of AllGather where it gets, of ReduceScatter where it gives", 1, 1>,
  ]);
}

class SyncCommand<string mnemonic, int opcode, string engine> : Command<mnemonic, opcode, engine> {
  let Fields = Header;
  let Description = "Waits and signals when all commands of the engine before it have ended; "
                    "does nothing else and ignores its bank fields.";
}

def LOADSYNC  : SyncCommand<"dma.load_sync", 0x42, "load">;
def STORESYNC : SyncCommand<"dma.store_sync", 0x43, "store">;
def MXUSYNC   : SyncCommand<"mxu.sync", 0x4A, "mxu">;
def DRAINSYNC : SyncCommand<"mxu.drain_sync", 0x4C, "drain">;
def NETSYNC   : SyncCommand<"net.sync", 0x59, "net">;
def VPUSYNC   : SyncCommand<"vpu.sync", 0x51, "vpu">;

/// A micro-operation is packed like an instruction, in 64 bits.
def UOP : Instr<"uop", 0, "uop"> {
  let Description = "One VPU micro-operation.";
  let Fields = [
    Field<"op", 7, "operation", 1, 0, "Uop">,
    Field<"dst", 4, "destination register">,
    Field<"a", 4, "first source register">,
    Field<"b", 4, "second source register">,
    Field<"c", 4, "third source register">,
    Field<"imm_sel", 2, "1, 2, 3: source a, b, c is `imm`; 0: none">,
    Field<"reserved", 7, "zero">,
    Field<"imm", 32, "immediate">,
  ];
}
