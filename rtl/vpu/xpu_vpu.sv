// Vector unit: control of VPURUN (docs/machine.md, sections 4 and 5); lanes and registers are in xpu_vpu_path.
//
// Time is cut into slots. Iteration i loads in slot i, computes in slot i + 1 and stores in slot i + 2, and a slot is as long as
// the longest of what is in it. The datapath starts each stage one cycle after its slot, because the scratchpad's data are
// registered, and stores when the last result of the program has landed. Inputs that are held load in slot 0 and keep their copy
// of the register. The last slot is followed by that delay, the levels of the reduction tree and the tail. start_fault_o depends
// combinationally on cmd_i.
module xpu_vpu
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_vpu_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               start_i,
  input  vpurun_cmd_t        cmd_i,
  output logic [7:0]         start_fault_o,
  output logic               done_o,
  output logic [7:0]         fault_o,
  output events_t            events_o,
  output spm_req_t           rd_req_o,
  input  logic [RowBits-1:0] rd_data_i,
  input  logic [7:0]         rd_fault_i,
  output spm_req_t           wr_req_o,
  output logic [RowBits-1:0] wr_data_o,
  input  logic [7:0]         wr_fault_i
);
  localparam int unsigned Levels = $clog2(VpuVl);

  assign start_fault_o = start_i ? vpu_check(cmd_i) : FaultNone;
  assign fault_o       = lower_fault(rd_fault_i, wr_fault_i);

  // Operands of the running command.
  uop_t  [MaxUops-1:0] uops_q;
  logic  [6:0]         nuops_q;
  logic  [31:0]        red_init_q, out_stride_q, load_len_q, held_len_q, store_len_q;
  logic  [2:0]         red_op_q, first_red_q;
  logic                lane_red_q;
  logic  [3:0]         out_reg_q, mem_q, used_q, held_q, load_mask_q;
  logic  [4:0]         out_fmt_q;
  logic  [3:0][4:0]    in_fmt_q;
  logic  [3:0][31:0]   in_stride_q;
  logic  [15:0]        rd_claim_q, wr_claim_q;
  walk_t [3:0]         in_walk_q;
  walk_t               out_walk_q;

  // Values of a command, in its first three cycles: elements of an iteration and held inputs, conflict degrees, slots.
  logic [31:0] n_q;
  logic [15:0] groups;  // of an iteration
  logic [3:0]  held;
  logic [1:0]  begin_q;
  walk_t [3:0] in_walk;
  walk_t       out_walk;
  logic [31:0] sum, sum_held;
  uop_t [MaxUops-1:0] uops;
  assign uops   = cmd_i.uops;
  assign groups = (n_q[15:0] + 16'(VpuLanes - 1)) / 16'(VpuLanes);
  always_comb begin
    for (int i = 0; i < 4; i++) begin
      held[i] = format_bytes(cmd_i.in_fmt[i]) != 3'd0 && cmd_i.size[5] <= 32'(VpuVl);
      for (int d = 0; d < 5; d++) if (cmd_i.size[d] > 32'd1 && cmd_i.in_stride[6*i+d] != 32'd0) held[i] = 1'b0;
      for (int unsigned u = 0; u < MaxUops; u++)
        if (u < 32'(cmd_i.nuops) && uops[u].dst == 4'(i)) held[i] = 1'b0;
    end
  end
  always_comb begin
    in_walk  = '0;
    out_walk = '0;
    if (begin_q[0]) begin
      for (int i = 0; i < 4; i++) if (mem_q[i]) in_walk[i] = walk(n_q, in_stride_q[i]);
      if (out_fmt_q != FormatNone && !lane_red_q) out_walk = walk(n_q, out_stride_q);
    end
  end
  always_comb begin
    sum      = 32'd0;
    sum_held = 32'd0;
    if (begin_q[1]) begin
      for (int i = 0; i < 4; i++) begin
        sum_held = sum_held + in_walk_q[i].degree;
        sum      = sum + (held_q[i] ? 32'd0 : in_walk_q[i].degree);
      end
    end
  end

  // When micro-operations are issued.
  logic [MaxUops-1:0][WaitBits-1:0] waits;
  logic                             planned;
  logic [31:0]                      period;
  logic [WaitBits-1:0]              drain;
  xpu_vpu_plan u_plan (
    .clk_i, .rst_ni, .start_i, .uops_i(uops_q), .nuops_i(nuops_q), .groups_i(groups), .used_i(used_q), .out_reg_i(out_reg_q),
    .reduces_i(lane_red_q || first_red_q < 3'd5), .wait_o(waits), .valid_o(planned), .period_o(period), .drain_o(drain));

  // Streams.
  logic [3:0][31:0] in_addr;
  logic [31:0]      out_addr, left;
  logic [5:0]       first, last;
  logic             step, stream_last;
  logic [5:0][31:0] out_stride;
  always_comb begin
    out_stride = cmd_i.out_stride;
    if (cmd_i.lane_red) out_stride[5] = 32'd0;
  end
  for (genvar i = 0; i < 4; i++) begin : gen_in
    xpu_agen #(.Dims(6), .Adv(VpuVl)) u_in (
      .clk_i, .load_i(start_i), .base_i(cmd_i.in_base[i]), .size_i(cmd_i.size),
      .stride_i(cmd_i.in_stride[6*i+:6]), .step_i(step), .adv_i('0), .move_i('0), .inner_o(), .addr_o(in_addr[i]), .idx_o(),
      .left_o(), .first_o(), .end_o(), .last_o());
  end
  xpu_agen #(.Dims(6), .Adv(VpuVl)) u_out (
    .clk_i, .load_i(start_i), .base_i(cmd_i.out_base), .size_i(cmd_i.size), .stride_i(out_stride), .step_i(step),
    .adv_i('0), .move_i('0), .inner_o(), .addr_o(out_addr), .idx_o(), .left_o(left), .first_o(first), .end_o(last),
    .last_o(stream_last));

  // Slots.
  logic        ld_q, cp_q, st_q;   // an iteration is in the stage
  logic        wait_setup_q, tail_q, begin_slot_q, slot_end, any;
  logic [31:0] setup_q, slot_q, tail_cnt_q;
  logic [3:0]  copy_q;
  logic [2:0]  in_q;               // input that is loaded; 4: none
  // In the present input: the group (from 1 on), its first element, and the bytes up to it.
  logic [31:0] grp_q, e_offset_q;
  logic [15:0] e_first_q, e_count;
  iter_t       iter, iter1_q, iter2_q;
  logic        next1_q, next2_q;

  assign any      = ld_q || cp_q || st_q;
  assign slot_end = any && (!ld_q || slot_q + 32'd1 >= load_len_q) && (!cp_q || (planned && slot_q + 32'd1 >= period)) &&
                    (!st_q || slot_q + 32'd1 >= store_len_q);
  assign step     = slot_end && ld_q;

  function automatic logic [2:0] next_input(logic [3:0] mem, logic [2:0] from);
    for (int unsigned i = 0; i < 4; i++) if (i >= 32'(from) && mem[i]) return 3'(i);
    return 3'd4;
  endfunction

  logic [15:0] active;
  logic [1:0]  in;
  always_comb begin
    active = (left < 32'(VpuVl)) ? 16'(left) : 16'(VpuVl);
    iter   = '{valid: ld_q, copy: copy_q, active: active, first: 1'b0, store: 1'b1, out_addr: out_addr};
    if (lane_red_q || first_red_q < 3'd5) begin
      iter.first = !lane_red_q || first[5];
      iter.store = !lane_red_q || last[5];
      for (int unsigned d = 0; d < 5; d++) begin
        if (d >= 32'(first_red_q)) begin
          iter.first = iter.first && first[d];
          iter.store = iter.store && last[d];
        end
      end
    end
    in       = in_q[1:0];
    e_count  = (e_first_q >= active) ? 16'd0 : active - e_first_q;
    if (e_count > in_walk_q[in].per) e_count = in_walk_q[in].per;
    rd_req_o = '0;
    if (ld_q && !in_q[2] && e_first_q < active)
      rd_req_o = '{valid: 1'b1, addr: in_addr[in] + e_offset_q, stride: in_stride_q[in],
                   count: in_walk_q[in].bcast ? 16'd1 : e_count, esize: format_bytes(in_fmt_q[in]), claim: rd_claim_q};
  end

  load_part_t  load_q;
  iota_t       iota_q;
  logic [15:0] wr_bytes;
  xpu_vpu_path u_path (
    .clk_i, .rst_ni, .load_i(load_q), .load_data_i(rd_data_i), .iota_i(iota_q), .next_i(next2_q),
    .next_iter_i(iter2_q), .uops_i(uops_q), .nuops_i(nuops_q), .groups_i(groups), .wait_i(waits), .drain_i(drain),
    .red_init_i(red_init_q), .red_op_i(red_op_q),
    .lane_red_i(lane_red_q), .out_reg_i(out_reg_q),
    .out_is_input_i(out_reg_q < 4'd4 && used_q[out_reg_q[1:0]]), .out_fmt_i(out_fmt_q), .out_stride_i(out_stride_q),
    .out_walk_i(out_walk_q), .claim_i(wr_claim_q), .wr_req_o, .wr_data_o, .wr_bytes_o(wr_bytes));

  // Of loads and micro-operations a cycle later: a command ends two slots behind the last of them. Bytes are of 1, 2 or 4.
  logic [15:0] rd_bytes_q;
  logic [31:0] ops_q;
  always_ff @(posedge clk_i) begin
    rd_bytes_q <= (rst_ni && rd_req_o.valid) ? e_count << (rd_req_o.esize >> 1) : 16'd0;
    ops_q      <= (rst_ni && step) ? 32'(nuops_q) * 32'(active) : 32'd0;
  end
  always_comb begin
    events_o              = '0;
    events_o.spm_rd_bytes = rd_bytes_q;
    events_o.vpu_ops      = ops_q;
    if (wr_req_o.valid) events_o.spm_wr_bytes = wr_bytes;
  end

  assign done_o = tail_q && tail_cnt_q == 32'd0;

  always_ff @(posedge clk_i) begin
    load_q.valid <= 1'b0;
    iota_q.valid <= 4'd0;
    next1_q      <= 1'b0;
    next2_q      <= next1_q;
    iter2_q      <= iter1_q;
    if (!rst_ni) begin
      ld_q         <= 1'b0;
      cp_q         <= 1'b0;
      st_q         <= 1'b0;
      wait_setup_q <= 1'b0;
      tail_q       <= 1'b0;
      begin_q      <= 2'd0;
      next2_q      <= 1'b0;
      copy_q       <= 4'd0;
    end else begin
      begin_slot_q <= 1'b0;
      if (wait_setup_q) begin
        setup_q <= setup_q - 32'd1;
        if (setup_q == 32'd1) begin
          wait_setup_q <= 1'b0;
          ld_q         <= 1'b1;
          slot_q       <= 32'd0;
          begin_slot_q <= 1'b1;
          copy_q       <= copy_q ^ used_q;
          in_q         <= next_input(mem_q, 3'd0);
          load_mask_q  <= mem_q;
          grp_q        <= 32'd1;
          e_first_q    <= 16'd0;
          e_offset_q   <= 32'd0;
        end
      end
      // Loads of the slot.
      if (ld_q && !in_q[2]) begin
        grp_q      <= grp_q + 32'd1;
        e_first_q  <= e_first_q + in_walk_q[in].per;
        e_offset_q <= e_offset_q + in_walk_q[in].move;
        if (grp_q == in_walk_q[in].degree) begin
          grp_q      <= 32'd1;
          e_first_q  <= 16'd0;
          e_offset_q <= 32'd0;
          in_q       <= next_input(load_mask_q, in_q + 3'd1);
        end
        load_q <= '{valid: rd_req_o.valid, in: in, copy: copy_q[in], first: e_first_q, count: e_count,
                    bcast: in_walk_q[in].bcast, active: active, fmt: in_fmt_q[in]};
      end
      if (ld_q && begin_slot_q)
        iota_q <= '{valid: used_q & ~mem_q, copy: copy_q, active: active, base: in_addr, stride: in_stride_q};
      // Slot boundary.
      if (any) slot_q <= slot_q + 32'd1;
      if (slot_end) begin
        slot_q       <= 32'd0;
        begin_slot_q <= 1'b1;
        next1_q      <= 1'b1;
        iter1_q      <= iter;
        ld_q         <= ld_q && !stream_last;
        cp_q         <= ld_q;
        st_q         <= cp_q;
        if (ld_q && !stream_last) copy_q <= copy_q ^ (used_q & ~held_q);
        in_q        <= next_input(mem_q & ~held_q, 3'd0);
        load_mask_q <= mem_q & ~held_q;
        grp_q       <= 32'd1;
        e_first_q   <= 16'd0;
        e_offset_q  <= 32'd0;
        load_len_q  <= held_len_q;
        if (st_q && !cp_q && !ld_q) begin
          tail_q     <= 1'b1;
          tail_cnt_q <= 32'(VpuTail - 1) + 32'(drain) + (lane_red_q ? 32'(Levels * VpuReduceLatency) : 32'd0);
        end
      end
      begin_q <= {begin_q[0], start_i};
      if (begin_q[0]) begin
        in_walk_q  <= in_walk;
        out_walk_q <= out_walk;
      end
      if (begin_q[1]) begin
        load_len_q  <= sum_held;
        held_len_q  <= sum;
        store_len_q <= out_walk_q.degree;
      end
      if (tail_q) tail_cnt_q <= tail_cnt_q - 32'd1;
      if (done_o) tail_q <= 1'b0;
      if (start_i) begin
        uops_q       <= uops;
        nuops_q      <= cmd_i.nuops;
        red_init_q   <= cmd_i.red_init;
        red_op_q     <= cmd_i.red_op;
        first_red_q  <= cmd_i.first_red;
        lane_red_q   <= cmd_i.lane_red;
        out_reg_q    <= cmd_i.out_reg;
        out_fmt_q    <= cmd_i.out_fmt;
        out_stride_q <= cmd_i.out_stride[5];
        in_fmt_q     <= cmd_i.in_fmt;
        rd_claim_q   <= cmd_i.rd_banks;
        wr_claim_q   <= cmd_i.wr_banks;
        n_q          <= (cmd_i.size[5] < 32'(VpuVl)) ? cmd_i.size[5] : 32'(VpuVl);
        held_q       <= held;
        for (int i = 0; i < 4; i++) begin
          mem_q[i]       <= format_bytes(cmd_i.in_fmt[i]) != 3'd0;
          used_q[i]      <= cmd_i.in_fmt[i] != FormatNone;
          in_stride_q[i] <= cmd_i.in_stride[6*i+5];
        end
        wait_setup_q <= 1'b1;
        setup_q      <= 32'(VpuSetup - 1);
      end
    end
  end

  // A program is planned ahead of the cycle in which it may end.
  always_ff @(posedge clk_i) if (rst_ni && cp_q && slot_q != 32'd0 && slot_q >= 32'(nuops_q)) assert (planned);
endmodule
