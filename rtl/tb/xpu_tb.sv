// Top of the bench: a chip and the memory of each slice. The C++ main drives the clock, the host port and reads the trace.
// A rising edge of flip_i, between those of the clock, turns over the bits of flip_mask_i in a byte of a scratchpad.
// With OneSlice it is a single slice of the chip, whose side of the collective network is in the ports: the bench is the network.
module xpu_tb
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_net_pkg::*;
#(
  parameter bit OneSlice = 1'b0,
  localparam int unsigned Slices = OneSlice ? 1 : NumSlices,
  localparam int unsigned BeatBits = OneSlice ? $bits(net_beat_t) : 1,
  localparam int unsigned BeatWordsBits = OneSlice ? $bits(words_t) : 1
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic [63:0]                 bench_i,
  input  logic                        csr_we_i [Slices],
  input  logic [7:0]                  csr_addr_i,
  input  logic [31:0]                 csr_wdata_i,
  output logic [31:0]                 csr_rdata_o [Slices],
  input  logic                        imem_we_i [Slices],
  input  logic [31:0]                 imem_addr_i,
  input  logic [WordBits-1:0]         imem_wdata_i,
  input  logic                        flip_i,
  input  logic [31:0]                 flip_slice_i,
  input  logic [31:0]                 flip_addr_i,
  input  logic [15:0]                 flip_mask_i,
  output logic                        running_o [Slices],
  output logic                        busy_o [Slices],
  output logic                        stuck_o [Slices],
  output logic [NumEngines-1:0]       trace_start_o [Slices],
  output logic [NumEngines-1:0]       trace_end_o [Slices],
  output logic [NumEngines-1:0][31:0] trace_pc_o [Slices],
  output logic [15:0]                 trace_claims_o [Slices],
  // Port of the fabric, of a chip that is one of several
  input  logic                        port_clk_i,
  input  logic                        port_rst_ni,
  input  logic [31:0]                 chip_i,
  input  logic                        lock_i,
  input  logic [LinkBits-1:0]         link_i,
  output logic [LinkBits-1:0]         link_o,
  output logic                        edge_busy_o,
  // Collective network of one slice; not used in a chip
  input  logic [31:0]                 place_i,        // the slice's number in the chip, constant
  output net_offer_t                  offer_o,
  input  logic                        go_i,
  input  logic                        mismatch_i,
  output logic [BeatBits-1:0]         beat_o,         // net_beat_t
  input  logic [BeatWordsBits-1:0]    words_i         // words_t
);
  logic [Slices-1:0]                       csr_we, imem_we, running, busy, stuck;
  logic [Slices-1:0][31:0]                 csr_rdata;
  logic [Slices-1:0]                       arvalid, arready, rvalid, awvalid, awready, bvalid;
  logic [Slices-1:0][31:0]                 araddr, awaddr;
  logic [Slices-1:0][15:0]                 aruser, awuser;
  logic [Slices-1:0][LineBits-1:0]         rdata, wdata;
  logic [Slices-1:0][CheckBits-1:0]        ruser, wuser;
  logic [Slices-1:0][3:0]                  buser;
  logic [Slices-1:0][15:0]                 trace_claims;
  logic [Slices-1:0][HbmLineBytes-1:0]     wstrb;
  logic [Slices-1:0][63:0]                 cycle;
  logic [Slices-1:0][NumEngines-1:0]       trace_start, trace_end;
  logic [Slices-1:0][NumEngines-1:0][31:0] trace_pc;

  localparam int unsigned RowW = $clog2(SpmBytes / SpmRowBytes);
  localparam int unsigned ColW = $clog2(SpmRowBytes);
  logic [RowW-1:0]                    flip_row;
  logic [ColW-1:0]                    flip_column;
  logic [SpmCodeData+SpmCodeCheck-1:0] flip_mask;
  assign flip_row    = flip_addr_i[ColW+:RowW];
  assign flip_column = flip_addr_i[ColW-1:0];
  assign flip_mask   = flip_mask_i[SpmCodeData+SpmCodeCheck-1:0];

  if (OneSlice) begin : gen_one
    slice_id_t id;
    assign id = '{slice: place_i, chip: 32'd0, row: place_i / 32'(GridColumns), column: place_i % 32'(GridColumns),
                  rows: 32'(GridRows), columns: 32'(GridColumns)};
    xpu_slice u_slice (
      .clk_i, .rst_ni, .id_i(id), .csr_we_i(csr_we[0]), .csr_addr_i, .csr_wdata_i, .csr_rdata_o(csr_rdata[0]),
      .imem_we_i(imem_we[0]), .imem_addr_i, .imem_wdata_i, .arvalid_o(arvalid[0]), .arready_i(arready[0]),
      .araddr_o(araddr[0]), .aruser_o(aruser[0]), .rvalid_i(rvalid[0]), .rready_o(), .rdata_i(rdata[0]), .ruser_i(ruser[0]),
      .awvalid_o(awvalid[0]), .awready_i(awready[0]), .awaddr_o(awaddr[0]), .awuser_o(awuser[0]), .wdata_o(wdata[0]),
      .wstrb_o(wstrb[0]), .wuser_o(wuser[0]), .bvalid_i(bvalid[0]), .buser_i(buser[0]), .bready_o(), .offer_o, .go_i,
      .mismatch_i, .down_i(1'b0), .far_mismatch_i(1'b0), .beat_o, .words_i, .running_o(running[0]), .busy_o(busy[0]),
      .stuck_o(stuck[0]), .cycle_o(cycle[0]), .trace_start_o(trace_start[0]), .trace_end_o(trace_end[0]),
      .trace_pc_o(trace_pc[0]), .trace_claims_o(trace_claims[0]));
    always @(posedge flip_i) begin
      u_slice.u_spm.mem[flip_column][flip_row] = u_slice.u_spm.mem[flip_column][flip_row] ^ flip_mask;
    end
    logic unused;
    assign unused      = ^{flip_slice_i, port_clk_i, port_rst_ni, chip_i, lock_i, link_i};
    assign link_o      = '0;
    assign edge_busy_o = 1'b0;
  end else begin : gen_chip
    xpu_chip u_chip (
      .clk_i, .rst_ni, .csr_we_i(csr_we), .csr_addr_i, .csr_wdata_i, .csr_rdata_o(csr_rdata), .imem_we_i(imem_we),
      .imem_addr_i, .imem_wdata_i, .arvalid_o(arvalid), .arready_i(arready), .araddr_o(araddr), .aruser_o(aruser),
      .rvalid_i(rvalid), .rready_o(), .rdata_i(rdata), .ruser_i(ruser), .awvalid_o(awvalid), .awready_i(awready),
      .awaddr_o(awaddr), .awuser_o(awuser), .wdata_o(wdata), .wstrb_o(wstrb), .wuser_o(wuser), .bvalid_i(bvalid),
      .buser_i(buser), .bready_o(), .running_o(running), .busy_o(busy), .stuck_o(stuck), .cycle_o(cycle),
      .trace_start_o(trace_start), .trace_end_o(trace_end), .trace_pc_o(trace_pc), .trace_claims_o(trace_claims),
      .port_clk_i, .port_rst_ni, .chip_i, .lock_i, .link_i, .link_o, .edge_busy_o);
    for (genvar i = 0; i < NumSlices; i++) begin : gen_flip
      always @(posedge flip_i) begin
        if (flip_slice_i == 32'(i))
          u_chip.gen_slice[i].u_slice.u_spm.mem[flip_column][flip_row] =
              u_chip.gen_slice[i].u_slice.u_spm.mem[flip_column][flip_row] ^ flip_mask;
      end
    end
    logic unused;
    assign unused  = ^{place_i, go_i, mismatch_i, words_i};
    assign offer_o = '0;
    assign beat_o  = '0;
  end

  for (genvar i = 0; i < Slices; i++) begin : gen_slice
    assign csr_we[i]        = csr_we_i[i];
    assign imem_we[i]       = imem_we_i[i];
    assign csr_rdata_o[i]   = csr_rdata[i];
    assign running_o[i]     = running[i];
    assign busy_o[i]        = busy[i];
    assign stuck_o[i]       = stuck[i];
    assign trace_start_o[i] = trace_start[i];
    assign trace_end_o[i]   = trace_end[i];
    assign trace_pc_o[i]    = trace_pc[i];
    assign trace_claims_o[i] = trace_claims[i];

    hbm_dpi u_hbm (
      .clk_i, .rst_ni, .bench_i, .slice_i(32'(i)), .cycle_i(cycle[i]), .arvalid_i(arvalid[i]), .arready_o(arready[i]),
      .araddr_i(araddr[i]), .aruser_i(aruser[i]), .rvalid_o(rvalid[i]), .rdata_o(rdata[i]), .ruser_o(ruser[i]), .awvalid_i(awvalid[i]),
      .awready_o(awready[i]), .awaddr_i(awaddr[i]), .awuser_i(awuser[i]), .wdata_i(wdata[i]), .wstrb_i(wstrb[i]),
      .wuser_i(wuser[i]), .bvalid_o(bvalid[i]), .buser_o(buser[i]));
  end
endmodule
