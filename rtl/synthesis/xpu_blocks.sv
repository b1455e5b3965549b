// Pieces of the datapaths as modules of their own, for benchmarks/synthesis: the array and the vector unit are loops over
// these (for the speed of simulation), and one of each says what all of them need. Inputs come from registers of
// neighbours; what a piece itself keeps is registered here.

// One processing element with its two weights and scales, the A value that it passes on, and its pipeline with a register
// behind each of the seven steps (rtl/mxu/xpu_mxu_array.sv).
module xpu_block_pe
  import xpu_isa_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_pe_pkg::*;
  import xpu_mxu_pkg::*;
(
  input  logic        clk_i,
  input  mode_t       mode_i,
  input  logic        valid_i,
  input  logic        buffer_i,
  input  logic [4:0]  count_i,
  input  logic [7:0]  scale_i,
  input  logic [63:0] a_i,
  input  logic [31:0] up_i,
  input  logic [1:0]  w_we_i,
  input  logic [63:0] w_i,
  input  logic [7:0]  w_scale_i,
  output logic [63:0] a_o,
  output logic [7:0]  scale_o,
  output logic [31:0] psum_o
);
  logic [1:0][63:0] weight_q;
  logic [1:0][7:0]  w_scale_q;
  pe_in_t           in;
  products_t        step1_q;
  carry_save_t      step2_q;
  exact_t           step3_q;
  aligned_t         step4_q;
  summed_t          step5_q;
  normed_t          step6_q;

  assign in = '{valid: valid_i, class_a: mode_i.class_a, a_fmt: mode_i.a_fmt, w_fmt: mode_i.w_fmt, a: a_i,
                w: weight_q[buffer_i], count: count_i,
                scale: mode_i.scaled ? {1'b0, scale_i} + {1'b0, w_scale_q[buffer_i]} : 9'd254,
                scale_nan: mode_i.scaled && (scale_i == 8'hFF || w_scale_q[buffer_i] == 8'hFF)};

  always_ff @(posedge clk_i) begin
    for (int b = 0; b < 2; b++)
      if (w_we_i[b]) begin
        weight_q[b]  <= w_i;
        w_scale_q[b] <= w_scale_i;
      end
    if (valid_i) begin
      a_o     <= a_i;
      scale_o <= scale_i;
    end
    step1_q <= pe_products(in);
    step2_q <= pe_sum(step1_q);
    step3_q <= pe_exact(step2_q);
    step4_q <= sum_align(step3_q, up_i);
    step5_q <= sum_add(step4_q);
    step6_q <= sum_norm(step5_q);
    if (step6_q.valid) psum_o <= sum_round(step6_q);
  end
endmodule

// What a column adds to its accumulators.
module xpu_block_accumulate
  import xpu_pkg::*;
  import xpu_fp_add_pkg::*;
(
  input  logic        clk_i,
  input  logic        write_i,
  input  logic        integer_i,
  input  logic        halve_i,
  input  slot_t       slot_i,
  input  logic [MaxCommands-1:0][7:0] halvings_i,  // registers
  input  logic [31:0] acc_i,
  input  logic [31:0] psum_i,
  output logic [31:0] acc_o
);
  add_t        sum_q;
  logic        halve_q;
  logic [31:0] halved_q;
  always_ff @(posedge clk_i) begin
    halve_q  <= halve_i;
    halved_q <= halve(acc_i, halvings_i[slot_i]);
    sum_q    <= write_i ? add_value(psum_i) : integer_i ? add_value(acc_i + psum_i)
                        : add_align(halve_q ? halved_q : acc_i, psum_i);
  end
  assign acc_o = add_finish(sum_q);
endmodule

// An operand that enters the array in one of the wide formats.
module xpu_block_unpack
  import xpu_isa_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_pe_pkg::*;
(
  input  logic [4:0]     fmt_i,
  input  logic [31:0]    raw_i,
  output bf16_unpacked_t operand_o
);
  always_comb begin
    case (fmt_i)
      FormatF32_T0: operand_o = unpack_fp32_term(raw_i, 2'd0);
      FormatF32_T1: operand_o = unpack_fp32_term(raw_i, 2'd1);
      FormatF32_T2: operand_o = unpack_fp32_term(raw_i, 2'd2);
      FormatF16_T0: operand_o = unpack_fp16_term(raw_i[15:0], 2'd0);
      FormatF16_T1: operand_o = unpack_fp16_term(raw_i[15:0], 2'd1);
      default:      operand_o = unpack_bf16(raw_i[15:0]);
    endcase
  end
endmodule

// A node of the reduction trees of the vector unit and of the collective network.
module xpu_block_reduce
  import xpu_fp_add_pkg::*;
  import xpu_vpu_pkg::*;
(
  input  logic        clk_i,
  input  logic [2:0]  op_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic [31:0] y_o
);
  add_t half_q;
  always_ff @(posedge clk_i) half_q <= reduce_first(op_i, a_i, b_i);
  assign y_o = reduce_second(half_q);
endmodule

// An element on its way from and to the scratchpad.
module xpu_block_load
  import xpu_vpu_pkg::*;
(
  input  logic [4:0]  fmt_i,
  input  logic [31:0] raw_i,
  output logic [31:0] x_o
);
  assign x_o = from_memory(fmt_i, raw_i);
endmodule
module xpu_block_store
  import xpu_vpu_pkg::*;
(
  input  logic [4:0]  fmt_i,
  input  logic [31:0] x_i,
  output logic [31:0] raw_o
);
  assign raw_o = to_memory(fmt_i, x_i);
endmodule

// Codec of a byte of the scratchpad, as it is at every byte of a port; and of a word of HBM.
module xpu_block_spm_encoder
  import xpu_isa_pkg::*;
(
  input  logic [SpmCodeData-1:0]  data_i,
  output logic [SpmCodeCheck-1:0] check_o
);
  xpu_ecc_enc #(.Words(1), .DataW(SpmCodeData), .CheckW(SpmCodeCheck), .Rows(SpmCodeRows)) u_enc (
    .valid_i(1'b1), .data_i, .check_o);
endmodule
module xpu_block_spm_decoder
  import xpu_isa_pkg::*;
(
  input  logic                    valid_i,
  input  logic [SpmCodeData-1:0]  data_i,
  input  logic [SpmCodeCheck-1:0] check_i,
  output logic [SpmCodeData-1:0]  data_o,
  output logic                    corrected_o,
  output logic                    error_o
);
  xpu_ecc_dec #(.Words(1), .DataW(SpmCodeData), .CheckW(SpmCodeCheck), .Rows(SpmCodeRows), .Columns(SpmCodeColumns)) u_dec (
    .valid_i, .data_i, .check_i, .data_o, .corrected_o, .error_o);
endmodule
module xpu_block_hbm_encoder
  import xpu_isa_pkg::*;
(
  input  logic [HbmCodeData-1:0]  data_i,
  output logic [HbmCodeCheck-1:0] check_o
);
  xpu_ecc_enc #(.Words(1), .DataW(HbmCodeData), .CheckW(HbmCodeCheck), .Rows(HbmCodeRows)) u_enc (
    .valid_i(1'b1), .data_i, .check_o);
endmodule
module xpu_block_hbm_decoder
  import xpu_isa_pkg::*;
(
  input  logic                    valid_i,
  input  logic [HbmCodeData-1:0]  data_i,
  input  logic [HbmCodeCheck-1:0] check_i,
  output logic [HbmCodeData-1:0]  data_o,
  output logic                    corrected_o,
  output logic                    error_o
);
  xpu_ecc_dec #(.Words(1), .DataW(HbmCodeData), .CheckW(HbmCodeCheck), .Rows(HbmCodeRows), .Columns(HbmCodeColumns)) u_dec (
    .valid_i, .data_i, .check_i, .data_o, .corrected_o, .error_o);
endmodule
