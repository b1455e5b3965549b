// Datapath of the vector unit: registers, lanes, reduction tree, output buffer.
//
// load_i/iota_i fill the registers of an iteration; next_i (with the iteration next_iter_i) starts its micro-program. A group of
// VpuLanes elements is issued in a cycle, and its results are written VpuShortLatency (without a sum), VpuAluLatency or
// VpuSfuLatency cycles behind that, when a group that is issued reads them. What an operation waits for is planned
// (xpu_vpu_plan). drain_i cycles behind next_i (an input: at once) the output of the iteration before is taken into the output
// buffer, from which groups are written one per cycle, or reduced by the tree, VpuReduceLatency cycles per level. Registers 0 to
// 3 exist twice, so that an iteration can load while the one before computes. wr_* are registered.
//
// The state is written with blocking assignments in the one process below only; what is written in a cycle comes first, so what
// is read in it has it (a forwarding path).
module xpu_vpu_path
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_add_pkg::*;
  import xpu_sfu_fn_pkg::*;
  import xpu_vpu_alu_pkg::*;
  import xpu_vpu_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,
  input  load_part_t         load_i,
  input  logic [RowBits-1:0] load_data_i,
  input  iota_t              iota_i,
  input  logic               next_i,
  input  iter_t              next_iter_i,
  // Of the running command
  input  uop_t [MaxUops-1:0] uops_i,
  input  logic [6:0]         nuops_i,
  input  logic [15:0]        groups_i,   // of an iteration
  input  logic [MaxUops-1:0][WaitBits-1:0] wait_i,
  input  logic [WaitBits-1:0] drain_i,
  input  logic [31:0]        red_init_i,
  input  logic [2:0]         red_op_i,
  input  logic               lane_red_i,
  input  logic [3:0]         out_reg_i,
  input  logic               out_is_input_i,
  input  logic [4:0]         out_fmt_i,
  input  logic [31:0]        out_stride_i,
  input  walk_t              out_walk_i,
  input  logic [15:0]        claim_i,
  output spm_req_t           wr_req_o,
  output logic [RowBits-1:0] wr_data_o,
  output logic [15:0]        wr_bytes_o   // payload
);
  localparam int unsigned Vl     = VpuVl;
  localparam int unsigned Levels = $clog2(Vl);

  logic [31:0] regs [NumVpuRegs + 4][Vl];  // the last four: second copies of registers 0 to 3
  logic [31:0] out_buf [Vl];
  // A level of the tree, and what is between its steps.
  localparam bit RegTree = VpuReduceLatency == 2;
  logic [31:0] tree [Levels][Vl / 2];
  logic        tree_valid [Levels];
  logic [31:0] tree_addr [Levels];
  add_t        half [Levels][Vl / 2];
  logic        half_valid [Levels];
  logic [31:0] half_addr [Levels];
  iter_t       run, done;
  uop_t        uop;                // of the program, and its number
  logic [31:0] uop_at, out_first;
  logic [15:0] sub;                // group
  logic [WaitBits-1:0] pause;
  logic        out_active, enter;

  // Iterations that are through, since their last group was issued; `first` is that of the one behind.
  iter_t       turns [MaxLatency];

  // Operands of the lanes, and where results go: groups on their way, by the cycles since they were issued.
  typedef struct packed {
    logic        valid;
    logic [4:0]  rd;
    logic [15:0] group;
    logic [15:0] active;
  } way_t;
  way_t [VpuAluLatency:1] alu_way;
  way_t [VpuShortLatency:1] short_way;
  way_t [VpuSfuLatency:1] sfu_way;
  logic [VpuAluLatency:1] alu_valid;
  logic [VpuSfuLatency:1] sfu_valid;
  logic [6:0]  op_q;
  logic [VpuLanes-1:0][31:0] a_q, b_q, c_q;
  logic [31:0] alu_y [VpuLanes];
  logic [31:0] short_y [VpuLanes];
  logic [31:0] sfu_y [VpuLanes];
  always_comb begin
    for (int unsigned d = 1; d <= VpuAluLatency; d++) alu_valid[d] = alu_way[d].valid;
    alu_valid[1] = alu_way[1].valid || short_way[1].valid;
    for (int unsigned d = 1; d <= VpuSfuLatency; d++) sfu_valid[d] = sfu_way[d].valid;
  end
  for (genvar l = 0; l < VpuLanes; l++) begin : gen_lane
    xpu_vpu_lane u_lane (.clk_i, .alu_valid_i(alu_valid), .sfu_valid_i(sfu_valid), .op_i(op_q), .a_i(a_q[l]), .b_i(b_q[l]),
                         .c_i(c_q[l]), .alu_o(alu_y[l]), .short_o(short_y[l]), .sfu_o(sfu_y[l]));
  end

  function automatic logic [4:0] reg_of(logic [3:0] r, logic [3:0] copy);
    return (r < 4'd4 && copy[r[1:0]]) ? {3'b100, r[1:0]} : {1'b0, r};
  endfunction
  function automatic logic [31:0] raw_of(logic [4:0] fmt, logic [RowBits-1:0] data, logic [31:0] i);
    case (format_bytes(fmt))
      3'd4:    return data[(i % 32'(SpmRowBytes / 4))*32+:32];
      3'd2:    return {16'd0, data[(i % 32'(SpmRowBytes / 2))*16+:16]};
      default: return {24'd0, data[(i % 32'(SpmRowBytes))*8+:8]};
    endcase
  endfunction

  always_ff @(posedge clk_i) begin
    automatic logic [31:0]        n, j;
    automatic logic [4:0]         ra, rb, rc, rd;
    automatic logic [RowBits-1:0] data;
    automatic iter_t              turn;
    automatic logic               issue, is_early;
    automatic way_t               way;
    automatic int unsigned        up;
    wr_req_o.valid <= 1'b0;
    if (!rst_ni) begin
      run        = '0;
      done       = '0;
      out_active = 1'b0;
      enter      = 1'b0;
      alu_way    <= '0;
      short_way  <= '0;
      sfu_way    <= '0;
      for (int unsigned k = 0; k < MaxLatency; k++) turns[k] = '0;
      for (int unsigned k = 0; k < Levels; k++) begin
        tree_valid[k] = 1'b0;
        half_valid[k] = 1'b0;
      end
    end else begin
      // Reduction tree, from the last level up. What enters is in the output buffer.
      for (int unsigned k = Levels - 1; k < Levels; k--) begin
        if (RegTree) begin
          tree_valid[k] = half_valid[k];
          tree_addr[k]  = half_addr[k];
          if (tree_valid[k]) for (int unsigned i = 0; i < (Vl >> (k + 1)); i++) tree[k][i] = reduce_second(half[k][i]);
        end
        up            = (k == 0) ? 0 : k - 1;
        half_valid[k] = (k == 0) ? enter : tree_valid[up];
        half_addr[k]  = (k == 0) ? done.out_addr : tree_addr[up];
        if (half_valid[k]) begin
          for (int unsigned i = 0; i < (Vl >> (k + 1)); i++)
            half[k][i] = (k == 0) ? reduce_first(red_op_i, out_buf[i], out_buf[i+Vl/2])
                                  : reduce_first(red_op_i, tree[up][i], tree[up][i+(Vl>>(k+1))]);
        end
        if (!RegTree) begin
          tree_valid[k] = half_valid[k];
          tree_addr[k]  = half_addr[k];
          if (tree_valid[k]) for (int unsigned i = 0; i < (Vl >> (k + 1)); i++) tree[k][i] = reduce_second(half[k][i]);
        end
      end
      // One group of the output.
      if (out_active) begin
        n = 32'(done.active) - out_first;
        j = out_first;
        if (n > 32'(out_walk_i.per)) n = 32'(out_walk_i.per);
        wr_bytes_o <= 16'(n) * 16'(format_bytes(out_fmt_i));
        out_first = out_first + n;
        out_active = out_first < 32'(done.active);
        if (out_walk_i.bcast) begin  // all elements at one address: the last one stays
          j = j + n - 32'd1;
          n = 32'd1;
        end
        data = '0;
        for (int unsigned i = 0; i < SpmRowBytes; i++) begin
          if (i < n) begin
            case (format_bytes(out_fmt_i))
              3'd4:    data[(i%(SpmRowBytes/4))*32+:32] = to_memory(out_fmt_i, out_buf[(j+i)%Vl]);
              3'd2:    data[(i%(SpmRowBytes/2))*16+:16] = 16'(to_memory(out_fmt_i, out_buf[(j+i)%Vl]));
              default: data[i*8+:8] = 8'(to_memory(out_fmt_i, out_buf[(j+i)%Vl]));
            endcase
          end
        end
        wr_req_o  <= '{valid: 1'b1, addr: done.out_addr + j * out_stride_i, stride: out_stride_i, count: 16'(n),
                       esize: format_bytes(out_fmt_i), claim: claim_i};
        wr_data_o <= data;
      end
      if (tree_valid[Levels-1]) begin
        wr_req_o   <= '{valid: 1'b1, addr: tree_addr[Levels-1], stride: 32'd0, count: 16'd1,
                        esize: format_bytes(out_fmt_i), claim: claim_i};
        wr_data_o  <= RowBits'(to_memory(out_fmt_i, tree[Levels-1][0]));
        wr_bytes_o <= 16'(format_bytes(out_fmt_i));
      end
      // Results of the lanes.
      for (int unsigned l = 0; l < VpuLanes; l++) begin
        way = alu_way[VpuAluLatency];
        j   = 32'(way.group) * VpuLanes + l;
        if (way.valid && j < 32'(way.active)) regs[way.rd][j] = alu_y[l];
        way = short_way[VpuShortLatency];
        j   = 32'(way.group) * VpuLanes + l;
        if (way.valid && j < 32'(way.active)) regs[way.rd][j] = short_y[l];
        way = sfu_way[VpuSfuLatency];
        j   = 32'(way.group) * VpuLanes + l;
        if (way.valid && j < 32'(way.active)) regs[way.rd][j] = sfu_y[l];
      end
      // The next program. Before the first one of a command nothing is on its way.
      for (int unsigned k = MaxLatency - 1; k > 0; k--) turns[k] = turns[k-1];
      turns[0] = '0;
      if (next_i) begin
        if (run.valid) turns[0] = run;
        turns[0].first = run.valid && next_iter_i.valid && next_iter_i.first;
        if (!run.valid && next_iter_i.valid && next_iter_i.first)
          for (int unsigned i = 0; i < Vl; i++) regs[15][i] = red_init_i;
        run    = next_iter_i;
        uop    = uops_i[0];
        uop_at = 32'd0;
        sub    = 16'd0;
        pause  = '0;
      end
      // An input is stored before its copy is loaded anew.
      turn  = turns[out_is_input_i ? 0 : 32'(drain_i) % MaxLatency];
      enter = 1'b0;
      if (turn.valid) begin
        rd = reg_of(out_reg_i, turn.copy);
        for (int unsigned i = 0; i < Vl; i++) out_buf[i] = regs[rd][i];
        done       = turn;
        out_active = turn.store && out_fmt_i != FormatNone && !lane_red_i;
        enter      = turn.store && out_fmt_i != FormatNone && lane_red_i;
        out_first  = 32'd0;
      end
      if (turns[32'(drain_i) % MaxLatency].first) for (int unsigned i = 0; i < Vl; i++) regs[15][i] = red_init_i;
      // One group of the micro-program. Ahead of the turn register 15 is red_init already.
      is_early = 1'b0;
      for (int unsigned k = 0; k < MaxLatency; k++) is_early = is_early || (k < 32'(drain_i) && turns[k].first);
      issue = run.valid && uop_at < 32'(nuops_i) && pause == '0;
      ra    = reg_of(uop.a, run.copy);
      rb    = reg_of(uop.b, run.copy);
      rc    = reg_of(uop.c, run.copy);
      if (issue) begin
        op_q <= uop.op;
        for (int unsigned l = 0; l < VpuLanes; l++) begin
          j = 32'(sub) * VpuLanes + l;
          if (j < 32'(run.active)) begin
            a_q[l] <= (uop.imm_sel == 2'd1) ? uop.imm : (is_early && ra == 5'd15) ? red_init_i : regs[ra][j];
            b_q[l] <= (uop.imm_sel == 2'd2) ? uop.imm : (is_early && rb == 5'd15) ? red_init_i : regs[rb][j];
            c_q[l] <= (uop.imm_sel == 2'd3) ? uop.imm : (is_early && rc == 5'd15) ? red_init_i : regs[rc][j];
          end
        end
      end
      way = '{valid: issue, rd: reg_of(uop.dst, run.copy), group: sub, active: run.active};
      alu_way[1]         <= way;
      short_way[1]       <= way;
      sfu_way[1]         <= way;
      alu_way[1].valid   <= issue && is_sum(uop.op);
      short_way[1].valid <= issue && !is_sum(uop.op) && !is_sfu(uop.op);
      sfu_way[1].valid   <= issue && is_sfu(uop.op);
      for (int unsigned d = 2; d <= VpuAluLatency; d++) alu_way[d] <= alu_way[d-1];
      for (int unsigned d = 2; d <= VpuShortLatency; d++) short_way[d] <= short_way[d-1];
      for (int unsigned d = 2; d <= VpuSfuLatency; d++) sfu_way[d] <= sfu_way[d-1];
      if (pause != '0) pause = pause - 1'b1;
      if (issue) begin
        sub = sub + 16'd1;
        if (sub == groups_i) begin
          sub    = 16'd0;
          uop_at = uop_at + 32'd1;
          uop    = uops_i[uop_at[5:0]];
          pause  = wait_i[uop_at[5:0]];
        end
      end
      // Inputs of the next iteration; its copies of registers 0 to 3 were those of the iteration that is through.
      if (load_i.valid) begin
        rd = reg_of({2'd0, load_i.in}, {4{load_i.copy}});
        for (int unsigned i = 0; i < Vl; i++) begin
          if (i >= 32'(load_i.first) && i < 32'(load_i.first) + 32'(load_i.count))
            regs[rd][i] = from_memory(load_i.fmt, raw_of(load_i.fmt, load_data_i,
                                                         load_i.bcast ? 32'd0 : i - 32'(load_i.first)));
          else if (i >= 32'(load_i.active)) regs[rd][i] = 32'd0;
        end
      end
      if (iota_i.valid != 4'd0) begin
        for (int unsigned k = 0; k < NumVpuInputs; k++) begin
          if (iota_i.valid[k]) begin
            rd = reg_of(4'(k), iota_i.copy);
            for (int unsigned i = 0; i < Vl; i++)
              regs[rd][i] = (i < 32'(iota_i.active)) ? iota_i.base[k] + i * iota_i.stride[k] : 32'd0;
          end
        end
      end
    end
  end

  // Two results of one register land in order, and a program is issued before the next one begins.
  function automatic logic is_one(way_t x, way_t y);
    return x.valid && y.valid && x.rd == y.rd && x.group == y.group;
  endfunction
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!is_one(alu_way[VpuAluLatency], sfu_way[VpuSfuLatency]));
      assert (!is_one(alu_way[VpuAluLatency], short_way[VpuShortLatency]));
      assert (!is_one(short_way[VpuShortLatency], sfu_way[VpuSfuLatency]));
      if (next_i && run.valid) assert (uop_at >= 32'(nuops_i));
    end
  end
endmodule
