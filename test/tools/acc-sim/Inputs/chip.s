# On each slice: y = the sum of all slices' x; z = the rows of x of the slice's row of slices, side by side; who = its number.
.target xpu-tiny-4
.input "x", float32, float32, [3, 4], 0x0
.output "y", float32, float32, [3, 4], 0x100
.output "z", float32, float32, [3, 8], 0x200
.output "who", int32, int32, [1], 0x300
.loc "chip.s"
  dma.load wr_banks=0x1, signal_mask=0x1, esize=4, size=[1, 1, 1, 1, 1, 12], hbm_stride=[0, 0, 0, 0, 0, 4], spm_stride=[0, 0, 0, 0, 0, 4]
  net.collective rd_banks=0x1, wr_banks=0x2, wait_mask=0x1, signal_mask=0x2, dst_base=0x8000, kind=AllReduce, group=Chip, fmt=F32, rows=3, columns=4, src_stride=16, dst_stride=16
  net.collective rd_banks=0x1, wr_banks=0x4, signal_mask=0x4, dst_base=0x10000, kind=AllGather, group=Row, fmt=F32, rows=3, columns=4, src_stride=16, dst_stride=32, part_stride=16
  rdid rd=r1, imm=0
  vpu.run wr_banks=0x8, signal_mask=0x8, size=[1, 1, 1, 1, 1, 1], in_reg=[r1], in_fmt=[Iota, None, None, None], out_fmt=I32, first_red=5, out_base=0x18000
  dma.store rd_banks=0x2, wait_mask=0x2, hbm_base=0x100, spm_base=0x8000, esize=4, size=[1, 1, 1, 1, 1, 12], hbm_stride=[0, 0, 0, 0, 0, 4], spm_stride=[0, 0, 0, 0, 0, 4]
  dma.store rd_banks=0x4, wait_mask=0x4, hbm_base=0x200, spm_base=0x10000, esize=4, size=[1, 1, 1, 1, 1, 24], hbm_stride=[0, 0, 0, 0, 0, 4], spm_stride=[0, 0, 0, 0, 0, 4]
  dma.store rd_banks=0x8, wait_mask=0x8, hbm_base=0x300, spm_base=0x18000, esize=4, size=[1, 1, 1, 1, 1, 1], hbm_stride=[0, 0, 0, 0, 0, 4], spm_stride=[0, 0, 0, 0, 0, 4]
  halt
