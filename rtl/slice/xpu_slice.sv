// One slice: sequencer, command queues, engines, scratchpad, semaphores, bank claims, counters and host registers.
//
// The host writes IMEM and the CONTROL register; the core is held in reset while it does not run. When it stops with
// requests under way, the slice is busy until memory has answered them all. AXI channels are single-beat (see
// xpu_dma_load and xpu_dma_store, also for their user bits). trace_* show every command's start, end and address to a bench,
// and the banks that commands have claimed in earlier cycles.
module xpu_slice
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_net_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  slice_id_t                   id_i,         // constant; its chip is not used
  // Host: registers of csr_e by word address, and the instruction memory.
  input  logic                        csr_we_i,
  input  logic [7:0]                  csr_addr_i,
  input  logic [31:0]                 csr_wdata_i,
  output logic [31:0]                 csr_rdata_o,  // combinational
  input  logic                        imem_we_i,
  input  logic [31:0]                 imem_addr_i,
  input  logic [WordBits-1:0]         imem_wdata_i,
  // AXI
  output logic                        arvalid_o,
  input  logic                        arready_i,
  output logic [31:0]                 araddr_o,
  output logic [15:0]                 aruser_o,
  input  logic                        rvalid_i,
  output logic                        rready_o,
  input  logic [LineBits-1:0]         rdata_i,
  input  logic [CheckBits-1:0]        ruser_i,
  output logic                        awvalid_o,
  input  logic                        awready_i,
  output logic [31:0]                 awaddr_o,
  output logic [15:0]                 awuser_o,
  output logic [LineBits-1:0]         wdata_o,
  output logic [HbmLineBytes-1:0]     wstrb_o,
  output logic [CheckBits-1:0]        wuser_o,
  input  logic                        bvalid_i,
  input  logic [3:0]                  buser_i,
  output logic                        bready_o,
  // Collective network
  output net_offer_t                  offer_o,
  input  logic                        go_i,
  input  logic                        mismatch_i,
  input  logic                        down_i,
  input  logic                        far_mismatch_i,
  output net_beat_t                   beat_o,
  input  words_t                      words_i,
  // Observation
  output logic                        running_o,    // a program runs
  output logic                        busy_o,       // it runs, or answers to one that stopped are to come
  output logic                        stuck_o,      // nothing can happen until another slice comes to a collective
  output logic [63:0]                 cycle_o,
  output logic [NumEngines-1:0]       trace_start_o,
  output logic [NumEngines-1:0]       trace_end_o,
  output logic [NumEngines-1:0][31:0] trace_pc_o,    // of the command that starts
  output logic [15:0]                 trace_claims_o
);
  // Host registers ----------------------------------------------------------------------------------------------
  logic        running_q, done_q, fault_q, stopped_q, start_cmd, stop_cmd, stop, halt, instr, control;
  logic [7:0]  fault_code_q, fault_code;
  logic [31:0] fault_pc_q, fault_pc, fault_addr_q, fault_addr, entry_q, chip_q;
  logic [63:0] counter;
  logic        core_rst_n, settled;

  // Requests that memory has not answered; they outlive the core.
  localparam int unsigned FlightW = $clog2(DmaOutstanding + 1);
  logic [FlightW-1:0] reads_q, writes_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      reads_q  <= '0;
      writes_q <= '0;
    end else begin
      reads_q  <= reads_q + FlightW'(arvalid_o && arready_i) - FlightW'(rvalid_i);
      writes_q <= writes_q + FlightW'(awvalid_o && awready_i) - FlightW'(bvalid_i);
    end
  end
  assign busy_o = running_q || !settled || reads_q != '0 || writes_q != '0;

  assign control    = csr_we_i && csr_addr_i == 8'(CsrCONTROL);
  assign start_cmd  = control && csr_wdata_i[0] && !busy_o;
  assign stop_cmd   = control && !csr_wdata_i[0] && running_q;
  assign core_rst_n = running_q;  // cleared by rst_ni; registered, so that no logic of the core depends on a pin
  assign running_o  = running_q;
  assign stop       = halt || fault_code != FaultNone;

  always_comb begin
    csr_rdata_o = 32'd0;
    case (csr_addr_i)
      CsrSTATUS:     csr_rdata_o = {28'd0, stopped_q, fault_q, done_q, busy_o};
      CsrFAULT_CODE: csr_rdata_o = {24'd0, fault_code_q};
      CsrFAULT_PC:   csr_rdata_o = fault_pc_q;
      CsrFAULT_ADDR: csr_rdata_o = fault_addr_q;
      CsrENTRY:      csr_rdata_o = entry_q;
      CsrCHIP_ID:    csr_rdata_o = chip_q;
      default: if (csr_addr_i >= 8'(CsrCOUNTERS)) csr_rdata_o = csr_addr_i[0] ? counter[63:32] : counter[31:0];
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      entry_q <= 32'd0;
      chip_q  <= 32'd0;
    end else if (csr_we_i && !busy_o) begin
      if (csr_addr_i == 8'(CsrENTRY)) entry_q <= csr_wdata_i;
      if (csr_addr_i == 8'(CsrCHIP_ID)) chip_q <= csr_wdata_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      running_q    <= 1'b0;
      done_q       <= 1'b0;
      fault_q      <= 1'b0;
      stopped_q    <= 1'b0;
      fault_code_q <= FaultNone;
      fault_pc_q   <= 32'd0;
      fault_addr_q <= 32'd0;
    end else if (start_cmd) begin
      running_q    <= 1'b1;
      done_q       <= 1'b0;
      fault_q      <= 1'b0;
      stopped_q    <= 1'b0;
      fault_code_q <= FaultNone;
      fault_pc_q   <= 32'd0;
      fault_addr_q <= 32'd0;
    end else if (running_q && stop) begin
      running_q <= 1'b0;
      done_q    <= 1'b1;
      if (fault_code != FaultNone) begin
        fault_q      <= 1'b1;
        fault_code_q <= fault_code;
        fault_pc_q   <= fault_pc;
        fault_addr_q <= fault_addr;
      end
    end else if (stop_cmd) begin
      running_q <= 1'b0;
      stopped_q <= 1'b1;
    end
  end

  // Sequencer ---------------------------------------------------------------------------------------------------
  logic [WordBits-1:0] imem [SeqImemWords];
  logic [WordBits-1:0] imem_q;
  logic [31:0]         fetch_addr;
  always_ff @(posedge clk_i) begin
    if (imem_we_i && !busy_o) imem[imem_addr_i[$clog2(SeqImemWords)-1:0]] <= imem_wdata_i;
    imem_q <= imem[fetch_addr[$clog2(SeqImemWords)-1:0]];
  end

  localparam int unsigned Agents = NumEngines + 1;  // the last is the sequencer
  logic [Agents-1:0][NumSemaphores-1:0] take, add;
  logic [NumSemaphores-1:0]             ge1;
  logic [Agents-1:0]                    sem_conflict, sem_overflow;
  xpu_semaphores #(.Agents(Agents)) u_sem (
    .clk_i, .rst_ni(core_rst_n), .take_i(take), .add_i(add), .ge1_o(ge1), .conflict_o(sem_conflict),
    .overflow_o(sem_overflow));

  spm_req_t              lds_req;
  logic [31:0]           lds_data, cmd_pc, seq_fault_pc;
  // start and done are those of all commands: of a SYNC, which ends where it starts, and of those that the engine gets.
  logic [NumEngines-1:0] push, full, q_valid, start, done, sync, engine_start, engine_done, busy;
  logic [CmdBits-1:0]    cmd;
  logic [7:0]            seq_fault;
  logic                  idle, blocked;
  slice_id_t             id;
  always_comb begin
    id      = id_i;
    id.chip = chip_q;
  end
  assign idle = busy == '0 && q_valid == '0;
  xpu_sequencer u_seq (
    .clk_i, .rst_ni(core_rst_n), .id_i(id), .entry_i(entry_q), .imem_addr_o(fetch_addr), .imem_data_i(imem_q), .sem_ge1_i(ge1),
    .sem_take_o(take[NumEngines]), .sem_add_o(add[NumEngines]), .lds_req_o(lds_req), .lds_data_i(lds_data),
    .push_o(push), .cmd_o(cmd), .cmd_pc_o(cmd_pc), .full_i(full), .idle_i(idle), .halt_o(halt), .instr_o(instr), .blocked_o(blocked),
    .fault_o(seq_fault), .fault_pc_o(seq_fault_pc));

  // Queues and starts -------------------------------------------------------------------------------------------
  load_cmd_t    load_cmd;
  store_cmd_t   store_cmd;
  matmulmx_cmd_t mxu_cmd;
  vpurun_cmd_t  vpu_cmd;
  accst_cmd_t   drain_cmd;
  collective_cmd_t net_cmd;
  logic [NumEngines-1:0][31:0]  head_pc;
  logic [NumEngines-1:0][127:0] head;      // first word: claims and semaphores
  xpu_fifo #(.Width(32 + $bits(load_cmd_t)), .Depth(SeqQueueDepth)) u_queue_load (
    .clk_i, .rst_ni(core_rst_n), .push_i(push[EngLoad]), .data_i({cmd_pc, cmd[$bits(load_cmd_t)-1:0]}),
    .full_o(full[EngLoad]), .pop_i(start[EngLoad]), .valid_o(q_valid[EngLoad]),
    .data_o({head_pc[EngLoad], load_cmd}));
  xpu_fifo #(.Width(32 + $bits(store_cmd_t)), .Depth(SeqQueueDepth)) u_queue_store (
    .clk_i, .rst_ni(core_rst_n), .push_i(push[EngStore]), .data_i({cmd_pc, cmd[$bits(store_cmd_t)-1:0]}),
    .full_o(full[EngStore]), .pop_i(start[EngStore]), .valid_o(q_valid[EngStore]),
    .data_o({head_pc[EngStore], store_cmd}));
  xpu_fifo #(.Width(32 + $bits(matmulmx_cmd_t)), .Depth(SeqQueueDepth)) u_queue_mxu (
    .clk_i, .rst_ni(core_rst_n), .push_i(push[EngMxu]), .data_i({cmd_pc, cmd[$bits(matmulmx_cmd_t)-1:0]}),
    .full_o(full[EngMxu]), .pop_i(start[EngMxu]), .valid_o(q_valid[EngMxu]),
    .data_o({head_pc[EngMxu], mxu_cmd}));
  xpu_fifo #(.Width(32 + $bits(vpurun_cmd_t)), .Depth(SeqQueueDepth)) u_queue_vpu (
    .clk_i, .rst_ni(core_rst_n), .push_i(push[EngVpu]), .data_i({cmd_pc, cmd[$bits(vpurun_cmd_t)-1:0]}),
    .full_o(full[EngVpu]), .pop_i(start[EngVpu]), .valid_o(q_valid[EngVpu]),
    .data_o({head_pc[EngVpu], vpu_cmd}));
  xpu_fifo #(.Width(32 + $bits(accst_cmd_t)), .Depth(SeqQueueDepth)) u_queue_drain (
    .clk_i, .rst_ni(core_rst_n), .push_i(push[EngDrain]), .data_i({cmd_pc, cmd[$bits(accst_cmd_t)-1:0]}),
    .full_o(full[EngDrain]), .pop_i(start[EngDrain]), .valid_o(q_valid[EngDrain]),
    .data_o({head_pc[EngDrain], drain_cmd}));
  xpu_fifo #(.Width(32 + $bits(collective_cmd_t)), .Depth(SeqQueueDepth)) u_queue_net (
    .clk_i, .rst_ni(core_rst_n), .push_i(push[EngNet]), .data_i({cmd_pc, cmd[$bits(collective_cmd_t)-1:0]}),
    .full_o(full[EngNet]), .pop_i(start[EngNet]), .valid_o(q_valid[EngNet]),
    .data_o({head_pc[EngNet], net_cmd}));
  assign head[EngNet]   = net_cmd[127:0];
  assign head[EngLoad]  = load_cmd[127:0];
  assign head[EngStore] = store_cmd[127:0];
  assign head[EngMxu]   = mxu_cmd[127:0];
  assign head[EngVpu]   = vpu_cmd[127:0];
  assign head[EngDrain] = drain_cmd[127:0];

  // Active commands of an engine have slots in turn: next_q is that of the next to start, oldest_q that of the next to
  // end. A SYNC, which runs alone, takes no slot. room: the head may start beside what is active.
  slot_t [NumEngines-1:0]                 next_q, oldest_q, newest, side_slot;
  logic  [NumEngines-1:0][$bits(slot_t):0] active_q;  // commands
  logic  [NumEngines-1:0]                 room;
  slot_t                                  load_wr_slot, mxu_a_slot, mxu_events_slot;
  logic                                   load_sending, store_sending, load_idx_q, store_idx_q, mxu_room;
  always_comb begin
    for (int unsigned e = 0; e < NumEngines; e++) newest[e] = next_q[e] - 1'b1;
    side_slot         = '0;  // of an engine's other command that can have events and faults
    side_slot[EngLoad] = load_wr_slot;
    side_slot[EngMxu]  = mxu_a_slot;
    room           = '0;
    room[EngLoad]  = 32'(active_q[EngLoad]) < DmaCommands && !load_sending && !load_cmd.idx_en && !load_idx_q;
    room[EngStore] = 32'(active_q[EngStore]) < DmaCommands && !store_sending && !store_cmd.idx_en && !store_idx_q;
    room[EngMxu]   = 32'(active_q[EngMxu]) < MxuCommands && mxu_room;
  end

  logic [NumEngines-1:0][31:0]      wait_mask;
  logic [NumEngines-1:0][MaxCommands-1:0][31:0] signal_q, pc_q;
  logic [NumEngines-1:0][15:0]      rd_banks, aux_banks, wr_banks;
  logic [15:0]                      lds_bank;
  logic [Agents-1:0]                conflict;
  always_comb begin
    for (int unsigned e = 0; e < NumEngines; e++) begin
      rd_banks[e]  = head[e][31:16];
      aux_banks[e] = head[e][47:32];
      wr_banks[e]  = head[e][63:48];
      wait_mask[e] = head[e][95:64];
      busy[e]      = active_q[e] != '0;
      start[e]     = core_rst_n && q_valid[e] && (wait_mask[e] & ~ge1) == '0;
      if (busy[e] && (is_sync_op(head[e][7:0]) || !room[e])) start[e] = 1'b0;
      sync[e]         = start[e] && is_sync_op(head[e][7:0]);
      engine_start[e] = start[e] && !sync[e];
      take[e]         = start[e] ? wait_mask[e] : '0;
      done[e]         = engine_done[e] || sync[e];
      add[e]          = '0;
      if (sync[e]) add[e] = head[e][127:96];
      else if (done[e]) add[e] = signal_q[e][oldest_q[e]];
    end
    lds_bank = 16'd0;
    if (lds_req.valid) lds_bank = 16'd1 << (lds_req.addr / 32'(SpmBankBytes));
  end
  always_ff @(posedge clk_i) begin
    for (int unsigned e = 0; e < NumEngines; e++) begin
      if (!core_rst_n) begin
        active_q[e] <= '0;
        next_q[e]   <= '0;
        oldest_q[e] <= '0;
      end else begin
        active_q[e] <= active_q[e] + $bits(active_q[e])'(start[e]) - $bits(active_q[e])'(done[e]);
        if (engine_start[e]) begin
          signal_q[e][next_q[e]] <= head[e][127:96];
          pc_q[e][next_q[e]]     <= head_pc[e];
          next_q[e]              <= next_q[e] + 1'b1;
        end
        if (engine_done[e]) oldest_q[e] <= oldest_q[e] + 1'b1;
      end
    end
    if (engine_start[EngLoad]) load_idx_q <= load_cmd.idx_en;
    if (engine_start[EngStore]) store_idx_q <= store_cmd.idx_en;
  end
  xpu_claims u_claims (
    .clk_i, .rst_ni(core_rst_n), .start_i(start), .rd_i(rd_banks), .aux_i(aux_banks), .wr_i(wr_banks), .done_i(done),
    .start_slot_i(next_q), .done_slot_i(oldest_q), .lds_i(lds_bank), .active_o(trace_claims_o), .conflict_o(conflict));

  // Scratchpad --------------------------------------------------------------------------------------------------
  localparam int unsigned NumRd = 8;
  localparam int unsigned NumWr = 4;
  spm_req_t [NumRd-1:0]              rd_req;
  logic     [NumRd-1:0][RowBits-1:0] rd_data;
  logic     [NumRd-1:0][7:0]         rd_fault;
  logic     [NumRd-1:0][15:0]        rd_corrected;
  logic     [NumRd-1:0]              rd_error;
  logic     [NumRd-1:0][31:0]        rd_error_addr, rd_pc, rd_pc_q;
  spm_req_t [NumWr-1:0]              wr_req;
  logic     [NumWr-1:0][RowBits-1:0] wr_data;
  logic     [NumWr-1:0][7:0]         wr_fault;
  spm_req_t load_idx, store_idx, store_rd, mxu_a, mxu_w, vpu_rd, load_wr, drain_wr, vpu_wr, net_rd, net_wr;
  logic [RowBits-1:0] load_wdata, drain_wdata, vpu_wdata, net_wdata;
  assign rd_req   = {net_rd, lds_req, vpu_rd, mxu_w, mxu_a, store_rd, store_idx, load_idx};
  assign wr_req   = {net_wr, vpu_wr, drain_wr, load_wr};
  assign wr_data  = {net_wdata, vpu_wdata, drain_wdata, load_wdata};
  assign lds_data = rd_data[6][31:0];
  xpu_spm #(.NumRd(NumRd), .NumWr(NumWr)) u_spm (
    .clk_i, .rst_ni(core_rst_n), .rd_req_i(rd_req), .rd_data_o(rd_data), .rd_fault_o(rd_fault), .rd_corrected_o(rd_corrected),
    .rd_error_o(rd_error), .rd_error_addr_o(rd_error_addr), .wr_req_i(wr_req), .wr_data_i(wr_data), .wr_fault_o(wr_fault));

  // Whose request it was that a port now answers.
  assign rd_pc = {pc_q[EngNet][newest[EngNet]], seq_fault_pc, pc_q[EngVpu][newest[EngVpu]], pc_q[EngMxu][newest[EngMxu]],
                  pc_q[EngMxu][side_slot[EngMxu]], {2{pc_q[EngStore][newest[EngStore]]}}, pc_q[EngLoad][newest[EngLoad]]};
  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < NumRd; p++) if (rd_req[p].valid) rd_pc_q[p] <= rd_pc[p];
  end

  // Engines -----------------------------------------------------------------------------------------------------
  logic    [NumEngines-1:0][7:0] start_fault, run_fault;
  logic    [7:0]                 mxu_a_fault;
  logic                          acc_rd;
  logic    [15:0]                acc_rd_row;
  logic    [MxuCols*32-1:0]      acc_row;
  events_t [1:0][NumEngines-1:0] events;  // of the newest command, and of that in side_slot
  slot_t   [NumEngines-1:0]      events_slot;
  events_t                       load_wr_events, mxu_a_events;
  logic  [1:0][15:0]             hbm_corrected;  // of LOAD, STORE
  logic  [1:0]                   hbm_error;
  logic  [1:0][31:0]             hbm_error_addr;
  slot_t                         store_slot;
  always_comb begin
    events[1]          = '0;
    events[1][EngLoad] = load_wr_events;
    events[1][EngMxu]  = mxu_a_events;
    events_slot         = side_slot;
    events_slot[EngMxu] = mxu_events_slot;
  end
  xpu_dma_load u_load (
    .clk_i, .rst_ni(core_rst_n), .start_i(engine_start[EngLoad]), .cmd_i(load_cmd), .slot_i(next_q[EngLoad]),
    .start_fault_o(start_fault[EngLoad]), .sending_o(load_sending), .done_o(engine_done[EngLoad]),
    .fault_o(run_fault[EngLoad]), .events_o(events[0][EngLoad]), .idx_req_o(load_idx), .idx_data_i(rd_data[0][31:0]), .idx_fault_i(rd_fault[0]),
    .wr_req_o(load_wr), .wr_data_o(load_wdata), .wr_slot_o(load_wr_slot), .wr_events_o(load_wr_events),
    .hbm_corrected_o(hbm_corrected[0]), .hbm_error_o(hbm_error[0]), .hbm_error_addr_o(hbm_error_addr[0]), .arvalid_o, .arready_i,
    .araddr_o, .aruser_o, .rvalid_i, .rready_o, .rdata_i, .ruser_i);
  xpu_dma_store u_store (
    .clk_i, .rst_ni(core_rst_n), .start_i(engine_start[EngStore]), .cmd_i(store_cmd), .slot_i(next_q[EngStore]),
    .start_fault_o(start_fault[EngStore]), .sending_o(store_sending), .done_o(engine_done[EngStore]),
    .fault_o(run_fault[EngStore]), .events_o(events[0][EngStore]), .hbm_slot_o(store_slot), .hbm_corrected_o(hbm_corrected[1]),
    .hbm_error_o(hbm_error[1]), .hbm_error_addr_o(hbm_error_addr[1]), .idx_req_o(store_idx), .idx_data_i(rd_data[1][31:0]), .idx_fault_i(rd_fault[1]),
    .rd_req_o(store_rd), .rd_data_i(rd_data[2]), .rd_fault_i(rd_fault[2]), .awvalid_o, .awready_i, .awaddr_o,
    .awuser_o, .wdata_o, .wstrb_o, .wuser_o, .bvalid_i, .buser_i, .bready_o);
  xpu_mxu u_mxu (
    .clk_i, .rst_ni(core_rst_n), .start_i(engine_start[EngMxu]), .cmd_i(mxu_cmd), .slot_i(next_q[EngMxu]),
    .start_fault_o(start_fault[EngMxu]), .room_o(mxu_room), .done_o(engine_done[EngMxu]), .w_fault_o(run_fault[EngMxu]),
    .w_events_o(events[0][EngMxu]), .a_slot_o(mxu_a_slot), .a_events_slot_o(mxu_events_slot), .a_fault_o(mxu_a_fault), .a_events_o(mxu_a_events),
    .a_req_o(mxu_a), .a_data_i(rd_data[3]), .a_spm_fault_i(rd_fault[3]), .w_req_o(mxu_w),
    .w_data_i(rd_data[4]), .w_spm_fault_i(rd_fault[4]), .acc_rd_i(acc_rd), .acc_rd_row_i(acc_rd_row),
    .acc_row_o(acc_row));
  xpu_drain u_drain (
    .clk_i, .rst_ni(core_rst_n), .start_i(engine_start[EngDrain]), .cmd_i(drain_cmd),
    .start_fault_o(start_fault[EngDrain]), .done_o(engine_done[EngDrain]), .fault_o(run_fault[EngDrain]),
    .events_o(events[0][EngDrain]), .acc_rd_o(acc_rd), .acc_rd_row_o(acc_rd_row), .acc_row_i(acc_row),
    .wr_req_o(drain_wr), .wr_data_o(drain_wdata), .wr_fault_i(wr_fault[1]));
  xpu_vpu u_vpu (
    .clk_i, .rst_ni(core_rst_n), .start_i(engine_start[EngVpu]), .cmd_i(vpu_cmd),
    .start_fault_o(start_fault[EngVpu]), .done_o(engine_done[EngVpu]), .fault_o(run_fault[EngVpu]),
    .events_o(events[0][EngVpu]), .rd_req_o(vpu_rd), .rd_data_i(rd_data[5]), .rd_fault_i(rd_fault[5]),
    .wr_req_o(vpu_wr), .wr_data_o(vpu_wdata), .wr_fault_i(wr_fault[2]));

  logic net_waits;
  xpu_net u_net (
    .clk_i, .rst_ni(core_rst_n), .start_i(engine_start[EngNet]), .cmd_i(net_cmd), .id_i(id),
    .start_fault_o(start_fault[EngNet]), .done_o(engine_done[EngNet]), .waits_o(net_waits),
    .fault_o(run_fault[EngNet]), .events_o(events[0][EngNet]), .offer_o, .go_i, .mismatch_i, .down_i, .far_mismatch_i, .beat_o,
    .words_i,
    .rd_req_o(net_rd), .rd_data_i(rd_data[7]), .rd_fault_i(rd_fault[7]), .wr_req_o(net_wr), .wr_data_o(net_wdata),
    .wr_fault_i(wr_fault[3]));

  // The sequencer waits, and engines are idle, or wait for semaphores that nobody adds to.
  logic [NumEngines-1:0] working;
  always_comb begin
    working         = busy | start;
    working[EngNet] = start[EngNet] || (busy[EngNet] && !net_waits);
    stuck_o         = core_rst_n && blocked && working == '0;
  end

  // Faults ------------------------------------------------------------------------------------------------------
  // Of an agent: of what starts (or of the sequencer), of the command in side_slot, of the newest, of what ends. The
  // last three may be different commands. Behind the agents, errors of memories, which have the highest codes: of the
  // scratchpad at each read port, of HBM in LOAD and STORE.
  localparam int unsigned Sources = 4;
  localparam int unsigned Places  = Agents * Sources + NumRd + 2;
  logic [Places-1:0][7:0]  code;
  logic [Places-1:0][31:0] code_pc, code_addr;
  always_comb begin
    code      = '0;
    code_pc   = {Places{seq_fault_pc}};
    code_addr = '0;
    for (int unsigned e = 0; e < NumEngines; e++) begin
      code[e*Sources]      = start_fault[e];
      code[e*Sources+1]    = (e == 32'(EngLoad)) ? wr_fault[0] : (e == 32'(EngMxu)) ? mxu_a_fault : FaultNone;
      code[e*Sources+2]    = run_fault[e];
      code_pc[e*Sources]   = head_pc[e];
      code_pc[e*Sources+1] = pc_q[e][side_slot[e]];
      code_pc[e*Sources+2] = pc_q[e][newest[e]];
      code_pc[e*Sources+3] = sync[e] ? head_pc[e] : pc_q[e][oldest_q[e]];
    end
    code[NumEngines*Sources] = seq_fault;
    for (int unsigned e = 0; e < Agents; e++) begin
      if (conflict[e]) code[e*Sources] = lower_fault(code[e*Sources], FaultBankConflict);
      if (sem_conflict[e]) code[e*Sources] = lower_fault(code[e*Sources], FaultSemConflict);
      if (sem_overflow[e]) code[e*Sources+3] = FaultSemOverflow;
    end
    for (int unsigned p = 0; p < NumRd; p++) begin
      if (rd_error[p]) code[Agents*Sources+p] = FaultSpmError;
      code_pc[Agents*Sources+p]   = rd_pc_q[p];
      code_addr[Agents*Sources+p] = rd_error_addr[p];
    end
    for (int unsigned e = 0; e < 2; e++) begin
      if (hbm_error[e]) code[Places-2+e] = FaultHbmError;
      code_pc[Places-2+e]   = (e == 0) ? pc_q[EngLoad][load_wr_slot] : pc_q[EngStore][store_slot];
      code_addr[Places-2+e] = hbm_error_addr[e];
    end
    if (!core_rst_n) code = '0;
  end
  xpu_faults #(.Places(Places)) u_faults (
    .code_i(code), .pc_i(code_pc), .addr_i(code_addr), .code_o(fault_code), .pc_o(fault_pc), .addr_o(fault_addr));

  logic [15:0] spm_corrected;
  always_comb begin
    spm_corrected = 16'd0;
    for (int unsigned p = 0; p < NumRd; p++) spm_corrected = spm_corrected + rd_corrected[p];
  end

  // Counters ----------------------------------------------------------------------------------------------------
  xpu_counters u_counters (
    .clk_i, .rst_ni, .clear_i(start_cmd), .running_i(running_q), .instr_i(instr), .lds_i(lds_req.valid), .spm_corrected_i(spm_corrected),
    .hbm_corrected_i(hbm_corrected[0] + hbm_corrected[1]),
    .busy_i(busy | start), .start_i(start), .start_slot_i(next_q), .done_i(done), .done_slot_i(oldest_q),
    .slot_i({events_slot, newest}), .events_i(events), .cycle_o, .settled_o(settled),
    .addr_i(csr_addr_i[5:1]), .data_o(counter));

  assign trace_start_o = start;
  assign trace_end_o   = done;
  assign trace_pc_o    = head_pc;
endmodule
