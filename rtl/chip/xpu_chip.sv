// A chip: slices and their collective network. Each slice has its own memory; ports of slices are arrays by number, which
// is row * GridColumns + column. The host selects the slices that it writes by csr_we_i and imem_we_i, and starts those
// of a program in one cycle.
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
  output logic [NumSlices-1:0][15:0]                 trace_claims_o
);
  net_offer_t [NumSlices-1:0] offer;
  net_beat_t  [NumSlices-1:0] beat;
  words_t     [NumSlices-1:0] words;
  logic       [NumSlices-1:0] go, mismatch;

  xpu_collectives u_net (
    .clk_i, .rst_ni, .offer_i(offer), .go_o(go), .mismatch_o(mismatch), .beat_i(beat), .words_o(words));

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
      .bready_o(bready_o[i]), .offer_o(offer[i]), .go_i(go[i]), .mismatch_i(mismatch[i]), .beat_o(beat[i]),
      .words_i(words[i]), .running_o(running_o[i]), .busy_o(busy_o[i]), .stuck_o(stuck_o[i]), .cycle_o(cycle_o[i]),
      .trace_start_o(trace_start_o[i]), .trace_end_o(trace_end_o[i]), .trace_pc_o(trace_pc_o[i]),
      .trace_claims_o(trace_claims_o[i]));
  end
endmodule
