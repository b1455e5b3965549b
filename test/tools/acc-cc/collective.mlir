// Commands of NET as the assembler's text shows them: fields, claims and semaphores.
// RUN: acc-cc %s --target=xpu-tiny --emit=asm | FileCheck %s

!hbm = memref<8x8xf32, #xpu.space<hbm>>
!spm = memref<8x8xf32, #xpu.space<spm>>
func.func @main(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 256 : i64}) {
  %a = memref.alloc() {xpu.address = 32 : i64} : !spm
  %b = memref.alloc() {xpu.address = 32768 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      {signal = #xpu.semaphores<0>} : !hbm, !spm
  // CHECK: net.collective rd_banks=0x1, wr_banks=0x2, wait_mask=0x1, src_base=0x24, dst_base=0x8000, kind=ReduceScatter,
  // CHECK-SAME: group=Row, op=FMax, fmt=F32, rows=3, columns=2, src_stride=32, dst_stride=8, part_stride=96
  xpu.collective <reduce_scatter> by <fmax> over <row> of 2 rows 3 columns 2 <f32> %a <4, [96, 32, 4]> to %b <0, [0, 8, 4]>
      {wait = #xpu.semaphores<0>} : !spm, !spm
  // CHECK: net.collective rd_banks=0x1, wr_banks=0x2, src_base=0x20, dst_base=0x8000, kind=AllGather,
  // CHECK-SAME: group=Column, fmt=BF16, rows=1, columns=4, src_stride=64, dst_stride=64, part_stride=8
  xpu.collective <all_gather> over <column> of 4 rows 1 columns 4 <bf16> %a <0, [0, 64, 2]> to %b <0, [8, 64, 2]> : !spm, !spm
  // CHECK: net.collective rd_banks=0x1, wr_banks=0x1, src_base=0x20, dst_base=0x20, kind=Broadcast, group=Chip, fmt=F32, root=3,
  xpu.collective <broadcast> over <chip> of 4 rows 1 columns 4 <f32> %a <0, [0, 32, 4]> to %a <0, [0, 32, 4]> root 3 : !spm, !spm
  // CHECK: net.collective signal_mask=0x4000000, kind=Barrier, group=Chip, fmt=F32
  xpu.barrier <chip> {signal = #xpu.semaphores<26>}
  // CHECK: net.collective kind=Barrier, group=Slice, fmt=F32, chips=Tray
  xpu.barrier <slice> in <tray>
  xpu.store %b to %y size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]>
      {wait = #xpu.semaphores<26>} : !spm, !hbm
  return
}
