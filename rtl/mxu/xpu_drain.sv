// DRAIN engine: ACCST, from the accumulators to the scratchpad (docs/machine.md, sections 4 and 5). It reads a row, over a
// port of its own, three cycles before it writes: columns are selected, then converted. start_fault_o depends
// combinationally on cmd_i, the requests on registers only.
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
  logic [7:0] acc_fault;
  xpu_acc_check u_check (
    .clk_i, .rst_ni, .start_i, .msize_i({cmd_i.msize[2], cmd_i.msize[1], cmd_i.msize[0]}), .base_i(cmd_i.acc_base),
    .ncols_i(cmd_i.ncols), .fault_o(acc_fault));
  assign fault_o = lower_fault(acc_fault, wr_fault_i);

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

  // Groups of columns that are written in one cycle: the first one, how many are left, and how far the first is from that of
  // the row.
  logic [15:0] first_q, left_q, count;
  logic [31:0] offset_q;
  always_comb begin
    count = (left_q < walk_q.per) ? left_q : walk_q.per;
    step  = active_q && grp_q + 32'd1 == walk_q.degree;
  end
  assign acc_rd_o     = active_q;
  assign acc_rd_row_o = row_q;

  localparam int unsigned ColW = (MxuCols > 1) ? $clog2(MxuCols) : 1;
  // The group whose row was read in the cycle before: its columns, then their format, then the write.
  typedef struct packed {
    logic        valid;
    logic [31:0] addr;
    logic [15:0] count;
  } group_t;
  group_t                          read_q, select_q, convert_q;
  logic [15:0]                     read_first_q;
  logic [MxuCols-1:0][31:0]        acc_row;
  logic [SpmRowBytes/2-1:0][31:0]  select_d, words_q;
  logic [RowBits-1:0]              convert_d, data_q;
  assign acc_row = acc_row_i;
  always_comb begin
    for (int unsigned i = 0; i < SpmRowBytes / 2; i++)
      select_d[i] = acc_row[ColW'(read_first_q+16'(i))];
  end
  always_comb begin
    convert_d = '0;
    for (int unsigned i = 0; i < SpmRowBytes / 2; i++) begin
      if (16'(i) < select_q.count) begin
        if (format_bytes(fmt_q) == 3'd4) convert_d[(i%(SpmRowBytes/4))*32+:32] = words_q[i];
        else if (fmt_q == FormatBF16) convert_d[i*16+:16] = fp32_to_bf16(words_q[i]);
        else convert_d[i*16+:16] = fp32_to_fp16(words_q[i]);
      end
    end
  end
  assign wr_req_o  = convert_q.valid ? '{valid: 1'b1, addr: convert_q.addr, stride: stride_q, count: convert_q.count,
                                         esize: format_bytes(fmt_q), claim: claim_q} : '0;
  assign wr_data_o = data_q;

  always_comb begin
    events_o = '0;
    if (active_q) begin
      events_o.spm_wr_bytes = count << (format_bytes(fmt_q) >> 1);
      events_o.acc_bytes    = 32'(count) << 2;
    end
  end

  assign done_o = tail_q && tail_cnt_q == 32'd0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q  <= 1'b0;
      read_q    <= '0;
      select_q  <= '0;
      convert_q <= '0;
      tail_q    <= 1'b0;
      setup_q   <= 32'd0;
    end else begin
      if (setup_q != 32'd0) setup_q <= setup_q - 32'd1;
      if (setup_q == 32'd1) active_q <= 1'b1;
      if (active_q) begin
        grp_q    <= step ? 32'd0 : grp_q + 32'd1;
        first_q  <= step ? 16'd0 : first_q + walk_q.per;
        left_q   <= step ? ncols_q : left_q - count;
        offset_q <= step ? 32'd0 : offset_q + walk_q.move;
      end
      if (step) row_q <= row_q + 16'd1;
      // Of columns that all have one address the last one stays.
      read_q       <= '{valid: active_q, addr: addr + offset_q, count: walk_q.bcast ? 16'd1 : count};
      read_first_q <= walk_q.bcast ? ncols_q - 16'd1 : first_q;
      select_q     <= read_q;
      words_q      <= select_d;
      convert_q    <= select_q;
      data_q       <= convert_d;
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
        walk_q   <= walk(32'(cmd_i.ncols), cmd_i.o_nstride);
        grp_q    <= 32'd0;
        first_q  <= 16'd0;
        left_q   <= cmd_i.ncols;
        offset_q <= 32'd0;
        setup_q  <= 32'(MxuSetup - 2);
      end
    end
  end
endmodule
