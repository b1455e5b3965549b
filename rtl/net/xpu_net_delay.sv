// Data of a packed type, `Cycles` cycles later: the wires and registers of a stage that the reduction does not use.
module xpu_net_delay #(
  parameter int unsigned Cycles = 1,
  parameter type         T      = logic
) (
  input  logic clk_i,
  input  T     data_i,
  output T     data_o
);
  if (Cycles == 0) begin : gen_wire
    logic unused_clk;
    assign unused_clk = clk_i;
    assign data_o     = data_i;
  end else begin : gen_delay
    T [Cycles-1:0] data_q;
    always_ff @(posedge clk_i) begin
      data_q[0] <= data_i;
      for (int unsigned i = 1; i < Cycles; i++) data_q[i] <= data_q[i-1];
    end
    assign data_o = data_q[Cycles-1];
  end
endmodule
