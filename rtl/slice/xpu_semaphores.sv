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

`ifdef FORMAL
  // benchmarks/proofs: nothing is lost or counted twice, and an overflow is told exactly when there is one. Takers take
  // what is there; a conflict or an overflow stops the machine.
  localparam int unsigned Watched = 2;  // semaphores are alike
  logic       started_q = 1'b0, stopped_q;
  logic [9:0] true_q [Watched];
  logic [9:0] true_d [Watched];
  always_comb begin
    for (int unsigned s = 0; s < Watched; s++) begin
      true_d[s] = true_q[s];
      for (int unsigned a = 0; a < Agents; a++) true_d[s] = true_d[s] + 10'(add_i[a][s]) - 10'(take_i[a][s]);
    end
  end
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    stopped_q <= rst_ni && (stopped_q || conflict_o != '0 || overflow_o != '0);
    for (int unsigned s = 0; s < Watched; s++) true_q[s] <= rst_ni ? true_d[s] : 10'd0;
  end
  always_comb begin
    if (!started_q) assume (!rst_ni);
    else begin
      for (int unsigned a = 0; a < Agents; a++) begin
        assume ((take_i[a] & ~ge1_o) == '0);
        for (int unsigned s = Watched; s < NumSemaphores; s++) assume (!take_i[a][s] && !add_i[a][s]);
      end
      for (int unsigned s = 0; s < Watched; s++) begin
        if (!stopped_q) assert (true_q[s] == 10'(count_q[s]));
        assert (ge1_o[s] == (count_q[s] != 8'd0));
      end
      if (!stopped_q && rst_ni) begin
        for (int unsigned s = 0; s < Watched; s++) begin
          if (conflict_o == '0 && overflow_o == '0) assert (true_d[s] <= 10'(SemaphoreMax));
        end
        if (conflict_o == '0 && true_d[0] <= 10'(SemaphoreMax) && true_d[1] <= 10'(SemaphoreMax)) assert (overflow_o == '0);
      end
    end
  end
`endif
endmodule
