// Top of the bench: the slice and its memory. The C++ main drives the clock, the host port and reads the trace.
module xpu_tb
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        csr_we_i,
  input  logic [7:0]                  csr_addr_i,
  input  logic [31:0]                 csr_wdata_i,
  output logic [31:0]                 csr_rdata_o,
  input  logic                        imem_we_i,
  input  logic [31:0]                 imem_addr_i,
  input  logic [WordBits-1:0]         imem_wdata_i,
  output logic                        running_o,
  output logic                        busy_o,
  output logic [63:0]                 cycle_o,
  output logic [NumEngines-1:0]       trace_start_o,
  output logic [NumEngines-1:0]       trace_end_o,
  output logic [NumEngines-1:0][31:0] trace_pc_o
);
  logic                    arvalid, arready, rvalid, awvalid, awready, bvalid;
  logic [31:0]             araddr, awaddr;
  logic [15:0]             aruser, awuser;
  logic [LineBits-1:0]     rdata, wdata;
  logic [HbmLineBytes-1:0] wstrb;

  xpu_slice u_slice (
    .clk_i, .rst_ni, .csr_we_i, .csr_addr_i, .csr_wdata_i, .csr_rdata_o, .imem_we_i, .imem_addr_i, .imem_wdata_i,
    .arvalid_o(arvalid), .arready_i(arready), .araddr_o(araddr), .aruser_o(aruser), .rvalid_i(rvalid), .rready_o(),
    .rdata_i(rdata), .awvalid_o(awvalid), .awready_i(awready), .awaddr_o(awaddr), .awuser_o(awuser), .wdata_o(wdata),
    .wstrb_o(wstrb), .bvalid_i(bvalid), .bready_o(), .running_o, .busy_o, .cycle_o, .trace_start_o, .trace_end_o, .trace_pc_o);

  hbm_dpi u_hbm (
    .clk_i, .rst_ni, .cycle_i(cycle_o), .arvalid_i(arvalid), .arready_o(arready),
    .araddr_i(araddr), .aruser_i(aruser), .rvalid_o(rvalid), .rdata_o(rdata), .awvalid_i(awvalid),
    .awready_o(awready), .awaddr_i(awaddr), .awuser_i(awuser), .wdata_i(wdata), .wstrb_i(wstrb), .bvalid_o(bvalid));
endmodule
