// One stage of the collective network: the words of those inputs that give something, reduced in the order of inputs;
// those of a single one pass unchanged. Registered; the output depends on no input combinationally.
module xpu_net_fold
  import xpu_isa_pkg::*;
  import xpu_net_pkg::*;
  import xpu_vpu_pkg::*;
#(
  parameter int unsigned Inputs = 2
) (
  input  logic                   clk_i,
  input  logic [2:0]             op_i,
  input  net_beat_t [Inputs-1:0] beat_i,
  output net_beat_t              beat_o
);
  net_beat_t sum, sum_q;
  always_comb begin
    sum = '0;
    for (int unsigned i = 0; i < Inputs; i++) begin
      if (beat_i[i].valid) begin
        for (int unsigned w = 0; w < BeatWords; w++)
          sum.words[w] = sum.valid ? reduce(op_i, sum.words[w], beat_i[i].words[w]) : beat_i[i].words[w];
        sum.valid = 1'b1;
      end
    end
  end
  always_ff @(posedge clk_i) sum_q <= sum;
  assign beat_o = sum_q;
endmodule
