// RUN: not acc-as %s -o %t.o 2>&1 | FileCheck %s --match-full-lines --strict-whitespace --implicit-check-not=error:
// RUN: not ls %t.o

//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:1: error: unknown directive '.traget'; did you mean '.target'?
.traget xpu-tiny
.target xpu-tiny
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:1: error: second .target; a program has one
.target jx1-slice
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:13: error: unknown type; expects float32, float16, bfloat16, int32, int8, bool, ... or another name in quotes
.input "x", float, float32, [1], 0
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:8: error: expects a string in quotes for the name of a tensor
.input x, float32, float32, [1], 0
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:3: error: unknown instruction 'dma.laod'; did you mean 'dma.load'?
  dma.laod esize=4
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:6: error: 'rs3' is no field of li; expects rd, rs1, rs2, reserved, imm, target, mask
  li rs3=r1
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:10: error: expects a register r0 to r31
  add rd=r32
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:10: error: imm is out of range; expects -2147483648 to 2147483647
  li imm=2147483648
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:18: error: esize is out of range; expects 0 to 7
  dma.load esize=8
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:36: error: size has at most 6 elements
  dma.load size=[1, 1, 1, 1, 1, 1, 1]
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:20: error: 'F33' is no Format; expects F32, I32, BF16, F16, I8, U8, F32_T0, F32_T1, F32_T2, F16_T0, F16_T1, Iota, None, F8E4M3, F8E5M2, F6E2M3, F6E3M2, F4E2M1
  mxu.matmul a_fmt=F33
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:16: error: field 'mask' is given twice
  wait mask=1, mask=2
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:17: error: expects a micro-operation; did you mean 'FADD'?
  vpu.run uops={FAD r1, r2, r3}
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:28: error: expects ',' and 1 more of the 2 sources of FADD
  vpu.run uops={FADD r1, r2}
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:31: error: second immediate; a micro-operation holds one
  vpu.run uops={FADD r1, 1.0, 2.0}
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:1: error: '.byte' outside of .hbm; put '.hbm ADDRESS' before it
.byte 1
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:6: error: string without an end; expects '"' on the same line
.loc "open
// Labels are looked up at the end.
//      CHECK:{{.*}}errors.s:[[#@LINE+1]]:14: error: label 'nowhere' is not defined; did you mean 'nowher'?
  jmp target=nowhere
nowher:
