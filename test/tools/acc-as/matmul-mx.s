// RUN: acc-as %s -o %t.o
// RUN: acc-objdump %t.o | FileCheck %s
// Block scales: the fields behind those of mxu.matmul.
.target xpu-tiny
// CHECK: mxu.matmul_mx a_fmt=F8E4M3, w_fmt=F4E2M1, ncols=8, as_base=0x40, ws_reg=r3, as_kstride=[1, 2, 3], ws_nstride=-1 // 0
  mxu.matmul_mx a_fmt=F8E4M3, w_fmt=F4E2M1, ncols=8, as_base=64, ws_reg=r3, ws_nstride=-1, as_kstride=[1, 2, 3]
// CHECK-NEXT: halt // 10
  halt
