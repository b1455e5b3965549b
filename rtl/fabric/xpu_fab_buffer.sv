// Frames of a virtual channel that have come (docs/fabric.md, section 7). A frame is written as it comes, and is there when
// its end says that it is to be kept; else its place is free again. Counts the credits that have been freed since the link's
// start: of words that have been read, and of frames that took credits and are not kept. The memory is read by a register.
// Outputs depend on registers only.
module xpu_fab_buffer
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
#(
  localparam int unsigned PtrW = $clog2(FabBufferWords)
) (
  input  logic    clk_i,
  input  logic    rst_ni,
  input  logic    start_i,   // of the link
  input  logic    valid_i,
  input  frame_t  frame_i,
  input  logic    keep_i,    // with the last word
  input  logic    drop_i,    // with the last word: credits are freed
  output logic    valid_o,
  output frame_t  frame_o,
  input  logic    pop_i,
  output logic    freed_o,   // credits, in this cycle
  output credit_t count_o    // credits that have been freed
);
  frame_t        mem_q [FabBufferWords];
  logic [PtrW:0] wr_q, rd_q, kept_q, at;   // next word; oldest word; behind the last frame that is kept
  logic [PtrW:0] held;                     // words of frames that are kept
  credit_t       count_q, words_q, words;
  logic          out_valid_q, load, full, over_q, over;
  frame_t        out_q;

  assign at      = frame_i.sop ? kept_q : wr_q;
  assign full    = at - rd_q == (PtrW + 1)'(FabBufferWords);
  assign over    = full || (!frame_i.sop && over_q);
  assign held    = kept_q - rd_q;
  assign words   = (frame_i.sop ? '0 : words_q) + credit_t'(1);
  assign load    = (!out_valid_q || pop_i) && rd_q != kept_q;
  assign valid_o = out_valid_q;
  assign frame_o = out_q;
  assign freed_o = load || drop_i;
  assign count_o = count_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      wr_q        <= '0;
      rd_q        <= '0;
      kept_q      <= '0;
      over_q      <= 1'b0;
      words_q     <= '0;
      count_q     <= '0;
      out_valid_q <= 1'b0;
    end else begin
      if (valid_i) begin
        wr_q    <= over ? at : at + 1'b1;
        over_q  <= over;
        words_q <= words;
        if (keep_i) kept_q <= at + 1'b1;
      end
      if (load) rd_q <= rd_q + 1'b1;
      if (load || pop_i) out_valid_q <= load;
      // What is in the buffer at the start has been taken out of the sender's sight.
      if (start_i) count_q <= credit_t'(load) - credit_t'(held);
      else count_q <= count_q + credit_t'(load) + (drop_i ? words : '0);
    end
    if (valid_i && !over) mem_q[at[PtrW-1:0]] <= frame_i;
    if (load) out_q <= mem_q[rd_q[PtrW-1:0]];
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      // A frame that has credits has room.
      assert (!(valid_i && (keep_i || drop_i) && over));
      assert (!(keep_i && drop_i));
      assert (!(start_i && valid_i && frame_i.eop));
      assert (32'(held) <= FabBufferWords);
    end
  end
endmodule
