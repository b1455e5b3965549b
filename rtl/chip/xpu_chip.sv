// A chip: slices, their collective network and, of one that is one of several, its edge and its port of the fabric
// (docs/machine.md, sections 9 and 11; docs/fabric.md). Each slice has its own memory; ports of slices are arrays by number, which
// is row * GridColumns + column. The host selects the slices that it writes by csr_we_i and imem_we_i, and starts those
// of a program in one cycle. port_rst_ni is held over an edge of either clock before it does, with the links up when it starts
// them.
module xpu_chip
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_net_pkg::*;
(
  input  logic                                       clk_i,
  input  logic                                       rst_ni,
  // Host
  input  logic [NumSlices-1:0]                       csr_we_i,
  input  logic [7:0]                                 csr_addr_i,
  input  logic [31:0]                                csr_wdata_i,
  output logic [NumSlices-1:0][31:0]                 csr_rdata_o,
  input  logic [NumSlices-1:0]                       imem_we_i,
  input  logic [31:0]                                imem_addr_i,
  input  logic [WordBits-1:0]                        imem_wdata_i,
  // AXI of each slice
  output logic [NumSlices-1:0]                       arvalid_o,
  input  logic [NumSlices-1:0]                       arready_i,
  output logic [NumSlices-1:0][31:0]                 araddr_o,
  output logic [NumSlices-1:0][15:0]                 aruser_o,
  input  logic [NumSlices-1:0]                       rvalid_i,
  output logic [NumSlices-1:0]                       rready_o,
  input  logic [NumSlices-1:0][LineBits-1:0]         rdata_i,
  input  logic [NumSlices-1:0][CheckBits-1:0]        ruser_i,
  output logic [NumSlices-1:0]                       awvalid_o,
  input  logic [NumSlices-1:0]                       awready_i,
  output logic [NumSlices-1:0][31:0]                 awaddr_o,
  output logic [NumSlices-1:0][15:0]                 awuser_o,
  output logic [NumSlices-1:0][LineBits-1:0]         wdata_o,
  output logic [NumSlices-1:0][HbmLineBytes-1:0]     wstrb_o,
  output logic [NumSlices-1:0][CheckBits-1:0]        wuser_o,
  input  logic [NumSlices-1:0]                       bvalid_i,
  input  logic [NumSlices-1:0][3:0]                  buser_i,
  output logic [NumSlices-1:0]                       bready_o,
  // Observation
  output logic [NumSlices-1:0]                       running_o,
  output logic [NumSlices-1:0]                       busy_o,
  output logic [NumSlices-1:0]                       stuck_o,
  output logic [NumSlices-1:0][63:0]                 cycle_o,
  output logic [NumSlices-1:0][NumEngines-1:0]       trace_start_o,
  output logic [NumSlices-1:0][NumEngines-1:0]       trace_end_o,
  output logic [NumSlices-1:0][NumEngines-1:0][31:0] trace_pc_o,
  output logic [NumSlices-1:0][15:0]                 trace_claims_o,
  // Port of the fabric; not used in a chip by itself
  input  logic                                       port_clk_i,
  input  logic                                       port_rst_ni,
  input  logic [31:0]                                chip_i,          // the chip's number, constant
  input  logic                                       lock_i,          // all lanes are
  input  logic [LinkBits-1:0]                        link_i,
  output logic [LinkBits-1:0]                        link_o,
  output logic                                       edge_busy_o      // the edge does not just wait for the other chip
);
  net_offer_t [NumSlices-1:0] offer;
  net_beat_t  [NumSlices-1:0] beat;
  words_t     [NumSlices-1:0] words;
  logic       [NumSlices-1:0] go, mismatch, mismatch_far, down, far_go, far_down, far_mismatch;
  words_t     [NumSlices-1:0] up_words, down_words;

  xpu_collectives u_net (
    .clk_i, .rst_ni, .offer_i(offer), .go_o(go), .mismatch_o(mismatch), .beat_i(beat), .words_o(words),
    .down_o(down), .far_mismatch_o(mismatch_far),
    .far_go_o(far_go), .up_words_o(up_words), .down_words_i(down_words), .down_i(far_down), .far_mismatch_i(far_mismatch));

  if (NumChips > 1) begin : gen_edge
    xpu_chip_port u_port (
      .clk_i, .chip_i, .go_i(far_go), .offer_i(offer), .up_words_i(up_words), .down_o(far_down), .mismatch_o(far_mismatch),
      .down_words_o(down_words), .port_clk_i, .port_rst_ni, .lock_i, .link_i, .link_o, .busy_o(edge_busy_o));
  end else begin : gen_alone
    logic unused;
    assign unused       = ^{port_clk_i, port_rst_ni, chip_i, lock_i, link_i, far_go, up_words};
    assign far_down     = '0;
    assign far_mismatch = '0;
    for (genvar i = 0; i < NumSlices; i++) begin : gen_words
      assign down_words[i] = '0;
    end
    assign link_o       = '0;
    assign edge_busy_o  = 1'b0;
  end

  for (genvar i = 0; i < NumSlices; i++) begin : gen_slice
    slice_id_t id;
    assign id = '{slice: 32'(i), chip: 32'd0, row: 32'(i / GridColumns), column: 32'(i % GridColumns),
                  rows: 32'(GridRows), columns: 32'(GridColumns)};
    xpu_slice u_slice (
      .clk_i, .rst_ni, .id_i(id), .csr_we_i(csr_we_i[i]), .csr_addr_i, .csr_wdata_i, .csr_rdata_o(csr_rdata_o[i]),
      .imem_we_i(imem_we_i[i]), .imem_addr_i, .imem_wdata_i, .arvalid_o(arvalid_o[i]), .arready_i(arready_i[i]),
      .araddr_o(araddr_o[i]), .aruser_o(aruser_o[i]), .rvalid_i(rvalid_i[i]), .rready_o(rready_o[i]),
      .rdata_i(rdata_i[i]), .ruser_i(ruser_i[i]), .awvalid_o(awvalid_o[i]), .awready_i(awready_i[i]), .awaddr_o(awaddr_o[i]),
      .awuser_o(awuser_o[i]), .wdata_o(wdata_o[i]), .wstrb_o(wstrb_o[i]), .wuser_o(wuser_o[i]),
      .bvalid_i(bvalid_i[i]), .buser_i(buser_i[i]),
      .bready_o(bready_o[i]), .offer_o(offer[i]), .go_i(go[i]), .mismatch_i(mismatch[i]), .down_i(down[i]),
      .far_mismatch_i(mismatch_far[i]), .beat_o(beat[i]),
      .words_i(words[i]), .running_o(running_o[i]), .busy_o(busy_o[i]), .stuck_o(stuck_o[i]), .cycle_o(cycle_o[i]),
      .trace_start_o(trace_start_o[i]), .trace_end_o(trace_end_o[i]), .trace_pc_o(trace_pc_o[i]),
      .trace_claims_o(trace_claims_o[i]));
  end
endmodule
