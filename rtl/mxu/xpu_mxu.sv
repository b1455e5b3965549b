// Matrix unit: control of MATMUL (docs/machine.md, sections 4 and 5); the array is xpu_mxu_array.
//
// MATMUL: while step i streams A vectors, the weight tile of step i + 1, and with MATMULMX the scales of W and of A,
// go to the other buffer over the W port; a step starts when both are through. So does the first step of a command that
// starts while the last step of the one before it streams: the W side works for the newest command, the A side for it
// or for the one before, and older ones are in the array or behind it. The end comes from the array (last_o of its
// tag). With MATMULRS the bytes that say how often accumulators are halved come ahead of the first tile. The DRAIN engine reads accumulators through acc_*. start_fault_o, room_o and scratchpad requests depend
// combinationally on cmd_i and registers only.
//
// Nothing is multiplied while it streams: what a command needs is made in the two cycles behind its start (begin_q); then
// elements that are left, addresses and rows are counted. Events are told a cycle later.
module xpu_mxu
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_mxu_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               start_i,
  // A MATMUL in its low bits, whose other bits are 0, or a MATMULRS: as_base is its rs_base.
  input  matmulmx_cmd_t      cmd_i,
  input  slot_t              slot_i,    // of the command that starts
  output logic [7:0]         start_fault_o,
  output logic               room_o,    // cmd_i may start beside what is active
  output logic               done_o,
  output logic [7:0]         w_fault_o, // of the newest command
  output events_t            w_events_o,
  output slot_t              a_slot_o,  // the command that the A side works for
  output logic [7:0]         a_fault_o,
  output slot_t              a_events_slot_o,
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
  mode_t         new_mode_q;
  logic [1:0]    begin_q;  // a command started in the cycle before; in the one before that
  logic          a_load;
  logic [31:0] w_stride_q, ws_stride_q, as_stride_q;
  walk_t       w_walk_q, ws_walk_q, as_walk_q, rs_walk_q, new_walk_q;  // new_walk_q: of A

  // The command of the A side.
  slot_t       a_slot_q;
  logic [4:0]  a_fmt_q;
  logic [15:0] rd_claim_q, ncols_q, acc_base_q;
  logic [31:0] a_stride_q;
  walk_t       a_walk_q;
  assign a_slot_o = a_slot_q;

  mode_t [MaxCommands-1:0] mode_q;    // by slot

  // Of the newest command, in the cycle behind its start and then kept: elements of a step and, along ksize[2], of its
  // first one, steps along ksize[2], and bytes from one of them to the next. Blocks of scales in a step.
  logic [31:0] depth, kr, depth_q, nb_q, kr_a_q, kr_w_q, a_move_q, w_move_q, ws_move_q, as_move_q;
  logic [15:0] kr_q, step_blocks_q;
  logic        new_a_halves, new_w_halves;
  always_comb begin
    depth        = step_depth(new_mode_q.group, new_mode_q.scaled);
    kr           = (new_q.ksize[2] < depth) ? new_q.ksize[2] : depth;
    new_a_halves = format_elements(new_mode_q.a_fmt) == 2'd2;
    new_w_halves = format_elements(new_mode_q.w_fmt) == 2'd2;
  end
  always_ff @(posedge clk_i) begin
    if (begin_q[0]) begin
      depth_q       <= depth;
      nb_q          <= num_steps(new_mode_q.group, new_mode_q.scaled, new_q.ksize[2]);
      kr_q          <= 16'(kr);
      kr_a_q        <= pieces(new_mode_q.a_fmt, kr);
      kr_w_q        <= pieces(new_mode_q.w_fmt, kr);
      step_blocks_q <= 16'(scale_blocks(kr));
      a_move_q      <= step_move(new_q.a_kstride[2], new_mode_q.group, new_mode_q.scaled, new_a_halves);
      w_move_q      <= step_move(new_q.w_kstride[2], new_mode_q.group, new_mode_q.scaled, new_w_halves);
      ws_move_q     <= scale_move(new_q.ws_kstride[2], new_mode_q.group);
      as_move_q     <= scale_move(new_q.as_kstride[2], new_mode_q.group);
      w_stride_q    <= new_q.w_by_col ? new_q.w_kstride[2] : new_q.w_nstride;
      ws_stride_q   <= new_q.ws_nstride;
      as_stride_q   <= new_q.as_mstride[2];
    end
    if (begin_q[1]) begin
      new_walk_q <= walk(kr_a_q, new_q.a_kstride[2]);
      w_walk_q   <= walk(new_q.w_by_col ? kr_w_q : 32'(new_q.ncols), w_stride_q);
      ws_walk_q  <= walk(32'(new_q.ncols), ws_stride_q);
      as_walk_q  <= walk(new_q.msize[2], as_stride_q);
      rs_walk_q  <= walk(32'(new_q.ncols), 32'd1);
    end
  end

  // Streams: A vectors, and rows or columns of weight tiles.
  logic             a_step, w_step, a_last, w_last, tile_last;
  w_kind_e          w_kind_q;  // what loads
  logic [31:0]      a_addr, w_addr;
  logic [5:0][31:0] a_size, a_stride, w_size, w_stride, w_idx;
  logic [5:0]       w_end, a_end;
  // The same for scales of W (row by row) and of A (rows of the last row dimension).
  logic             ws_step, as_step, as_last;
  logic [31:0]      ws_addr, as_addr;
  logic [5:0][31:0] ws_size, ws_stride, as_size, as_stride, ws_idx, as_idx;
  logic [5:0]       ws_end, as_end;
  always_comb begin
    a_size    = {new_q.msize[2], new_q.msize[1], new_q.msize[0], nb_q, new_q.ksize[1], new_q.ksize[0]};
    a_stride  = {new_q.a_mstride[2], new_q.a_mstride[1], new_q.a_mstride[0], a_move_q, new_q.a_kstride[1],
                 new_q.a_kstride[0]};
    w_size    = {new_q.w_by_col ? 32'(new_q.ncols) : kr_w_q, 32'd1, nb_q, new_q.ksize[1], new_q.ksize[0], 32'd1};
    w_stride  = {new_q.w_by_col ? new_q.w_nstride : new_q.w_kstride[2], 32'd0, w_move_q, new_q.w_kstride[1],
                 new_q.w_kstride[0], 32'd0};
    ws_size   = {32'(step_blocks_q), 32'd1, nb_q, new_q.ksize[1], new_q.ksize[0], 32'd1};
    ws_stride = {new_q.ws_kstride[2], 32'd0, ws_move_q, new_q.ws_kstride[1], new_q.ws_kstride[0], 32'd0};
    as_size   = {new_q.msize[1], new_q.msize[0], 32'(step_blocks_q), nb_q, new_q.ksize[1], new_q.ksize[0]};
    as_stride = {new_q.as_mstride[1], new_q.as_mstride[0], new_q.as_kstride[2], as_move_q, new_q.as_kstride[1],
                 new_q.as_kstride[0]};
  end
  xpu_agen #(.Dims(6)) u_a (
    .clk_i, .load_i(a_load), .base_i(new_q.a_base), .size_i(a_size), .stride_i(a_stride), .step_i(a_step), .adv_i('0), .move_i('0), .inner_o(),
    .addr_o(a_addr), .idx_o(), .left_o(), .first_o(), .end_o(a_end), .last_o(a_last));
  xpu_agen #(.Dims(6)) u_w (
    .clk_i, .load_i(begin_q[1]), .base_i(new_q.w_base), .size_i(w_size), .stride_i(w_stride), .step_i(w_step && w_kind_q == PartTile),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(w_addr), .idx_o(w_idx), .left_o(), .first_o(), .end_o(w_end), .last_o(tile_last));
  xpu_agen #(.Dims(6)) u_ws (
    .clk_i, .load_i(begin_q[1]), .base_i(new_q.ws_base), .size_i(ws_size), .stride_i(ws_stride), .step_i(ws_step),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(ws_addr), .idx_o(ws_idx), .left_o(), .first_o(), .end_o(ws_end), .last_o());
  xpu_agen #(.Dims(6)) u_as (
    .clk_i, .load_i(begin_q[1]), .base_i(new_q.as_base), .size_i(as_size), .stride_i(as_stride), .step_i(as_step),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(as_addr), .idx_o(as_idx), .left_o(), .first_o(), .end_o(as_end), .last_o(as_last));

  // Elements of a block, and what they are in memory: pieces of A and W, blocks of scales.
  typedef struct packed {
    logic [15:0] elements;
    logic [15:0] a_pieces;
    logic [15:0] w_pieces;
    logic [15:0] scales;
  } block_t;
  function automatic block_t block_of(mode_t m, logic [15:0] elements);
    return '{elements: elements, a_pieces: 16'(pieces(m.a_fmt, 32'(elements))),
             w_pieces: 16'(pieces(m.w_fmt, 32'(elements))), scales: 16'(scale_blocks(32'(elements)))};
  endfunction
  // That of the step that streams, that of the tile that waits for it, and that of what loads. w_left_q: elements along ksize[2]
  // from the last one on.
  block_t      w_block_q, full_block_q, next_block;
  logic [31:0] w_left_q, next_left;
  logic [15:0] a_kb_q, a_pieces_q;
  // In the present vector: the group (from 1 on), its first piece and the bytes up to it, and the pieces from it on.
  logic [31:0] a_grp_q, a_offset_q, w_grp_q, w_first_q, w_offset_q;
  logic [15:0] a_first_q, a_left_q;
  logic [15:0] a_row_q;      // accumulator row of the present vector
  logic        a_write_q;    // the step writes the accumulators instead of adding
  logic        a_halve_q;    // the step halves what they hold before it adds

  logic [31:0] w_n, w_at, w_stride_now;
  logic [15:0] a_count, w_count;
  // w_full_q: a tile and its scales wait for the A side; w_new_q: what loads or waits is the first of its command;
  // w_more_q: there are others behind what loads; w_free_q: nothing loads, waits or is to come.
  logic        a_active_q, w_active_q, w_full_q, w_new_q, w_more_q, w_free_q, a_buffer_q, w_buffer_q;
  logic        a_now, w_now, a_hold, swap, setup_end, w_in_tile;
  logic        a_ended_q;    // a step's A stream ended in the cycle before
  logic [31:0] setup_q;
  logic        wait_setup_q;
  logic [MxuTail-2-DotLatency:0] tail_q;  // bit i: the last sum of a command was added i + 2 cycles ago
  logic [15:0] as_row_q;     // accumulator row of the present row of A scales
  walk_t       w_walk;
  logic [15:0] w_vec;

  always_comb begin
    // The block behind the one that loads.
    next_left  = (w_left_q > depth_q) ? w_left_q - depth_q : new_q.ksize[2];
    next_block = block_of(new_mode_q, (w_left_q > depth_q) ? ((next_left < depth_q) ? next_left[15:0] : depth_q[15:0]) : kr_q);
    // The W port: the tile, then its scales.
    w_n          = new_q.w_by_col ? 32'(w_block_q.w_pieces) : 32'(new_q.ncols);
    w_walk       = w_walk_q;
    w_at         = w_addr;
    w_stride_now = w_stride_q;
    w_vec        = 16'(w_idx[5]);
    w_in_tile    = new_q.w_by_col || w_idx[5] < 32'(w_block_q.w_pieces);
    case (w_kind_q)
      PartWScale: begin
        w_n          = 32'(new_q.ncols);
        w_walk       = ws_walk_q;
        w_at         = ws_addr;
        w_stride_now = ws_stride_q;
        w_vec        = 16'(ws_idx[5]);
        w_in_tile    = ws_idx[5] < 32'(w_block_q.scales);
      end
      PartAScale: begin
        w_n          = new_q.msize[2];
        w_walk       = as_walk_q;
        w_at         = as_addr;
        w_stride_now = as_stride_q;
        w_vec        = 16'(as_idx[3]);
        w_in_tile    = as_idx[3] < 32'(w_block_q.scales);
      end
      PartHalve: begin
        w_n          = 32'(new_q.ncols);
        w_walk       = rs_walk_q;
        w_at         = new_q.as_base;
        w_stride_now = 32'd1;
        w_in_tile    = 1'b1;
      end
      default: ;
    endcase
    a_count = (a_left_q < a_walk_q.per) ? a_left_q : a_walk_q.per;
    w_count = (w_first_q >= w_n) ? 16'd0 : (w_n - w_first_q < 32'(w_walk.per)) ? 16'(w_n - w_first_q) : w_walk.per;

    a_step  = a_active_q && a_grp_q == a_walk_q.degree;
    w_step  = w_active_q && w_grp_q == w_walk.degree;
    ws_step = w_step && w_kind_q == PartWScale;
    as_step = w_step && w_kind_q == PartAScale;
    a_now   = a_step && (&a_end[5:3]);   // last cycle of the step's A stream
    // Last cycle of the tile and its scales.
    w_now   = new_mode_q.scaled ? as_step && (&as_end[5:3]) : w_step && w_kind_q == PartTile && w_end[5];
    w_last  = new_mode_q.scaled ? as_last : tile_last;
    // The first vector of the next step would meet the sum of the last one of this in the accumulators: a cycle more. What is
    // halved is read a cycle ahead, of any row.
    a_hold    = (MxuAccLatency == 2 && a_now &&
                 (w_new_q ? new_walk_q.degree == 32'd1 && new_q.acc_base == a_row_q
                          : a_walk_q.degree == 32'd1 && acc_base_q == a_row_q)) ||
                (w_new_q && new_mode_q.halves && (a_now || (MxuAccLatency == 2 && a_ended_q)));
    // The next step begins.
    swap      = (w_full_q || w_now) && (!a_active_q || a_now) && !a_hold;
    setup_end = wait_setup_q && setup_q == 32'd1;
    a_load    = swap && w_new_q;

    a_req_o = '0;
    if (a_active_q && a_left_q != 16'd0)
      a_req_o = '{valid: 1'b1, addr: a_addr + a_offset_q, stride: a_stride_q, count: a_walk_q.bcast ? 16'd1 : a_count,
                  esize: format_bytes(a_fmt_q), claim: rd_claim_q};
    w_req_o = '0;
    if (w_active_q && w_in_tile && w_first_q < w_n)
      w_req_o = '{valid: 1'b1, addr: w_at + w_offset_q, stride: w_stride_now, count: w_walk.bcast ? 16'd1 : w_count,
                  esize: (w_kind_q == PartTile) ? format_bytes(new_mode_q.w_fmt) : 3'd1, claim: new_q.aux_banks};
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

  // Bytes are of 1, 2 or 4. Of a command that ends all is told: its end is later by rows and columns of the array.
  always_ff @(posedge clk_i) begin
    a_events_o      <= '0;
    w_events_o      <= '0;
    a_events_slot_o <= a_slot_q;
    if (rst_ni) begin
      if (a_req_o.valid) a_events_o.spm_rd_bytes <= a_count << (a_req_o.esize >> 1);
      if (w_req_o.valid) w_events_o.spm_rd_bytes <= w_count << (w_req_o.esize >> 1);
      if (a_step) begin
        a_events_o.mxu_macs  <= 32'(a_kb_q) * 32'(ncols_q);
        a_events_o.acc_bytes <= a_write_q ? 32'(ncols_q) << 2 : 32'(ncols_q) << 3;
      end
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
      a_ended_q    <= 1'b0;
      begin_q      <= 2'd0;
      tail_q       <= '0;
      wait_setup_q <= 1'b0;
    end else begin
      a_ended_q <= a_now;
      // Setup.
      if (wait_setup_q) setup_q <= setup_q - 32'd1;
      if (setup_end) begin
        wait_setup_q <= 1'b0;
        w_active_q   <= 1'b1;
      end
      // Groups.
      if (a_active_q) begin
        a_grp_q    <= a_step ? 32'd1 : a_grp_q + 32'd1;
        a_first_q  <= a_step ? 16'd0 : a_first_q + a_walk_q.per;
        a_left_q   <= a_step ? a_pieces_q : a_left_q - a_count;
        a_offset_q <= a_step ? 32'd0 : a_offset_q + a_walk_q.move;
        if (a_step) a_row_q <= a_now ? acc_base_q : a_row_q + 16'd1;
        a_part_q <= '{valid: 1'b1, first: a_first_q, count: a_count, bcast: a_walk_q.bcast, enter: a_step, kb: a_kb_q,
                      buffer: a_buffer_q, slot: a_slot_q, acc_row: a_row_q, write: a_write_q, halve: a_halve_q,
                      last: a_last};
      end
      if (w_active_q) begin
        w_grp_q    <= w_step ? 32'd1 : w_grp_q + 32'd1;
        w_first_q  <= w_step ? 32'd0 : w_first_q + 32'(w_walk.per);
        w_offset_q <= w_step ? 32'd0 : w_offset_q + w_walk.move;
        w_part_q <= '{valid: w_req_o.valid, kind: w_kind_q, by_col: new_q.w_by_col, vec: w_vec,
                      first: (w_kind_q == PartAScale) ? as_row_q + 16'(w_first_q) : 16'(w_first_q), count: w_count,
                      bcast: w_walk.bcast, buffer: w_buffer_q, slot: new_slot_q};
        if (w_step && w_kind_q == PartHalve) w_kind_q <= PartTile;
        if (new_mode_q.scaled) begin
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
        full_block_q <= w_block_q;
        w_block_q    <= next_block;
        w_left_q     <= next_left;
      end
      if (swap) begin
        a_active_q <= 1'b1;
        a_buffer_q <= w_buffer_q;
        w_buffer_q <= !w_buffer_q;
        w_full_q   <= 1'b0;
        w_new_q    <= 1'b0;
        a_kb_q     <= w_now ? w_block_q.elements : full_block_q.elements;
        a_pieces_q <= w_now ? w_block_q.a_pieces : full_block_q.a_pieces;
        a_left_q   <= w_now ? w_block_q.a_pieces : full_block_q.a_pieces;
        a_write_q  <= w_new_q && !new_q.accumulate;
        a_halve_q  <= w_new_q && new_mode_q.halves;
        w_active_q <= w_now ? !w_last : w_more_q;
        w_free_q   <= w_now ? w_last : !w_more_q;
      end
      if (a_load) begin
        a_slot_q     <= new_slot_q;
        a_fmt_q      <= new_q.a_fmt;
        rd_claim_q   <= new_q.rd_banks;
        ncols_q      <= new_q.ncols;
        acc_base_q   <= new_q.acc_base;
        a_stride_q   <= new_q.a_kstride[2];
        a_walk_q     <= new_walk_q;
        a_grp_q      <= 32'd1;
        a_first_q    <= 16'd0;
        a_offset_q   <= 32'd0;
        a_row_q      <= new_q.acc_base;
      end
      if (begin_q[1]) begin
        w_block_q <= block_of(new_mode_q, kr_q);
        w_left_q  <= new_q.ksize[2];
      end
      begin_q <= {begin_q[0], start_i};
      tail_q <= (tail_q << 1) | $bits(tail_q)'(array_last);
      if (start_i) begin
        new_q          <= cmd_i;
        new_slot_q     <= slot_i;
        new_mode_q     <= mode_of(cmd_i);
        mode_q[slot_i] <= mode_of(cmd_i);
        w_kind_q       <= (cmd_i.opcode == OpMATMULRS) ? PartHalve : PartTile;
        as_row_q       <= cmd_i.acc_base;
        w_grp_q        <= 32'd1;
        w_first_q      <= 32'd0;
        w_offset_q     <= 32'd0;
        w_new_q        <= 1'b1;
        w_free_q       <= 1'b0;
        wait_setup_q   <= 1'b1;
        setup_q        <= 32'(MxuSetup - 1);
      end
    end
  end
endmodule
