// Matrix unit: control of MATMUL (docs/machine.md, sections 4 and 5); the array is xpu_mxu_array.
//
// MATMUL: while step i streams A vectors, the weight tile of step i + 1, and with MATMULMX the scales of W and of A,
// go to the other buffer over the W port; a step starts when both are through. So does the first step of a command that
// starts while the last step of the one before it streams: the W side works for the newest command, the A side for it
// or for the one before, and older ones are in the array or behind it. The end comes from the array (last_o of its
// tag). The DRAIN engine reads accumulators through acc_*. start_fault_o, room_o and scratchpad requests depend
// combinationally on cmd_i and registers only.
module xpu_mxu
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_mxu_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               start_i,
  input  matmulmx_cmd_t      cmd_i,     // or a MATMUL in its low bits; other bits are 0
  input  slot_t              slot_i,    // of the command that starts
  output logic [7:0]         start_fault_o,
  output logic               room_o,    // cmd_i may start beside what is active
  output logic               done_o,
  output logic [7:0]         w_fault_o, // of the newest command
  output events_t            w_events_o,
  output slot_t              a_slot_o,  // the command that the A side works for
  output logic [7:0]         a_fault_o,
  output events_t            a_events_o,
  output spm_req_t           a_req_o,
  input  logic [RowBits-1:0] a_data_i,
  input  logic [7:0]         a_spm_fault_i,
  output spm_req_t           w_req_o,
  input  logic [RowBits-1:0] w_data_i,
  input  logic [7:0]         w_spm_fault_i,
  input  logic               acc_rd_i,
  input  logic [15:0]        acc_rd_row_i,
  output logic [MxuCols*32-1:0] acc_row_o  // one cycle after acc_rd_i
);
  assign start_fault_o = start_i ? matmul_check(cmd_i) : FaultNone;
  logic [7:0] acc_fault;
  xpu_acc_check u_check (
    .clk_i, .rst_ni, .start_i, .msize_i({cmd_i.msize[2], cmd_i.msize[1], cmd_i.msize[0]}), .base_i(cmd_i.acc_base),
    .ncols_i(cmd_i.ncols), .fault_o(acc_fault));
  assign w_fault_o     = lower_fault(acc_fault, w_spm_fault_i);
  assign a_fault_o     = a_spm_fault_i;

  // The newest command. The W side works for it; the A side takes from it what it needs when its first step begins.
  matmulmx_cmd_t new_q;
  slot_t         new_slot_q;
  logic          a_load;
  logic [31:0] w_depth_q, w_stride_q, ws_stride_q, as_stride_q;
  walk_t       w_walk_q, ws_walk_q, as_walk_q, new_walk_q;  // new_walk_q: of A, a cycle later

  // The command of the A side.
  slot_t       a_slot_q;
  logic        accumulate_q;
  logic [4:0]  a_fmt_q;
  logic [15:0] rd_claim_q, ncols_q, acc_base_q;
  logic [31:0] k2_q, a_depth_q, a_stride_q;
  walk_t       a_walk_q;
  assign a_slot_o = a_slot_q;

  mode_t [MaxCommands-1:0] mode_q;    // by slot
  mode_t                   new_mode;
  assign new_mode = mode_q[new_slot_q];

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

  // Streams: A vectors, and rows or columns of weight tiles.
  logic             a_step, w_step, a_last, w_last, tile_last;
  w_kind_e          w_kind_q;  // what loads
  logic [31:0]      a_addr, w_addr, new_nb_q, new_kr_a_q;
  logic [5:0][31:0] a_size, a_stride, w_size, w_stride, a_idx, w_idx;
  logic [5:0]       w_end, a_end;
  // The same for scales of W (row by row) and of A (rows of the last row dimension).
  logic             ws_step, as_step, as_last;
  logic [31:0]      ws_addr, as_addr;
  logic [5:0][31:0] ws_size, ws_stride, as_size, as_stride, ws_idx, as_idx;
  logic [5:0]       ws_end, as_end;
  always_comb begin
    a_size   = {new_q.msize[2], new_q.msize[1], new_q.msize[0], new_nb_q, new_q.ksize[1], new_q.ksize[0]};
    a_stride = {new_q.a_mstride[2], new_q.a_mstride[1], new_q.a_mstride[0],
                new_q.a_kstride[2] * pieces(new_q.a_fmt, w_depth_q), new_q.a_kstride[1], new_q.a_kstride[0]};
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
    .clk_i, .load_i(a_load), .base_i(new_q.a_base), .size_i(a_size), .stride_i(a_stride), .step_i(a_step), .adv_i('0), .move_i('0), .inner_o(),
    .addr_o(a_addr), .idx_o(a_idx), .left_o(), .first_o(), .end_o(a_end), .last_o(a_last));
  xpu_agen #(.Dims(6)) u_w (
    .clk_i, .load_i(start_i), .base_i(cmd_i.w_base), .size_i(w_size), .stride_i(w_stride), .step_i(w_step && w_kind_q == PartTile),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(w_addr), .idx_o(w_idx), .left_o(), .first_o(), .end_o(w_end), .last_o(tile_last));
  xpu_agen #(.Dims(6)) u_ws (
    .clk_i, .load_i(start_i), .base_i(cmd_i.ws_base), .size_i(ws_size), .stride_i(ws_stride), .step_i(ws_step),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(ws_addr), .idx_o(ws_idx), .left_o(), .first_o(), .end_o(ws_end), .last_o());
  xpu_agen #(.Dims(6)) u_as (
    .clk_i, .load_i(start_i), .base_i(cmd_i.as_base), .size_i(as_size), .stride_i(as_stride), .step_i(as_step),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(as_addr), .idx_o(as_idx), .left_o(), .first_o(), .end_o(as_end), .last_o(as_last));

  // Elements of the present blocks.
  function automatic logic [31:0] block_elements(logic [31:0] k2, logic [31:0] at, logic [31:0] limit);
    return (k2 - at < limit) ? k2 - at : limit;
  endfunction
  logic [31:0] a_kb, w_kb, a_n, w_n, a_first, w_first, a_count, w_count, w_at, w_stride_now;
  // w_full_q: a tile and its scales wait for the A side; w_first_q: what loads or waits is the first of its command;
  // w_more_q: there are others behind what loads; w_free_q: nothing loads, waits or is to come.
  logic        a_active_q, w_active_q, w_full_q, w_first_q, w_more_q, w_free_q, a_buffer_q, w_buffer_q;
  logic        a_now, w_now, a_hold, swap, setup_end, w_in_tile;
  logic [31:0] a_grp_q, w_grp_q, row_q, setup_q;
  logic        wait_setup_q;
  logic [MxuTail-2-DotLatency:0] tail_q;  // bit i: the last sum of a command was added i + 2 cycles ago
  logic [15:0] as_row_q;     // accumulator row of the present row of A scales
  walk_t       w_walk;
  logic [15:0] w_vec;

  always_comb begin
    a_kb = block_elements(k2_q, a_idx[2] * a_depth_q, a_depth_q);
    a_n  = pieces(a_fmt_q, a_kb);
    // The W port: the tile, then its scales.
    w_kb         = block_elements(new_q.ksize[2], w_idx[3] * w_depth_q, w_depth_q);
    w_n          = new_q.w_by_col ? pieces(new_mode.w_fmt, w_kb) : 32'(new_q.ncols);
    w_walk       = w_walk_q;
    w_at         = w_addr;
    w_stride_now = w_stride_q;
    w_vec        = 16'(w_idx[5]);
    w_in_tile    = new_q.w_by_col || w_idx[5] < pieces(new_mode.w_fmt, w_kb);
    case (w_kind_q)
      PartWScale: begin
        w_kb         = block_elements(new_q.ksize[2], ws_idx[3] * w_depth_q, w_depth_q);
        w_n          = 32'(new_q.ncols);
        w_walk       = ws_walk_q;
        w_at         = ws_addr;
        w_stride_now = ws_stride_q;
        w_vec        = 16'(ws_idx[5]);
        w_in_tile    = ws_idx[5] < scale_blocks(w_kb);
      end
      PartAScale: begin
        w_kb         = block_elements(new_q.ksize[2], as_idx[2] * w_depth_q, w_depth_q);
        w_n          = new_q.msize[2];
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
    w_now   = new_mode.scaled ? as_step && (&as_end[5:3]) : w_step && w_end[5];
    w_last  = new_mode.scaled ? as_last : tile_last;
    // The first vector of the next step would meet the sum of the last one of this in the accumulators: a cycle more.
    a_hold    = MxuAccLatency == 2 && a_now &&
                (w_first_q ? new_walk_q.degree == 32'd1 && new_q.acc_base == acc_base_q + 16'(row_q)
                           : a_walk_q.degree == 32'd1 && row_q == 32'd0);
    // The next step begins.
    swap      = (w_full_q || w_now) && (!a_active_q || a_now) && !a_hold;
    setup_end = wait_setup_q && setup_q == 32'd1;
    a_load    = swap && w_first_q;

    a_req_o = '0;
    if (a_active_q && a_count != 32'd0)
      a_req_o = '{valid: 1'b1, addr: a_addr + a_first * a_stride_q, stride: a_stride_q,
                  count: a_walk_q.bcast ? 16'd1 : 16'(a_count), esize: format_bytes(a_fmt_q), claim: rd_claim_q};
    w_req_o = '0;
    if (w_active_q && w_in_tile && w_count != 32'd0)
      w_req_o = '{valid: 1'b1, addr: w_at + w_first * w_stride_now, stride: w_stride_now,
                  count: w_walk.bcast ? 16'd1 : 16'(w_count),
                  esize: (w_kind_q == PartTile) ? format_bytes(new_mode.w_fmt) : 3'd1, claim: new_q.aux_banks};
  end

  // A command may follow as soon as the W side is free. The A port reads the banks of what streams still while the W port
  // reads those of the next command.
  assign room_o = w_free_q && (cmd_i.aux_banks & new_q.rd_banks & BankMask) == 16'd0;

  // To the array, with the data.
  a_part_t a_part_q;
  w_part_t w_part_q;
  logic    array_last;
  xpu_mxu_array u_array (
    .clk_i, .rst_ni, .a_i(a_part_q), .a_data_i, .w_i(w_part_q), .w_data_i, .mode_i(mode_q), .last_o(array_last),
    .acc_rd_i, .acc_rd_row_i, .acc_row_o);

  always_comb begin
    a_events_o = '0;
    w_events_o = '0;
    if (a_req_o.valid) a_events_o.spm_rd_bytes = 16'(a_count) * 16'(format_bytes(a_fmt_q));
    if (w_req_o.valid) w_events_o.spm_rd_bytes = 16'(w_count) * 16'(w_req_o.esize);
    if (a_step) begin
      a_events_o.mxu_macs  = a_kb * 32'(ncols_q);
      a_events_o.acc_bytes = (a_idx[2:0] == '0 && !accumulate_q) ? 32'(ncols_q) << 2 : 32'(ncols_q) << 3;
    end
  end

  assign done_o = tail_q[MxuTail-2-DotLatency];

  always_ff @(posedge clk_i) begin
    a_part_q.valid <= 1'b0;
    w_part_q.valid <= 1'b0;
    if (!rst_ni) begin
      a_active_q   <= 1'b0;
      w_active_q   <= 1'b0;
      w_full_q     <= 1'b0;
      w_free_q     <= 1'b0;
      w_buffer_q   <= 1'b0;
      tail_q       <= '0;
      wait_setup_q <= 1'b0;
    end else begin
      // Setup.
      if (wait_setup_q) setup_q <= setup_q - 32'd1;
      if (setup_end) begin
        wait_setup_q <= 1'b0;
        w_active_q   <= 1'b1;
      end
      // Groups.
      if (a_active_q) begin
        a_grp_q <= a_step ? 32'd0 : a_grp_q + 32'd1;
        if (a_step) row_q <= a_now ? 32'd0 : row_q + 32'd1;
        a_part_q <= '{valid: 1'b1, first: 16'(a_first), count: 16'(a_count), bcast: a_walk_q.bcast, enter: a_step,
                      kb: 16'(a_kb), buffer: a_buffer_q, slot: a_slot_q, acc_row: acc_base_q + 16'(row_q),
                      write: a_idx[2:0] == '0 && !accumulate_q, last: a_last};
      end
      if (w_active_q) begin
        w_grp_q  <= w_step ? 32'd0 : w_grp_q + 32'd1;
        w_part_q <= '{valid: w_req_o.valid, kind: w_kind_q, by_col: new_q.w_by_col, vec: w_vec,
                      first: (w_kind_q == PartAScale) ? as_row_q + 16'(w_first) : 16'(w_first), count: 16'(w_count),
                      bcast: w_walk.bcast, buffer: w_buffer_q, slot: new_slot_q};
        if (new_mode.scaled) begin
          if (w_step && w_kind_q == PartTile && w_end[5]) w_kind_q <= PartWScale;
          if (ws_step && ws_end[5]) w_kind_q <= PartAScale;
          if (w_now) w_kind_q <= PartTile;
          if (as_step) as_row_q <= (&as_end[5:4]) ? new_q.acc_base : as_row_q + 16'(new_q.msize[2]);
        end
      end
      // Steps.
      if (a_now) a_active_q <= 1'b0;
      if (w_now) begin
        w_active_q <= 1'b0;
        w_full_q   <= 1'b1;
        w_more_q   <= !w_last;
      end
      if (swap) begin
        a_active_q <= 1'b1;
        a_buffer_q <= w_buffer_q;
        w_buffer_q <= !w_buffer_q;
        w_full_q   <= 1'b0;
        w_first_q  <= 1'b0;
        w_active_q <= w_now ? !w_last : w_more_q;
        w_free_q   <= w_now ? w_last : !w_more_q;
      end
      if (a_load) begin
        a_slot_q     <= new_slot_q;
        accumulate_q <= new_q.accumulate;
        a_fmt_q      <= new_q.a_fmt;
        rd_claim_q   <= new_q.rd_banks;
        ncols_q      <= new_q.ncols;
        acc_base_q   <= new_q.acc_base;
        k2_q         <= new_q.ksize[2];
        a_depth_q    <= w_depth_q;
        a_stride_q   <= new_q.a_kstride[2];
        a_walk_q     <= new_walk_q;
        a_grp_q      <= 32'd0;
        row_q        <= 32'd0;
      end
      if (wait_setup_q) new_walk_q <= walk(new_kr_a_q, new_q.a_kstride[2]);
      tail_q <= (tail_q << 1) | $bits(tail_q)'(array_last);
      if (start_i) begin
        new_q          <= cmd_i;
        new_slot_q     <= slot_i;
        new_nb_q       <= nb;
        new_kr_a_q     <= pieces(cmd_i.a_fmt, kr);
        mode_q[slot_i] <= mode;
        w_kind_q       <= PartTile;
        as_row_q       <= cmd_i.acc_base;
        w_depth_q      <= depth;
        w_stride_q     <= cmd_i.w_by_col ? cmd_i.w_kstride[2] : cmd_i.w_nstride;
        ws_stride_q    <= cmd_i.ws_nstride;
        as_stride_q    <= cmd_i.as_mstride[2];
        ws_walk_q      <= walk(32'(cmd_i.ncols), cmd_i.ws_nstride);
        as_walk_q      <= walk(cmd_i.msize[2], cmd_i.as_mstride[2]);
        if (cmd_i.w_by_col) w_walk_q <= walk(kr_w, cmd_i.w_kstride[2]);
        else w_walk_q <= walk(32'(cmd_i.ncols), cmd_i.w_nstride);
        w_grp_q        <= 32'd0;
        w_first_q      <= 1'b1;
        w_free_q       <= 1'b0;
        wait_setup_q   <= 1'b1;
        setup_q        <= 32'(MxuSetup - 1);
      end
    end
  end
endmodule
