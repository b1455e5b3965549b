// Conversions and reductions of the vector unit, types that go from its control to its datapath, and the operand check.
package xpu_vpu_pkg;
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_fp_add_pkg::*;
  import xpu_small_fp_pkg::*;

  // Cycles between results of a lane and what they may wait for are below 8, as latencies are at most 8.
  localparam int unsigned WaitBits = 3;
  localparam int unsigned VpuShortLatency = (VpuAluLatency < 2) ? VpuAluLatency : 2;  // of an operation without a sum
  localparam int unsigned MaxLatency = (VpuAluLatency > VpuSfuLatency) ? VpuAluLatency : VpuSfuLatency;

  // One iteration on its way through the three stages.
  typedef struct packed {
    logic        valid;
    logic [3:0]  copy;      // which copy of registers 0 to 3 it uses
    logic [15:0] active;    // elements
    logic        first;     // first of a reduction
    logic        store;     // the output is stored
    logic [31:0] out_addr;
  } iter_t;

  // One group of elements of an input, with the scratchpad data of the same cycle.
  typedef struct packed {
    logic        valid;
    logic [1:0]  in;
    logic        copy;
    logic [15:0] first;
    logic [15:0] count;
    logic        bcast;
    logic [15:0] active;
    logic [4:0]  fmt;
  } load_part_t;

  // Inputs that are not in memory.
  typedef struct packed {
    logic [3:0]       valid;
    logic [3:0]       copy;
    logic [15:0]      active;
    logic [3:0][31:0] base;
    logic [3:0][31:0] stride;
  } iota_t;

  function automatic logic [31:0] from_memory(logic [4:0] fmt, logic [31:0] raw);
    // verilator no_inline_task
    case (fmt)
      FormatBF16: return bf16_to_fp32(raw[15:0]);
      FormatF16:  return fp16_to_fp32(raw[15:0]);
      FormatI8:   return {{24{raw[7]}}, raw[7:0]};
      FormatU8:   return {24'd0, raw[7:0]};
      FormatF8E4M3, FormatF8E5M2: return fp8_to_fp32(fmt, raw[7:0]);
      default:    return raw;
    endcase
  endfunction

  function automatic logic [31:0] to_memory(logic [4:0] fmt, logic [31:0] x);
    // verilator no_inline_task
    case (fmt)
      FormatBF16: return {16'd0, fp32_to_bf16(x)};
      FormatF16:  return {16'd0, fp32_to_fp16(x)};
      FormatI8, FormatU8: return {24'd0, x[7:0]};
      FormatF8E4M3, FormatF8E5M2: return {24'd0, fp32_to_fp8(fmt, x)};
      default:    return x;
    endcase
  endfunction

  // a < b as integers, or as numbers that are not NaN, in which -0 is below +0: negative ones in reverse.
  function automatic logic ordered(logic is_float, logic [31:0] a, logic [31:0] b);
    logic [31:0] x, y;
    x = {a[31], a[30:0] ^ {31{is_float & a[31]}}};
    y = {b[31], b[30:0] ^ {31{is_float & b[31]}}};
    return $signed(x) < $signed(y);
  endfunction

  // A reduction in two steps, between which there may be a register.
  function automatic add_t reduce_first(logic [2:0] op, logic [31:0] a, logic [31:0] b);
    // verilator no_inline_task
    logic        is_float, is_max;
    logic [31:0] x;
    is_float = op == ReduceOpFMax || op == ReduceOpFMin;
    is_max   = op == ReduceOpFMax || op == ReduceOpIMax;
    x        = (ordered(is_float, a, b) == is_max) ? b : a;
    case (op)
      ReduceOpFAdd: return add_align(a, b);
      ReduceOpIAdd: return add_value(a + b);
      default:      return add_value((is_float && fp32_unordered(a, b)) ? CanonicalNan : x);
    endcase
  endfunction
  function automatic logic [31:0] reduce_second(add_t x);
    // verilator no_inline_task
    return add_finish(x);
  endfunction

  function automatic logic vpu_format(logic [4:0] f);
    return f <= FormatU8 || f == FormatNone || f == FormatF8E4M3 || f == FormatF8E5M2;
  endfunction

  function automatic logic [7:0] vpu_check(vpurun_cmd_t c);
    // verilator no_inline_task
    logic       mis;
    logic [2:0] e;
    uop_t       u;
    mis = 1'b0;
    for (int d = 0; d < 6; d++) if (c.size[d] == 32'd0) return FaultBadOperand;
    if (c.nuops > 7'(MaxUops)) return FaultBadOperand;
    if (32'(c.nwords) != VpurunHeadWords + ((32'(c.nuops) + 32'd1) >> 1)) return FaultBadOperand;
    if (c.first_red > 3'd5) return FaultBadOperand;
    if (c.lane_red && (c.out_reg != 4'd15 || c.red_op > ReduceOpIMin)) return FaultBadOperand;
    if (!c.lane_red && c.first_red < 3'd5 && c.size[5] > 32'(VpuVl)) return FaultBadOperand;
    for (int unsigned i = 0; i < MaxUops; i++) begin
      u = c.uops[i];
      if (i < 32'(c.nuops) && !known_uop(u.op)) return FaultBadOperand;
    end
    for (int i = 0; i < 4; i++) begin
      if (!vpu_format(c.in_fmt[i]) && c.in_fmt[i] != FormatIota) return FaultBadOperand;
      e = format_bytes(c.in_fmt[i]);
      if (e != 3'd0) begin
        mis = mis || misaligned(c.in_base[i], e);
        for (int d = 0; d < 6; d++) mis = mis || misaligned(c.in_stride[6*i+d], e);
      end
    end
    if (!vpu_format(c.out_fmt)) return FaultBadOperand;
    e = format_bytes(c.out_fmt);
    if (e != 3'd0) begin
      mis = mis || misaligned(c.out_base, e);
      for (int d = 0; d < 6; d++) mis = mis || misaligned(c.out_stride[d], e);
    end
    return mis ? FaultMisaligned : FaultNone;
  endfunction
endpackage
