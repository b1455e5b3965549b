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
endmodule
