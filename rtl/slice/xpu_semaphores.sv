// Counting semaphores (docs/machine.md, section 5). Takes and adds of a cycle all count at its end, so what is added in
// cycle t can be taken from t + 1. Takers are ordered as engines, the sequencer last. The fault outputs depend
// combinationally on the inputs; ge1_o does not.
module xpu_semaphores
  import xpu_isa_pkg::*;
#(
  parameter int unsigned Agents = NumEngines + 1
) (
  input  logic                                 clk_i,
  input  logic                                 rst_ni,
  input  logic [Agents-1:0][NumSemaphores-1:0] take_i,  // only of semaphores with ge1_o
  input  logic [Agents-1:0][NumSemaphores-1:0] add_i,
  output logic [NumSemaphores-1:0]             ge1_o,
  output logic [Agents-1:0]                    conflict_o,  // takes what an agent before it takes
  output logic [Agents-1:0]                    overflow_o   // its add, in the order of agents, passes the largest value
);
  logic [NumSemaphores-1:0][7:0] count_q, count_d;
  logic [NumSemaphores-1:0]      taken, added, ge1_q;
  logic [9:0]                   sum;
  logic                          active;

  assign ge1_o  = ge1_q;
  assign active = (|take_i) || (|add_i);

  always_comb begin
    taken      = '0;
    added      = '0;
    conflict_o = '0;
    for (int unsigned a = 0; a < Agents; a++) begin
      conflict_o[a] = |(taken & take_i[a]);
      taken         = taken | take_i[a];
      added         = added | add_i[a];
    end
  end

  always_comb begin
    count_d    = count_q;
    overflow_o = '0;
    sum        = 10'd0;
    if (active) begin
      for (int unsigned s = 0; s < NumSemaphores; s++) begin
        if (taken[s] || added[s]) begin
          sum = {2'd0, count_q[s]} - {9'd0, taken[s]};
          for (int unsigned a = 0; a < Agents; a++) begin
            sum = sum + {9'd0, add_i[a][s]};
            if (add_i[a][s] && sum > 10'(SemaphoreMax)) overflow_o[a] = 1'b1;
          end
          count_d[s] = sum[7:0];
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      ge1_q   <= '0;
    end else if (active) begin
      count_q <= count_d;
      for (int unsigned s = 0; s < NumSemaphores; s++) ge1_q[s] <= count_d[s] != 8'd0;
    end
  end
endmodule
