// STORE engine: scratchpad to HBM through the write channels of AXI (docs/machine.md, section 5, STORE).
//
// AW and W (one beat) go in the same cycle. The data of the next packet are read from the scratchpad while the
// present one is requested, so that one packet per cycle can leave. A command may start when sending_o is down, while
// acknowledgements of the one before it are still to come. start_fault_o and the AXI outputs depend combinationally on
// cmd_i and awready_i.
//
// WUSER carries the check bits of the line (HbmCode). A word that is not written as a whole is merged by the memory, which
// tells in BUSER what it found there: of the first and the last word of the packet, bits 0 and 1 that it was corrected, 2 and 3
// that it cannot be. hbm_* are about the packet of hbm_slot_o.
module xpu_dma_store
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_dma_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    start_i,
  input  store_cmd_t              cmd_i,
  input  slot_t                   slot_i,     // of the command that starts
  output logic [7:0]              start_fault_o,
  output logic                    sending_o,  // requests are left
  output logic                    done_o,     // of the older command
  output logic [7:0]              fault_o,
  output events_t                 events_o,
  output slot_t                   hbm_slot_o,
  output logic [15:0]             hbm_corrected_o,   // words
  output logic                    hbm_error_o,       // a word cannot be corrected
  output logic [31:0]             hbm_error_addr_o,  // of the first
  // Scratchpad
  output spm_req_t                idx_req_o,
  input  logic [31:0]             idx_data_i,
  input  logic [7:0]              idx_fault_i,
  output spm_req_t                rd_req_o,
  input  logic [RowBits-1:0]      rd_data_i,
  input  logic [7:0]              rd_fault_i,
  // AXI
  output logic                    awvalid_o,
  input  logic                    awready_i,
  output logic [31:0]             awaddr_o,
  output logic [15:0]             awuser_o,
  output logic [LineBits-1:0]     wdata_o,
  output logic [HbmLineBytes-1:0] wstrb_o,
  output logic [CheckBits-1:0]    wuser_o,
  input  logic                    bvalid_i,
  input  logic [3:0]              buser_i,
  output logic                    bready_o
);
  logic               pkt_valid, pkt_last, idx_wait, fetch, fire, may_go, hbm_bad, active, ack_valid;
  logic [31:0]        pkt_hbm, pkt_spm;
  logic [15:0]        pkt_bytes, lane;
  logic [7:0]         idx_range;
  load_cmd_t          cmd;
  logic               w_valid_q, w_last_q;
  slot_t              slot_q;
  logic [31:0]        setup_q, flight_q, w_hbm_q;
  logic [15:0]        w_bytes_q, claim_q;
  logic [DmaTail-1:0] tail_q;  // bit i: the last packet of a command was acknowledged i + 1 cycles ago

  assign cmd           = cmd_i;
  assign start_fault_o = start_i ? dma_check(cmd) : FaultNone;

  assign may_go = setup_q == 32'd0 && flight_q < 32'(DmaOutstanding);
  xpu_dma_stream u_stream (
    .clk_i, .rst_ni, .start_i, .cmd_i(cmd), .could_go_i(may_go && !w_valid_q), .pop_i(fetch),
    .active_o(active), .pkt_valid_o(pkt_valid), .pkt_hbm_o(pkt_hbm), .pkt_spm_o(pkt_spm), .pkt_bytes_o(pkt_bytes),
    .pkt_last_o(pkt_last), .idx_wait_o(idx_wait), .idx_req_o, .idx_data_i, .idx_fault_o(idx_range));

  assign sending_o = active || w_valid_q;

  // Data of the next packet.
  assign fetch = pkt_valid && (!w_valid_q || fire);
  always_comb begin
    rd_req_o = '0;
    if (fetch)
      rd_req_o = '{valid: 1'b1, addr: pkt_spm, stride: 32'd1, count: pkt_bytes, esize: 3'd1, claim: claim_q};
  end

  assign hbm_bad   = 64'(w_hbm_q) >= HbmBytes;  // all of its line is
  // In the cycle behind a stop the registers still have something to request.
  assign awvalid_o = rst_ni && may_go && w_valid_q && !idx_wait && !hbm_bad;
  assign awaddr_o  = w_hbm_q;
  assign awuser_o  = w_bytes_q;
  assign fire      = awvalid_o && awready_i;
  assign bready_o  = 1'b1;
  assign lane      = 16'(w_hbm_q & 32'(HbmLineBytes - 1));
  always_comb begin
    wdata_o = '0;
    wstrb_o = '0;
    if (awvalid_o) begin
      wdata_o = LineBits'(rd_data_i) << {lane, 3'd0};
      wstrb_o = ~({HbmLineBytes{1'b1}} << w_bytes_q) << lane;
    end
  end

  always_comb begin
    fault_o = FaultNone;
    if (may_go && w_valid_q && !idx_wait && hbm_bad) fault_o = FaultHbmRange;
    fault_o = lower_fault(fault_o, idx_range);
    fault_o = lower_fault(fault_o, idx_fault_i);
    fault_o = lower_fault(fault_o, rd_fault_i);
  end

  always_comb begin
    events_o = '0;
    if (fire) begin
      events_o.hbm_wr_bytes = w_bytes_q;
      events_o.hbm_wr_pkt   = 1'b1;
    end
    if (fetch) events_o.spm_rd_bytes = pkt_bytes;
    if (idx_req_o.valid) events_o.spm_rd_bytes = events_o.spm_rd_bytes + 16'd4;
  end

  xpu_ecc_enc #(.Words(LineBits / HbmCodeData), .DataW(HbmCodeData), .CheckW(HbmCodeCheck), .Rows(HbmCodeRows)) u_enc (
    .valid_i(awvalid_o), .data_i(wdata_o), .check_o(wuser_o));

  // Packets in flight: where they go, and which are the last of their command.
  typedef struct packed {
    slot_t       slot;
    logic        last;
    logic [15:0] bytes;
    logic [31:0] hbm;
  } flight_t;
  flight_t meta_in, meta;
  assign meta_in = '{slot: slot_q, last: w_last_q, bytes: w_bytes_q, hbm: w_hbm_q};
  xpu_fifo #(.Width($bits(flight_t)), .Depth(DmaOutstanding)) u_flight (
    .clk_i, .rst_ni, .push_i(fire), .data_i(meta_in), .full_o(), .pop_i(bvalid_i), .valid_o(ack_valid),
    .data_o(meta));

  assign hbm_slot_o = meta.slot;
  logic [31:0] word;
  always_comb begin
    hbm_corrected_o  = 16'd0;
    hbm_error_o      = 1'b0;
    hbm_error_addr_o = 32'd0;
    word             = buser_i[2] ? meta.hbm : meta.hbm + 32'(meta.bytes) - 32'd1;
    if (bvalid_i && ack_valid) begin
      hbm_corrected_o = 16'(buser_i[0]) + 16'(buser_i[1]);
      hbm_error_o     = buser_i[3:2] != 2'd0;
      if (hbm_error_o) hbm_error_addr_o = {word[31:3], 3'd0};
    end
  end

  assign done_o = tail_q[DmaTail-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      w_valid_q <= 1'b0;
      tail_q    <= '0;
      flight_q  <= 32'd0;
      setup_q   <= 32'd0;
    end else begin
      if (setup_q != 32'd0) setup_q <= setup_q - 32'd1;
      if (fire && !bvalid_i) flight_q <= flight_q + 32'd1;
      if (!fire && bvalid_i) flight_q <= flight_q - 32'd1;
      if (fetch) begin
        w_valid_q <= 1'b1;
        w_hbm_q   <= pkt_hbm;
        w_bytes_q <= pkt_bytes;
        w_last_q  <= pkt_last;
      end else if (fire) w_valid_q <= 1'b0;
      tail_q <= {tail_q[DmaTail-2:0], bvalid_i && ack_valid && meta.last};
      if (start_i) begin
        setup_q <= 32'(DmaSetup - 1);
        claim_q <= cmd_i.rd_banks;
        slot_q  <= slot_i;
      end
    end
  end
endmodule
