// Collectives and what tells slices apart. The bits are written out by hand: in the first word signal_mask, wait_mask,
// wr_banks, aux_banks, rd_banks, length, opcode; then root, the word of small fields (format from bit 18, op from 15, group
// from 13, kind from 10, two registers), dst_base, src_base; then part, dst and src stride, columns, rows.
// RUN: acc-as %s -o %t.o && acc-objdump --no-addresses %t.o > %t.s && FileCheck %s < %t.s
// RUN: acc-as %t.s -o %t2.o && cmp %t.o %t2.o

// CHECK: .target xpu-tiny-4
.target xpu-tiny-4
.text
// CHECK: {{^}}  net.collective rd_banks=0x1, wr_banks=0x4, wait_mask=0x1, signal_mask=0x80000000, src_base=0x10, dst_base=0x20,
// CHECK-SAME: src_reg=r1, dst_reg=r2, kind=ReduceScatter, group=Column, op=IMax, fmt=I32, root=3,
// CHECK-SAME: rows=5, columns=9, src_stride=64, dst_stride=-4, part_stride=1024{{$}}
.raw 0x80000000000000010004000000010358, 0x00000003000648410000002000000010, 0x00000400fffffffc0000004000090005
// CHECK-NEXT: {{^}}  net.collective kind=AllReduce, group=Chip, fmt=F32, rows=1, columns=1{{$}}
  net.collective kind=AllReduce, group=Chip, op=FAdd, fmt=F32, rows=1, columns=1
// CHECK-NEXT: {{^}}  net.sync wait_mask=0x3{{$}}
.raw 0x00000000000000030000000000000159
// CHECK-NEXT: {{^}}  rdid rd=r4, imm=3{{$}}
  rdid rd=r4, imm=3
// CHECK-NEXT: {{^}}  halt
  halt
