// Operand check of the DMA commands at their start.
package xpu_dma_pkg;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;

  function automatic logic [7:0] dma_check(load_cmd_t c);
    // verilator no_inline_task
    logic mis;
    for (int d = 0; d < 6; d++) if (c.size[d] == 32'd0) return FaultBadOperand;
    if (c.esize != 3'd1 && c.esize != 3'd2 && c.esize != 3'd4) return FaultBadOperand;
    mis = misaligned(c.hbm_base, c.esize) || misaligned(c.spm_base, c.esize);
    for (int d = 0; d < 6; d++)
      mis = mis || misaligned(c.hbm_stride[d], c.esize) || misaligned(c.spm_stride[d], c.esize);
    if (c.idx_en) mis = mis || misaligned(c.idx_base, 3'd4);
    return mis ? FaultMisaligned : FaultNone;
  endfunction
endpackage
