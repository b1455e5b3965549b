// RUN: acc-as %s -o %t.o
// RUN: acc-objdump %t.o | FileCheck %s
// The bytes that say how often accumulators are halved: a field behind those of mxu.matmul.
.target xpu-tiny
// CHECK: mxu.matmul_rs a_fmt=BF16, w_fmt=BF16, accumulate=1, ncols=8, rs_base=0x40, rs_reg=r3 // 0
  mxu.matmul_rs a_fmt=BF16, w_fmt=BF16, accumulate=1, ncols=8, rs_base=64, rs_reg=r3
// CHECK-NEXT: halt // 7
  halt
