// Sends the messages of the edge's lanes to the port (docs/machine.md, section 11), in the clock of the port: in the order in
// which they are ready, those of a cycle by lane. Of a message that is posted in cycle q the first beat is offered in
// q + FabCoreCycles if none is before it; a beat follows in each cycle in which the port takes one. Outputs depend on registers
// only, but tx_read_o, tx_addr_o and sent_o on the messages.
module xpu_edge_tx
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_net_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
  import xpu_edge_pkg::*;
(
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  chip_t                         to_i,       // constant
  // Lanes
  input  logic [NumSlices-1:0]          post_i,
  input  edge_message_t [NumSlices-1:0] message_i,
  output logic [NumSlices-1:0]          sent_o,
  output logic [NumSlices-1:0]          tx_read_o,
  output edge_addr_t                    tx_addr_o,
  input  units_t [NumSlices-1:0]        tx_units_i,
  // Port
  output logic                          valid_o,
  input  logic                          ready_i,
  output beat_t                         beat_o
);
  // A queue, a read and the beats' queue take a cycle each.
  localparam int unsigned Delay = FabCoreCycles - 3;
  localparam int unsigned Beats = 4;
  if (FabCoreCycles < 4) begin : gen_check
    $error("fabric.core_s is less than four cycles of the port");
  end

  // Lanes that post in a cycle are an entry of the queue; a lane has two messages at most.
  logic [Delay-1:0][NumSlices-1:0] posts_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) posts_q <= '0;
    else posts_q <= (Delay * NumSlices)'({posts_q, post_i});
  end
  logic                 queue_valid, queue_pop;
  logic [NumSlices-1:0] queue_lanes, done_d, done_q, left;
  xpu_fifo #(.Width(NumSlices), .Depth(2 * NumSlices)) u_queue (
    .clk_i, .rst_ni, .push_i(posts_q[Delay-1] != '0), .data_i(posts_q[Delay-1]), .full_o(), .pop_i(queue_pop),
    .valid_o(queue_valid), .data_o(queue_lanes));

  // The beat that is read.
  logic              issue, first, last, is_end, pop;
  logic [LaneW-1:0]  lane, lane_q;
  edge_message_t     message;
  logic [31:0]       unit_q, units, behind;  // of the message, with its header
  logic [2:0]        room_q;
  edge_transaction_t header;
  edge_header_t      head;
  assign left = queue_lanes & ~done_q;
  always_comb begin
    lane = '0;
    for (int i = NumSlices - 1; i >= 0; i--) if (left[i]) lane = LaneW'(i);
  end
  assign message = message_i[lane];
  assign units   = 32'd1 + ((32'(message.bytes) + 32'd7) >> 3);
  assign issue   = queue_valid && room_q != 3'd0;
  assign behind  = unit_q + 32'(WordUnits);
  assign first   = unit_q % TransactionUnits == 32'd0;
  assign is_end  = behind >= units;
  assign last    = is_end || behind % TransactionUnits == 32'd0;
  assign head    = '{root: message.offer.root, rows: message.offer.rows, columns: message.offer.columns};
  always_comb begin
    header          = '0;
    header.place    = 16'(lane);
    header.index    = 20'(unit_q / TransactionUnits);
    header.units    = (units - unit_q / TransactionUnits * TransactionUnits > TransactionUnits) ?
                      6'(TransactionUnits) : 6'(units - unit_q / TransactionUnits * TransactionUnits);
    header.last     = units - unit_q / TransactionUnits * TransactionUnits <= TransactionUnits;
    header.kind     = message.offer.kind;
    header.op       = message.offer.op;
    header.fmt      = message.offer.fmt;
    header.group    = message.offer.group;
    header.chips    = message.offer.chips;
  end
  assign tx_addr_o = edge_addr_t'((unit_q - 32'd1) << 3);
  always_comb begin
    tx_read_o       = '0;
    sent_o          = '0;
    tx_read_o[lane] = issue;
    sent_o[lane]    = issue && is_end;
    done_d          = done_q | sent_o;
    queue_pop       = sent_o != '0 && (queue_lanes & ~done_d) == '0;
    if (queue_pop) done_d = '0;
  end

  // Behind the read.
  logic        read_q, names_q;
  beat_t       read_beat_q, read_beat;
  logic [63:0] head_q;
  always_comb begin
    read_beat      = read_beat_q;
    read_beat.data = tx_units_i[lane_q];
    if (names_q) read_beat.data[0] = head_q;
  end
  xpu_fifo #(.Width($bits(beat_t)), .Depth(Beats)) u_beats (
    .clk_i, .rst_ni, .push_i(read_q), .data_i(read_beat), .full_o(), .pop_i(ready_i), .valid_o(valid_o), .data_o(beat_o));
  assign pop = valid_o && ready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      done_q <= '0;
      unit_q <= 32'd0;
      room_q <= 3'(Beats);
      read_q <= 1'b0;
    end else begin
      done_q <= done_d;
      if (issue) unit_q <= is_end ? 32'd0 : behind;
      room_q <= room_q + 3'(pop) - 3'(issue);
      read_q <= issue;
    end
    lane_q      <= lane;
    names_q     <= unit_q == 32'd0;
    head_q      <= head;
    read_beat_q <= '{first: first, last: last, chip: to_i, header: header, data: '0};
  end
endmodule
