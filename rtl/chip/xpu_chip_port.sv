// The edge and the port of the fabric of a chip that is one of several (docs/machine.md, section 11; docs/fabric.md). The port's
// channels but that of collectives are idle. link_o depends on registers only.
module xpu_chip_port
  import xpu_cfg_pkg::*;
  import xpu_net_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
  import xpu_edge_pkg::*;
(
  // Network of the chip, by lane
  input  logic                       clk_i,
  input  logic [31:0]                chip_i,        // constant
  input  logic [NumSlices-1:0]       go_i,
  input  net_offer_t [NumSlices-1:0] offer_i,
  input  words_t [NumSlices-1:0]     up_words_i,
  output logic [NumSlices-1:0]       down_o,
  output logic [NumSlices-1:0]       mismatch_o,
  output words_t [NumSlices-1:0]     down_words_o,
  // Link; the reset is that of both clocks
  input  logic                       port_clk_i,
  input  logic                       port_rst_ni,
  input  logic                       lock_i,
  input  logic [LinkBits-1:0]        link_i,
  output logic [LinkBits-1:0]        link_o,
  output logic                       busy_o         // a lane does not wait for the other chip, or the port gets or gives a beat
);
  if ($bits(link_t) != LinkBits) begin : gen_check
    $error("LinkBits is not the width of a word on a link");
  end

  logic [Channels-1:0]  tx_valid, tx_ready, rx_valid, rx_ready;
  beat_t [Channels-1:0] tx_beat, rx_beat;
  link_t                link;
  logic [NumSlices-1:0] busy;
  xpu_net_edge u_edge (
    .clk_i, .rst_ni(port_rst_ni), .chip_i, .go_i, .offer_i, .up_words_i, .down_o, .mismatch_o, .down_words_o, .busy_o(busy),
    .port_clk_i, .port_rst_ni, .tx_valid_o(tx_valid[EdgeChannel]), .tx_ready_i(tx_ready[EdgeChannel]),
    .tx_beat_o(tx_beat[EdgeChannel]), .rx_valid_i(rx_valid[EdgeChannel]), .rx_ready_o(rx_ready[EdgeChannel]), .rx_beat_i(rx_beat[EdgeChannel]));
  for (genvar v = 0; v < Channels; v++) begin : gen_channel
    if (v != EdgeChannel) begin : gen_idle
      assign tx_valid[v] = 1'b0;
      assign tx_beat[v]  = '0;
      assign rx_ready[v] = 1'b1;
    end
  end
  xpu_fab_port u_port (
    .clk_i(port_clk_i), .rst_ni(port_rst_ni), .framing_i(FramingSue), .own_i(chip_t'(chip_i)), .tx_valid_i(tx_valid),
    .tx_ready_o(tx_ready), .tx_beat_i(tx_beat), .rx_valid_o(rx_valid), .rx_ready_i(rx_ready), .rx_beat_o(rx_beat),
    .lock_i({FabLanes{lock_i}}), .link_i(link_t'(link_i)), .link_o(link), .link_state_o(), .llr_tx_state_o(),
    .llr_rx_state_o(), .counters_o());
  assign link_o = link;
  assign busy_o = busy != '0 || tx_valid[EdgeChannel] || rx_valid[EdgeChannel];
endmodule
