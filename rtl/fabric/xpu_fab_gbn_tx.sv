// Sending side of the transport of a virtual channel (docs/fabric.md, section 5): numbers frames for each chip, keeps them
// until that chip has acknowledged them, and goes back to the oldest one of all when a chip asks for it or the timer runs
// out. Frames that some chip has already are known there as duplicates. open_o and psn_o depend combinationally on chip_i,
// valid_o and frame_o as in xpu_fab_replay, all else on registers.
module xpu_fab_gbn_tx
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
(
  input  logic   clk_i,
  input  logic   rst_ni,
  // Packing
  input  chip_t  chip_i,
  output logic   open_o,   // the window of chip_i
  output psn_t   psn_o,
  output logic   room_o,
  input  logic   start_i,  // a frame to chip_i
  input  logic   valid_i,
  input  frame_t frame_i,
  // Frames to the link
  output logic   valid_o,
  output frame_t frame_o,
  output peer_t  peer_o,
  output logic [$clog2(FabGbnWords):0] words_o,
  input  logic   pop_i,
  // Acknowledgements
  input  logic   ack_i,
  input  logic   nack_i,   // with ack_i
  input  peer_t  ack_peer_i,
  input  psn_t   ack_psn_i,
  // Events
  output logic   timeout_o,
  output logic   rewind_o
);
  typedef struct packed {
    peer_t peer;
    psn_t  psn;
  } tag_t;

  psn_t        next_q [FabPeers];  // number of the next frame
  psn_t        done_q [FabPeers];  // all before it have been acknowledged
  peer_t       writing_q;
  psn_t        writing_psn_q;
  tag_t        out_tag, head_tag;
  logic        head_valid, free, free_ready, progress, sensible;
  logic [31:0] timer_q;
  psn_t        gain, limit;

  assign psn_o  = next_q[peer_t'(chip_i)];
  assign open_o = 32'(chip_i) < FabPeers && 32'(psn_t'(psn_o - done_q[peer_t'(chip_i)])) < FabGbnWindow;

  logic mid, again;
  logic [$clog2(FabGbnFrames):0] count, offset, frames;
  xpu_fab_replay #(.Words(FabGbnWords), .Frames(FabGbnFrames), .TagW($bits(tag_t)), .Whole(1'b1)) u_ring (
    .clk_i, .rst_ni, .clear_i(1'b0), .room_o, .valid_i, .frame_i, .tag_i({writing_q, writing_psn_q}),
    .valid_o, .frame_o, .tag_o(out_tag), .offset_o(offset), .words_o, .pop_i, .mid_o(mid), .rewind_i(rewind_o),
    .head_valid_o(head_valid), .head_tag_o(head_tag), .count_o(count), .free_i(free), .free_ready_o(free_ready),
    .again_o(again), .frames_o(frames));
  logic unused;
  assign unused = ^{mid, again, count, offset, frames, out_tag.psn};
  assign peer_o = out_tag.peer;

  // An acknowledgement of what has not been sent, or has been acknowledged, says nothing.
  assign gain     = ack_psn_i - done_q[ack_peer_i];
  assign limit    = next_q[ack_peer_i] - done_q[ack_peer_i];
  assign sensible = ack_i && gain <= limit;
  assign progress = sensible && gain != 16'd0;
  assign free     = head_valid && before_psn(head_tag.psn, done_q[head_tag.peer]);

  assign timeout_o = head_valid && timer_q == 32'(FabGbnTimeout);
  assign rewind_o  = timeout_o || (sensible && nack_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      next_q  <= '{default: '0};
      done_q  <= '{default: '0};
      timer_q <= '0;
    end else begin
      if (start_i) next_q[peer_t'(chip_i)] <= psn_o + 16'd1;
      if (sensible) done_q[ack_peer_i] <= ack_psn_i;
      if (!head_valid || progress || rewind_o || (free && free_ready)) timer_q <= '0;
      else timer_q <= timer_q + 32'd1;
    end
    if (start_i) begin
      writing_q     <= peer_t'(chip_i);
      writing_psn_q <= psn_o;
    end
  end
endmodule
