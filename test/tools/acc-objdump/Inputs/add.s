# y = x + (1, 2, ..., 8), by hand.
.target xpu-tiny
.input "x", float32, float32, [8], 0x0
.output "y", float32, float32, [8], 0x40
.loc "add.s"
  dma.load wr_banks=0x1, esize=4, size=[1, 1, 1, 1, 1, 8], hbm_stride=[0, 0, 0, 0, 0, 4], spm_stride=[0, 0, 0, 0, 0, 4]
  dma.load wr_banks=0x2, signal_mask=0x1, hbm_base=0x80, spm_base=0x8000, esize=4, size=[1, 1, 1, 1, 1, 8], hbm_stride=[0, 0, 0, 0, 0, 4], spm_stride=[0, 0, 0, 0, 0, 4]
  vpu.run rd_banks=0x3, wr_banks=0x4, wait_mask=0x1, signal_mask=0x2, size=[1, 1, 1, 1, 1, 8], in_base=[0, 0x8000], in_fmt=[F32, F32, None, None], out_reg=r2, out_fmt=F32, first_red=5, out_base=0x10000, in_stride=[0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 4], out_stride=[0, 0, 0, 0, 0, 4], uops={ FADD r2, r0, r1 }
  dma.store rd_banks=0x4, wait_mask=0x2, hbm_base=0x40, spm_base=0x10000, esize=4, size=[1, 1, 1, 1, 1, 8], hbm_stride=[0, 0, 0, 0, 0, 4], spm_stride=[0, 0, 0, 0, 0, 4]
  halt
.hbm 0x80
  .float 1, 2, 3, 4, 5, 6, 7, 8
