// Packs the transactions of a virtual channel (docs/fabric.md, section 3): those at the head of the queue that go to the
// same chip and are there as a whole make one frame, up to FabPduBytes. It writes the frame's layout in full; link sequence
// number, apsn and checks are filled in behind. ready_o depends on registers only; all else that concerns a frame on open_i,
// room_i and psn_i in the cycle in which it starts.
module xpu_fab_pack
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
#(
  parameter int unsigned Channel = 0
) (
  input  logic     clk_i,
  input  logic     rst_ni,
  input  framing_e framing_i,
  input  chip_t    own_i,
  input  logic     valid_i,
  output logic     ready_o,
  input  beat_t    beat_i,
  // A frame may start
  output chip_t    chip_o,    // of the head of the queue
  input  logic     open_i,    // that chip's window is
  input  logic     room_i,    // for the largest frame
  input  psn_t     psn_i,
  output logic     start_o,
  // Frame
  output logic     valid_o,
  output frame_t   frame_o,
  output logic     packed_o   // a transaction has been taken
);
  typedef enum logic [1:0] {Idle, Header, Body, Flush} state_e;
  localparam int unsigned BufUnits = 2 * WordUnits;
  localparam int unsigned BufW     = $clog2(BufUnits + 1);
  localparam int unsigned UnitsW   = $clog2(PduUnits + TransactionUnits + 2);
  localparam int unsigned DepthW   = $clog2(FabQueueWords + 1);

  // Queue ---------------------------------------------------------------------------------------------------------
  logic              full, head_valid, pop;
  beat_t             head;
  logic [DepthW-1:0] whole_q;  // transactions whose last beat is in the queue
  xpu_fifo #(.Width($bits(beat_t)), .Depth(FabQueueWords)) u_queue (
    .clk_i, .rst_ni, .push_i(valid_i), .data_i(beat_i), .full_o(full), .pop_i(pop), .valid_o(head_valid), .data_o(head));
  assign ready_o = !full;
  assign chip_o  = head.chip;

  // Frame ---------------------------------------------------------------------------------------------------------
  state_e                         state_q, state_d;
  chip_t                          chip_q;
  psn_t                           psn_q;
  logic [2:0]                     lead_q;    // units of the lead that are done
  logic [UnitsW-1:0]              units_q;   // of transactions
  logic                           inside_q;  // a transaction
  logic [5:0]                     left_q;    // units of it
  logic                           first_q;   // no word has gone out
  logic [BufUnits-1:0][63:0]      buf_q, buf_d;
  logic [BufW-1:0]                cnt_q, cnt_d;
  logic [Lead+MaxHeader-1:0][63:0] lead;
  logic                           emit, accepts, fits;
  logic [BufW-1:0]                rest;
  logic [WordUnits:0][63:0]       feed;
  logic [CntW-1:0]                in_cnt;
  logic [5:0]                     want;
  logic [2:0]                     lead_left;

  assign lead      = lead_of(framing_i, own_i, chip_q, vc_t'(Channel), FrameOpData, psn_q, 16'd0);
  assign start_o   = state_q == Idle && whole_q != '0 && open_i && room_i;
  assign fits      = whole_q != '0 && head.chip == chip_q &&
                     units_q + UnitsW'(head.header.units) + UnitsW'(1) <= UnitsW'(PduUnits);
  assign want      = inside_q ? left_q : head.header.units;
  assign lead_left = lead_units(framing_i) - lead_q;

  // What leaves, and what is left of the buffer.
  assign emit    = (state_q == Flush) || (state_q != Idle && cnt_q >= BufW'(WordUnits));
  assign rest    = (cnt_q > BufW'(WordUnits)) ? cnt_q - BufW'(WordUnits) : '0;
  assign valid_o = emit;
  always_comb begin
    frame_o      = '0;
    frame_o.sop  = first_q;
    frame_o.eop  = state_q == Flush && cnt_q <= BufW'(WordUnits);
    frame_o.cnt  = frame_o.eop ? CntW'(cnt_q) : CntW'(WordUnits);
    frame_o.data = buf_q[WordUnits-1:0];
  end

  // What enters: a part of the lead, beats, or the trailer's place.
  assign accepts = (emit ? rest : cnt_q) <= BufW'(WordUnits - 1);
  always_comb begin
    state_d = state_q;
    feed      = '0;
    in_cnt  = '0;
    pop     = 1'b0;
    case (state_q)
      Idle: if (start_o) state_d = Header;
      Header:
        if (accepts) begin
          for (int unsigned u = 0; u < WordUnits; u++)
            if (32'(lead_q) + u < Lead + MaxHeader) feed[u] = lead[32'(lead_q)+u];
          in_cnt = (32'(lead_left) < WordUnits) ? CntW'(lead_left) : CntW'(WordUnits);
          if (32'(lead_left) <= WordUnits) state_d = Body;
        end
      Body:
        if (accepts) begin
          if (inside_q || fits) begin
            pop    = 1'b1;
            in_cnt = (32'(want) < WordUnits) ? CntW'(want) : CntW'(WordUnits);
            feed     = {64'd0, head.data};
            if (!inside_q) begin
              feed     = {head.data, head.header};
              in_cnt = in_cnt + CntW'(1);
            end
          end else begin
            in_cnt  = CntW'(1);
            state_d = Flush;
          end
        end
      Flush: if (frame_o.eop) state_d = Idle;
      default: state_d = Idle;
    endcase
  end
  assign packed_o = pop && head.last;

  always_comb begin
    buf_d = buf_q;
    cnt_d = cnt_q;
    if (emit) begin
      buf_d = {{WordUnits{64'd0}}, buf_q[BufUnits-1:WordUnits]};
      cnt_d = rest;
    end
    for (int unsigned u = 0; u < BufUnits; u++)
      if (u >= 32'(cnt_d) && u < 32'(cnt_d) + 32'(in_cnt)) buf_d[u] = feed[u-32'(cnt_d)];
    cnt_d = cnt_d + BufW'(in_cnt);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q  <= Idle;
      whole_q  <= '0;
      cnt_q    <= '0;
      inside_q <= 1'b0;
      buf_q    <= '0;
    end else begin
      state_q <= state_d;
      buf_q   <= buf_d;
      cnt_q   <= cnt_d;
      whole_q <= whole_q + DepthW'(valid_i && ready_o && beat_i.last) - DepthW'(packed_o);
      if (pop) begin
        inside_q <= !head.last;
        left_q   <= want - 6'(in_cnt) + 6'(!inside_q);
        units_q  <= units_q + UnitsW'(in_cnt);
      end
      if (start_o) begin
        chip_q  <= head.chip;
        psn_q   <= psn_i;
        lead_q  <= '0;
        units_q <= '0;
      end
      if (state_q == Header && accepts) lead_q <= lead_q + 3'(in_cnt);
      if (emit) first_q <= 1'b0;
      if (start_o) first_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      // A transaction that is in the queue as a whole does not run dry.
      assert (!pop || head_valid);
      assert (!pop || (head.first == !inside_q));
      // Its beats are as many as its header says.
      assert (!pop || (head.last == (32'(want) <= WordUnits)));
      assert (32'(cnt_q) <= BufUnits);
    end
  end
endmodule
