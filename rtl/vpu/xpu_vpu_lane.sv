// A lane of the vector unit: steps of arithmetic and of special functions, with VpuAluLatency - 1 and VpuSfuLatency - 1 registers
// between them. Operands come from registers in cycle 1; the results are those of what came VpuAluLatency - 1, or
// VpuSfuLatency - 1, cycles before, and without a sum (short_o) one cycle before, if VpuAluLatency is 2 or more. *_valid_i[d]:
// there is an operation in cycle d of its way.
module xpu_vpu_lane
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_sfu_pkg::*;
  import xpu_sfu_fn_pkg::*;
  import xpu_vpu_alu_pkg::*;
(
  input  logic                   clk_i,
  input  logic [VpuAluLatency:1] alu_valid_i,
  input  logic [VpuSfuLatency:1] sfu_valid_i,
  input  logic [6:0]             op_i,
  input  logic [31:0]            a_i,
  input  logic [31:0]            b_i,
  input  logic [31:0]            c_i,
  output logic [31:0]            alu_o,
  output logic [31:0]            short_o,
  output logic [31:0]            sfu_o
);
  // verilator no_inline_module
  localparam int unsigned AluSteps = 4;
  localparam int unsigned SfuSteps = 8;

  // Registers up to the end of a step, and whether there is one at its end.
  function automatic int unsigned depth(int unsigned step, int unsigned latency, int unsigned steps);
    return step * latency / steps;
  endfunction
  localparam int unsigned A1 = depth(1, VpuAluLatency, AluSteps);
  localparam int unsigned A2 = depth(2, VpuAluLatency, AluSteps);
  localparam int unsigned A3 = depth(3, VpuAluLatency, AluSteps);
  localparam int unsigned S1 = depth(1, VpuSfuLatency, SfuSteps);
  localparam int unsigned S2 = depth(2, VpuSfuLatency, SfuSteps);
  localparam int unsigned S3 = depth(3, VpuSfuLatency, SfuSteps);
  localparam int unsigned S4 = depth(4, VpuSfuLatency, SfuSteps);
  localparam int unsigned S5 = depth(5, VpuSfuLatency, SfuSteps);
  localparam int unsigned S6 = depth(6, VpuSfuLatency, SfuSteps);
  localparam int unsigned S7 = depth(7, VpuSfuLatency, SfuSteps);

  alu_product_t a1, a1_d;
  alu_aligned_t a2, a2_d;
  alu_sum_t     a3, a3_d;
  assign a1_d  = alu_product(op_i, a_i, b_i, c_i);
  assign a2_d  = alu_align(a1);
  assign a3_d  = alu_sum(a2);
  assign alu_o = alu_round(a3);
  if (A1 == 1) begin : gen_short_behind_product
    assign short_o = a2_d.sum.value;
  end else begin : gen_short_behind_alignment
    assign short_o = a2.sum.value;
  end
  sfu_place_t  s1, s1_d;
  sfu_coeffs_t s2, s2_d;
  sfu_slope_t  s3, s3_d;
  sfu_value_t  s4, s4_d;
  sfu_wide_t   s5, s5_d;
  sfu_zeros_t  s6, s6_d;
  sfu_normed_t s7, s7_d;
  assign s1_d  = sfu_place(op_i, a_i);
  assign s2_d  = sfu_coeffs(s1, SfuC0[s1.at.seg], SfuC1[s1.at.seg], SfuC2[s1.at.seg]);
  assign s3_d  = sfu_slope(s2);
  assign s4_d  = sfu_value(s3);
  assign s5_d  = sfu_wide(s4);
  assign s6_d  = sfu_zeros(s5);
  assign s7_d  = sfu_normed(s6);
  assign sfu_o = sfu_round(s7);

`define XPU_STEP(NAME, BEFORE, DEPTH, VALID)                                            \
  if (DEPTH > BEFORE) begin : gen_``NAME                                                \
    always_ff @(posedge clk_i) if (VALID[DEPTH]) NAME <= NAME``_d;                      \
  end else begin : gen_no_``NAME                                                        \
    assign NAME = NAME``_d;                                                             \
  end
  `XPU_STEP(a1, 0, A1, alu_valid_i)
  `XPU_STEP(a2, A1, A2, alu_valid_i)
  `XPU_STEP(a3, A2, A3, alu_valid_i)
  `XPU_STEP(s1, 0, S1, sfu_valid_i)
  `XPU_STEP(s2, S1, S2, sfu_valid_i)
  `XPU_STEP(s3, S2, S3, sfu_valid_i)
  `XPU_STEP(s4, S3, S4, sfu_valid_i)
  `XPU_STEP(s5, S4, S5, sfu_valid_i)
  `XPU_STEP(s6, S5, S6, sfu_valid_i)
  `XPU_STEP(s7, S6, S7, sfu_valid_i)
`undef XPU_STEP

  // The last valid bits say that a result is there: nobody here needs them. With latencies of 1 there are no registers.
  logic unused;
  assign unused = clk_i ^ alu_valid_i[VpuAluLatency] ^ sfu_valid_i[VpuSfuLatency];
endmodule
