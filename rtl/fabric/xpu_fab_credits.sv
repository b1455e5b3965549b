// Credits of a virtual channel as the sender knows them (docs/fabric.md, section 7). After a start of the link there are none
// until the receiver has said how many it has freed. enough_o depends combinationally on words_i, else on registers.
module xpu_fab_credits
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
(
  input  logic    clk_i,
  input  logic    rst_ni,
  input  logic    start_i,   // all counts begin again
  input  credit_t words_i,   // of a frame
  output logic    enough_o,
  input  logic    take_i,    // the frame's; only if enough
  input  logic    update_i,
  input  credit_t freed_i    // since the start
);
  credit_t consumed_q, freed_q, left;
  logic    known_q;
  assign left     = credit_t'(FabBufferWords) - (consumed_q - freed_q);
  assign enough_o = known_q && words_i <= left;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_i) begin
      consumed_q <= '0;
      freed_q    <= '0;
      known_q    <= 1'b0;
    end else begin
      if (take_i) consumed_q <= consumed_q + words_i;
      if (update_i) begin
        freed_q <= freed_i;
        known_q <= 1'b1;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!take_i || enough_o);
  end

`ifdef FORMAL
  // benchmarks/proofs: with a receiver that says first what it holds, and then frees only what it has been sent, never more
  // words are on their way and in its buffer than that holds; and whatever is free can be used.
  logic        started_q = 1'b0;
  logic [31:0] held_q;    // words that may be on their way or in the buffer
  logic [31:0] answered;  // by the update
  assign answered = 32'(credit_t'(freed_i - freed_q));
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni || start_i) held_q <= '0;
    else if (update_i && !known_q) held_q <= 32'(credit_t'(-freed_i));
    else held_q <= held_q + (take_i ? 32'(words_i) : '0) - (update_i ? answered : '0);
  end
  always_comb begin
    if (!started_q) assume (!rst_ni);
    else begin
      assume (!take_i || enough_o);
      assume (32'(words_i) <= FabBufferWords);
      assume (!update_i || (known_q ? answered <= held_q : 32'(credit_t'(-freed_i)) <= FabBufferWords));
      assert (held_q <= FabBufferWords && held_q == 32'(credit_t'(consumed_q - freed_q)));
      assert (known_q || (held_q == '0 && consumed_q == '0 && freed_q == '0));
      assert (enough_o == (known_q && held_q + 32'(words_i) <= FabBufferWords));
    end
  end
`endif
endmodule
