// A lane of the edge (docs/machine.md, section 11): the collectives over chips of the groups whose first slice is Lane, one at
// a time. What the chip's members give comes up into a buffer; the port sends it from there and writes what the other chip
// gives into another one; sums of both go to a third, and the result goes down to the members.
//
// Buffers are bytes in the order of parts, rows and columns, without gaps, so that they are those of messages. Own and far ones
// are there twice: a chip that has all may begin its next collective while this one's message still waits for the port, and
// the other chip may be one collective ahead. Neither can be two ahead, as it needs this chip's message for the next.
//
// Two clocks that come from one source. Signals of one are sampled once by the other: posts and arrivals change one bit, and
// messages and buffers are still while they are read. down_words_o, down_o and mismatch_o depend on registers only.
module xpu_edge_lane
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_net_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
  import xpu_edge_pkg::*;
#(
  parameter int unsigned Lane = 0
) (
  // Network of the chip
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic [31:0]   chip_i,        // constant
  input  logic          go_i,          // two cycles after the last member's start
  input  net_offer_t    offer_i,
  input  words_t        up_words_i,
  output logic          down_o,
  output logic          mismatch_o,
  output words_t        down_words_o,
  output logic          busy_o,        // it does not wait for the other chip
  // Port
  input  logic          port_clk_i,
  input  logic          port_rst_ni,
  output logic          post_o,        // for a cycle: one more message waits
  output edge_message_t message_o,     // the oldest one
  input  logic          sent_i,        // it has been read
  input  logic          tx_read_i,
  input  edge_addr_t    tx_addr_i,     // in the message, behind its header
  output units_t        tx_units_o,    // a cycle later
  input  logic          rx_valid_i,    // a beat for this lane
  input  beat_t         rx_beat_i,
  input  logic [4:0]    rx_word_i      // its number in the transaction
);
  localparam int unsigned StepBytes = 4 * BeatWords;

  // The bench's memories: written and read by the byte, at any address.
  logic [7:0] own_mem [2*EdgeBytes];
  logic [7:0] far_mem [2*EdgeBytes];
  logic [7:0] sum_mem [EdgeBytes];

  // Control -----------------------------------------------------------------------------------------------------------
  typedef enum logic [2:0] {Idle, Up, Wait, Add, Down} state_e;
  state_e      state_d, state_q;
  net_offer_t  offer_q;
  logic [31:0] place_q, stages, lead_q, lead_d, steps_q, steps_d, beats_q, half_beats_q;
  logic        two, reduce_q, own_slot_q, far_slot_q, post_q, post, no_up, finish, agree, here, down_q, down_d,
               far_off_d, far_off_q, mismatch_q;
  edge_addr_t  up_addr_q, half_q, bytes_q, share, own_base;
  edge_message_t [1:0] message_q;

  assign two      = chips_of(offer_q.chips) == 32'd2;
  assign stages   = stages_of(offer_q.group);
  assign no_up    = up_parts(offer_q, place_q) == 32'd0;
  // Of what is scattered a half is for each chip.
  assign share    = (offer_q.kind == CollectiveKindReduceScatter && two) ? half_q : bytes_q;
  assign own_base = (offer_q.kind == CollectiveKindReduceScatter && two && place_q != 32'd0) ? half_q : '0;

  // Beats up
  logic             up_step, up_last, up_half;
  logic [2:0][31:0] up_idx, up_size;
  logic [31:0]      up_left, up_raw, row_bytes;
  logic [2:0]       up_end;
  edge_addr_t       up_bytes;
  assign row_bytes = 32'(offer_i.columns) << (format_bytes(offer_i.fmt) >> 1);
  assign up_size   = {row_bytes, 32'(offer_i.rows), up_parts(offer_i, place_of(offer_i.chips, chip_i))};
  assign up_step   = state_q == Up && lead_q == 32'd0 && !no_up;
  assign up_raw    = (up_left < 32'(NetBytes)) ? up_left : 32'(NetBytes);
  assign up_bytes  = edge_bytes(offer_q, up_raw);
  assign up_half   = up_end[1] && up_end[2] && up_idx[0] + 32'd1 == members_of(offer_q.group);
  xpu_agen #(.Dims(3), .Adv(NetBytes)) u_up (
    .clk_i, .load_i(go_i), .base_i('0), .size_i(up_size), .stride_i('0), .step_i(up_step), .adv_i('0), .move_i('0),
    .inner_o(), .addr_o(), .idx_o(up_idx), .left_o(up_left), .first_o(), .end_o(up_end), .last_o(up_last));

  // Beats down
  logic             down_step, down_last, from_far;
  logic [2:0][31:0] down_idx, down_size;
  logic [31:0]      down_left, down_raw;
  logic [2:0]       down_end;
  edge_addr_t       down_addr_q, down_bytes;
  assign down_size  = {row_bytes, 32'(offer_i.rows), down_parts(offer_i)};
  assign down_step  = state_q == Down && lead_q == 32'd0;
  assign down_raw   = (down_left < 32'(NetBytes)) ? down_left : 32'(NetBytes);
  assign down_bytes = edge_bytes(offer_q, down_raw);
  xpu_agen #(.Dims(3), .Adv(NetBytes)) u_down (
    .clk_i, .load_i(go_i), .base_i('0), .size_i(down_size), .stride_i('0), .step_i(down_step), .adv_i('0), .move_i('0),
    .inner_o(), .addr_o(), .idx_o(down_idx), .left_o(down_left), .first_o(), .end_o(down_end), .last_o(down_last));
  always_comb begin
    case (offer_q.kind)
      CollectiveKindBroadcast: from_far = no_up;
      CollectiveKindAllGather: from_far = (down_idx[0] >= members_of(offer_q.group)) != (place_q != 32'd0);
      default:                 from_far = 1'b0;
    endcase
  end

  always_comb begin
    state_d   = state_q;
    lead_d    = (lead_q == 32'd0) ? 32'd0 : lead_q - 32'd1;
    steps_d   = (steps_q == 32'd0) ? 32'd0 : steps_q - 32'd1;
    post      = 1'b0;
    finish    = 1'b0;
    down_d    = 1'b0;
    far_off_d = 1'b0;
    case (state_q)
      Idle: if (go_i) begin
        state_d = Up;
        // To the first beat, or to the cycle before the edge has all of none.
        lead_d  = 32'(NetSetup - 3) + stages_of(offer_i.group) -
                  32'(up_parts(offer_i, place_of(offer_i.chips, chip_i)) == 32'd0);
      end
      Up: if (lead_q == 32'd0 && (no_up || up_last)) begin
        state_d = Wait;
        post    = two;
      end
      Wait: if (!two) begin
        down_d = 1'b1;
      end else if (here && !agree) begin
        far_off_d = 1'b1;
        finish    = 1'b1;
        state_d   = Idle;
      end else if (here) begin
        if (reduce_q) begin
          state_d = Add;
          steps_d = ((offer_q.kind == CollectiveKindReduceScatter) ? half_beats_q : beats_q) - 32'd1;
        end else begin
          down_d = 1'b1;
        end
      end
      Add: if (steps_q == 32'd0) down_d = 1'b1;
      Down: if (down_step && down_last) begin
        finish  = 1'b1;
        state_d = Idle;
      end
      default: state_d = Idle;
    endcase
    if (down_d) begin
      state_d = Down;
      lead_d  = 32'(NetSetup - 2) + stages;
      if (offer_q.kind == CollectiveKindBarrier) begin
        finish  = 1'b1;
        state_d = Idle;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q    <= Idle;
      own_slot_q <= 1'b0;
      post_q     <= 1'b0;
      down_q     <= 1'b0;
      far_off_q  <= 1'b0;
      mismatch_q <= 1'b0;
    end else begin
      state_q    <= state_d;
      own_slot_q <= own_slot_q ^ (finish && two);
      post_q     <= post_q ^ post;
      down_q     <= down_d;
      far_off_q  <= far_off_d;
      mismatch_q <= far_off_q;
    end
    lead_q  <= lead_d;
    steps_q <= steps_d;
    if (go_i) begin
      offer_q      <= offer_i;
      place_q      <= place_of(offer_i.chips, chip_i);
      reduce_q     <= reduces(offer_i.kind);
      up_addr_q    <= '0;
      down_addr_q  <= '0;
      beats_q      <= 32'd0;
      bytes_q      <= '0;
      half_q       <= '0;
      half_beats_q <= 32'd0;
    end
    if (up_step) begin
      up_addr_q <= up_addr_q + up_bytes;
      bytes_q   <= up_addr_q + up_bytes;
      beats_q   <= beats_q + 32'd1;
      if (up_half) begin
        half_q       <= up_addr_q + up_bytes;
        half_beats_q <= beats_q + 32'd1;
      end
    end
    if (down_step) begin
      // The second chip's parts begin its buffer.
      down_addr_q <= down_addr_q + down_bytes;
      if (offer_q.kind == CollectiveKindAllGather && down_end[1] && down_end[2] &&
          down_idx[0] + 32'd1 == members_of(offer_q.group)) down_addr_q <= '0;
    end
  end
  assign busy_o     = state_q == Up || state_q == Add || state_q == Down;
  assign down_o     = down_q;
  assign mismatch_o = mismatch_q;

  // Messages: what is known when the last beat has come up.
  edge_addr_t up_all;
  assign up_all = no_up ? '0 : up_addr_q + up_bytes;
  always_ff @(posedge clk_i) begin
    if (post) begin
      message_q[own_slot_q].offer <= offer_q;
      message_q[own_slot_q].base  <= (offer_q.kind == CollectiveKindReduceScatter && place_q == 32'd0) ? half_q : '0;
      message_q[own_slot_q].bytes <= (offer_q.kind == CollectiveKindReduceScatter) ? half_q : up_all;
    end
  end

  // Buffers on the side of the network --------------------------------------------------------------------------------
  always_ff @(posedge clk_i) begin
    if (up_step)
      for (int unsigned b = 0; b < StepBytes; b++)
        if (b < 32'(up_bytes)) own_mem[{own_slot_q, EdgeW'(up_addr_q) + EdgeW'(b)}] = up_words_i[b/4][8*(b%4)+:8];
  end

  // Sums: both buffers are read, added in the order of chips, and written.
  logic            add_step, add_q, write;
  edge_addr_t      add_addr_q, at_q, write_addr;
  net_beat_t [1:0] terms_q;
  net_beat_t       sum;
  assign add_step = state_q == Add && add_addr_q < share;
  xpu_net_fold #(.Inputs(2)) u_fold (.clk_i, .op_i(offer_q.op), .beat_i(terms_q), .beat_o(sum));
  xpu_net_delay #(.Cycles(fold_cycles(2)), .T(logic [$bits(edge_addr_t):0])) u_at (
    .clk_i, .data_i({add_q, at_q}), .data_o({write, write_addr}));
  always_ff @(posedge clk_i) begin
    add_addr_q <= (state_q == Add) ? add_addr_q + edge_addr_t'(StepBytes) : '0;
    add_q      <= add_step;
    at_q       <= add_addr_q;
    if (add_step) begin
      terms_q[0].valid <= 1'b1;
      terms_q[1].valid <= 1'b1;
      for (int unsigned b = 0; b < StepBytes; b++) begin
        terms_q[place_q[0]].words[b/4][8*(b%4)+:8]  <= own_mem[{own_slot_q, EdgeW'(own_base + add_addr_q) + EdgeW'(b)}];
        terms_q[!place_q[0]].words[b/4][8*(b%4)+:8] <= far_mem[{far_slot_q, EdgeW'(add_addr_q) + EdgeW'(b)}];
      end
    end
    if (write)
      for (int unsigned b = 0; b < StepBytes; b++) sum_mem[EdgeW'(write_addr) + EdgeW'(b)] = sum.words[b/4][8*(b%4)+:8];
  end

  words_t down_words_q;
  always_ff @(posedge clk_i) begin
    if (down_step)
      for (int unsigned b = 0; b < StepBytes; b++) begin
        if (reduce_q && two) down_words_q[b/4][8*(b%4)+:8] <= sum_mem[EdgeW'(down_addr_q) + EdgeW'(b)];
        else if (from_far) down_words_q[b/4][8*(b%4)+:8] <= far_mem[{far_slot_q, EdgeW'(down_addr_q) + EdgeW'(b)}];
        else down_words_q[b/4][8*(b%4)+:8] <= own_mem[{own_slot_q, EdgeW'(down_addr_q) + EdgeW'(b)}];
      end
  end
  assign down_words_o = down_words_q;

  // To the port -------------------------------------------------------------------------------------------------------
  logic       post_seen_q, post_before_q, tx_slot_q;
  units_t     tx_units_q;
  edge_addr_t tx_at;
  assign post_o    = post_seen_q ^ post_before_q;
  assign message_o = message_q[tx_slot_q];
  assign tx_at     = message_o.base + tx_addr_i;
  always_ff @(posedge port_clk_i) begin
    if (!port_rst_ni) begin
      post_seen_q   <= 1'b0;
      post_before_q <= 1'b0;
      tx_slot_q     <= 1'b0;
    end else begin
      post_seen_q   <= post_q;
      post_before_q <= post_seen_q;
      tx_slot_q     <= tx_slot_q ^ sent_i;
    end
    if (tx_read_i)
      for (int unsigned b = 0; b < 8 * WordUnits; b++)
        tx_units_q[b/8][8*(b%8)+:8] <= own_mem[{tx_slot_q, EdgeW'(tx_at) + EdgeW'(b)}];
  end
  assign tx_units_o = tx_units_q;

  // From the port -----------------------------------------------------------------------------------------------------
  // A message is there FabCoreCycles behind its last beat.
  edge_transaction_t          rx;
  edge_header_t [1:0]         far_header_q;
  edge_transaction_t [1:0]    far_offer_q;
  logic                       rx_slot_q, rx_done;
  logic [FabCoreCycles-2:0]   rx_after_q;
  logic [1:0]                 arrived_q, arrived_seen_q, taken_q;
  assign rx      = edge_transaction_t'(rx_beat_i.header);
  assign rx_done = rx_valid_i && rx_beat_i.last && rx.last;
  // Of two bits one changes.
  function automatic logic [1:0] next(logic [1:0] count);
    return {count[0], ~count[1]};
  endfunction
  always_ff @(posedge port_clk_i) begin
    if (!port_rst_ni) begin
      rx_slot_q  <= 1'b0;
      rx_after_q <= '0;
      arrived_q  <= 2'd0;
    end else begin
      rx_slot_q  <= rx_slot_q ^ rx_done;
      rx_after_q <= {rx_after_q[FabCoreCycles-3:0], rx_done};
      if (rx_after_q[FabCoreCycles-2]) arrived_q <= next(arrived_q);
    end
    if (rx_valid_i && rx.index == '0 && rx_word_i == 5'd0) begin
      far_header_q[rx_slot_q] <= edge_header_t'(rx_beat_i.data[0]);
      far_offer_q[rx_slot_q]  <= rx;
    end
  end
  logic [31:0] rx_at;
  assign rx_at = 32'(rx.index) * 32'(8 * TransactionUnits) + 32'(rx_word_i) * 32'(8 * WordUnits);
  always_ff @(posedge port_clk_i) begin
    // Behind the header of the message.
    if (rx_valid_i)
      for (int unsigned b = 0; b < 8 * WordUnits; b++)
        if (rx_at + b >= 32'd8 && rx_at + b - 32'd8 < EdgeBytes)
          far_mem[{rx_slot_q, EdgeW'(rx_at + b - 32'd8)}] = rx_beat_i.data[b/8][8*(b%8)+:8];
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      arrived_seen_q <= 2'd0;
      taken_q        <= 2'd0;
      far_slot_q     <= 1'b0;
    end else begin
      arrived_seen_q <= arrived_q;
      if (finish && two) taken_q <= next(taken_q);
      far_slot_q <= far_slot_q ^ (finish && two);
    end
  end
  // A message of another group does not concern this one.
  assign here  = arrived_seen_q != taken_q && far_offer_q[far_slot_q].group == offer_q.group &&
                 far_offer_q[far_slot_q].chips == offer_q.chips;
  assign agree = far_offer_q[far_slot_q].kind == offer_q.kind && far_offer_q[far_slot_q].op == offer_q.op &&
                 far_offer_q[far_slot_q].fmt == offer_q.fmt && far_header_q[far_slot_q].root == offer_q.root &&
                 far_header_q[far_slot_q].rows == offer_q.rows && far_header_q[far_slot_q].columns == offer_q.columns;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      // A group's members wait for the lane before they start another one.
      assert (!go_i || state_q == Idle);
      assert (!go_i || lane_of(offer_i.group, Lane) == Lane);
      // What is sent, added and passed down is within the buffer.
      assert (!up_step || 32'(up_addr_q) + 32'(up_bytes) <= EdgeBytes);
    end
  end
  always_ff @(posedge port_clk_i) begin
    if (port_rst_ni) begin
      // The other chip is one collective ahead at most.
      assert (!rx_done || arrived_q == taken_q || next(taken_q) == arrived_q);
      assert (!rx_valid_i || 32'(rx.place) == Lane);
    end
  end
endmodule
