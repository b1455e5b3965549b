// NET engine of a slice: its side of collectives (docs/machine.md, section 9). It offers the command to the network; when
// the network says go, all members count the same cycles by themselves: beats are read, and come back as many cycles later
// as the stages of the group take; a cycle behind that they are written. Of a collective over chips (section 11) they read
// until all is on its way to the edge, and write when the edge says down. Formats are converted between registers.
// start_fault_o depends combinationally on cmd_i, fault_o on scratchpad answers (and beat_o, where a stage of the network
// has no time for its register), rd_req_o on registers; all else is registered.
module xpu_net
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_net_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                start_i,
  input  collective_cmd_t     cmd_i,
  input  slice_id_t           id_i,
  output logic [7:0]          start_fault_o,
  output logic                done_o,
  output logic                waits_o,       // for other members
  output logic [7:0]          fault_o,
  output events_t             events_o,
  // Network
  output net_offer_t          offer_o,
  input  logic                go_i,          // two cycles after the last member's start
  input  logic                mismatch_i,    // instead of go_i
  // Of the lane of the edge, which may be another group's unless this one is with other chips
  input  logic                down_i,        // a cycle after all that other chips have for the group is here
  input  logic                far_mismatch_i,  // instead of down_i
  output net_beat_t           beat_o,        // BeatDelay cycles behind the data
  input  words_t              words_i,
  // Scratchpad
  output spm_req_t            rd_req_o,
  input  logic [RowBits-1:0]  rd_data_i,
  input  logic [7:0]          rd_fault_i,
  output spm_req_t            wr_req_o,
  output logic [RowBits-1:0]  wr_data_o,
  input  logic [7:0]          wr_fault_i
);
  // Far: other chips are waited for.
  typedef enum logic [2:0] {Idle, Offer, Far, Run, Tail} state_e;
  state_e      state_q, state_d;
  net_offer_t  offer_q;
  convert_t    convert_q;
  logic [31:0] member_q, first_q;  // in the chip; the chip's first among all
  logic [15:0] rd_claim_q, wr_claim_q;
  logic        mismatch_q, rd_active_q, barrier;
  logic [31:0] setup_q, lead_q, tail_q;
  logic [31:0] members, all_members, row_bytes;

  assign start_fault_o = start_i ? collective_check(cmd_i) : FaultNone;
  logic down, far_mismatch;
  assign down          = state_q == Far && down_i;
  assign far_mismatch  = state_q == Far && far_mismatch_i;
  assign waits_o       = (state_q == Offer && !go_i && !mismatch_i) ||
                         (state_q == Far && !rd_active_q && !down && !far_mismatch);
  assign barrier       = offer_q.kind == CollectiveKindBarrier;
  always_comb begin
    offer_o       = offer_q;
    offer_o.valid = rst_ni && state_q == Offer;  // not of a slice that stopped in the cycle of the start
  end

  // Beats: parts, rows of a part, beats of a row. A part that has no place of its own has stride 0. A chip gives its own
  // members' parts of a gather and gets their parts of what is scattered; over chips both are of all on the other side.
  logic              rd_step, wr_step, rd_last, wr_last;
  logic [2:0][31:0]  rd_size, wr_size, rd_stride, wr_stride, rd_idx, wr_idx;
  logic [31:0]       rd_addr, wr_addr, rd_left, wr_left;
  logic [15:0]       rd_bytes, wr_bytes;
  logic              gives, gets;
  assign members     = members_of(cmd_i.group);
  assign all_members = all_members_of(cmd_i.group, cmd_i.chips);
  assign row_bytes   = 32'(cmd_i.columns) << (format_bytes(cmd_i.fmt) >> 1);
  always_comb begin
    rd_size   = {row_bytes, 32'(cmd_i.rows), 32'd1};
    wr_size   = rd_size;
    rd_stride = {32'd1, cmd_i.src_stride, 32'd0};
    wr_stride = {32'd1, cmd_i.dst_stride, 32'd0};
    if (cmd_i.kind == CollectiveKindAllGather) begin
      rd_size[0]   = members;
      wr_size[0]   = all_members;
      wr_stride[0] = cmd_i.part_stride;
    end
    if (cmd_i.kind == CollectiveKindReduceScatter) begin
      rd_size[0]   = all_members;
      wr_size[0]   = members;
      rd_stride[0] = cmd_i.part_stride;
    end
  end
  xpu_agen #(.Dims(3), .Adv(NetBytes)) u_reads (
    .clk_i, .load_i(start_i), .base_i(cmd_i.src_base), .size_i(rd_size), .stride_i(rd_stride), .step_i(rd_step),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(rd_addr), .idx_o(rd_idx), .left_o(rd_left), .first_o(), .end_o(), .last_o(rd_last));
  xpu_agen #(.Dims(3), .Adv(NetBytes)) u_writes (
    .clk_i, .load_i(start_i), .base_i(cmd_i.dst_base), .size_i(wr_size), .stride_i(wr_stride), .step_i(wr_step),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(wr_addr), .idx_o(wr_idx), .left_o(wr_left), .first_o(), .end_o(), .last_o(wr_last));

  assign rd_step  = rd_active_q && setup_q == 32'd0;
  assign wr_step  = state_q == Run && lead_q == 32'd0 && !barrier;
  assign rd_bytes = (rd_left < 32'(NetBytes)) ? rd_left[15:0] : 16'(NetBytes);
  assign wr_bytes = (wr_left < 32'(NetBytes)) ? wr_left[15:0] : 16'(NetBytes);
  always_comb begin
    case (offer_q.kind)
      CollectiveKindAllGather: gives = rd_idx[0] == member_q;
      CollectiveKindBroadcast: gives = offer_q.root == first_q + member_q;
      default:                 gives = 1'b1;
    endcase
    gets = offer_q.kind != CollectiveKindReduceScatter || wr_idx[0] == member_q;
  end

  // What goes to the network, and what is written of what it gives.
  spm_req_t           wr_req_d, wr_req_q;
  logic [RowBits-1:0] wr_data_d, wr_data_q;
  events_t            events_d, events_q;
  net_beat_t          beat_d;
  logic               read_q;
  assign wr_req_o  = wr_req_q;
  assign wr_data_o = wr_data_q;
  assign events_o  = events_q;
  always_comb begin
    rd_req_o  = '0;
    wr_req_d  = '0;
    wr_data_d = '0;
    if (rd_step && gives)
      rd_req_o = '{valid: 1'b1, addr: rd_addr, stride: 32'd1, count: rd_bytes, esize: 3'd1, claim: rd_claim_q};
    if (wr_step && gets) begin
      wr_req_d = '{valid: 1'b1, addr: wr_addr, stride: 32'd1, count: wr_bytes, esize: 3'd1, claim: wr_claim_q};
      wr_data_d[NetBytes*8-1:0] = to_bytes(convert_q, words_i);
    end
  end
  always_comb begin
    beat_d = '0;
    if (read_q) begin
      beat_d.valid = 1'b1;
      beat_d.words = to_words(convert_q, rd_data_i[NetBytes*8-1:0]);
    end
  end
  always_comb begin
    events_d = '0;
    if (rd_req_o.valid) events_d.spm_rd_bytes = rd_bytes;
    if (wr_req_d.valid) events_d.spm_wr_bytes = wr_bytes;
    events_d.net_bytes = events_d.spm_rd_bytes + events_d.spm_wr_bytes;
  end
  always_ff @(posedge clk_i) begin
    wr_data_q <= wr_data_d;
    if (!rst_ni) begin
      read_q   <= 1'b0;
      wr_req_q <= '0;
      events_q <= '0;
    end else begin
      read_q   <= rd_req_o.valid;
      wr_req_q <= wr_req_d;
      events_q <= events_d;
    end
  end
  if (BeatDelay == 1) begin : gen_beat
    net_beat_t beat_q;
    assign beat_o = beat_q;
    always_ff @(posedge clk_i) begin
      beat_q       <= beat_d;
      beat_q.valid <= rst_ni && beat_d.valid;
    end
  end else begin : gen_no_beat
    assign beat_o = beat_d;
  end

  always_comb begin
    fault_o = mismatch_q ? FaultNetMismatch : FaultNone;
    fault_o = lower_fault(fault_o, rd_fault_i);
    fault_o = lower_fault(fault_o, wr_fault_i);
  end

  // The last beat comes, or, without beats, its cycle is where it would have been.
  logic last;
  assign last   = state_q == Run && lead_q == 32'd0 && (barrier || wr_last);
  assign done_o = state_q == Tail && tail_q == 32'd0;
  always_comb begin
    state_d = state_q;
    case (state_q)
      Idle:  if (start_i) state_d = Offer;
      Offer: if (go_i) state_d = (offer_q.chips == ChipsOwn) ? Run : Far;
      Far:   if (down) state_d = Run;
      Run:   if (last) state_d = Tail;
      Tail:  if (tail_q == 32'd0) state_d = Idle;
      default: state_d = Idle;
    endcase
  end

  // From go on: cycles to the first read, and to the first write or, of a barrier, to the cycle before it.
  logic [31:0] latency;
  assign latency = stages_of(offer_q.group);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q     <= Idle;
      mismatch_q  <= 1'b0;
      rd_active_q <= 1'b0;
    end else begin
      state_q    <= state_d;
      mismatch_q <= (state_q == Offer && mismatch_i) || far_mismatch;
      if (setup_q != 32'd0) setup_q <= setup_q - 32'd1;
      if (lead_q != 32'd0) lead_q <= lead_q - 32'd1;
      if (state_q == Offer && go_i) begin
        setup_q     <= 32'(NetSetup - 3);
        lead_q      <= 32'(NetSetup - 3) + latency - 32'(barrier);
        // Who is not on the chip of the root has nothing to read.
        rd_active_q <= !barrier && (offer_q.kind != CollectiveKindBroadcast ||
                                    offer_q.root - first_q < members_of(offer_q.group));
      end
      // The edge has counted one of them.
      if (down) lead_q <= 32'(NetSetup - 2) + latency - 32'(barrier);
      if (rd_step && rd_last) rd_active_q <= 1'b0;
      if (last) tail_q <= 32'(NetTail - 1);
      else if (tail_q != 32'd0) tail_q <= tail_q - 32'd1;
      if (start_i) begin
        offer_q    <= '{valid: 1'b0, group: cmd_i.group, chips: cmd_i.chips, kind: cmd_i.kind, op: cmd_i.op, fmt: cmd_i.fmt,
                        root: cmd_i.root, rows: cmd_i.rows, columns: cmd_i.columns};
        convert_q  <= convert_of(cmd_i.kind, cmd_i.fmt);
        member_q   <= member_of(cmd_i.group, id_i);
        first_q    <= times_members(place_of(cmd_i.chips, id_i.chip), cmd_i.group);
        rd_claim_q <= cmd_i.rd_banks;
        wr_claim_q <= cmd_i.wr_banks;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      // The network answers only an offer, and with one of the two.
      assert (!(go_i || mismatch_i) || state_q == Offer);
      assert (!(go_i && mismatch_i));
      // The edge answers when all has been read.
      assert (!down || !rd_active_q);
      // A command comes only when the one before it has ended.
      assert (!start_i || state_q == Idle);
    end
  end
endmodule
