// Event counters (docs/machine.md, section 6). Events of a command are collected while it runs, in the slot that it has
// among the active commands of its engine, and added when it ends.
//
// What happens in a cycle is counted in the next ones, step by step: inputs are registered; events are added to those of
// their command; of a command that ends, what it has and what comes in its last cycle are read, and added; then that of
// engines is added up by pairs, the pairs, and that to the counters. settled_o: nothing is on its way; clear_i comes only then.
module xpu_counters
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
(
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     clear_i,    // start of a program
  input  logic                     running_i,
  input  logic                     instr_i,    // an instruction was executed
  input  logic                     lds_i,      // LDS read the scratchpad
  input  logic    [15:0]           spm_corrected_i,
  input  logic    [15:0]           hbm_corrected_i,
  input  logic    [NumEngines-1:0] busy_i,     // start cycle included
  input  logic    [NumEngines-1:0] start_i,
  input  slot_t   [NumEngines-1:0] start_slot_i,
  input  logic    [NumEngines-1:0] done_i,
  input  slot_t   [NumEngines-1:0] done_slot_i,
  // Of two of its commands an engine may have events in a cycle.
  input  slot_t   [1:0][NumEngines-1:0] slot_i,
  input  events_t [1:0][NumEngines-1:0] events_i,
  output logic    [63:0]           cycle_o,
  output logic                     settled_o,
  input  logic    [4:0]            addr_i,
  output logic    [63:0]           data_o
);
  localparam int unsigned NumEvents = int'(CounterNET_BYTES) - int'(CounterHBM_RD_BYTES) + 1;

  function automatic logic [NumEvents-1:0][31:0] in_order(events_t e);
    return {32'(e.net_bytes), e.vpu_ops, e.acc_bytes, e.mxu_macs, 32'(e.spm_wr_bytes), 32'(e.spm_rd_bytes), 32'(e.hbm_wr_pkt),
            32'(e.hbm_rd_pkt), 32'(e.hbm_wr_bytes), 32'(e.hbm_rd_bytes)};
  endfunction

  // Inputs -------------------------------------------------------------------------------------------------------
  // What goes to the counters as it is, as many cycles later as what commands have: entry 0 is registered.
  localparam int unsigned Cycles = 5;
  typedef struct packed {
    logic        running;
    logic        instr;
    logic        lds;
    logic [15:0] spm_corrected;
    logic [15:0] hbm_corrected;
  } tick_t;
  tick_t [Cycles-1:0]               tick_q;
  tick_t                            now_tick;
  logic  [NumEngines-1:0]           busy_q, start_q, done_q;
  slot_t [NumEngines-1:0]           start_slot_q, done_slot_q;
  slot_t [1:0][NumEngines-1:0]      slot_q;
  events_t [1:0][NumEngines-1:0]    events_q;
  assign now_tick = tick_q[Cycles-1];
  always_ff @(posedge clk_i) begin
    tick_q[0] <= '{running: rst_ni && running_i, instr: instr_i, lds: lds_i, spm_corrected: spm_corrected_i,
                   hbm_corrected: hbm_corrected_i};
    for (int unsigned i = 1; i < Cycles; i++) begin
      tick_q[i]         <= tick_q[i-1];
      tick_q[i].running <= rst_ni && tick_q[i-1].running;
    end
    busy_q          <= running_i ? busy_i : '0;
    start_q         <= start_i;
    done_q          <= done_i;
    start_slot_q    <= start_slot_i;
    done_slot_q     <= done_slot_i;
    slot_q          <= slot_i;
    events_q        <= events_i;
  end

  // Events and cycles of the commands that run; what those that end have -------------------------------------------
  logic [NumEngines-1:0][MaxCommands-1:0][NumEvents-1:0][63:0] pend_q;
  logic [NumEngines-1:0][63:0]                cycles_q, end_cycles_q;
  logic [NumEngines-1:0]                      end_q;
  logic [NumEngines-1:0][NumEvents-1:0][63:0] end_had_q;   // before the last cycle
  logic [NumEngines-1:0][NumEvents-1:0][32:0] end_last_q;  // in it
  for (genvar e = 0; e < NumEngines; e++) begin : gen_engine
    logic [1:0][NumEvents-1:0][31:0] now;
    assign now[0] = in_order(events_q[0][e]);
    assign now[1] = in_order(events_q[1][e]);
    for (genvar s = 0; s < MaxCommands; s++) begin : gen_slot
      logic       first;
      logic [1:0] mine;
      assign first   = start_q[e] && start_slot_q[e] == slot_t'(s);
      assign mine[0] = slot_q[0][e] == slot_t'(s) && events_q[0][e] != '0;
      assign mine[1] = slot_q[1][e] == slot_t'(s) && events_q[1][e] != '0;
      always_ff @(posedge clk_i) begin
        if (busy_q[e] && (first || mine != '0))
          for (int unsigned i = 0; i < NumEvents; i++)
            pend_q[e][s][i] <= (first ? 64'd0 : pend_q[e][s][i]) + (mine[0] ? 64'(now[0][i]) : 64'd0) +
                               (mine[1] ? 64'(now[1][i]) : 64'd0);
      end
    end
    always_ff @(posedge clk_i) begin
      end_q[e] <= busy_q[e] && done_q[e];
      if (clear_i) cycles_q[e] <= 64'd0;
      else if (busy_q[e]) cycles_q[e] <= done_q[e] ? 64'd0 : cycles_q[e] + 64'd1;
      if (busy_q[e] && done_q[e]) begin
        end_cycles_q[e] <= cycles_q[e] + 64'd1;
        for (int unsigned i = 0; i < NumEvents; i++) begin
          end_had_q[e][i]  <= (start_q[e] && start_slot_q[e] == done_slot_q[e]) ? 64'd0 : pend_q[e][done_slot_q[e]][i];
          end_last_q[e][i] <= (33'(now[0][i]) & {33{slot_q[0][e] == done_slot_q[e]}}) +
                              (33'(now[1][i]) & {33{slot_q[1][e] == done_slot_q[e]}});
        end
      end
    end
  end

  // Sums over engines ---------------------------------------------------------------------------------------------
  localparam int unsigned Pairs = (NumEngines + 1) / 2;
  logic [2:0][NumEngines-1:0]                 ended_q;         // by cycles behind end_q
  logic [2:0][NumEngines-1:0][63:0]           ended_cycles_q;
  logic [NumEngines-1:0][NumEvents-1:0][63:0] ended_events_q;
  logic [Pairs-1:0][NumEvents-1:0][63:0]      pair_d, pair_q;
  logic [NumEvents-1:0][63:0]                 sum_d, sum_events_q;
  logic                                       sum_q;
  // Terms are masked, not skipped: so each is one sum.
  always_comb begin
    pair_d = '0;
    for (int unsigned e = 0; e < NumEngines; e++)
      for (int unsigned i = 0; i < NumEvents; i++)
        pair_d[e/2][i] = pair_d[e/2][i] + (ended_events_q[e][i] & {64{ended_q[0][e]}});
  end
  always_comb begin
    sum_d = '0;
    for (int unsigned p = 0; p < Pairs; p++)
      for (int unsigned i = 0; i < NumEvents; i++) sum_d[i] = sum_d[i] + pair_q[p][i];
  end
  always_ff @(posedge clk_i) begin
    ended_q        <= {ended_q[1:0], end_q};
    ended_cycles_q <= {ended_cycles_q[1:0], end_cycles_q};
    for (int unsigned e = 0; e < NumEngines; e++)
      for (int unsigned i = 0; i < NumEvents; i++) ended_events_q[e][i] <= end_had_q[e][i] + 64'(end_last_q[e][i]);
    pair_q       <= pair_d;
    sum_events_q <= sum_d;
    sum_q        <= ended_q[1] != '0;
  end

  // Counters ------------------------------------------------------------------------------------------------------
  logic [NumCounterValues-1:0][63:0] total_q;
  logic [63:0]                       cycle_q;
  always_comb begin
    settled_o = 1'b1;
    for (int unsigned i = 0; i < Cycles; i++) if (tick_q[i].running) settled_o = 1'b0;
  end
  assign cycle_o   = cycle_q;
  assign data_o    = (addr_i == 5'(CounterCYCLES)) ? cycle_q : (addr_i < 5'(NumCounterValues)) ? total_q[addr_i] : 64'd0;

  always_ff @(posedge clk_i) begin
    if (clear_i) cycle_q <= 64'd0;
    else if (running_i) cycle_q <= cycle_q + 64'd1;
  end
  always_ff @(posedge clk_i) begin
    if (clear_i) total_q <= '0;
    else if (now_tick.running) begin
      total_q[CounterINSTRS]        <= total_q[CounterINSTRS] + 64'(now_tick.instr);
      total_q[CounterSPM_CORRECTED] <= total_q[CounterSPM_CORRECTED] + 64'(now_tick.spm_corrected);
      total_q[CounterHBM_CORRECTED] <= total_q[CounterHBM_CORRECTED] + 64'(now_tick.hbm_corrected);
      for (int unsigned e = 0; e < NumEngines; e++) begin
        if (ended_q[2][e]) begin
          total_q[32'(CounterLOAD_CMDS)+2*e] <= total_q[32'(CounterLOAD_CMDS)+2*e] + 64'd1;
          total_q[32'(CounterLOAD_BUSY)+2*e] <= total_q[32'(CounterLOAD_BUSY)+2*e] + ended_cycles_q[2][e];
        end
      end
      if (sum_q || now_tick.lds) begin
        for (int unsigned i = 0; i < NumEvents; i++)
          total_q[32'(CounterHBM_RD_BYTES)+i] <=
              total_q[32'(CounterHBM_RD_BYTES)+i] + (sum_q ? sum_events_q[i] : 64'd0) +
              ((now_tick.lds && 32'(CounterHBM_RD_BYTES) + i == 32'(CounterSPM_RD_BYTES)) ? 64'd4 : 64'd0);
      end
    end
  end

  always_ff @(posedge clk_i) assert (!clear_i || settled_o);
endmodule
