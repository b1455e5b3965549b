// A port of the scale-up Ethernet (docs/fabric.md): transactions of four virtual channels on one side, words of the link on
// the other, each registered. ready_o and link_o depend on registers only.
module xpu_fab_port
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
(
  input  logic                                    clk_i,
  input  logic                                    rst_ni,
  input  framing_e                                framing_i,  // constant after reset, as is own_i
  input  chip_t                                   own_i,
  // Transactions to send
  input  logic [Channels-1:0]                     tx_valid_i,
  output logic [Channels-1:0]                     tx_ready_o,
  input  beat_t [Channels-1:0]                    tx_beat_i,
  // Transactions that have come
  output logic [Channels-1:0]                     rx_valid_o,
  input  logic [Channels-1:0]                     rx_ready_i,
  output beat_t [Channels-1:0]                    rx_beat_o,
  // Link
  input  logic [FabLanes-1:0]                     lock_i,
  input  link_t                                   link_i,
  output link_t                                   link_o,
  // State
  output link_state_e                             link_state_o,
  output llr_tx_state_e                           llr_tx_state_o,
  output llr_rx_state_e                           llr_rx_state_o,
  output logic [NumFabricCounterValues-1:0][63:0] counters_o
);
  typedef logic [$clog2(FabLlrFrames):0] llr_count_t;
  logic up, down;
  xpu_fab_link u_link (.clk_i, .rst_ni, .lock_i, .up_o(up), .state_o(link_state_o), .down_o(down));

  // What has come, at the end of the check ------------------------------------------------------------------------
  logic         in_valid, in_os, in_end, named, good, right;
  frame_t       in_frame;
  trailer_t     in_check, in_trailer;
  preamble_t    preamble, preamble_q;
  rh_t          rh, rh_q;
  chip_t        destination, destination_q;
  logic         named_q, accept, rx_on;
  logic [2:0]   in_word_q, in_word;
  vc_t          in_channel;
  control_t     control;
  control_sequence_t control_sequence;
  control_init_t     control_init;
  control_credits_t  control_credits;
  logic         os_good, os_init, os_echo, os_ack, os_nack, os_credits;

  // Channels --------------------------------------------------------------------------------------------------------
  logic [Channels-1:0]   tx_valid, enough, take, gbn_pop, told, own_sent, freed, pack_done, gbn_timeout, gbn_rewind,
                         rx_take, rx_duplicate, rx_gap, rx_done;
  frame_t [Channels-1:0] tx_frame;
  peer_t [Channels-1:0]  tx_peer;
  psn_t [Channels-1:0]   tx_apsn;
  ack_t [Channels-1:0]   own_ack;
  credit_t [Channels-1:0] freed_count, tx_words;
  logic                  llr_init_start;

  for (genvar v = 0; v < Channels; v++) begin : gen_channel
    chip_t  pack_chip;
    logic   pack_open, pack_room, pack_start, pack_valid;
    psn_t   pack_psn;
    frame_t pack_frame;
    logic [$clog2(FabGbnWords):0] words;
    xpu_fab_pack #(.Channel(v)) u_pack (
      .clk_i, .rst_ni, .framing_i, .own_i, .valid_i(tx_valid_i[v]), .ready_o(tx_ready_o[v]), .beat_i(tx_beat_i[v]),
      .chip_o(pack_chip), .open_i(pack_open), .room_i(pack_room), .psn_i(pack_psn), .start_o(pack_start),
      .valid_o(pack_valid), .frame_o(pack_frame), .packed_o(pack_done[v]));
    xpu_fab_gbn_tx u_gbn_tx (
      .clk_i, .rst_ni, .chip_i(pack_chip), .open_o(pack_open), .psn_o(pack_psn), .room_o(pack_room), .start_i(pack_start),
      .valid_i(pack_valid), .frame_i(pack_frame), .valid_o(tx_valid[v]), .frame_o(tx_frame[v]), .peer_o(tx_peer[v]),
      .words_o(words), .pop_i(gbn_pop[v]), .ack_i(right && in_channel == vc_t'(v)), .nack_i(rh.op == FrameOpNack),
      .ack_peer_i(peer_t'(rh.xpu)), .ack_psn_i(rh.apsn), .timeout_o(gbn_timeout[v]), .rewind_o(gbn_rewind[v]));
    assign tx_words[v] = credit_t'(words);
    xpu_fab_credits u_credits (
      .clk_i, .rst_ni, .start_i(llr_init_start), .words_i(tx_words[v]), .enough_o(enough[v]), .take_i(take[v]),
      .update_i(os_credits && (control_credits.first_channel == 5'(v) || control_credits.second_channel == 5'(v))),
      .freed_i((control_credits.first_channel == 5'(v)) ? control_credits.first_freed : control_credits.second_freed));
    xpu_fab_gbn_rx u_gbn_rx (
      .clk_i, .rst_ni, .valid_i(right && in_channel == vc_t'(v) && preamble.credits), .from_i(peer_t'(rh.xpu)),
      .psn_i(rh.npsn), .take_o(rx_take[v]), .duplicate_o(rx_duplicate[v]), .gap_o(rx_gap[v]), .peer_i(tx_peer[v]),
      .apsn_o(tx_apsn[v]), .told_i(told[v]), .ack_o(own_ack[v]), .ack_sent_i(own_sent[v]));
    logic   buf_valid, buf_pop;
    frame_t buf_frame;
    xpu_fab_buffer u_buffer (
      .clk_i, .rst_ni, .start_i(os_init),
      .valid_i(in_valid && named && preamble.credits && in_channel == vc_t'(v)), .frame_i(in_frame), .keep_i(rx_take[v]),
      .drop_i(accept && preamble.credits && in_channel == vc_t'(v) && !rx_take[v]), .valid_o(buf_valid),
      .frame_o(buf_frame), .pop_i(buf_pop), .freed_o(freed[v]), .count_o(freed_count[v]));
    xpu_fab_unpack u_unpack (
      .clk_i, .rst_ni, .framing_i, .valid_i(buf_valid), .frame_i(buf_frame), .pop_o(buf_pop), .valid_o(rx_valid_o[v]),
      .beat_o(rx_beat_o[v]), .ready_i(rx_ready_i[v]));
    assign rx_done[v] = rx_valid_o[v] && rx_ready_i[v] && rx_beat_o[v].last;
  end

  // Channels take turns, frame by frame. What a channel sends by itself goes before its other frames and takes no credits.
  logic [Channels-1:0] offers;
  logic                busy_q, go, llr_accept, own, own_q, out_last;
  vc_t                 turn_q, sel, sel_q;
  logic [2:0]          word, word_q;
  ack_t                ack, ack_q;
  frame_t              out_frame;
  logic [3:0]          own_units, own_left;
  logic [Lead+MaxHeader-1:0][63:0] own_lead;
  always_comb begin
    for (int unsigned v = 0; v < Channels; v++)
      offers[v] = llr_accept && (own_ack[v].valid || (tx_valid[v] && tx_frame[v].sop && enough[v]));
    sel = sel_q;
    if (!busy_q) begin
      sel = turn_q;
      for (int unsigned k = Channels; k > 0; k--)
        if (offers[turn_q+vc_t'(k-1)]) sel = turn_q + vc_t'(k - 1);
    end
    go   = busy_q || offers != '0;
    own  = busy_q ? own_q : own_ack[sel].valid;
    ack  = busy_q ? ack_q : own_ack[sel];
    word = busy_q ? word_q : 3'd0;
  end
  assign own_lead  = lead_of(framing_i, own_i, chip_t'(ack.peer), sel, ack.nack ? FrameOpNack : FrameOpAck, 16'd0, ack.apsn);
  assign own_units = 4'(lead_units(framing_i)) + 4'd1;
  assign own_left  = own_units - 4'(32'(word) * WordUnits);
  always_comb begin
    out_frame = tx_frame[sel];
    told      = '0;
    for (int unsigned u = 0; u < WordUnits; u++)
      if (32'(word) * WordUnits + u == 32'(rh_unit(framing_i))) begin
        out_frame.data[u][63:48] = tx_apsn[sel];
        told[sel]                = go && !own;
      end
    if (own) begin
      out_frame     = '0;
      out_frame.sop = word == 3'd0;
      out_frame.eop = 32'(own_left) <= WordUnits;
      out_frame.cnt = out_frame.eop ? cnt_t'(own_left) : cnt_t'(WordUnits);
      for (int unsigned u = 0; u < WordUnits; u++)
        if (32'(word) * WordUnits + u < Lead + MaxHeader && u < 32'(own_left) - 1)
          out_frame.data[u] = own_lead[32'(word)*WordUnits+u];
    end
    out_last = go && out_frame.eop;
    gbn_pop  = '0;
    take     = '0;
    own_sent = '0;
    if (go) begin
      gbn_pop[sel]  = !own;
      take[sel]     = !busy_q && !own;
      own_sent[sel] = !busy_q && own;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      turn_q <= '0;
      word_q <= '0;
      sel_q  <= '0;
      own_q  <= 1'b0;
    end else begin
      busy_q <= go && !out_last;
      word_q <= (word == 3'd7) ? word : word + 3'd1;
      sel_q  <= sel;
      own_q  <= own;
      if (go && !busy_q) turn_q <= sel + 2'd1;
    end
    ack_q <= ack;
  end

  // Checks, retry, link ---------------------------------------------------------------------------------------------
  logic       crc_valid, crc_busy, crc_credits, llr_valid, llr_init, replayed, llr_timeout, flush, seq_error, slot,
              ctl_valid, rx_nack, rx_ack, nack_sent;
  vc_t        crc_channel;
  frame_t     crc_frame, llr_in, llr_frame;
  trailer_t   crc_check;
  llr_count_t discards;
  logic [7:0] llr_epoch;
  logic [63:0] ctl_unit;
  control_op_e ctl_op;
  seq_t       rx_last;
  logic       rx_ok, rx_bad, rx_expected_bad, rx_missing, rx_duplicate_seq, rx_replay;
  link_t      link_q, out_q;

  xpu_fab_crc #(.SideW(3)) u_crc_tx (
    .clk_i, .rst_ni, .framing_i, .valid_i(go), .frame_i(out_frame), .side_i({sel, !own}), .valid_o(crc_valid),
    .frame_o(crc_frame), .side_o({crc_channel, crc_credits}), .check_o(crc_check), .busy_o(crc_busy));
  always_comb begin
    llr_in = crc_frame;
    for (int unsigned u = 0; u < WordUnits; u++)
      if (crc_frame.eop && u + 1 == 32'(crc_frame.cnt)) llr_in.data[u] = crc_check;
  end
  xpu_fab_llr_tx u_llr_tx (
    .clk_i, .rst_ni, .up_i(up), .accept_o(llr_accept), .quiet_i(!busy_q && !crc_busy), .valid_i(crc_valid),
    .frame_i(llr_in), .channel_i(crc_channel), .credits_i(crc_credits), .valid_o(llr_valid), .frame_o(llr_frame),
    .echo_i(os_echo), .ack_i(os_ack), .nack_i(os_nack), .seq_i(control_sequence.seq), .epoch_i(control_init.epoch),
    .init_o(llr_init), .init_start_o(llr_init_start), .epoch_o(llr_epoch), .state_o(llr_tx_state_o),
    .replayed_o(replayed), .timeout_o(llr_timeout), .flush_o(flush), .discards_o(discards), .seq_error_o(seq_error));
  xpu_fab_ctl u_ctl (
    .clk_i, .rst_ni, .slot_i(slot), .init_i(llr_init), .init_start_i(llr_init_start), .epoch_i(llr_epoch),
    .echo_i(os_init), .echo_epoch_i(control_init.epoch), .on_i(rx_on), .nack_i(rx_nack), .ack_i(rx_ack), .last_i(rx_last),
    .freed_i(freed), .count_i(freed_count), .valid_o(ctl_valid), .unit_o(ctl_unit), .op_o(ctl_op));
  assign slot      = up && (!llr_valid || llr_frame.sop);
  assign nack_sent = ctl_valid && ctl_op == ControlOpNack;
  always_comb begin
    out_q       = '0;
    out_q.valid = llr_valid && up;
    out_q.os    = ctl_valid;
    if (out_q.valid) out_q.frame = llr_frame;
    if (ctl_valid) out_q.frame.data[0] = ctl_unit;
  end
  assign link_o = link_q;

  // Received words: only whole frames go on, one that breaks off with a mark.
  link_t  in_q;
  logic   open_q, open, word_valid;
  frame_t word_frame;
  always_comb begin
    word_frame = in_q.frame;
    word_valid = up && in_q.valid && !in_q.error && (in_q.frame.sop || open_q);
    if (up && in_q.error && open_q) begin
      word_valid     = 1'b1;
      word_frame.sop = 1'b0;
      word_frame.eop = 1'b1;
      word_frame.bad = 1'b1;
      word_frame.cnt = cnt_t'(WordUnits);
    end
    open = open_q;
    if (word_valid) open = !word_frame.eop;
    if (!up) open = 1'b0;
  end
  xpu_fab_crc #(.SideW(1)) u_crc_rx (
    .clk_i, .rst_ni, .framing_i, .valid_i(word_valid), .frame_i(word_frame), .side_i(up && in_q.os && !in_q.error),
    .valid_o(in_valid), .frame_o(in_frame), .side_o(in_os), .check_o(in_check), .busy_o());

  // Control ordered sets
  assign control          = control_t'(in_frame.data[0]);
  assign control_sequence = control_sequence_t'(control.body);
  assign control_init     = control_init_t'(control.body);
  assign control_credits  = control_credits_t'(control.body);
  assign os_good    = in_os && is_guarded(in_frame.data[0]) && control.control == 8'(ControlByte);
  assign os_init    = os_good && control.op == ControlOpInit;
  assign os_echo    = os_good && control.op == ControlOpInitEcho;
  assign os_ack     = os_good && control.op == ControlOpAck;
  assign os_nack    = os_good && control.op == ControlOpNack;
  // Counts mean something only while the link runs: those of before a start are behind its echo.
  assign os_credits = os_good && control.op == ControlOpCfUpdate &&
                      (llr_tx_state_o == LlrTxStateAdvance || llr_tx_state_o == LlrTxStateReplay);

  // Frames: preamble and headers are kept until the end says whether they are to be believed.
  assign in_word = in_frame.sop ? 3'd0 : in_word_q;
  always_comb begin
    preamble    = preamble_q;
    named       = named_q;
    rh          = rh_q;
    destination = destination_q;
    if (in_frame.sop) begin
      preamble = preamble_t'(in_frame.data[1]);
      named    = is_guarded(in_frame.data[1]) && preamble.start == 8'(StartByte);
    end
    for (int unsigned u = 0; u < WordUnits; u++) begin
      if (32'(in_word) * WordUnits + u == Lead) destination = destination_of(framing_i, in_frame.data[u]);
      if (32'(in_word) * WordUnits + u == 32'(rh_unit(framing_i))) rh = rh_t'(in_frame.data[u]);
    end
    in_trailer = '0;
    for (int unsigned u = 0; u < WordUnits; u++)
      if (u + 1 == 32'(in_frame.cnt)) in_trailer = trailer_t'(in_frame.data[u]);
  end
  assign in_channel = vc_t'(preamble.channel);
  assign in_end     = in_valid && in_frame.eop;
  assign good       = named && !in_frame.bad && in_trailer.fcs == in_check.fcs;
  xpu_fab_llr_rx u_llr_rx (
    .clk_i, .rst_ni, .init_i(os_init), .end_i(in_end), .named_i(named), .good_i(good), .seq_i(preamble.seq),
    .accept_o(accept), .on_o(rx_on), .nack_o(rx_nack), .nack_sent_i(nack_sent), .ack_o(rx_ack), .last_o(rx_last),
    .state_o(llr_rx_state_o), .ok_o(rx_ok), .bad_o(rx_bad), .expected_bad_o(rx_expected_bad), .missing_o(rx_missing),
    .duplicate_o(rx_duplicate_seq), .replay_o(rx_replay));
  assign right = accept && in_trailer.rcrc == in_check.rcrc && destination == own_i && 32'(rh.xpu) < FabPeers &&
                 rh.channel == in_channel;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      link_q   <= '0;
      in_q     <= '0;
      open_q <= 1'b0;
    end else begin
      link_q   <= out_q;
      in_q     <= link_i;
      open_q <= open;
    end
    if (in_valid) begin
      in_word_q     <= (in_word == 3'd7) ? in_word : in_word + 3'd1;
      preamble_q    <= preamble;
      named_q       <= named;
      rh_q          <= rh;
      destination_q <= destination;
    end
  end

  // Counters ----------------------------------------------------------------------------------------------------------
  logic [NumFabricCounterValues-1:0][15:0] events;
  always_comb begin
    events                                      = '0;
    events[FabricCounterLLR_TX_INIT_CTL_OS]     = 16'(ctl_valid && ctl_op == ControlOpInit);
    events[FabricCounterLLR_TX_INIT_ECHO_CTL_OS] = 16'(ctl_valid && ctl_op == ControlOpInitEcho);
    events[FabricCounterLLR_TX_ACK_CTL_OS]      = 16'(ctl_valid && ctl_op == ControlOpAck);
    events[FabricCounterLLR_TX_NACK_CTL_OS]     = 16'(nack_sent);
    events[FabricCounterLLR_TX_DISCARD]         = 16'(discards);
    events[FabricCounterLLR_TX_OK]              = 16'(llr_valid && llr_frame.sop && up);
    events[FabricCounterLLR_TX_REPLAY]          = 16'(replayed);
    events[FabricCounterLLR_RX_INIT_CTL_OS]     = 16'(os_init);
    events[FabricCounterLLR_RX_INIT_ECHO_CTL_OS] = 16'(os_echo);
    events[FabricCounterLLR_RX_ACK_CTL_OS]      = 16'(os_ack);
    events[FabricCounterLLR_RX_NACK_CTL_OS]     = 16'(os_nack);
    events[FabricCounterLLR_RX_ACK_NACK_SEQ_ERROR] = 16'(seq_error);
    events[FabricCounterLLR_RX_OK]              = 16'(rx_ok);
    events[FabricCounterLLR_RX_BAD]             = 16'(rx_bad);
    events[FabricCounterLLR_RX_EXPECTED_SEQ_GOOD] = 16'(accept);
    events[FabricCounterLLR_RX_EXPECTED_SEQ_BAD] = 16'(rx_expected_bad);
    events[FabricCounterLLR_RX_MISSING_SEQ]     = 16'(rx_missing);
    events[FabricCounterLLR_RX_DUPLICATE_SEQ]   = 16'(rx_duplicate_seq);
    events[FabricCounterLLR_RX_REPLAY]          = 16'(rx_replay);
    events[FabricCounterLLR_TX_TIMEOUT]         = 16'(llr_timeout);
    events[FabricCounterLLR_TX_FLUSH]           = 16'(flush);
    events[FabricCounterCBFC_TX_CF_UPDATE]      = 16'(ctl_valid && ctl_op == ControlOpCfUpdate);
    events[FabricCounterCBFC_RX_CF_UPDATE]      = 16'(os_credits);
    events[FabricCounterCTL_OS_BAD]             = 16'(in_os && !os_good);
    events[FabricCounterLINK_DOWN]              = 16'(down);
    events[FabricCounterGBN_RX_BAD]             = 16'(accept && !right);
    for (int unsigned v = 0; v < Channels; v++) begin
      events[FabricCounterCBFC_TX_STALL]   += 16'(llr_accept && tx_valid[v] && tx_frame[v].sop && !enough[v]);
      events[FabricCounterGBN_TX_DATA]     += 16'(take[v]);
      events[FabricCounterGBN_TX_ACK]      += 16'(own_sent[v] && !own_ack[v].nack);
      events[FabricCounterGBN_TX_NACK]     += 16'(own_sent[v] && own_ack[v].nack);
      events[FabricCounterGBN_TX_REWIND]   += 16'(gbn_rewind[v]);
      events[FabricCounterGBN_TX_TIMEOUT]  += 16'(gbn_timeout[v]);
      events[FabricCounterGBN_RX_DATA]     += 16'(rx_take[v]);
      events[FabricCounterGBN_RX_DUPLICATE] += 16'(rx_duplicate[v]);
      events[FabricCounterGBN_RX_GAP]      += 16'(rx_gap[v]);
      events[FabricCounterTX_TRANSACTIONS] += 16'(pack_done[v]);
      events[FabricCounterRX_TRANSACTIONS] += 16'(rx_done[v]);
    end
  end
  logic [NumFabricCounterValues-1:0][63:0] counters_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) counters_q <= '0;
    else for (int unsigned c = 0; c < NumFabricCounterValues; c++) counters_q[c] <= counters_q[c] + 64'(events[c]);
  end
  assign counters_o = counters_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      // A frame that has begun goes on in each cycle.
      assert (!busy_q || own_q || tx_valid[sel_q]);
      assert (!(os_init && in_end));
    end
  end
endmodule
