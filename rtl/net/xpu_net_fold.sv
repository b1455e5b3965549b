// One stage of the collective network: the words of those inputs that give something, reduced in the order of inputs;
// those of a single one pass unchanged. fold_cycles(Inputs) cycles: a sum meets the next input fold_steps cycles later, so
// inputs wait for their turn. The output depends on no input combinationally.
module xpu_net_fold
  import xpu_isa_pkg::*;
  import xpu_fp_add_pkg::*;
  import xpu_net_pkg::*;
  import xpu_vpu_pkg::*;
#(
  parameter int unsigned Inputs = 2
) (
  input  logic                   clk_i,
  input  logic [2:0]             op_i,    // constant while beats are on their way
  input  net_beat_t [Inputs-1:0] beat_i,
  output net_beat_t              beat_o
);
  localparam int unsigned Steps = fold_steps(Inputs);

  // Of a sum and the next input, before the second step.
  typedef struct packed {
    logic                 valid;
    add_t [BeatWords-1:0] words;
  } half_t;
  function automatic half_t first(logic [2:0] op, net_beat_t sum, net_beat_t beat);
    half_t h;
    h.valid = sum.valid || beat.valid;
    for (int unsigned w = 0; w < BeatWords; w++)
      h.words[w] = (sum.valid && beat.valid) ? reduce_first(op, sum.words[w], beat.words[w])
                                             : add_value(sum.valid ? sum.words[w] : beat.words[w]);
    return h;
  endfunction
  function automatic net_beat_t second(half_t h);
    net_beat_t sum;
    sum.valid = h.valid;
    for (int unsigned w = 0; w < BeatWords; w++) sum.words[w] = reduce_second(h.words[w]);
    return sum;
  endfunction

  net_beat_t [Inputs-1:0] sum;  // of the inputs up to this
  assign sum[0] = beat_i[0];
  if (Inputs == 1) begin : gen_single
    logic unused;
    assign unused = ^op_i;
  end
  for (genvar i = 1; i < Inputs; i++) begin : gen_input
    net_beat_t beat;
    half_t     half;
    xpu_net_delay #(.Cycles(Steps * (i - 1)), .T(net_beat_t)) u_wait (.clk_i, .data_i(beat_i[i]), .data_o(beat));
    xpu_net_delay #(.Cycles((Steps == 2) ? 1 : 0), .T(half_t)) u_half (
      .clk_i, .data_i(first(op_i, sum[i-1], beat)), .data_o(half));
    xpu_net_delay #(.Cycles((Steps == 0) ? 0 : 1), .T(net_beat_t)) u_sum (
      .clk_i, .data_i(second(half)), .data_o(sum[i]));
  end
  xpu_net_delay #(.Cycles((Steps == 0 || Inputs == 1) ? 1 : 0), .T(net_beat_t)) u_beat (
    .clk_i, .data_i(sum[Inputs-1]), .data_o(beat_o));
endmodule
