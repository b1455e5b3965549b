// A FIFO of Depth entries. An entry pushed in cycle t is at the output in t + 1; the place of an entry popped in t is
// free in t + 1. No output depends combinationally on an input.
module xpu_fifo #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 4
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             push_i,   // ignored while full_o
  input  logic [Width-1:0] data_i,
  output logic             full_o,
  input  logic             pop_i,    // ignored while !valid_o
  output logic             valid_o,
  output logic [Width-1:0] data_o
);
  localparam int unsigned PtrW = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int unsigned CntW = $clog2(Depth + 1);

  logic [Width-1:0] mem_q [Depth];
  logic [PtrW-1:0]  rptr_q, wptr_q;
  logic [CntW-1:0]  count_q;
  logic             push, pop;

  assign full_o  = count_q == CntW'(Depth);
  assign valid_o = count_q != '0;
  assign data_o  = mem_q[rptr_q];
  assign push    = push_i && !full_o;
  assign pop     = pop_i && valid_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rptr_q  <= '0;
      wptr_q  <= '0;
      count_q <= '0;
    end else begin
      if (push) begin
        mem_q[wptr_q] <= data_i;
        wptr_q        <= (wptr_q == PtrW'(Depth - 1)) ? '0 : wptr_q + 1'b1;
      end
      if (pop) rptr_q <= (rptr_q == PtrW'(Depth - 1)) ? '0 : rptr_q + 1'b1;
      if (push != pop) count_q <= push ? count_q + 1'b1 : count_q - 1'b1;
    end
  end

`ifdef FORMAL
  // benchmarks/proofs: what is at the output is what a queue that moves all its entries would have there.
  logic             started_q = 1'b0;
  logic [Width-1:0] queue_q [Depth];
  logic [31:0]      entries_q;
  logic             take, give;
  assign take = push_i && entries_q < Depth;
  assign give = pop_i && entries_q != 32'd0;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    entries_q <= rst_ni ? entries_q + 32'(take) - 32'(give) : 32'd0;
    for (int unsigned i = 0; i < Depth; i++) begin
      if (take && i == entries_q - 32'(give)) queue_q[i] <= data_i;
      else if (give && i + 1 < Depth) queue_q[i] <= queue_q[i+1];
    end
  end
  always_comb begin
    if (!started_q) assume (!rst_ni);
    else begin
      assert (32'(count_q) == entries_q && entries_q <= Depth && 32'(rptr_q) < Depth && 32'(wptr_q) < Depth);
      assert (32'(wptr_q) == (32'(rptr_q) + entries_q) % Depth);
      for (int unsigned i = 0; i < Depth; i++)
        if (i < entries_q) assert (queue_q[i] == mem_q[PtrW'((32'(rptr_q) + i) % Depth)]);
      assert (valid_o == (entries_q != 32'd0) && full_o == (entries_q == Depth));
      if (valid_o) assert (data_o == queue_q[0]);
    end
  end
`endif
endmodule
