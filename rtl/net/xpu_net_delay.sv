// Words, `Cycles` cycles later: the wires and registers of a stage that the reduction does not use.
module xpu_net_delay
  import xpu_net_pkg::*;
#(
  parameter int unsigned Cycles = 1
) (
  input  logic   clk_i,
  input  words_t words_i,
  output words_t words_o
);
  if (Cycles == 0) begin : gen_wire
    logic unused_clk;
    assign unused_clk = clk_i;
    assign words_o    = words_i;
  end else begin : gen_delay
    words_t [Cycles-1:0] words_q;
    always_ff @(posedge clk_i) begin
      words_q[0] <= words_i;
      for (int unsigned i = 1; i < Cycles; i++) words_q[i] <= words_q[i-1];
    end
    assign words_o = words_q[Cycles-1];
  end
endmodule
