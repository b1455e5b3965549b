// Frames that may have to be sent again: a ring of words in which the reader can go back to the oldest frame. Frames are
// freed from the oldest on, once they have been read to their end. With Whole, a frame can be read when its last word has
// been written; else its words follow the writer, who then has to give one in each cycle. The memory is read by a register,
// as an SRAM is. valid_o depends combinationally on free_i, room_o and head_* on registers only.
module xpu_fab_replay
  import xpu_cfg_pkg::*;
  import xpu_fab_pkg::*;
#(
  parameter int unsigned Words  = 256,  // powers of two
  parameter int unsigned Frames = 16,
  parameter int unsigned TagW   = 1,
  parameter bit          Whole  = 1'b0,
  parameter int unsigned Slack  = 0,    // words and frames that are under way when room_o is looked at
  localparam int unsigned WordW = $clog2(Words),
  localparam int unsigned IdxW  = $clog2(Frames)
) (
  input  logic            clk_i,
  input  logic            rst_ni,
  input  logic            clear_i,      // gives up all frames; between frames of the writer and the reader
  // Writer
  output logic            room_o,       // for the largest frame
  input  logic            valid_i,
  input  frame_t          frame_i,
  input  logic [TagW-1:0] tag_i,        // of the frame, with its first word
  // Reader
  output logic            valid_o,
  output frame_t          frame_o,
  output logic [TagW-1:0] tag_o,
  output logic [IdxW:0]   offset_o,     // frames from the oldest to this one
  output logic [WordW:0]  words_o,      // of this frame; with Whole
  input  logic            pop_i,
  output logic            mid_o,        // a frame has been read in part
  input  logic            rewind_i,     // go back to the oldest, at the end of a frame
  // Oldest frame
  output logic            head_valid_o, // it has been read
  output logic [TagW-1:0] head_tag_o,
  output logic [IdxW:0]   count_o,      // frames that have been read
  input  logic            free_i,       // taken if free_ready_o
  output logic            free_ready_o, // it is not being read
  output logic            again_o,      // the next frame to be read has been read before, or the reader is to go back
  output logic [IdxW:0]   frames_o      // that are kept
);
  frame_t                    mem_q [Words];
  logic [TagW-1:0]           tag_q [Frames];
  logic [WordW:0]            end_q [Frames];  // behind the last word of a frame
  logic [WordW:0]            wr_q, rd_q, hd_q, used;
  logic [IdxW:0]             wr_frame_q, rd_frame_q, hd_frame_q, hi_frame_q, out_frame_q, reading, frames;
  logic                      out_valid_q, mid_q, rewind_q, readable, load, at_head, skip, go_back, free, pop;
  frame_t                    out_q;

  assign used     = wr_q - hd_q;
  assign frames   = wr_frame_q - hd_frame_q;
  assign room_o   = 32'(used) + FrameWords + Slack <= Words && 32'(frames) + 1 + Slack <= Frames;

  // Head
  assign reading      = out_valid_q ? out_frame_q : rd_frame_q;
  assign at_head      = reading == hd_frame_q;
  assign head_valid_o = hd_frame_q != hi_frame_q;
  assign head_tag_o   = tag_q[hd_frame_q[IdxW-1:0]];
  assign count_o      = hi_frame_q - hd_frame_q;
  assign free_ready_o = head_valid_o && !(mid_q && at_head);
  assign free         = free_i && free_ready_o;
  assign skip         = free && at_head;  // it need not be read again

  // Reader
  assign go_back  = rewind_q && !mid_q;
  assign valid_o  = out_valid_q && !go_back && !skip;
  assign frame_o  = out_q;
  assign tag_o    = tag_q[out_frame_q[IdxW-1:0]];
  assign offset_o = out_frame_q - hd_frame_q;
  assign words_o  = end_q[out_frame_q[IdxW-1:0]] - (at_head ? hd_q : end_q[IdxW'(out_frame_q - 1'b1)]);
  assign mid_o    = mid_q;
  assign again_o  = reading != hi_frame_q || rewind_q;
  assign frames_o = frames;
  assign pop      = pop_i && valid_o;
  assign readable = Whole ? rd_frame_q != wr_frame_q : rd_q != wr_q;
  assign load     = (!out_valid_q || pop) && readable && !go_back && !skip;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      wr_q        <= '0;
      rd_q        <= '0;
      hd_q        <= '0;
      wr_frame_q  <= '0;
      rd_frame_q  <= '0;
      hd_frame_q  <= '0;
      hi_frame_q  <= '0;
      out_valid_q <= 1'b0;
      mid_q       <= 1'b0;
      rewind_q    <= 1'b0;
    end else begin
      if (valid_i) begin
        wr_q <= wr_q + 1'b1;
        if (frame_i.eop) wr_frame_q <= wr_frame_q + 1'b1;
      end
      if (pop) begin
        out_valid_q <= 1'b0;
        mid_q       <= !out_q.eop;
        if (out_q.eop && out_frame_q == hi_frame_q) hi_frame_q <= hi_frame_q + 1'b1;
      end
      if (load) begin
        out_valid_q <= 1'b1;
        out_frame_q <= rd_frame_q;
        rd_q        <= rd_q + 1'b1;
        if (mem_q[rd_q[WordW-1:0]].eop) rd_frame_q <= rd_frame_q + 1'b1;
      end
      if (free) begin
        hd_q       <= end_q[hd_frame_q[IdxW-1:0]];
        hd_frame_q <= hd_frame_q + 1'b1;
      end
      if (rewind_i) rewind_q <= 1'b1;
      if (skip || (go_back && free)) begin
        // Frees go on before the reader settles.
        out_valid_q <= 1'b0;
        rd_q        <= end_q[hd_frame_q[IdxW-1:0]];
        rd_frame_q  <= hd_frame_q + 1'b1;
      end else if (go_back) begin
        out_valid_q <= 1'b0;
        rd_q        <= hd_q;
        rd_frame_q  <= hd_frame_q;
      end
      if (go_back) rewind_q <= rewind_i;
    end
    if (valid_i) begin
      mem_q[wr_q[WordW-1:0]] <= frame_i;
      if (frame_i.sop) tag_q[wr_frame_q[IdxW-1:0]] <= tag_i;
      if (frame_i.eop) end_q[wr_frame_q[IdxW-1:0]] <= wr_q + 1'b1;
    end
    if (load) out_q <= mem_q[rd_q[WordW-1:0]];
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      // Nothing that may be needed again is overwritten.
      assert (32'(used) <= Words && 32'(frames) <= Frames);
      assert (count_o <= frames);
      // Within a frame the reader never waits.
      assert (!(mid_q && !out_valid_q));
      assert (!(clear_i && (mid_q || valid_i)));
    end
  end

`ifdef FORMAL
  // benchmarks/proofs: the word at the output is the one at the reader's place, that place is among words that are kept, a frame
  // is read from its first word on, and none is freed before it has been read. With a writer that keeps to the room there is.
  logic               started_q = 1'b0;
  logic [WordW:0]     at, place;             // of the reader, from the oldest word on
  logic [IdxW:0]      kept, sent, current;   // frames from the oldest on; that of the reader
  logic [Frames-1:0][WordW:0] ends;          // of frames that are there as a whole
  logic [IdxW:0]      before_rd, before_place;
  logic [Words-1:0]   is_end;
  logic [WordW:0]     frame_start, last_end;
  logic               open_q;                // a frame is being written
  always_comb begin
    at           = rd_q - hd_q;
    kept         = wr_frame_q - hd_frame_q;
    sent         = hi_frame_q - hd_frame_q;
    current      = reading - hd_frame_q;
    place        = out_valid_q ? at - 1'b1 : at;
    before_rd    = '0;
    before_place = '0;
    is_end       = '0;
    frame_start  = '0;
    last_end     = '0;
    for (int unsigned k = 0; k < Frames; k++) begin
      ends[k] = end_q[IdxW'(32'(hd_frame_q) + k)] - hd_q;
      if (k < 32'(kept)) begin
        if (ends[k] <= at) before_rd = before_rd + 1'b1;
        if (ends[k] <= place) before_place = before_place + 1'b1;
        for (int unsigned i = 0; i < Words; i++) if (32'(ends[k]) == i + 1) is_end[i] = 1'b1;
        if (k + 1 == 32'(current)) frame_start = ends[k];
        last_end = ends[k];
      end
    end
  end
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni) open_q <= 1'b0;
    else if (valid_i) open_q <= !frame_i.eop;
  end
  always_comb begin
    if (!started_q) assume (!rst_ni);
    else begin
      assume (!clear_i);
      assume (!valid_i || (32'(used) < Words && 32'(kept) < Frames));
      assume (Whole || !open_q || valid_i);
      assert (open_q == (used != last_end));
      assert (32'(used) <= Words && 32'(kept) <= Frames && sent <= kept && at <= used && current <= sent);
      for (int unsigned k = 0; k < Frames; k++)
        if (k < 32'(kept)) assert (ends[k] <= used && ends[k] > ((k == 0) ? '0 : ends[(k == 0) ? 0 : k-1]));
      for (int unsigned i = 0; i < Words; i++)
        if (i < 32'(used)) assert (mem_q[WordW'(32'(hd_q) + i)].eop == is_end[i]);
      assert (rd_frame_q - hd_frame_q == before_rd && current == before_place);
      if (out_valid_q) begin
        // All bits of the data are alike: one stands for them.
        assert (at != '0 && out_q.eop == mem_q[WordW'(rd_q - 1'b1)].eop && (out_q.eop || at < used));
        assert (out_q.data[0][0] == mem_q[WordW'(rd_q - 1'b1)].data[0][0]);
      end
      if (Whole && out_valid_q) assert (current < kept);
      assert (!mid_q || out_valid_q);
      assert (mid_q ? place > frame_start : place == frame_start);
      if (valid_o) assert (place < used);
      if (free) assert (sent != '0 && current != '0 || !mid_q);
    end
  end
`endif
endmodule
