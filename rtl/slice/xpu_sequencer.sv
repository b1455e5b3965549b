// Sequencer: scalar instructions, hardware loops, and the assembly of engine commands (docs/machine.md, section 5).
//
// One IMEM word per cycle; imem_data_i is the word at the address that imem_addr_o had in the cycle before. All
// outputs depend combinationally on imem_data_i; push_o on full_i, sem_take_o on sem_ge1_i, HALT and FENCE on
// idle_i.
//
// MUL makes products of halves in its cycle and adds them in the next, in which its register is written and the sum goes to
// an instruction that reads it. Commands read registers a cycle later at the earliest: they have two words or more.
module xpu_sequencer
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_net_pkg::*;
(
  input  logic                     clk_i,
  input  logic                     rst_ni,      // low while the machine does not run
  input  slice_id_t                id_i,
  input  logic [31:0]              entry_i,     // first word, constant from the cycle before the start on
  output logic [31:0]              imem_addr_o,
  input  logic [WordBits-1:0]      imem_data_i,
  input  logic [NumSemaphores-1:0] sem_ge1_i,
  output logic [NumSemaphores-1:0] sem_take_o,
  output logic [NumSemaphores-1:0] sem_add_o,
  output spm_req_t                 lds_req_o,
  input  logic [31:0]              lds_data_i,  // one cycle after the request
  output logic [NumEngines-1:0]    push_o,
  output logic [CmdBits-1:0]       cmd_o,       // bases have their register added
  output logic [31:0]              cmd_pc_o,
  input  logic [NumEngines-1:0]    full_i,
  input  logic                     idle_i,      // queues empty, engines idle
  output logic                     halt_o,
  output logic                     instr_o,
  output logic                     blocked_o,   // what it waits for is not there
  output logic [7:0]               fault_o,
  output logic [31:0]              fault_pc_o
);
  localparam int unsigned LoopW = $clog2(LoopDepth + 1);

  logic [NumScalarRegs-1:0][31:0] regs_q;
  logic [31:0]         loop_start_q [LoopDepth];
  logic [31:0]         loop_end_q [LoopDepth];
  logic [31:0]         loop_count_q [LoopDepth];
  logic [LoopW-1:0]    loops_q;
  logic [WordBits-1:0] buf_q [VpurunMaxWords];
  logic [31:0]         pc_q, pc_d, instr_pc_q, stall_q, stall_d;
  logic [5:0]          word_q, word_d;
  logic [7:0]          cmd_op_q, cmd_words_q;
  logic                lds_q, mul_q;
  logic [4:0]          lds_rd_q, mul_rd_q;
  logic [31:0]         mul_low_q, mul;
  logic [15:0]         mul_ab_q, mul_ba_q;

  scalar_instr_t in;
  logic [31:0]   a, b, next, rd_val, loop_count;
  logic          exec, retire, fall, rd_we, mul_d, taken, gather, loop_push, loop_pop, loop_again, is_cmd;
  logic [7:0]    op, nwords, want_words;
  logic [EngineW-1:0] engine;
  logic [LoopW-1:0] top;

  assign in          = imem_data_i;
  assign exec        = rst_ni && stall_q == 32'd0;
  assign imem_addr_o = pc_d;
  assign top         = loops_q - 1'b1;
  assign cmd_pc_o    = (word_q == 6'd0) ? pc_q : instr_pc_q;
  assign fault_pc_o  = cmd_pc_o;

  assign mul         = {mul_low_q[31:16] + mul_ab_q + mul_ba_q, mul_low_q[15:0]};

  always_comb begin
    a = (mul_q && mul_rd_q == in.rs1) ? mul : regs_q[in.rs1];
    b = (mul_q && mul_rd_q == in.rs2) ? mul : regs_q[in.rs2];
    next = pc_q + 32'd1;
    op = (word_q == 6'd0) ? in.opcode : cmd_op_q;
    nwords = (word_q == 6'd0) ? in.nwords : cmd_words_q;
    engine = EngineW'(engine_of(op));
    want_words = words_of(op, nwords);
    is_cmd = engine_of(op) != EngineSeq;

    fault_o    = FaultNone;
    pc_d       = pc_q;
    stall_d    = (stall_q == 32'd0) ? 32'd0 : stall_q - 32'd1;
    word_d     = word_q;
    retire     = 1'b0;
    fall       = 1'b0;
    taken      = 1'b0;
    rd_we      = 1'b0;
    rd_val     = 32'd0;
    mul_d      = 1'b0;
    gather     = 1'b0;
    push_o     = '0;
    loop_push  = 1'b0;
    loop_pop   = 1'b0;
    loop_again = 1'b0;
    loop_count = 32'd0;
    sem_take_o = '0;
    sem_add_o  = '0;
    halt_o     = 1'b0;
    lds_req_o  = '0;

    if (exec) begin
      if (pc_q >= 32'(SeqImemWords)) fault_o = FaultImemRange;
      else if (is_cmd) begin
        gather = 1'b1;
        if (nwords != want_words) fault_o = FaultBadOperand;
        else if (word_q == 6'd0 && pc_q + 32'(nwords) > 32'(SeqImemWords)) fault_o = FaultImemRange;
        else if (8'(word_q) + 8'd1 != nwords) begin
          word_d = word_q + 6'd1;
          pc_d   = next;
        end else if (!full_i[engine]) begin
          push_o[engine] = 1'b1;
          retire         = 1'b1;
          fall           = 1'b1;
          word_d         = 6'd0;
        end
      end else begin
        retire = 1'b1;
        fall   = 1'b1;
        case (op)
          OpHALT: begin
            retire = idle_i;
            fall   = 1'b0;
            halt_o = idle_i;
          end
          OpFENCE: begin
            retire = idle_i;
            fall   = idle_i;
          end
          OpWAIT: begin
            if ((in.mask & ~sem_ge1_i) == '0) sem_take_o = in.mask;
            else begin
              retire = 1'b0;
              fall   = 1'b0;
            end
          end
          OpSIGNAL: sem_add_o = in.mask;
          OpLI:   begin rd_we = 1'b1; rd_val = in.imm; end
          OpADDI: begin rd_we = 1'b1; rd_val = a + in.imm; end
          OpADD:  begin rd_we = 1'b1; rd_val = a + b; end
          OpSUB:  begin rd_we = 1'b1; rd_val = a - b; end
          OpMUL:  mul_d = in.rd != 5'd0;
          OpSAND: begin rd_we = 1'b1; rd_val = a & b; end
          OpSOR:  begin rd_we = 1'b1; rd_val = a | b; end
          OpSXOR: begin rd_we = 1'b1; rd_val = a ^ b; end
          OpSSHL: begin rd_we = 1'b1; rd_val = a << b[4:0]; end
          OpSSHR: begin rd_we = 1'b1; rd_val = a >> b[4:0]; end
          OpSLT:  begin rd_we = 1'b1; rd_val = {31'd0, $signed(a) < $signed(b)}; end
          OpLDS: begin
            lds_req_o = '{valid: 1'b1, addr: a + in.imm, stride: 32'd4, count: 16'd1, esize: 3'd4, claim: 16'hFFFF};
            stall_d   = 32'(SeqLoadLatency);
            if (lds_req_o.addr[1:0] != 2'd0) fault_o = FaultMisaligned;
            if (lds_req_o.addr >= 32'(SpmBytes)) fault_o = FaultSpmRange;
            if (fault_o != FaultNone) lds_req_o.valid = 1'b0;
          end
          OpRDID: begin
            rd_we = 1'b1;
            if (in.imm < 32'(NumIdValues)) rd_val = id_i[in.imm[2:0]*32+:32];
            else fault_o = FaultBadOperand;
          end
          OpBEQ: taken = a == b;
          OpBNE: taken = a != b;
          OpBLT: taken = $signed(a) < $signed(b);
          OpBGE: taken = $signed(a) >= $signed(b);
          OpJMP: taken = 1'b1;
          OpLOOP: begin
            fall       = 1'b0;
            pc_d       = next;
            loop_push  = 1'b1;
            loop_count = in.imm + a;
            if ($signed(loop_count) < 32'sd1) loop_count = 32'd1;
            if (loops_q == LoopW'(LoopDepth)) fault_o = FaultLoopDepth;
            if (in.target <= next) fault_o = FaultBadOperand;
          end
          default: fault_o = FaultBadOpcode;
        endcase
        if (fault_o != FaultBadOpcode && in.nwords != 8'd1) fault_o = FaultBadOperand;
        if (taken) begin
          pc_d    = in.target;
          stall_d = 32'(SeqBranchPenalty);
          fall    = 1'b0;
        end
      end
      // The end of the innermost loop is looked for when an instruction falls through.
      if (fall) begin
        pc_d = next;
        if (loops_q != '0 && next == loop_end_q[top[$clog2(LoopDepth)-1:0]]) begin
          if (loop_count_q[top[$clog2(LoopDepth)-1:0]] > 32'd1) begin
            loop_again = 1'b1;
            pc_d       = loop_start_q[top[$clog2(LoopDepth)-1:0]];
          end else loop_pop = 1'b1;
        end
      end
    end
    if (!rst_ni) pc_d = entry_i;
    instr_o = retire && fault_o == FaultNone;
    blocked_o = exec && !retire && fault_o == FaultNone && word_d == word_q;
  end

  // The complete command, with the last word straight from the memory. Registers alone say that it is the last one, so that
  // bases need not wait for what is found out of it: push_o does. A command of one word is a SYNC, which claims nothing.
  logic last_word;
  assign last_word = word_q != 6'd0 && 8'(word_q) + 8'd1 == cmd_words_q;
  load_cmd_t    ld;
  matmulmx_cmd_t mm;
  matmulrs_cmd_t rs;
  accst_cmd_t   ac;
  vpurun_cmd_t  vp;
  collective_cmd_t co;
  always_comb begin
    cmd_o = '0;
    ld    = '0;
    mm    = '0;
    rs    = '0;
    ac    = '0;
    vp    = '0;
    co    = '0;
    if (word_q == 6'd0) begin
      cmd_o[WordBits-1:0] = imem_data_i;
      cmd_o[63:16]        = '0;
    end
    if (last_word) begin
      for (int unsigned i = 0; i < VpurunMaxWords; i++)
        if (i < 32'(word_q)) cmd_o[i*WordBits+:WordBits] = buf_q[i];
      cmd_o[32'(word_q)*WordBits+:WordBits] = imem_data_i;
      case (cmd_op_q)
        OpLOAD, OpSTORE: begin
          ld          = cmd_o[$bits(load_cmd_t)-1:0];
          ld.hbm_base = ld.hbm_base + regs_q[ld.hbm_reg];
          ld.spm_base = ld.spm_base + regs_q[ld.spm_reg];
          cmd_o[$bits(load_cmd_t)-1:0] = ld;
        end
        OpMATMUL, OpMATMULMX, OpMATMULRS: begin  // what MATMUL does not have is 0
          mm         = cmd_o[$bits(matmulmx_cmd_t)-1:0];
          rs         = cmd_o[$bits(matmulrs_cmd_t)-1:0];
          mm.a_base  = mm.a_base + regs_q[mm.a_reg];
          mm.w_base  = mm.w_base + regs_q[mm.w_reg];
          // The address of the bytes of a MATMULRS is where that of the scales of A is.
          mm.as_base = mm.as_base + ((cmd_op_q == OpMATMULRS) ? regs_q[rs.rs_reg] : regs_q[mm.as_reg]);
          mm.ws_base = mm.ws_base + regs_q[mm.ws_reg];
          cmd_o[$bits(matmulmx_cmd_t)-1:0] = mm;
        end
        OpACCST: begin
          ac        = cmd_o[$bits(accst_cmd_t)-1:0];
          ac.o_base = ac.o_base + regs_q[ac.o_reg];
          cmd_o[$bits(accst_cmd_t)-1:0] = ac;
        end
        OpVPURUN: begin
          vp = cmd_o;
          for (int unsigned i = 0; i < NumVpuInputs; i++) vp.in_base[i] = vp.in_base[i] + regs_q[vp.in_reg[i]];
          vp.out_base = vp.out_base + regs_q[vp.out_base_reg];
          cmd_o = vp;
        end
        OpCOLLECTIVE: begin
          co          = cmd_o[$bits(collective_cmd_t)-1:0];
          co.src_base = co.src_base + regs_q[co.src_reg];
          co.dst_base = co.dst_base + regs_q[co.dst_reg];
          cmd_o[$bits(collective_cmd_t)-1:0] = co;
        end
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      pc_q    <= entry_i;
      stall_q <= 32'd0;
      word_q  <= 6'd0;
      loops_q <= '0;
      lds_q   <= 1'b0;
      mul_q   <= 1'b0;
      regs_q  <= '0;
    end else begin
      pc_q    <= pc_d;
      stall_q <= stall_d;
      word_q  <= word_d;
      lds_q   <= lds_req_o.valid;
      mul_q   <= mul_d;
      if (lds_req_o.valid) lds_rd_q <= in.rd;
      if (gather) begin
        buf_q[word_q] <= imem_data_i;
        if (word_q == 6'd0) begin
          instr_pc_q  <= pc_q;
          cmd_op_q    <= in.opcode;
          cmd_words_q <= in.nwords;
        end
      end
      if (mul_d) begin
        mul_rd_q  <= in.rd;
        mul_low_q <= {16'd0, a[15:0]} * {16'd0, b[15:0]};
        mul_ab_q  <= a[15:0] * b[31:16];
        mul_ba_q  <= a[31:16] * b[15:0];
      end
      if (mul_q) regs_q[mul_rd_q] <= mul;
      if (rd_we && in.rd != 5'd0) regs_q[in.rd] <= rd_val;
      if (lds_q && lds_rd_q != 5'd0) regs_q[lds_rd_q] <= lds_data_i;
      if (loop_push && fault_o == FaultNone) begin
        loop_start_q[loops_q[$clog2(LoopDepth)-1:0]] <= next;
        loop_end_q[loops_q[$clog2(LoopDepth)-1:0]]   <= in.target;
        loop_count_q[loops_q[$clog2(LoopDepth)-1:0]] <= loop_count;
        loops_q                                      <= loops_q + 1'b1;
      end
      if (loop_again) loop_count_q[top[$clog2(LoopDepth)-1:0]] <= loop_count_q[top[$clog2(LoopDepth)-1:0]] - 32'd1;
      if (loop_pop) loops_q <= loops_q - 1'b1;
    end
  end
endmodule
