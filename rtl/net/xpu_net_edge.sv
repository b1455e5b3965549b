// The edge of a chip (docs/machine.md, section 11): where its collective network meets its port of the fabric. Each group over
// chips has a lane, named by its first slice; lanes hinder each other on the port alone. What comes is taken in each cycle.
// Both resets are that of the port: a program begins with the edge idle.
module xpu_net_edge
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_net_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
  import xpu_edge_pkg::*;
(
  // Network of the chip
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic [31:0]                chip_i,        // constant
  input  logic [NumSlices-1:0]       go_i,
  input  net_offer_t [NumSlices-1:0] offer_i,
  input  words_t [NumSlices-1:0]     up_words_i,
  output logic [NumSlices-1:0]       down_o,
  output logic [NumSlices-1:0]       mismatch_o,
  output words_t [NumSlices-1:0]     down_words_o,
  output logic [NumSlices-1:0]       busy_o,        // lanes that do not wait for the other chip
  // Port
  input  logic                       port_clk_i,
  input  logic                       port_rst_ni,
  output logic                       tx_valid_o,
  input  logic                       tx_ready_i,
  output beat_t                      tx_beat_o,
  input  logic                       rx_valid_i,
  output logic                       rx_ready_o,
  input  beat_t                      rx_beat_i
);
  if (NumChips != 2) begin : gen_check
    $error("the edge is that of a rack of two chips");
  end

  logic [NumSlices-1:0]          post, sent, tx_read, rx_valid;
  edge_message_t [NumSlices-1:0] message;
  edge_addr_t                    tx_addr;
  units_t [NumSlices-1:0]        tx_units;
  xpu_edge_tx u_tx (
    .clk_i(port_clk_i), .rst_ni(port_rst_ni), .to_i(chip_t'(32'd1 - chip_i)), .post_i(post), .message_i(message),
    .sent_o(sent), .tx_read_o(tx_read), .tx_addr_o(tx_addr), .tx_units_i(tx_units), .valid_o(tx_valid_o),
    .ready_i(tx_ready_i), .beat_o(tx_beat_o));

  // Beats of a transaction follow each other.
  edge_transaction_t rx;
  logic [4:0]        word_q, word;
  assign rx         = edge_transaction_t'(rx_beat_i.header);
  assign rx_ready_o = 1'b1;
  assign word       = rx_beat_i.first ? 5'd0 : word_q;
  always_ff @(posedge port_clk_i) if (rx_valid_i) word_q <= word + 5'd1;

  for (genvar i = 0; i < NumSlices; i++) begin : gen_lane
    assign rx_valid[i] = rx_valid_i && 32'(rx.place) == i;
    xpu_edge_lane #(.Lane(i)) u_lane (
      .clk_i, .rst_ni, .chip_i, .go_i(go_i[i]), .offer_i(offer_i[i]), .up_words_i(up_words_i[i]), .down_o(down_o[i]),
      .mismatch_o(mismatch_o[i]), .down_words_o(down_words_o[i]), .busy_o(busy_o[i]), .port_clk_i, .port_rst_ni, .post_o(post[i]),
      .message_o(message[i]), .sent_i(sent[i]), .tx_read_i(tx_read[i]), .tx_addr_i(tx_addr), .tx_units_o(tx_units[i]),
      .rx_valid_i(rx_valid[i]), .rx_beat_i, .rx_word_i(word));
  end
endmodule
