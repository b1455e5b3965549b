// LOAD engine: HBM to scratchpad through the read channels of AXI (docs/machine.md, section 5, LOAD).
//
// Every packet is a single-beat burst inside one line. AxUSER carries its payload bytes, because AxSIZE cannot say
// more than a power of two. At most one request per cycle, and only while fewer than dma.outstanding packets are requested
// and not received. Data go to the scratchpad in the cycle of their beat. start_fault_o, ar* and spm write outputs
// depend combinationally on cmd_i, could-go state and the R channel.
module xpu_dma_load
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_dma_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                start_i,
  input  load_cmd_t           cmd_i,
  output logic [7:0]          start_fault_o,
  output logic                done_o,
  output logic [7:0]          fault_o,
  output events_t             events_o,
  // Scratchpad
  output spm_req_t            idx_req_o,
  input  logic [31:0]         idx_data_i,
  input  logic [7:0]          idx_fault_i,
  output spm_req_t            wr_req_o,
  output logic [RowBits-1:0]  wr_data_o,
  input  logic [7:0]          wr_fault_i,
  // AXI
  output logic                arvalid_o,
  input  logic                arready_i,
  output logic [31:0]         araddr_o,
  output logic [15:0]         aruser_o,
  input  logic                rvalid_i,
  output logic                rready_o,
  input  logic [LineBits-1:0] rdata_i
);
  logic        pkt_valid, pkt_last, idx_wait, fire, may_go, hbm_bad;
  logic [31:0] pkt_hbm, pkt_spm;
  logic [15:0] pkt_bytes;
  logic [7:0]  idx_range;
  logic        busy_q, tail_q;
  logic [31:0] setup_q, tail_cnt_q, flight_q;
  logic [15:0] claim_q;

  assign start_fault_o = start_i ? dma_check(cmd_i) : FaultNone;

  assign may_go = busy_q && setup_q == 32'd0 && flight_q < 32'(DmaOutstanding);
  xpu_dma_stream u_stream (
    .clk_i, .rst_ni, .start_i, .cmd_i, .could_go_i(may_go), .pop_i(fire),
    .pkt_valid_o(pkt_valid), .pkt_hbm_o(pkt_hbm), .pkt_spm_o(pkt_spm), .pkt_bytes_o(pkt_bytes),
    .pkt_last_o(pkt_last), .idx_wait_o(idx_wait), .idx_req_o, .idx_data_i, .idx_fault_o(idx_range));

  assign arvalid_o = may_go && pkt_valid && !idx_wait && !hbm_bad;
  assign hbm_bad   = {32'd0, pkt_hbm} + 64'(pkt_bytes) > HbmBytes;
  assign araddr_o  = pkt_hbm;
  assign aruser_o  = pkt_bytes;
  assign fire      = arvalid_o && arready_i;
  assign rready_o  = 1'b1;

  always_comb begin
    fault_o = FaultNone;
    if (may_go && pkt_valid && !idx_wait && hbm_bad) fault_o = FaultHbmRange;
    fault_o = lower_fault(fault_o, idx_range);
    fault_o = lower_fault(fault_o, idx_fault_i);
    fault_o = lower_fault(fault_o, wr_fault_i);
  end

  // Packets in flight: where their data go.
  typedef struct packed {
    logic        last;
    logic [15:0] bytes;
    logic [15:0] lane;
    logic [31:0] spm;
  } flight_t;
  flight_t meta_in, meta;
  logic    meta_valid;
  assign meta_in = '{last: pkt_last, bytes: pkt_bytes, lane: 16'(pkt_hbm & 32'(HbmLineBytes - 1)), spm: pkt_spm};
  xpu_fifo #(.Width($bits(flight_t)), .Depth(DmaOutstanding)) u_flight (
    .clk_i, .rst_ni, .push_i(fire), .data_i(meta_in), .full_o(), .pop_i(rvalid_i), .valid_o(meta_valid),
    .data_o(meta));

  always_comb begin
    wr_req_o  = '0;
    wr_data_o = '0;
    if (rvalid_i && meta_valid) begin
      wr_req_o  = '{valid: 1'b1, addr: meta.spm, stride: 32'd1, count: meta.bytes, esize: 3'd1, claim: claim_q};
      wr_data_o = RowBits'(rdata_i >> {meta.lane, 3'd0});
    end
  end

  always_comb begin
    events_o = '0;
    if (fire) begin
      events_o.hbm_rd_bytes = pkt_bytes;
      events_o.hbm_rd_pkt   = 1'b1;
    end
    if (idx_req_o.valid) events_o.spm_rd_bytes = 16'd4;
    if (wr_req_o.valid) events_o.spm_wr_bytes = meta.bytes;
  end

  assign done_o = tail_q && tail_cnt_q == 32'd0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q     <= 1'b0;
      tail_q     <= 1'b0;
      flight_q   <= 32'd0;
      setup_q    <= 32'd0;
    end else begin
      if (setup_q != 32'd0) setup_q <= setup_q - 32'd1;
      if (fire && !rvalid_i) flight_q <= flight_q + 32'd1;
      if (!fire && rvalid_i) flight_q <= flight_q - 32'd1;
      if (rvalid_i && meta.last) begin
        tail_q     <= 1'b1;
        tail_cnt_q <= 32'(DmaTail - 1);
      end else if (tail_q) tail_cnt_q <= tail_cnt_q - 32'd1;
      if (done_o) begin
        tail_q <= 1'b0;
        busy_q <= 1'b0;
      end
      if (start_i) begin
        busy_q     <= 1'b1;
          setup_q    <= 32'(DmaSetup - 1);
        claim_q <= cmd_i.wr_banks;
      end
    end
  end
endmodule
