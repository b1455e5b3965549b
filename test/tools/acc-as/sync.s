// SYNC of every engine: only the header, in one word. The bits are written out by hand:
// signal_mask, wait_mask, wr_banks, aux_banks, rd_banks, length, opcode.
// RUN: acc-as %s -o %t.o && acc-objdump --no-addresses %t.o > %t.s && FileCheck %s < %t.s
// RUN: acc-as %t.s -o %t2.o && cmp %t.o %t2.o

.target xpu-tiny
.text
// CHECK: {{^}}  dma.load_sync wait_mask=0x1, signal_mask=0x80000000{{$}}
.raw 0x80000000000000010000000000000142
// CHECK-NEXT: {{^}}  dma.store_sync wait_mask=0x3{{$}}
.raw 0x00000000000000030000000000000143
// CHECK-NEXT: {{^}}  mxu.sync signal_mask=0x2{{$}}
.raw 0x0000000200000000000000000000014a
// CHECK-NEXT: {{^}}  mxu.drain_sync wait_mask=0x4{{$}}
.raw 0x0000000000000004000000000000014c
// CHECK-NEXT: {{^}}  vpu.sync{{ *$}}
.raw 0x00000000000000000000000000000151
// CHECK-NEXT: {{^}}  vpu.sync rd_banks=0x1, aux_banks=0x2, wr_banks=0x4{{$}}
  vpu.sync rd_banks=1, aux_banks=2, wr_banks=4
// CHECK-NEXT: {{^}}  halt
  halt
