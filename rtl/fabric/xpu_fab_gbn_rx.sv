// Receiving side of the transport of a virtual channel (docs/fabric.md, section 5): takes the frames of each chip in the
// order of their numbers, and asks for acknowledgements to be sent: with the frames that go to that chip anyway, or by
// themselves. take_o depends combinationally on the frame's ports, apsn_o on peer_i, all else on registers.
module xpu_fab_gbn_rx
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
(
  input  logic  clk_i,
  input  logic  rst_ni,
  // A frame of transactions that the link accepted
  input  logic  valid_i,
  input  peer_t from_i,
  input  psn_t  psn_i,
  output logic  take_o,
  output logic  duplicate_o,
  output logic  gap_o,
  // A frame to a chip carries apsn_o
  input  peer_t peer_i,
  output psn_t  apsn_o,
  input  logic  told_i,
  // A frame of its own
  output ack_t  ack_o,
  input  logic  ack_sent_i
);
  psn_t                expected_q [FabPeers];
  logic [FabPeers-1:0] owed_q, asked_q;
  logic                nack_q;       // one is to be sent
  peer_t               nack_peer_q;
  logic                pass_q;       // acknowledgements that are owed are sent now
  peer_t               scan_q;
  logic [31:0]         timer_q;
  logic                new_nack, last_peer;

  assign take_o      = valid_i && psn_i == expected_q[from_i];
  assign duplicate_o = valid_i && before_psn(psn_i, expected_q[from_i]);
  assign gap_o       = valid_i && !take_o && !duplicate_o;
  assign new_nack    = gap_o && !asked_q[from_i] && !nack_q;
  assign apsn_o      = expected_q[peer_i];
  assign last_peer   = 32'(scan_q) == FabPeers - 1;

  always_comb begin
    ack_o.valid = nack_q || (pass_q && owed_q[scan_q]);
    ack_o.nack  = nack_q;
    ack_o.peer  = nack_q ? nack_peer_q : scan_q;
    ack_o.apsn  = expected_q[ack_o.peer];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      expected_q <= '{default: '0};
      owed_q  <= '0;
      asked_q <= '0;
      nack_q  <= 1'b0;
      pass_q  <= 1'b0;
      scan_q  <= '0;
      timer_q <= '0;
    end else begin
      // Every FabGbnAckDelay cycles all chips are looked at, one in a cycle.
      if (pass_q) begin
        if (!owed_q[scan_q] || (ack_sent_i && !nack_q)) begin
          scan_q <= last_peer ? '0 : scan_q + 1'b1;
          pass_q <= !last_peer;
        end
      end else if (timer_q == 32'(FabGbnAckDelay - 1)) begin
        timer_q <= '0;
        pass_q  <= 1'b1;
      end else begin
        timer_q <= timer_q + 32'd1;
      end
      if (told_i) owed_q[peer_i] <= 1'b0;
      if (ack_sent_i) owed_q[ack_o.peer] <= 1'b0;
      if (ack_sent_i && nack_q) nack_q <= 1'b0;
      if (take_o) begin
        expected_q[from_i] <= expected_q[from_i] + 16'd1;
        asked_q[from_i]    <= 1'b0;
      end
      if (take_o || duplicate_o) owed_q[from_i] <= 1'b1;
      if (new_nack) begin
        nack_q          <= 1'b1;
        nack_peer_q     <= from_i;
        asked_q[from_i] <= 1'b1;
      end
    end
  end
endmodule
