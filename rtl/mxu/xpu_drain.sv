// DRAIN engine: ACCST, from the accumulators to the scratchpad (docs/machine.md, sections 4 and 5). It reads a row, over a
// port of its own, one cycle before it writes. start_fault_o depends combinationally on cmd_i, the requests on
// registers only.
module xpu_drain
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_mxu_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  start_i,
  input  accst_cmd_t            cmd_i,
  output logic [7:0]            start_fault_o,
  output logic                  done_o,
  output logic [7:0]            fault_o,
  output events_t               events_o,
  output logic                  acc_rd_o,
  output logic [15:0]           acc_rd_row_o,
  input  logic [MxuCols*32-1:0] acc_row_i,     // one cycle after acc_rd_o
  output spm_req_t              wr_req_o,
  output logic [RowBits-1:0]    wr_data_o,
  input  logic [7:0]            wr_fault_i
);
  assign start_fault_o = start_i ? accst_check(cmd_i) : FaultNone;
  assign fault_o       = wr_fault_i;

  logic        active_q, tail_q;
  logic [4:0]  fmt_q;
  logic [15:0] claim_q, ncols_q, row_q;
  logic [31:0] stride_q, setup_q, tail_cnt_q, grp_q;
  walk_t       walk_q;

  logic             step, last;
  logic [31:0]      addr;
  logic [2:0][31:0] size, stride;
  assign size   = {cmd_i.msize[2], cmd_i.msize[1], cmd_i.msize[0]};
  assign stride = {cmd_i.o_mstride[2], cmd_i.o_mstride[1], cmd_i.o_mstride[0]};
  xpu_agen #(.Dims(3)) u_rows (
    .clk_i, .load_i(start_i), .base_i(cmd_i.o_base), .size_i(size), .stride_i(stride), .step_i(step), .adv_i('0), .move_i('0), .inner_o(),
    .addr_o(addr), .idx_o(), .left_o(), .first_o(), .end_o(), .last_o(last));

  // Groups of columns that are written in one cycle.
  logic [31:0] first, count;
  always_comb begin
    first = grp_q * 32'(walk_q.per);
    count = (first >= 32'(ncols_q)) ? 32'd0 :
            (32'(ncols_q) - first < 32'(walk_q.per)) ? 32'(ncols_q) - first : 32'(walk_q.per);
    step  = active_q && grp_q + 32'd1 == walk_q.degree;
  end
  assign acc_rd_o     = active_q;
  assign acc_rd_row_o = row_q;

  // The group whose row was read in the cycle before.
  logic        o_valid_q;
  logic [31:0] o_addr_q;
  logic [15:0] o_first_q, o_count_q;
  logic [31:0] x, col;
  logic [MxuCols-1:0][31:0] acc_row;
  assign acc_row = acc_row_i;
  always_comb begin
    wr_req_o  = '0;
    wr_data_o = '0;
    x         = 32'd0;
    col       = 32'd0;
    if (o_valid_q) begin
      wr_req_o = '{valid: 1'b1, addr: o_addr_q, stride: stride_q, count: o_count_q, esize: format_bytes(fmt_q),
                   claim: claim_q};
      for (int unsigned i = 0; i < SpmRowBytes / 2; i++) begin
        if (i < 32'(o_count_q)) begin
          col = 32'(o_first_q) + i;
          x   = acc_row[col[$clog2(MxuCols)-1:0]];
          if (format_bytes(fmt_q) == 3'd4) wr_data_o[(i%(SpmRowBytes/4))*32+:32] = x;
          else if (fmt_q == FormatBF16) wr_data_o[i*16+:16] = fp32_to_bf16(x);
          else wr_data_o[i*16+:16] = fp32_to_fp16(x);
        end
      end
    end
  end

  always_comb begin
    events_o = '0;
    if (active_q) begin
      events_o.spm_wr_bytes = 16'(count) * 16'(format_bytes(fmt_q));
      events_o.acc_bytes    = count << 2;
    end
  end

  assign done_o = tail_q && tail_cnt_q == 32'd0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q  <= 1'b0;
      o_valid_q <= 1'b0;
      tail_q    <= 1'b0;
      setup_q   <= 32'd0;
    end else begin
      if (setup_q != 32'd0) setup_q <= setup_q - 32'd1;
      if (setup_q == 32'd1) active_q <= 1'b1;
      if (active_q) grp_q <= step ? 32'd0 : grp_q + 32'd1;
      if (step) row_q <= row_q + 16'd1;
      o_valid_q <= active_q;
      o_addr_q  <= addr + first * stride_q;
      o_first_q <= walk_q.bcast ? ncols_q - 16'd1 : 16'(first);  // all columns at one address: the last one stays
      o_count_q <= walk_q.bcast ? 16'd1 : 16'(count);
      if (step && last) begin
        active_q   <= 1'b0;
        tail_q     <= 1'b1;
        tail_cnt_q <= 32'(MxuTail);
      end
      if (tail_q) tail_cnt_q <= tail_cnt_q - 32'd1;
      if (done_o) tail_q <= 1'b0;
      if (start_i) begin
        fmt_q    <= cmd_i.o_fmt;
        claim_q  <= cmd_i.wr_banks;
        ncols_q  <= cmd_i.ncols;
        row_q    <= cmd_i.acc_base;
        stride_q <= cmd_i.o_nstride;
        walk_q   <= walk(32'(cmd_i.ncols), cmd_i.o_nstride, format_bytes(cmd_i.o_fmt));
        grp_q    <= 32'd0;
        setup_q  <= 32'(MxuSetup - 2);
      end
    end
  end
endmodule
