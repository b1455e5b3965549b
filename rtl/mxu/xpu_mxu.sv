// Matrix unit: control of MATMUL and ACCST (docs/machine.md, sections 4 and 5); the array is xpu_mxu_array.
//
// MATMUL: while step i streams A vectors, the weight tile of step i + 1, and with MATMULMX the scales of W and of A,
// go to the other buffer over the W port; a step starts when both are through. The end comes from the array (last_o of its tag). ACCST reads an accumulator row one cycle before
// it writes. start_fault_o and scratchpad requests depend combinationally on cmd_i and registers only.
module xpu_mxu
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_mxu_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               start_i,
  input  matmulmx_cmd_t      cmd_i,     // or a MATMUL or an ACCST in its low bits; other bits are 0
  output logic [7:0]         start_fault_o,
  output logic               done_o,
  output logic [7:0]         fault_o,
  output events_t            events_o,
  output spm_req_t           a_req_o,
  input  logic [RowBits-1:0] a_data_i,
  input  logic [7:0]         a_fault_i,
  output spm_req_t           w_req_o,
  input  logic [RowBits-1:0] w_data_i,
  input  logic [7:0]         w_fault_i,
  output spm_req_t           wr_req_o,
  output logic [RowBits-1:0] wr_data_o,
  input  logic [7:0]         wr_fault_i
);
  accst_cmd_t  st_i;
  logic        is_st;
  assign st_i          = cmd_i[$bits(accst_cmd_t)-1:0];
  assign is_st         = cmd_i.opcode == OpACCST;
  assign start_fault_o = !start_i ? FaultNone : is_st ? accst_check(st_i) : matmul_check(cmd_i);
  assign fault_o       = lower_fault(lower_fault(a_fault_i, w_fault_i), wr_fault_i);

  // Operands of the running command.
  logic        st_q, by_col_q, accumulate_q;
  mode_t       mode_q;                // its formats are those of A and W of a MATMUL
  logic [4:0]  a_fmt_q;               // also that of an ACCST
  logic [15:0] rd_claim_q, aux_claim_q, wr_claim_q, ncols_q, acc_base_q, m2_q;
  logic [31:0] k2_q, depth_q, a_stride_q, w_stride_q, ws_stride_q, as_stride_q;
  walk_t       a_walk_q, w_walk_q, ws_walk_q, as_walk_q;   // a_walk_q: also of an ACCST row

  // Of a command that starts: elements and pieces of a step, steps along ksize[2], blocks of scales in a step.
  mode_t       mode;
  logic [31:0] depth, kr, nb, kr_w, step_blocks, depth_blocks;
  always_comb begin
    mode         = mode_of(cmd_i);
    depth        = step_depth(mode.group, mode.scaled);
    kr           = (cmd_i.ksize[2] < depth) ? cmd_i.ksize[2] : depth;
    nb           = num_steps(mode.group, mode.scaled, cmd_i.ksize[2]);
    kr_w         = pieces(cmd_i.w_fmt, kr);
    step_blocks  = scale_blocks(kr);
    depth_blocks = depth / 32'(ScaleBlock);
  end

  // Streams: A vectors (or ACCST rows), and rows or columns of weight tiles.
  logic             a_step, w_step, a_last, w_last, tile_last;
  logic [31:0]      a_addr, w_addr, a_base;
  logic [5:0][31:0] a_size, a_stride, w_size, w_stride, a_idx, w_idx;
  logic [5:0]       w_end, a_end;
  // The same for scales of W (row by row) and of A (rows of the last row dimension).
  logic             ws_step, as_step, as_last;
  logic [31:0]      ws_addr, as_addr;
  logic [5:0][31:0] ws_size, ws_stride, as_size, as_stride, ws_idx, as_idx;
  logic [5:0]       ws_end, as_end;
  always_comb begin
    a_base   = cmd_i.a_base;
    a_size   = {cmd_i.msize[2], cmd_i.msize[1], cmd_i.msize[0], nb, cmd_i.ksize[1], cmd_i.ksize[0]};
    a_stride = {cmd_i.a_mstride[2], cmd_i.a_mstride[1], cmd_i.a_mstride[0], cmd_i.a_kstride[2] * pieces(cmd_i.a_fmt, depth),
                cmd_i.a_kstride[1], cmd_i.a_kstride[0]};
    if (is_st) begin
      a_base   = st_i.o_base;
      a_size   = {st_i.msize[2], st_i.msize[1], st_i.msize[0], 32'd1, 32'd1, 32'd1};
      a_stride = {st_i.o_mstride[2], st_i.o_mstride[1], st_i.o_mstride[0], 32'd0, 32'd0, 32'd0};
    end
    w_size   = {cmd_i.w_by_col ? 32'(cmd_i.ncols) : kr_w, 32'd1, nb, cmd_i.ksize[1], cmd_i.ksize[0], 32'd1};
    w_stride = {cmd_i.w_by_col ? cmd_i.w_nstride : cmd_i.w_kstride[2], 32'd0, cmd_i.w_kstride[2] * pieces(cmd_i.w_fmt, depth),
                cmd_i.w_kstride[1], cmd_i.w_kstride[0], 32'd0};
    ws_size   = {step_blocks, 32'd1, nb, cmd_i.ksize[1], cmd_i.ksize[0], 32'd1};
    ws_stride = {cmd_i.ws_kstride[2], 32'd0, cmd_i.ws_kstride[2] * depth_blocks, cmd_i.ws_kstride[1],
                 cmd_i.ws_kstride[0], 32'd0};
    as_size   = {cmd_i.msize[1], cmd_i.msize[0], step_blocks, nb, cmd_i.ksize[1], cmd_i.ksize[0]};
    as_stride = {cmd_i.as_mstride[1], cmd_i.as_mstride[0], cmd_i.as_kstride[2], cmd_i.as_kstride[2] * depth_blocks,
                 cmd_i.as_kstride[1], cmd_i.as_kstride[0]};
  end
  xpu_agen #(.Dims(6)) u_a (
    .clk_i, .load_i(start_i), .base_i(a_base), .size_i(a_size), .stride_i(a_stride), .step_i(a_step), .adv_i(32'd1),
    .addr_o(a_addr), .idx_o(a_idx), .left_o(), .first_o(), .end_o(a_end), .last_o(a_last));
  xpu_agen #(.Dims(6)) u_w (
    .clk_i, .load_i(start_i), .base_i(cmd_i.w_base), .size_i(w_size), .stride_i(w_stride), .step_i(w_step && w_kind_q == PartTile),
    .adv_i(32'd1), .addr_o(w_addr), .idx_o(w_idx), .left_o(), .first_o(), .end_o(w_end), .last_o(tile_last));
  xpu_agen #(.Dims(6)) u_ws (
    .clk_i, .load_i(start_i), .base_i(cmd_i.ws_base), .size_i(ws_size), .stride_i(ws_stride), .step_i(ws_step),
    .adv_i(32'd1), .addr_o(ws_addr), .idx_o(ws_idx), .left_o(), .first_o(), .end_o(ws_end), .last_o());
  xpu_agen #(.Dims(6)) u_as (
    .clk_i, .load_i(start_i), .base_i(cmd_i.as_base), .size_i(as_size), .stride_i(as_stride), .step_i(as_step),
    .adv_i(32'd1), .addr_o(as_addr), .idx_o(as_idx), .left_o(), .first_o(), .end_o(as_end), .last_o(as_last));

  // Elements of the present blocks.
  function automatic logic [31:0] block_elements(logic [31:0] k2, logic [31:0] at, logic [31:0] limit);
    return (k2 - at < limit) ? k2 - at : limit;
  endfunction
  logic [31:0] a_kb, w_kb, a_n, w_n, a_first, w_first, a_count, w_count, w_at, w_stride_now;
  logic        a_active_q, w_active_q, w_more_q, a_buffer_q, w_buffer_q, a_now, w_now, a_thru, w_thru, w_in_tile;
  logic        a_end_q;
  logic [31:0] a_grp_q, w_grp_q, row_q, setup_q, tail_cnt_q;
  logic        tail_q, wait_setup_q;
  w_kind_e     w_kind_q;     // what loads
  logic [15:0] as_row_q;     // accumulator row of the present row of A scales
  walk_t       w_walk;
  logic [15:0] w_vec;

  always_comb begin
    a_kb = block_elements(k2_q, a_idx[2] * depth_q, depth_q);
    a_n  = st_q ? 32'(ncols_q) : pieces(a_fmt_q, a_kb);
    // The W port: the tile, then its scales.
    w_kb         = block_elements(k2_q, w_idx[3] * depth_q, depth_q);
    w_n          = by_col_q ? pieces(mode_q.w_fmt, w_kb) : 32'(ncols_q);
    w_walk       = w_walk_q;
    w_at         = w_addr;
    w_stride_now = w_stride_q;
    w_vec        = 16'(w_idx[5]);
    w_in_tile    = by_col_q || w_idx[5] < pieces(mode_q.w_fmt, w_kb);
    case (w_kind_q)
      PartWScale: begin
        w_kb         = block_elements(k2_q, ws_idx[3] * depth_q, depth_q);
        w_n          = 32'(ncols_q);
        w_walk       = ws_walk_q;
        w_at         = ws_addr;
        w_stride_now = ws_stride_q;
        w_vec        = 16'(ws_idx[5]);
        w_in_tile    = ws_idx[5] < scale_blocks(w_kb);
      end
      PartAScale: begin
        w_kb         = block_elements(k2_q, as_idx[2] * depth_q, depth_q);
        w_n          = 32'(m2_q);
        w_walk       = as_walk_q;
        w_at         = as_addr;
        w_stride_now = as_stride_q;
        w_vec        = 16'(as_idx[3]);
        w_in_tile    = as_idx[3] < scale_blocks(w_kb);
      end
      default: ;
    endcase
    a_first = a_grp_q * 32'(a_walk_q.per);
    w_first = w_grp_q * 32'(w_walk.per);
    a_count = (a_first >= a_n) ? 32'd0 : (a_n - a_first < 32'(a_walk_q.per)) ? a_n - a_first : 32'(a_walk_q.per);
    w_count = (w_first >= w_n) ? 32'd0 : (w_n - w_first < 32'(w_walk.per)) ? w_n - w_first : 32'(w_walk.per);

    a_step  = a_active_q && a_grp_q + 32'd1 == a_walk_q.degree;
    w_step  = w_active_q && w_grp_q + 32'd1 == w_walk.degree;
    ws_step = w_step && w_kind_q == PartWScale;
    as_step = w_step && w_kind_q == PartAScale;
    a_now   = a_step && (&a_end[5:3]);   // last cycle of the step's A stream
    // Last cycle of the tile and its scales.
    w_now   = mode_q.scaled ? as_step && (&as_end[5:3]) : w_step && w_end[5];
    w_last  = mode_q.scaled ? as_last : tile_last;
    a_thru  = !a_active_q || a_now;
    w_thru  = !w_active_q || w_now;

    a_req_o = '0;
    if (a_active_q && !st_q && a_count != 32'd0)
      a_req_o = '{valid: 1'b1, addr: a_addr + a_first * a_stride_q, stride: a_stride_q,
                  count: a_walk_q.bcast ? 16'd1 : 16'(a_count), esize: format_bytes(a_fmt_q), claim: rd_claim_q};
    w_req_o = '0;
    if (w_active_q && w_in_tile && w_count != 32'd0)
      w_req_o = '{valid: 1'b1, addr: w_at + w_first * w_stride_now, stride: w_stride_now,
                  count: w_walk.bcast ? 16'd1 : 16'(w_count),
                  esize: (w_kind_q == PartTile) ? format_bytes(mode_q.w_fmt) : 3'd1, claim: aux_claim_q};
  end

  // To the array, with the data.
  a_part_t a_part_q;
  w_part_t w_part_q;
  logic    array_last, acc_rd;
  logic [MxuCols*32-1:0] acc_row;
  assign acc_rd = a_active_q && st_q;
  xpu_mxu_array u_array (
    .clk_i, .rst_ni, .a_i(a_part_q), .a_data_i, .w_i(w_part_q), .w_data_i, .mode_i(mode_q), .last_o(array_last),
    .acc_rd_i(acc_rd), .acc_rd_row_i(acc_base_q + 16'(row_q)), .acc_row_o(acc_row));

  // ACCST: the group whose row was read in the cycle before.
  logic        o_valid_q;
  logic [31:0] o_addr_q;
  logic [15:0] o_first_q, o_count_q;
  logic [31:0] x, col;
  always_comb begin
    wr_req_o  = '0;
    wr_data_o = '0;
    x         = 32'd0;
    col       = 32'd0;
    if (o_valid_q) begin
      wr_req_o = '{valid: 1'b1, addr: o_addr_q, stride: a_stride_q, count: o_count_q, esize: format_bytes(a_fmt_q),
                   claim: wr_claim_q};
      for (int unsigned i = 0; i < SpmRowBytes / 2; i++) begin
        if (i < 32'(o_count_q)) begin
          col = 32'(o_first_q) + i;
          x   = acc_row[(col % 32'(MxuCols))*32+:32];
          if (format_bytes(a_fmt_q) == 3'd4) wr_data_o[(i%(SpmRowBytes/4))*32+:32] = x;
          else if (a_fmt_q == FormatBF16) wr_data_o[i*16+:16] = fp32_to_bf16(x);
          else wr_data_o[i*16+:16] = fp32_to_fp16(x);
        end
      end
    end
  end

  always_comb begin
    events_o = '0;
    if (a_req_o.valid) events_o.spm_rd_bytes = 16'(a_count) * 16'(format_bytes(a_fmt_q));
    if (w_req_o.valid)
      events_o.spm_rd_bytes = events_o.spm_rd_bytes + 16'(w_count) * 16'(w_req_o.esize);
    if (a_step && !st_q) begin
      events_o.mxu_macs  = a_kb * 32'(ncols_q);
      events_o.acc_bytes = (a_idx[2:0] == '0 && !accumulate_q) ? 32'(ncols_q) << 2 : 32'(ncols_q) << 3;
    end
    if (acc_rd) begin
      events_o.spm_wr_bytes = 16'(a_count) * 16'(format_bytes(a_fmt_q));
      events_o.acc_bytes    = a_count << 2;
    end
  end

  assign done_o = tail_q && tail_cnt_q == 32'd0;

  always_ff @(posedge clk_i) begin
    a_part_q.valid <= 1'b0;
    w_part_q.valid <= 1'b0;
    o_valid_q      <= 1'b0;
    if (!rst_ni) begin
      a_active_q   <= 1'b0;
      w_active_q   <= 1'b0;
      tail_q       <= 1'b0;
      wait_setup_q <= 1'b0;
    end else begin
      // Setup.
      if (wait_setup_q) begin
        setup_q <= setup_q - 32'd1;
        if (setup_q == 32'd1) begin
          wait_setup_q <= 1'b0;
          if (st_q) a_active_q <= 1'b1;
          else w_active_q <= 1'b1;
        end
      end
      // Groups.
      if (a_active_q) begin
        a_grp_q <= a_step ? 32'd0 : a_grp_q + 32'd1;
        if (a_step) row_q <= a_now ? 32'd0 : row_q + 32'd1;
        if (!st_q)
          a_part_q <= '{valid: 1'b1, first: 16'(a_first), count: 16'(a_count), bcast: a_walk_q.bcast, enter: a_step,
                        kb: 16'(a_kb), buffer: a_buffer_q, acc_row: acc_base_q + 16'(row_q),
                        write: a_idx[2:0] == '0 && !accumulate_q, last: a_last};
      end
      if (w_active_q) begin
        w_grp_q  <= w_step ? 32'd0 : w_grp_q + 32'd1;
        w_part_q <= '{valid: w_req_o.valid, kind: w_kind_q, by_col: by_col_q, vec: w_vec,
                      first: (w_kind_q == PartAScale) ? as_row_q + 16'(w_first) : 16'(w_first), count: 16'(w_count),
                      bcast: w_walk.bcast, buffer: w_buffer_q};
        if (mode_q.scaled) begin
          if (w_step && w_kind_q == PartTile && w_end[5]) w_kind_q <= PartWScale;
          if (ws_step && ws_end[5]) w_kind_q <= PartAScale;
          if (w_now) w_kind_q <= PartTile;
          if (as_step) as_row_q <= (&as_end[5:4]) ? acc_base_q : as_row_q + m2_q;
        end
        if (w_now && w_last) w_more_q <= 1'b0;
      end
      o_addr_q  <= a_addr + a_first * a_stride_q;
      o_first_q <= 16'(a_first);
      o_count_q <= 16'(a_count);
      o_valid_q <= acc_rd;
      if (acc_rd && a_walk_q.bcast) begin  // all columns at one address: the last one stays
        o_first_q <= ncols_q - 16'd1;
        o_count_q <= 16'd1;
      end
      // Steps.
      if (st_q) begin
        if (a_step && a_last) begin
          a_active_q <= 1'b0;
          tail_q     <= 1'b1;
          tail_cnt_q <= 32'(MxuTail);
        end
      end else if ((a_active_q || w_active_q) && a_thru && w_thru) begin
        a_active_q <= !(a_now && a_last) && !a_end_q;
        a_buffer_q <= !a_buffer_q;
        w_buffer_q <= !w_buffer_q;
        w_active_q <= w_more_q && !(w_now && w_last);
        if (a_now && a_last) a_end_q <= 1'b1;
      end else begin
        if (a_now) a_active_q <= 1'b0;
        if (w_now) w_active_q <= 1'b0;
      end
      if (tail_q) tail_cnt_q <= tail_cnt_q - 32'd1;
      if (array_last) begin
        tail_q     <= 1'b1;
        tail_cnt_q <= 32'(MxuTail - 2);
      end
      if (done_o) tail_q <= 1'b0;
      if (start_i) begin
        st_q         <= is_st;
        by_col_q     <= cmd_i.w_by_col;
        accumulate_q <= cmd_i.accumulate;
        mode_q       <= mode;
        a_fmt_q      <= is_st ? st_i.o_fmt : cmd_i.a_fmt;
        w_kind_q     <= PartTile;
        as_row_q     <= cmd_i.acc_base;
        m2_q         <= 16'(cmd_i.msize[2]);
        depth_q      <= depth;
        ws_stride_q  <= cmd_i.ws_nstride;
        as_stride_q  <= cmd_i.as_mstride[2];
        ws_walk_q    <= walk(32'(cmd_i.ncols), cmd_i.ws_nstride, 3'd1);
        as_walk_q    <= walk(cmd_i.msize[2], cmd_i.as_mstride[2], 3'd1);
        rd_claim_q   <= cmd_i.rd_banks;
        aux_claim_q  <= cmd_i.aux_banks;
        wr_claim_q   <= cmd_i.wr_banks;
        ncols_q      <= is_st ? st_i.ncols : cmd_i.ncols;
        acc_base_q   <= is_st ? st_i.acc_base : cmd_i.acc_base;
        k2_q         <= cmd_i.ksize[2];
        a_stride_q   <= is_st ? st_i.o_nstride : cmd_i.a_kstride[2];
        w_stride_q   <= cmd_i.w_by_col ? cmd_i.w_kstride[2] : cmd_i.w_nstride;
        if (is_st) a_walk_q <= walk(32'(st_i.ncols), st_i.o_nstride, format_bytes(st_i.o_fmt));
        else a_walk_q <= walk(pieces(cmd_i.a_fmt, kr), cmd_i.a_kstride[2], format_bytes(cmd_i.a_fmt));
        if (cmd_i.w_by_col) w_walk_q <= walk(kr_w, cmd_i.w_kstride[2], format_bytes(cmd_i.w_fmt));
        else w_walk_q <= walk(32'(cmd_i.ncols), cmd_i.w_nstride, format_bytes(cmd_i.w_fmt));
        a_grp_q      <= 32'd0;
        w_grp_q      <= 32'd0;
        row_q        <= 32'd0;
        w_more_q     <= 1'b1;
        a_end_q      <= 1'b0;
        a_buffer_q   <= 1'b1;
        w_buffer_q   <= 1'b0;
        wait_setup_q <= 1'b1;
        setup_q      <= is_st ? 32'(MxuSetup - 2) : 32'(MxuSetup - 1);
      end
    end
  end
endmodule
