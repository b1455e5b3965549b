// Datapath of the vector unit: registers, lanes, reduction tree, output buffer.
//
// load_i/iota_i fill the registers of an iteration; next_i (with the iteration next_iter_i) starts its micro-program and
// takes the output of the iteration before: into the output buffer, from which groups are written one per cycle, or into the
// reduction tree, VpuReduceLatency cycles per level. One micro-operation takes a cycle for each VpuLanes active elements.
// Registers 0 to 3 exist twice, so that an iteration can load while the one before computes. wr_* are registered.
//
// The state is written with blocking assignments in the one process below only.
module xpu_vpu_path
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_add_pkg::*;
  import xpu_sfu_pkg::*;
  import xpu_sfu_fn_pkg::*;
  import xpu_vpu_pkg::*;
  import xpu_vpu_alu_pkg::*;
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
  input  logic [31:0]        red_init_i,
  input  logic [2:0]         red_op_i,
  input  logic               lane_red_i,
  input  logic [3:0]         out_reg_i,
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
  logic [31:0] uop_at, sub, out_first;
  logic        out_active;

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
    automatic uop_t               u;
    automatic logic [31:0]        a, b, c, n, j;
    automatic sfu_place_t         place;
    automatic logic [4:0]         ra, rb, rc, rd;
    automatic logic [RowBits-1:0] data;
    automatic logic               enter;
    automatic int unsigned        up;
    wr_req_o.valid <= 1'b0;
    if (!rst_ni) begin
      run        = '0;
      done       = '0;
      out_active = 1'b0;
      for (int unsigned k = 0; k < Levels; k++) begin
        tree_valid[k] = 1'b0;
        half_valid[k] = 1'b0;
      end
    end else begin
      // Reduction tree, from the last level up. What enters is the output of the iteration that is through.
      enter = next_i && run.valid && run.store && lane_red_i && out_fmt_i != FormatNone;
      rd    = reg_of(out_reg_i, run.copy);
      for (int unsigned k = Levels - 1; k < Levels; k--) begin
        if (RegTree) begin
          tree_valid[k] = half_valid[k];
          tree_addr[k]  = half_addr[k];
          if (tree_valid[k]) for (int unsigned i = 0; i < (Vl >> (k + 1)); i++) tree[k][i] = reduce_second(half[k][i]);
        end
        up            = (k == 0) ? 0 : k - 1;
        half_valid[k] = (k == 0) ? enter : tree_valid[up];
        half_addr[k]  = (k == 0) ? run.out_addr : tree_addr[up];
        if (half_valid[k]) begin
          for (int unsigned i = 0; i < (Vl >> (k + 1)); i++)
            half[k][i] = (k == 0) ? reduce_first(red_op_i, regs[rd][i], regs[rd][i+Vl/2])
                                  : reduce_first(red_op_i, tree[up][i], tree[up][i+(Vl>>(k+1))]);
        end
        if (!RegTree) begin
          tree_valid[k] = half_valid[k];
          tree_addr[k]  = half_addr[k];
          if (tree_valid[k]) for (int unsigned i = 0; i < (Vl >> (k + 1)); i++) tree[k][i] = reduce_second(half[k][i]);
        end
      end
      if (next_i) begin
        done = run;
        run  = next_iter_i;
        // The output of the iteration that is through.
        if (done.valid && done.store && out_fmt_i != FormatNone && !lane_red_i) begin
          out_active = 1'b1;
          out_first  = 32'd0;
          for (int unsigned i = 0; i < Vl; i++) out_buf[i] = regs[rd][i];
        end
        uop_at = 32'd0;
        sub    = 32'd0;
        if (run.valid && run.first) for (int unsigned i = 0; i < Vl; i++) regs[15][i] = red_init_i;
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
      // One step of the micro-program.
      if (run.valid && uop_at < 32'(nuops_i)) begin
        u  = uops_i[uop_at[5:0]];
        ra = reg_of(u.a, run.copy);
        rb = reg_of(u.b, run.copy);
        rc = reg_of(u.c, run.copy);
        rd = reg_of(u.dst, run.copy);
        for (int unsigned l = 0; l < VpuLanes; l++) begin
          j = sub + l;
          if (j < 32'(run.active)) begin
            a = (u.imm_sel == 2'd1) ? u.imm : regs[ra][j];
            b = (u.imm_sel == 2'd2) ? u.imm : regs[rb][j];
            c = (u.imm_sel == 2'd3) ? u.imm : regs[rc][j];
            if (is_sfu(u.op)) begin
              place = sfu_place(u.op, a);
              regs[rd][j] = sfu_result(sfu_coeffs(place, SfuC0[place.at.seg], SfuC1[place.at.seg], SfuC2[place.at.seg]));
            end else regs[rd][j] = alu(u.op, a, b, c);
          end
        end
        sub = sub + VpuLanes;
        if (sub >= 32'(run.active)) begin
          sub    = 32'd0;
          uop_at = uop_at + 32'd1;
        end
      end
      // One group of the output.
      if (out_active) begin
        n = 32'(done.active) - out_first;
        if (n > 32'(out_walk_i.per)) n = 32'(out_walk_i.per);
        j = out_first;
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
    end
  end
endmodule
