// Interface between the matrix unit's control and its array, and the operand checks.
package xpu_mxu_pkg;
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;

  // Cycles in which a dot product is made before a partial sum meets it. They, those of an accumulator, and one for the end
  // of the command are what MxuTail has to cover.
  localparam int unsigned DotLatency = (MxuTail >= MxuAccLatency + 4) ? 3 : MxuTail - MxuAccLatency - 1;

  // One group of pieces (docs/machine.md: an element, or two of fp4) of an A vector, with the scratchpad data of the
  // same cycle.
  typedef struct packed {
    logic        valid;
    logic [15:0] first;    // index of the first
    logic [15:0] count;
    logic        bcast;
    logic        enter;    // the vector is complete and enters the array
    logic [15:0] kb;       // elements of the vector
    logic        buffer;   // weight buffer
    slot_t       slot;     // of its command
    logic [15:0] acc_row;
    logic        write;    // write the accumulators instead of adding
    logic        halve;    // scale what they hold before adding
    logic        last;     // last vector of the command
  } a_part_t;

  typedef enum logic [1:0] {
    PartTile   = 2'd0,
    PartWScale = 2'd1,
    PartAScale = 2'd2,
    PartHalve  = 2'd3
  } w_kind_e;

  // One group of pieces of a weight tile, of the scales of its step, or of the bytes that say how often accumulators are
  // halved.
  typedef struct packed {
    logic        valid;
    w_kind_e     kind;
    logic        by_col;
    logic [15:0] vec;      // row of pieces, or column if by_col; of scales: block
    logic [15:0] first;    // of PartAScale: accumulator row
    logic [15:0] count;
    logic        bcast;
    logic        buffer;
    slot_t       slot;
  } w_part_t;

  // What the array computes with for a command.
  typedef struct packed {
    logic [4:0]    a_fmt;
    logic [4:0]    w_fmt;
    matrix_class_e class_a;   // that of A says which processing element
    logic [4:0]    group;
    logic          scaled;
    logic          halves;
    logic [15:0]   ncols;
  } mode_t;

  function automatic mode_t mode_of(matmulmx_cmd_t c);
    mode_t m;
    m.a_fmt   = c.a_fmt;
    m.w_fmt   = c.w_fmt;
    m.class_a = matrix_class(c.a_fmt);
    m.group   = matrix_group(c.a_fmt, c.w_fmt);
    m.scaled  = c.opcode == OpMATMULMX;
    m.halves  = c.opcode == OpMATMULRS;
    m.ncols   = c.ncols;
    return m;
  endfunction

  // Elements along the contraction that a step covers; with scales whole blocks.
  localparam int unsigned Depth1   = MxuRows;
  localparam int unsigned Depth4   = MxuRows * 4;
  localparam int unsigned Depth8   = MxuRows * 8;
  localparam int unsigned Depth16  = MxuRows * 16;
  localparam int unsigned Scaled4  = Depth4 / ScaleBlock * ScaleBlock;
  localparam int unsigned Scaled8  = Depth8 / ScaleBlock * ScaleBlock;
  localparam int unsigned Scaled16 = Depth16 / ScaleBlock * ScaleBlock;

  function automatic logic [31:0] step_depth(logic [4:0] group, logic scaled);
    case (group)
      5'd1:    return scaled ? 32'd0 : 32'(Depth1);
      5'd4:    return scaled ? 32'(Scaled4) : 32'(Depth4);
      5'd8:    return scaled ? 32'(Scaled8) : 32'(Depth8);
      5'd16:   return scaled ? 32'(Scaled16) : 32'(Depth16);
      default: return 32'd0;
    endcase
  endfunction

  // ceil(k / depth), 1 where the machine has no such step; every divisor is a constant.
  function automatic logic [31:0] num_steps(logic [4:0] group, logic scaled, logic [31:0] k);
    logic [31:0] n;
    n = k - 32'd1;
    case ({scaled, group})
      {1'b0, 5'd1}:  n = n / 32'(Depth1);
      {1'b0, 5'd4}:  n = n / 32'(Depth4);
      {1'b0, 5'd8}:  n = n / 32'(Depth8);
      {1'b0, 5'd16}: n = n / 32'(Depth16);
      {1'b1, 5'd4}:  n = (Scaled4 == 0) ? 32'd0 : n / 32'((Scaled4 == 0) ? 1 : Scaled4);
      {1'b1, 5'd8}:  n = (Scaled8 == 0) ? 32'd0 : n / 32'((Scaled8 == 0) ? 1 : Scaled8);
      {1'b1, 5'd16}: n = (Scaled16 == 0) ? 32'd0 : n / 32'((Scaled16 == 0) ? 1 : Scaled16);
      default:       n = 32'd0;
    endcase
    return n + 32'd1;
  endfunction

  // Bytes from a step to the next: `stride` for each of its pieces (two elements each with `halves`), and for each of its
  // blocks of scales. Products with constants only.
  function automatic logic [31:0] step_move(logic [31:0] stride, logic [4:0] group, logic scaled, logic halves);
    case ({scaled, group})
      {1'b0, 5'd1}:  return stride * 32'(Depth1);
      {1'b0, 5'd4}:  return stride * 32'(Depth4);
      {1'b0, 5'd8}:  return halves ? stride * 32'(Depth8 / 2) : stride * 32'(Depth8);
      {1'b0, 5'd16}: return halves ? stride * 32'(Depth16 / 2) : stride * 32'(Depth16);
      {1'b1, 5'd4}:  return stride * 32'(Scaled4);
      {1'b1, 5'd8}:  return halves ? stride * 32'(Scaled8 / 2) : stride * 32'(Scaled8);
      {1'b1, 5'd16}: return halves ? stride * 32'(Scaled16 / 2) : stride * 32'(Scaled16);
      default:       return 32'd0;
    endcase
  endfunction
  function automatic logic [31:0] scale_move(logic [31:0] stride, logic [4:0] group);
    case (group)
      5'd4:    return stride * 32'(Scaled4 / ScaleBlock);
      5'd8:    return stride * 32'(Scaled8 / ScaleBlock);
      5'd16:   return stride * 32'(Scaled16 / ScaleBlock);
      default: return 32'd0;
    endcase
  endfunction

  // Pieces of a stream that hold n elements.
  function automatic logic [31:0] pieces(logic [4:0] fmt, logic [31:0] n);
    return (format_elements(fmt) == 2'd2) ? (n + 32'd1) >> 1 : n;
  endfunction

  // Blocks of scales.
  function automatic logic [31:0] scale_blocks(logic [31:0] n);
    return (n + 32'(ScaleBlock) - 32'd1) / 32'(ScaleBlock);
  endfunction

  // log2 of the pieces that a row of the array holds.
  function automatic logic [1:0] row_pieces_log(logic [4:0] fmt, logic [4:0] group);
    case ((format_elements(fmt) == 2'd2) ? group >> 1 : group)
      5'd4:    return 2'd2;
      5'd8:    return 2'd3;
      default: return 2'd0;
    endcase
  endfunction

  // What is told in the cycle of a start; xpu_acc_check looks at accumulator rows.
  function automatic logic [7:0] matmul_check(matmulmx_cmd_t c);
    // verilator no_inline_task
    logic       mis, scaled;
    logic [2:0] ea, ew;
    scaled = c.opcode == OpMATMULMX;
    for (int d = 0; d < 3; d++) if (c.msize[d] == 32'd0 || c.ksize[d] == 32'd0) return FaultBadOperand;
    if (c.ncols == 16'd0) return FaultBadOperand;
    if (scaled && !takes_scales(c.a_fmt, c.w_fmt)) return FaultBadOperand;
    if (step_depth(matrix_group(c.a_fmt, c.w_fmt), scaled) == 32'd0) return FaultBadOperand;
    if (c.opcode == OpMATMULRS && matrix_class(c.a_fmt) == MatrixClassInteger) return FaultBadOperand;
    ea  = format_bytes(c.a_fmt);
    ew  = format_bytes(c.w_fmt);
    mis = misaligned(c.a_base, ea) || misaligned(c.w_base, ew) || misaligned(c.w_nstride, ew);
    for (int d = 0; d < 3; d++)
      mis = mis || misaligned(c.a_mstride[d], ea) || misaligned(c.a_kstride[d], ea) || misaligned(c.w_kstride[d], ew);
    return mis ? FaultMisaligned : FaultNone;
  endfunction

  function automatic logic [7:0] accst_check(accst_cmd_t c);
    // verilator no_inline_task
    logic       mis;
    logic [2:0] eo;
    for (int d = 0; d < 3; d++) if (c.msize[d] == 32'd0) return FaultBadOperand;
    if (c.ncols == 16'd0) return FaultBadOperand;
    if (c.o_fmt != FormatF32 && c.o_fmt != FormatI32 && c.o_fmt != FormatBF16 && c.o_fmt != FormatF16)
      return FaultBadOperand;
    eo  = format_bytes(c.o_fmt);
    mis = misaligned(c.o_base, eo) || misaligned(c.o_nstride, eo);
    for (int d = 0; d < 3; d++) mis = mis || misaligned(c.o_mstride[d], eo);
    return mis ? FaultMisaligned : FaultNone;
  endfunction
endpackage
