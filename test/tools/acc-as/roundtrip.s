// Text to object to text: what comes back is accepted, and gives the same bytes.
// RUN: acc-as %s -o %t.o
// RUN: acc-objdump %t.o > %t.s
// RUN: FileCheck %s < %t.s
// RUN: acc-as %t.s -o %t2.o && cmp %t.o %t2.o
// RUN: acc-objdump --no-addresses %t.o | acc-as - -o %t3.o && cmp %t.o %t3.o

// CHECK: .target xpu-tiny
.target xpu-tiny
// CHECK: .input "x \"1\"\n", int64, int32, [2, 3], 0x100
.input "x \"1\"\n", int64, int32, [2, 3], 256
// A scalar has no sizes.
// CHECK: .output "y", float32, float32, [], 0x200
.output "y", float32, float32, [], 0x200
// CHECK: .output "z", "strange", "strange", [4], 0x300, 12
.output "z", "strange", "strange", [4], 0x300, 12

// CHECK: .text
// CHECK-NEXT: .loc "model.onnx: a+b"
.loc "model.onnx: a+b"
// Zero fields are left out; the rest keeps the order of the encoding.
// CHECK-NEXT: li rd=r1, imm=-4 // 0
  li imm=-4, rd=r1, rs1=r0
// CHECK-NEXT: L1:
again:
// CHECK-NEXT: loop rs1=r31, imm=2, target=L12 // 1
  loop imm=2, rs1=r31, target=done
// CHECK-NEXT: dma.load rd_banks=0x1, aux_banks=0x8000, wr_banks=0xffff, wait_mask=0x80000000, signal_mask=0x1,
// CHECK-SAME: hbm_base=0xffffffff, spm_base=0x10, idx_base=0x20, idx_limit=7, hbm_reg=r3, spm_reg=r4, esize=4, idx_en=1,
// CHECK-SAME: reserved=262143, size=[1, 2, 3, 4, 5, 4294967295], hbm_stride=[-2147483648, 0, 0, 0, 0, 4], spm_stride=[2147483647] // 2
  dma.load rd_banks=1, aux_banks=0x8000, wr_banks=0xffff, wait_mask=0x80000000, signal_mask=1, hbm_base=0xffffffff, spm_base=16, idx_base=32, idx_limit=7, hbm_reg=r3, spm_reg=r4, esize=4, idx_en=1, reserved=0x3ffff, size=[1, 2, 3, 4, 5, 0xffffffff], hbm_stride=[-2147483648, 0, 0, 0, 0, 4], spm_stride=[2147483647]
// A source given late is sorted in, but a line inside an instruction keeps its address.
// CHECK-NEXT: .loc "late", 3, 224
// CHECK-NEXT: bne rs1=r1, rs2=r2, target=L1 // 9
  bne rs1=r1, rs2=r2, target=again
// A target inside an instruction has no label.
// CHECK-NEXT: jmp target=4 // 10
  jmp target=4
// CHECK-NEXT: wait mask=0x3 // 11
  wait mask=3
// CHECK-NEXT: L12:
done:
// Formats are always shown, because F32 is zero.
// CHECK-NEXT: mxu.matmul a_fmt=F32, w_fmt=F16_T1, accumulate=1, w_by_col=1, acc_base=65535, ncols=8, msize=[0, 0, 1] // 12
  mxu.matmul w_fmt=F16_T1, accumulate=1, w_by_col=1, acc_base=65535, ncols=8, msize=[0, 0, 1]
// CHECK-NEXT: mxu.accst o_base=0x40, o_reg=r5, o_fmt=F32_T1, o_nstride=-4 // 18
  mxu.accst o_base=64, o_reg=r5, o_fmt=9, o_nstride=-4
// CHECK-NEXT: vpu.run size=[1], in_reg=[r0, r2], in_fmt=[F32, Iota, None, 6], out_reg=r15, out_fmt=BF16, first_red=5, lane_red=1, red_op=FMax, red_init=0xbf800000,
// CHECK-SAME: uops={ FMUL r4, r0, 1.5f; FMA r5, r4, r4, 0x7fc00000; IADD r6, r5, -3; SEL r15, r6, r7, 0x12345678; EXP2 r1, r1; 0x1ffffffff } // 22
  vpu.run size=[1], in_reg=[r0, r2], in_fmt=[F32, Iota, None, 6], out_reg=r15, out_fmt=BF16, first_red=5, lane_red=1, red_op=FMax, red_init=-1.0, uops={
    FMUL r4, r0, 1.5 ; FMA r5, r4, r4, 0x7fc00000;   # several lines are fine
    IADD r6, r5, -3; SEL r15, r6, r7, 0x12345678;
    EXP2 r1, r1; 0x1ffffffff
  }
// Words that are no instruction.
// CHECK-NEXT: .raw 0x00000000000000000000000000000000 // 38
// CHECK-NEXT: .raw 0x123456789abcdef0fedcba9876543210 // 39
  .raw 0x0, 0x123456789abcdef0fedcba9876543210
.loc "late", 3, 224
// CHECK-NEXT: halt // 40
  halt
// CHECK-NEXT: .hbm 0x1000
// CHECK-NEXT: .word 0x0201ff80, 0x3f800000, 0xffffffff, 0x00000000, {{.*}} // 0x1000
// CHECK-NEXT: .zero 32
// CHECK-NEXT: .word 0x00000000, 0x00000000, 0x00000000 // 0x1040
// CHECK-NEXT: .byte 0x07 // 0x104c
// CHECK-NOT: {{.}}
.hbm 0x1000
  .byte 0x80, -1, 1, 2
  .float 1.0
  .word -1
  .zero 50
.text
.hbm 0x104c
  .byte 7
