// Receiving side of link-level retry (docs/fabric.md, section 6): accepts the frames that come in sequence, and asks for
// those that do not once. accept_o depends combinationally on the frame's ports, all else on registers.
module xpu_fab_llr_rx
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          init_i,       // LLR_INIT has come
  // The end of a frame
  input  logic          end_i,
  input  logic          named_i,      // its preamble is good
  input  logic          good_i,       // and so is its FCS
  input  seq_t          seq_i,
  output logic          accept_o,
  // Control ordered sets
  output logic          on_o,
  output logic          nack_o,       // LLR_NACK is to be sent
  input  logic          nack_sent_i,
  output logic          ack_o,        // there is something to acknowledge
  output seq_t          last_o,       // the last frame that was accepted
  output llr_rx_state_e state_o,
  // Events
  output logic          ok_o,
  output logic          bad_o,
  output logic          expected_bad_o,
  output logic          missing_o,
  output logic          duplicate_o,
  output logic          replay_o
);
  llr_rx_state_e state_q, state_d;
  seq_t          expected_q, ahead;
  logic          ends;

  assign ends           = end_i && state_q != LlrRxStateOff;
  assign ahead          = seq_i - expected_q;
  assign ok_o           = ends && good_i;
  assign bad_o          = ends && !good_i;
  assign accept_o       = ok_o && ahead == '0;
  assign duplicate_o    = ok_o && ahead[SequenceBits-1];
  assign missing_o      = ok_o && !duplicate_o && !accept_o;
  assign expected_bad_o = bad_o && named_i && ahead == '0;
  assign replay_o       = accept_o && state_q == LlrRxStateNackSent;
  assign ack_o          = accept_o || duplicate_o;
  assign on_o           = state_q != LlrRxStateOff;
  assign nack_o         = state_q == LlrRxStateSendNack;
  assign last_o         = expected_q - seq_t'(1);
  assign state_o        = state_q;

  always_comb begin
    state_d = state_q;
    case (state_q)
      LlrRxStateSendAcks: if (bad_o || missing_o) state_d = LlrRxStateSendNack;
      LlrRxStateSendNack: if (nack_sent_i) state_d = LlrRxStateNackSent;
      default: ;
    endcase
    if (accept_o || init_i) state_d = LlrRxStateSendAcks;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q    <= LlrRxStateOff;
      expected_q <= '0;
    end else begin
      state_q <= state_d;
      if (init_i) expected_q <= '0;
      else if (accept_o) expected_q <= expected_q + seq_t'(1);
    end
  end
endmodule
