// Calls one function of the floating-point packages per evaluation, for the comparison with the golden C++ code.
module fp_bench
  import xpu_fp_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_small_fp_pkg::*;
  import xpu_pe_pkg::*;
  import xpu_sfu_pkg::*;
  import xpu_sfu_fn_pkg::*;
  import xpu_vpu_pkg::*;
  import xpu_vpu_alu_pkg::*;
(
  input  logic [7:0]  op_i,    // a micro-operation; 128 and up: see below
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  input  logic [31:0] c_i,     // psum of the processing elements
  input  logic  [4:0] a_fmt_i, // small formats and integers: see pe_dot and pe_int
  input  logic  [4:0] w_fmt_i,
  input  logic [63:0] a_bits_i,
  input  logic [63:0] w_bits_i,
  input  logic  [4:0] count_i,
  input  logic  [7:0] a_scale_i,
  input  logic  [7:0] w_scale_i,
  output logic [31:0] y_o
);
  sfu_place_t place;

  // Back from the array's form to bf16.
  function automatic logic [15:0] pack_bf16(bf16_unpacked_t u);
    logic signed [9:0] e;
    if (u.nan) return 16'h7FC0;
    if (u.inf) return {u.sign, 15'h7F80};
    if (u.sig == 8'd0) return {u.sign, 15'd0};
    e = u.exp + 10'sd127;
    if (e >= 10'sd1) return {u.sign, e[7:0], u.sig[6:0]};
    return {u.sign, 15'(u.sig >> (10'sd1 - e))};
  endfunction

  pe_in_t operands;
  always_comb begin
    operands = '{valid: 1'b1, class_a: matrix_class(a_fmt_i), a_fmt: a_fmt_i, w_fmt: w_fmt_i, a: a_bits_i, w: w_bits_i,
                count: count_i, scale: {1'b0, a_scale_i} + {1'b0, w_scale_i},
                scale_nan: a_scale_i == 8'hFF || w_scale_i == 8'hFF};
    if (op_i == 8'd134) begin
      operands.class_a = MatrixClassWide;
      operands.count   = 5'd1;
      operands.a       = 64'(unpack_bf16(a_i[15:0]));
      operands.w       = 64'(unpack_bf16(b_i[15:0]));
    end
    if (op_i == 8'd137) operands.count = 5'd1;
  end

  always_comb begin
    place = '0;
    case (op_i)
      8'd128: y_o = {16'd0, fp32_to_bf16(a_i)};
      8'd129: y_o = {16'd0, fp32_to_fp16(a_i)};
      8'd130: y_o = bf16_to_fp32(a_i[15:0]);
      8'd131: y_o = fp16_to_fp32(a_i[15:0]);
      8'd132: y_o = {16'd0, pack_bf16(unpack_fp32_term(a_i, b_i[1:0]))};
      8'd133: y_o = {16'd0, pack_bf16(unpack_fp16_term(a_i[15:0], b_i[1:0]))};
      8'd134, 8'd137, 8'd138: y_o = pe(operands, c_i);
      8'd139: y_o = {24'd0, fp32_to_fp8(a_fmt_i, a_i)};
      8'd140: y_o = fp8_to_fp32(a_fmt_i, a_i[7:0]);
      8'd136: y_o = reduce_second(reduce_first(b_i[2:0], a_i, c_i));
      default: begin
        if (is_sfu(op_i[6:0])) begin
          place = sfu_place(op_i[6:0], a_i);
          y_o   = sfu_result(sfu_coeffs(place, SfuC0[place.at.seg], SfuC1[place.at.seg], SfuC2[place.at.seg]));
        end else y_o = alu(op_i[6:0], a_i, b_i, c_i);
      end
    endcase
  end
endmodule
