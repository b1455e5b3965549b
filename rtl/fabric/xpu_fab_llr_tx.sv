// Sending side of link-level retry (docs/fabric.md, section 6): numbers frames, keeps them until the other end of the link
// has acknowledged them, replays them from the oldest on when it is asked to or the timer runs out, and gives up what is left
// when that does not help. accept_o depends on registers only, valid_o and frame_o in addition on send_i.
module xpu_fab_llr_tx
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
#(
  localparam int unsigned IdxW = $clog2(FabLlrFrames)
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          up_i,        // the link is
  output logic          accept_o,    // a frame may enter
  input  logic          quiet_i,     // no frame is entering
  input  logic          valid_i,
  input  frame_t        frame_i,
  input  vc_t           channel_i,   // with the first word
  input  logic          credits_i,   // with the first word: the frame takes some
  // To the link; a frame that has begun goes on
  output logic          valid_o,
  output frame_t        frame_o,
  // Control ordered sets
  input  logic          echo_i,
  input  logic          ack_i,
  input  logic          nack_i,
  input  seq_t          seq_i,
  input  logic [7:0]    epoch_i,
  output logic          init_o,      // LLR_INIT is sent until its echo comes
  output logic          init_start_o,
  output logic [7:0]    epoch_o,
  output llr_tx_state_e state_o,
  // Events
  output logic          replayed_o,
  output logic          timeout_o,
  output logic          flush_o,
  output logic [IdxW:0] discards_o,
  output logic          seq_error_o
);
  llr_tx_state_e state_q, state_d;
  seq_t          hd_seq_q, acked_q;   // of the oldest frame; behind the last that was acknowledged
  logic [7:0]    epoch_q, replays_q;
  logic [31:0]   timer_q, pcs_q;
  logic [2:0]    tag;
  logic          room, ring_valid, mid, head_valid, free, free_ready, again, clear, works, answer, sensible, rewind, expired,
                 progress, give_up, pcs_lost;
  frame_t        ring_frame;
  seq_t          gain, limit;
  logic [IdxW:0] offset, count, frames;

  xpu_fab_replay #(.Words(FabLlrWords), .Frames(FabLlrFrames), .TagW(3), .Slack(CheckLatency + 2)) u_ring (
    .clk_i, .rst_ni, .clear_i(clear), .room_o(room), .valid_i, .frame_i, .tag_i({channel_i, credits_i}),
    .valid_o(ring_valid), .frame_o(ring_frame), .tag_o(tag), .offset_o(offset), .words_o(), .pop_i(valid_o),
    .mid_o(mid), .rewind_i(rewind), .head_valid_o(head_valid), .head_tag_o(), .count_o(count), .free_i(free),
    .free_ready_o(free_ready), .again_o(again), .frames_o(frames));

  assign works    = state_q == LlrTxStateAdvance || state_q == LlrTxStateReplay;
  assign accept_o = works && room;
  assign valid_o  = ring_valid && (mid || (works && up_i));
  always_comb begin
    preamble_t p;
    p       = '{start: 8'(StartByte), seq: hd_seq_q + seq_t'(offset), channel: {3'd0, tag[2:1]}, credits: tag[0],
                default: '0};
    frame_o = ring_frame;
    if (ring_frame.sop) frame_o.data[1] = guarded(56'(p));
  end

  // What has been acknowledged: cumulative, and only what has been sent.
  assign gain        = seq_i + seq_t'(1) - acked_q;
  assign limit       = hd_seq_q + seq_t'(count) - acked_q;
  assign answer      = works && (ack_i || nack_i);
  assign sensible    = answer && gain <= limit;
  assign seq_error_o = answer && !sensible;
  assign free        = head_valid && hd_seq_q != acked_q;
  assign progress    = sensible && gain != '0;

  // Replays. One that follows progress is the first again.
  assign expired   = works && up_i && head_valid && timer_q == 32'(FabLlrTimeout);
  assign give_up   = (expired || (sensible && nack_i)) && !progress && replays_q == 8'(FabLlrReplays);
  assign rewind    = (expired || (sensible && nack_i)) && !give_up;
  assign timeout_o = expired;
  assign pcs_lost  = works && pcs_q == 32'(FabPcsTimeout);
  assign clear     = state_q == LlrTxStateFlush && quiet_i && !mid && up_i;

  always_comb begin
    state_d = state_q;
    case (state_q)
      LlrTxStateOff:     if (up_i) state_d = LlrTxStateInit;
      LlrTxStateInit:    if (echo_i && epoch_i == epoch_q) state_d = LlrTxStateAdvance;
      LlrTxStateAdvance: if (rewind) state_d = LlrTxStateReplay;
      LlrTxStateReplay:  if (!again && !rewind) state_d = LlrTxStateAdvance;
      LlrTxStateFlush:   if (clear) state_d = LlrTxStateInit;
      default:           state_d = LlrTxStateOff;
    endcase
    if (give_up || pcs_lost) state_d = LlrTxStateFlush;
  end
  assign replayed_o   = state_q == LlrTxStateReplay && state_d == LlrTxStateAdvance;
  assign flush_o      = state_q != LlrTxStateFlush && state_d == LlrTxStateFlush;
  assign discards_o   = clear ? frames : '0;
  assign init_o       = state_q == LlrTxStateInit;
  assign init_start_o = state_q != LlrTxStateInit && state_d == LlrTxStateInit;
  assign epoch_o      = epoch_q;
  assign state_o      = state_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q   <= LlrTxStateOff;
      hd_seq_q  <= '0;
      acked_q   <= '0;
      epoch_q   <= '0;
      replays_q <= '0;
      timer_q   <= '0;
      pcs_q     <= '0;
    end else begin
      state_q <= state_d;
      if (init_start_o) begin
        hd_seq_q <= '0;
        acked_q  <= '0;
        epoch_q  <= epoch_q + 8'd1;
      end else begin
        if (free && free_ready) hd_seq_q <= hd_seq_q + seq_t'(1);
        if (sensible) acked_q <= seq_i + seq_t'(1);
      end
      if (init_start_o) replays_q <= '0;
      else if (progress) replays_q <= {7'd0, rewind};
      else if (rewind) replays_q <= replays_q + 8'd1;
      if (!works || !head_valid || progress || rewind) timer_q <= '0;
      else if (up_i && timer_q != 32'(FabLlrTimeout)) timer_q <= timer_q + 32'd1;
      if (!works || up_i) pcs_q <= '0;
      else pcs_q <= pcs_q + 32'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      // Frames enter only where they are sent or given up, and all that were acknowledged have been sent.
      assert (!valid_i || state_q == LlrTxStateAdvance || state_q == LlrTxStateReplay || state_q == LlrTxStateFlush);
      assert (!works || acked_q - hd_seq_q <= seq_t'(count));
    end
  end
endmodule
