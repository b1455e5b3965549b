// Interface between the matrix unit's control and its array, and the operand checks.
package xpu_mxu_pkg;
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;

  // One group of elements of an A vector, with the scratchpad data of the same cycle.
  typedef struct packed {
    logic        valid;
    logic [15:0] first;    // element index of the first
    logic [15:0] count;
    logic        bcast;
    logic [3:0]  fmt;
    logic        enter;    // the vector is complete and enters the array
    logic [15:0] kb;       // elements of the vector
    logic        buffer;   // weight buffer
    logic [15:0] acc_row;
    logic        write;    // write the accumulators instead of adding
    logic        last;     // last vector of the command
  } a_part_t;

  // One group of elements of a weight tile.
  typedef struct packed {
    logic        valid;
    logic        by_col;
    logic [15:0] vec;      // row, or column if by_col
    logic [15:0] first;
    logic [15:0] count;
    logic        bcast;
    logic [3:0]  fmt;
    logic        buffer;
  } w_part_t;

  function automatic logic mxu_format(logic [3:0] f);
    case (f)
      FormatBF16, FormatF32_T0, FormatF32_T1, FormatF32_T2, FormatF16_T0, FormatF16_T1: return 1'b1;
      default: return 1'b0;
    endcase
  endfunction

  function automatic logic acc_bad(logic [2:0][31:0] msize, logic [15:0] base, logic [15:0] ncols);
    logic [63:0] m;
    if (msize[0] > 32'(MxuAccRows) || msize[1] > 32'(MxuAccRows) || msize[2] > 32'(MxuAccRows)) return 1'b1;
    m = 64'(msize[0]) * 64'(msize[1]) * 64'(msize[2]);
    return m + 64'(base) > 64'(MxuAccRows) || 32'(ncols) > 32'(MxuCols);
  endfunction

  function automatic logic [7:0] matmul_check(matmul_cmd_t c);
    // verilator no_inline_task
    logic       mis;
    logic [2:0] ea, ew;
    for (int d = 0; d < 3; d++) if (c.msize[d] == 32'd0 || c.ksize[d] == 32'd0) return FaultBadOperand;
    if (c.ncols == 16'd0 || !mxu_format(c.a_fmt) || !mxu_format(c.w_fmt)) return FaultBadOperand;
    ea  = format_bytes(c.a_fmt);
    ew  = format_bytes(c.w_fmt);
    mis = misaligned(c.a_base, ea) || misaligned(c.w_base, ew) || misaligned(c.w_nstride, ew);
    for (int d = 0; d < 3; d++)
      mis = mis || misaligned(c.a_mstride[d], ea) || misaligned(c.a_kstride[d], ea) || misaligned(c.w_kstride[d], ew);
    if (mis) return FaultMisaligned;
    return acc_bad(c.msize, c.acc_base, c.ncols) ? FaultAccRange : FaultNone;
  endfunction

  function automatic logic [7:0] accst_check(accst_cmd_t c);
    // verilator no_inline_task
    logic       mis;
    logic [2:0] eo;
    for (int d = 0; d < 3; d++) if (c.msize[d] == 32'd0) return FaultBadOperand;
    if (c.ncols == 16'd0) return FaultBadOperand;
    if (c.o_fmt != FormatF32 && c.o_fmt != FormatBF16 && c.o_fmt != FormatF16) return FaultBadOperand;
    eo  = format_bytes(c.o_fmt);
    mis = misaligned(c.o_base, eo) || misaligned(c.o_nstride, eo);
    for (int d = 0; d < 3; d++) mis = mis || misaligned(c.o_mstride[d], eo);
    if (mis) return FaultMisaligned;
    return acc_bad(c.msize, c.acc_base, c.ncols) ? FaultAccRange : FaultNone;
  endfunction
endpackage
