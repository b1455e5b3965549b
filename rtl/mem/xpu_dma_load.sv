// LOAD engine: HBM to scratchpad through the read channels of AXI (docs/machine.md, section 5, LOAD).
//
// Every packet is a single-beat burst inside one line. AxUSER carries its payload bytes, because AxSIZE cannot say
// more than a power of two. At most one request per cycle, and only while fewer than dma.outstanding packets are requested
// and not received. Data go to the scratchpad in the cycle behind their beat, which is before the end of the command. A command may start when sending_o is down,
// while packets of the one before it are still to come; slot_i names it. start_fault_o, ar* and spm write outputs
// depend combinationally on cmd_i and could-go state.
//
// RUSER carries the check bits of the line (HbmCode); data are decoded in the cycle of their beat, in front of a register. Words
// without payload are not looked at. hbm_* are about the packet of wr_slot_o.
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
  input  slot_t               slot_i,      // of the command that starts
  output logic [7:0]          start_fault_o,
  output logic                sending_o,   // requests are left
  output logic                done_o,      // of the older command
  output logic [7:0]          fault_o,     // of a request
  output events_t             events_o,    // of the newest command
  // Scratchpad
  output spm_req_t            idx_req_o,
  input  logic [31:0]         idx_data_i,
  input  logic [7:0]          idx_fault_i,
  output spm_req_t            wr_req_o,
  output logic [RowBits-1:0]  wr_data_o,
  output slot_t               wr_slot_o,   // whose packet wr_req_o is
  output events_t             wr_events_o,
  output logic [15:0]         hbm_corrected_o,   // words
  output logic                hbm_error_o,       // a word cannot be corrected
  output logic [31:0]         hbm_error_addr_o,  // of the first
  // AXI
  output logic                arvalid_o,
  input  logic                arready_i,
  output logic [31:0]         araddr_o,
  output logic [15:0]         aruser_o,
  input  logic                rvalid_i,
  output logic                rready_o,
  input  logic [LineBits-1:0] rdata_i,
  input  logic [CheckBits-1:0] ruser_i
);
  logic               pkt_valid, pkt_last, idx_wait, fire, may_go, hbm_bad;
  slot_t              slot_q;
  logic [31:0]        pkt_hbm, pkt_spm, setup_q, flight_q;
  logic [15:0]        pkt_bytes;
  logic [7:0]         idx_range;
  logic [MaxCommands-1:0][15:0] claim_q;  // by slot
  logic [DmaTail-1:0] tail_q;  // bit i: the last packet of a command came i + 1 cycles ago

  assign start_fault_o = start_i ? dma_check(cmd_i) : FaultNone;

  assign may_go = setup_q == 32'd0 && flight_q < 32'(DmaOutstanding);
  xpu_dma_stream u_stream (
    .clk_i, .rst_ni, .start_i, .cmd_i, .could_go_i(may_go), .pop_i(fire),
    .active_o(sending_o), .pkt_valid_o(pkt_valid), .pkt_hbm_o(pkt_hbm), .pkt_spm_o(pkt_spm), .pkt_bytes_o(pkt_bytes),
    .pkt_last_o(pkt_last), .idx_wait_o(idx_wait), .idx_req_o, .idx_data_i, .idx_fault_o(idx_range));

  // In the cycle behind a stop the registers still have something to request.
  assign arvalid_o = rst_ni && may_go && pkt_valid && !idx_wait && !hbm_bad;
  assign hbm_bad   = 64'(pkt_hbm) >= HbmBytes;  // all of its line is
  assign araddr_o  = pkt_hbm;
  assign aruser_o  = pkt_bytes;
  assign fire      = arvalid_o && arready_i;
  assign rready_o  = 1'b1;

  always_comb begin
    fault_o = FaultNone;
    if (may_go && pkt_valid && !idx_wait && hbm_bad) fault_o = FaultHbmRange;
    fault_o = lower_fault(fault_o, idx_range);
    fault_o = lower_fault(fault_o, idx_fault_i);
  end

  // Packets in flight: where their data go.
  typedef struct packed {
    slot_t       slot;
    logic        last;
    logic [15:0] bytes;
    logic [31:0] hbm;
    logic [31:0] spm;
  } flight_t;
  flight_t meta_in, meta;
  logic    meta_valid;
  assign meta_in = '{slot: slot_q, last: pkt_last, bytes: pkt_bytes, hbm: pkt_hbm, spm: pkt_spm};
  xpu_fifo #(.Width($bits(flight_t)), .Depth(DmaOutstanding)) u_flight (
    .clk_i, .rst_ni, .push_i(fire), .data_i(meta_in), .full_o(), .pop_i(rvalid_i), .valid_o(meta_valid),
    .data_o(meta));

  // Of a packet in the cycle behind its beat.
  localparam int unsigned Words = LineBits / HbmCodeData;
  logic [LineBits-1:0] line, line_q;
  logic [Words-1:0]    corrected, error, payload, corrected_q, error_q, seen;
  logic [15:0]         first;
  logic [31:0]         first_byte, last_byte;  // of the payload in the line that arrives
  flight_t             wr_q;
  logic                wr_valid_q;
  logic [31:0]         lane;
  xpu_ecc_dec #(.Words(Words), .DataW(HbmCodeData), .CheckW(HbmCodeCheck), .Rows(HbmCodeRows), .Columns(HbmCodeColumns)) u_dec (
    .valid_i(rvalid_i), .data_i(rdata_i), .check_i(ruser_i), .data_o(line), .corrected_o(corrected), .error_o(error));
  always_ff @(posedge clk_i) begin
    wr_valid_q <= rst_ni && rvalid_i && meta_valid;
    if (rvalid_i) begin
      line_q      <= line;
      corrected_q <= corrected & payload;
      error_q     <= error & payload;
      wr_q        <= meta;
    end
  end

  assign first_byte = meta.hbm & 32'(HbmLineBytes - 1);
  assign last_byte  = first_byte + 32'(meta.bytes) - 32'd1;
  always_comb begin
    for (int unsigned w = 0; w < Words; w++) payload[w] = first_byte[31:3] <= 29'(w) && last_byte[31:3] >= 29'(w);
  end

  assign seen = {Words{wr_valid_q}};
  xpu_ecc_report #(.Words(Words)) u_report (
    .corrected_i(corrected_q & seen), .error_i(error_q & seen), .corrected_o(hbm_corrected_o), .error_o(hbm_error_o),
    .first_o(first));
  assign hbm_error_addr_o = (wr_q.hbm - lane) | {13'd0, first, 3'd0};

  assign lane      = wr_q.hbm & 32'(HbmLineBytes - 1);
  assign wr_slot_o = wr_q.slot;
  always_comb begin
    wr_req_o  = '0;
    wr_data_o = '0;
    if (wr_valid_q) begin
      wr_req_o  = '{valid: 1'b1, addr: wr_q.spm, stride: 32'd1, count: wr_q.bytes, esize: 3'd1, claim: claim_q[wr_q.slot]};
      wr_data_o = RowBits'(line_q >> {lane[15:0], 3'd0});
    end
  end

  always_comb begin
    events_o    = '0;
    wr_events_o = '0;
    if (fire) begin
      events_o.hbm_rd_bytes = pkt_bytes;
      events_o.hbm_rd_pkt   = 1'b1;
    end
    if (idx_req_o.valid) events_o.spm_rd_bytes = 16'd4;
    if (wr_req_o.valid) wr_events_o.spm_wr_bytes = wr_q.bytes;
  end

  assign done_o = tail_q[DmaTail-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      tail_q   <= '0;
      flight_q <= 32'd0;
      setup_q  <= 32'd0;
    end else begin
      if (setup_q != 32'd0) setup_q <= setup_q - 32'd1;
      if (fire && !rvalid_i) flight_q <= flight_q + 32'd1;
      if (!fire && rvalid_i) flight_q <= flight_q - 32'd1;
      tail_q <= {tail_q[DmaTail-2:0], rvalid_i && meta_valid && meta.last};
      if (start_i) begin
        setup_q         <= 32'(DmaSetup - 1);
        slot_q          <= slot_i;
        claim_q[slot_i] <= cmd_i.wr_banks;
      end
    end
  end

  // The last write of a command lies before its end, which is a tail of two cycles or more behind the beat.
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!wr_valid_q || !wr_q.last || (tail_q[0] && DmaTail >= 2));
  end
endmodule
