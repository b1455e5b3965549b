// Top of the bench: a chip and the memory of each slice. The C++ main drives the clock, the host port and reads the trace.
// A rising edge of flip_i, between those of the clock, turns over the bits of flip_mask_i in a byte of a scratchpad.
module xpu_tb
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_net_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic [63:0]                 bench_i,
  input  logic                        csr_we_i [NumSlices],
  input  logic [7:0]                  csr_addr_i,
  input  logic [31:0]                 csr_wdata_i,
  output logic [31:0]                 csr_rdata_o [NumSlices],
  input  logic                        imem_we_i [NumSlices],
  input  logic [31:0]                 imem_addr_i,
  input  logic [WordBits-1:0]         imem_wdata_i,
  input  logic                        flip_i,
  input  logic [31:0]                 flip_slice_i,
  input  logic [31:0]                 flip_addr_i,
  input  logic [15:0]                 flip_mask_i,
  output logic                        running_o [NumSlices],
  output logic                        busy_o [NumSlices],
  output logic                        stuck_o [NumSlices],
  output logic [NumEngines-1:0]       trace_start_o [NumSlices],
  output logic [NumEngines-1:0]       trace_end_o [NumSlices],
  output logic [NumEngines-1:0][31:0] trace_pc_o [NumSlices],
  output logic [15:0]                 trace_claims_o [NumSlices],
  // Port of the fabric, of a chip that is one of several
  input  logic                        port_clk_i,
  input  logic                        port_rst_ni,
  input  logic [31:0]                 chip_i,
  input  logic                        lock_i,
  input  logic [LinkBits-1:0]         link_i,
  output logic [LinkBits-1:0]         link_o,
  output logic                        edge_busy_o
);
  logic [NumSlices-1:0]                       csr_we, imem_we, running, busy, stuck;
  logic [NumSlices-1:0][31:0]                 csr_rdata;
  logic [NumSlices-1:0]                       arvalid, arready, rvalid, awvalid, awready, bvalid;
  logic [NumSlices-1:0][31:0]                 araddr, awaddr;
  logic [NumSlices-1:0][15:0]                 aruser, awuser;
  logic [NumSlices-1:0][LineBits-1:0]         rdata, wdata;
  logic [NumSlices-1:0][CheckBits-1:0]        ruser, wuser;
  logic [NumSlices-1:0][3:0]                  buser;
  logic [NumSlices-1:0][15:0]                 trace_claims;
  logic [NumSlices-1:0][HbmLineBytes-1:0]     wstrb;
  logic [NumSlices-1:0][63:0]                 cycle;
  logic [NumSlices-1:0][NumEngines-1:0]       trace_start, trace_end;
  logic [NumSlices-1:0][NumEngines-1:0][31:0] trace_pc;

  xpu_chip u_chip (
    .clk_i, .rst_ni, .csr_we_i(csr_we), .csr_addr_i, .csr_wdata_i, .csr_rdata_o(csr_rdata), .imem_we_i(imem_we),
    .imem_addr_i, .imem_wdata_i, .arvalid_o(arvalid), .arready_i(arready), .araddr_o(araddr), .aruser_o(aruser),
    .rvalid_i(rvalid), .rready_o(), .rdata_i(rdata), .ruser_i(ruser), .awvalid_o(awvalid), .awready_i(awready), .awaddr_o(awaddr),
    .awuser_o(awuser), .wdata_o(wdata), .wstrb_o(wstrb), .wuser_o(wuser), .bvalid_i(bvalid), .buser_i(buser), .bready_o(), .running_o(running),
    .busy_o(busy), .stuck_o(stuck), .cycle_o(cycle), .trace_start_o(trace_start), .trace_end_o(trace_end),
    .trace_pc_o(trace_pc), .trace_claims_o(trace_claims), .port_clk_i, .port_rst_ni,
    .chip_i, .lock_i, .link_i, .link_o, .edge_busy_o);

  for (genvar i = 0; i < NumSlices; i++) begin : gen_slice
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

    localparam int unsigned RowW = $clog2(SpmBytes / SpmRowBytes);
    localparam int unsigned ColW = $clog2(SpmRowBytes);
    always @(posedge flip_i) begin
      if (flip_slice_i == 32'(i))
        u_chip.gen_slice[i].u_slice.u_spm.mem[flip_addr_i[ColW-1:0]][flip_addr_i[ColW+:RowW]] =
            u_chip.gen_slice[i].u_slice.u_spm.mem[flip_addr_i[ColW-1:0]][flip_addr_i[ColW+:RowW]] ^
            flip_mask_i[SpmCodeData+SpmCodeCheck-1:0];
    end

    hbm_dpi u_hbm (
      .clk_i, .rst_ni, .bench_i, .slice_i(32'(i)), .cycle_i(cycle[i]), .arvalid_i(arvalid[i]), .arready_o(arready[i]),
      .araddr_i(araddr[i]), .aruser_i(aruser[i]), .rvalid_o(rvalid[i]), .rdata_o(rdata[i]), .ruser_o(ruser[i]), .awvalid_i(awvalid[i]),
      .awready_o(awready[i]), .awaddr_i(awaddr[i]), .awuser_i(awuser[i]), .wdata_i(wdata[i]), .wstrb_i(wstrb[i]),
      .wuser_i(wuser[i]), .bvalid_o(bvalid[i]), .buser_o(buser[i]));
  end
endmodule
