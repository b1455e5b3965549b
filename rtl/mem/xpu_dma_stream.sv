// Packets of a DMA command in loop order (docs/machine.md, sections 4 and 5): two address generators, the index fetch
// of indirect streams, and the cut at HBM lines.
//
// pkt_* describe the next packet; pop_i takes it. A packet that needs a new index has pkt_valid_o low; when
// could_go_i says that nothing else holds it, the index is read and idx_wait_o is up until the cycle in which the
// packet may be requested (index_latency later). pkt_* and idx_req_o.valid depend on registers and could_go_i only.
module xpu_dma_stream
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               start_i,
  input  load_cmd_t          cmd_i,       // a STORE has the same layout
  input  logic               could_go_i,
  input  logic               pop_i,
  output logic               active_o,    // packets are left
  output logic               pkt_valid_o,
  output logic [31:0]        pkt_hbm_o,
  output logic [31:0]        pkt_spm_o,
  output logic [15:0]        pkt_bytes_o,
  output logic               pkt_last_o,
  output logic               idx_wait_o,
  output spm_req_t           idx_req_o,
  input  logic [31:0]        idx_data_i,
  output logic [7:0]         idx_fault_o  // index out of range, one cycle after the read
);
  logic        active_q, contiguous_q, idx_en_q, idx_have_q, idx_rd_q;
  logic [2:0]  esize_q;
  logic [31:0] idx_base_q, idx_limit_q, stride0_q;
  logic [31:0] idx_way_q;  // of dimension 0 to the row that the index names
  logic [15:0] aux_q;
  logic [31:0] wait_q;

  logic [5:0][31:0] hbm_stride, idx;
  logic [31:0]      hbm_inner, spm_inner, hbm_move, spm_move;
  logic [31:0]      hbm_addr, spm_addr, left, line_left, adv;
  logic [5:0]       first;
  logic             need_idx, last;

  always_comb begin
    hbm_stride = cmd_i.hbm_stride;
    if (cmd_i.idx_en) hbm_stride[0] = 32'd0;
  end

  xpu_agen #(.Dims(6), .Adv(0)) u_hbm (
    .clk_i, .load_i(start_i), .base_i(cmd_i.hbm_base), .size_i(cmd_i.size), .stride_i(hbm_stride),
    .step_i(pop_i), .adv_i(adv), .move_i(hbm_move), .inner_o(hbm_inner),
    .addr_o(hbm_addr), .idx_o(idx), .left_o(left), .first_o(first), .end_o(),
    .last_o(last));
  xpu_agen #(.Dims(6), .Adv(0)) u_spm (
    .clk_i, .load_i(start_i), .base_i(cmd_i.spm_base), .size_i(cmd_i.size), .stride_i(cmd_i.spm_stride),
    .step_i(pop_i), .adv_i(adv), .move_i(spm_move), .inner_o(spm_inner),
    .addr_o(spm_addr), .idx_o(), .left_o(), .first_o(), .end_o(), .last_o());

  assign hbm_move = contiguous_q ? line_left : hbm_inner;
  assign spm_move = contiguous_q ? line_left : spm_inner;

  assign need_idx = idx_en_q && !idx_have_q && (&first[5:1]);

  always_comb begin
    pkt_hbm_o   = hbm_addr + idx_way_q;
    line_left   = 32'(HbmLineBytes) - (pkt_hbm_o & 32'(HbmLineBytes - 1));
    // Elements up to the end of the line, which the packet ends at if the run does not end before. Addresses are aligned.
    adv         = contiguous_q ? line_left >> (esize_q >> 1) : 32'd1;
    pkt_bytes_o = 16'(esize_q);
    if (contiguous_q) pkt_bytes_o = (left <= adv) ? 16'(left << (esize_q >> 1)) : 16'(line_left);
  end
  assign active_o    = active_q;
  assign pkt_valid_o = active_q && !need_idx && !idx_rd_q;
  assign pkt_spm_o   = spm_addr;
  assign pkt_last_o  = last;
  assign idx_wait_o  = wait_q != 32'd0;

  always_comb begin
    idx_req_o        = '0;
    idx_req_o.valid  = active_q && need_idx && !idx_rd_q && could_go_i;
    idx_req_o.addr   = idx_base_q + (idx[0] << 2);
    idx_req_o.stride = 32'd4;
    idx_req_o.count  = 16'd1;
    idx_req_o.esize  = 3'd4;
    idx_req_o.claim  = aux_q;
    idx_fault_o      = (idx_rd_q && idx_data_i >= idx_limit_q) ? FaultIndexRange : FaultNone;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q   <= 1'b0;
      idx_have_q <= 1'b0;
      idx_rd_q   <= 1'b0;
      wait_q     <= 32'd0;
    end else begin
      idx_rd_q <= idx_req_o.valid;
      if (wait_q != 32'd0) wait_q <= wait_q - 32'd1;
      if (idx_req_o.valid) wait_q <= 32'(DmaIndexLatency - 1);
      if (idx_rd_q) begin
        idx_way_q  <= idx_data_i * stride0_q;
        idx_have_q <= 1'b1;
      end
      if (pop_i) begin
        idx_have_q <= 1'b0;
        if (pkt_last_o) active_q <= 1'b0;
      end
      if (start_i) begin
        active_q     <= 1'b1;
        idx_have_q   <= 1'b0;
        idx_way_q    <= 32'd0;
        esize_q      <= cmd_i.esize;
        contiguous_q <= cmd_i.hbm_stride[5] == 32'(cmd_i.esize) && cmd_i.spm_stride[5] == 32'(cmd_i.esize);
        idx_en_q     <= cmd_i.idx_en;
        idx_base_q   <= cmd_i.idx_base;
        idx_limit_q  <= cmd_i.idx_limit;
        stride0_q    <= cmd_i.hbm_stride[0];
        aux_q        <= cmd_i.aux_banks;
      end
    end
  end
endmodule
