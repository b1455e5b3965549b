// Event counters (docs/machine.md, section 6). Events of a command are collected while it runs, in the slot that it has
// among the active commands of its engine, and added when it ends.
//
// What happens in a cycle is counted in the next ones, step by step: inputs are registered, events are added to those of
// their command, what commands that end have is added up, and that to the counters. settled_o: nothing is on its way; clear_i comes only then.
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
  logic                             running_q, instr_q, lds_q;
  logic  [15:0]                     spm_corrected_q, hbm_corrected_q;
  logic  [NumEngines-1:0]           busy_q, start_q, done_q;
  slot_t [NumEngines-1:0]           start_slot_q, done_slot_q;
  slot_t [1:0][NumEngines-1:0]      slot_q;
  events_t [1:0][NumEngines-1:0]    events_q;
  always_ff @(posedge clk_i) begin
    running_q       <= rst_ni && running_i;
    instr_q         <= instr_i;
    lds_q           <= lds_i;
    spm_corrected_q <= spm_corrected_i;
    hbm_corrected_q <= hbm_corrected_i;
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
  logic [NumEngines-1:0][NumEvents-1:0][63:0] end_events_q;
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
        for (int unsigned i = 0; i < NumEvents; i++)
          end_events_q[e][i] <=
              ((start_q[e] && start_slot_q[e] == done_slot_q[e]) ? 64'd0 : pend_q[e][done_slot_q[e]][i]) +
              ((slot_q[0][e] == done_slot_q[e]) ? 64'(now[0][i]) : 64'd0) +
              ((slot_q[1][e] == done_slot_q[e]) ? 64'(now[1][i]) : 64'd0);
      end
    end
  end

  // Sums over engines ---------------------------------------------------------------------------------------------
  logic                       running2_q, instr2_q, lds2_q, running3_q, instr3_q, lds3_q, sum_q;
  logic [15:0]                spm_corrected2_q, hbm_corrected2_q, spm_corrected3_q, hbm_corrected3_q;
  logic [NumEngines-1:0]      ended_q;
  logic [NumEngines-1:0][63:0] ended_cycles_q;
  logic [NumEvents-1:0][63:0] sum_d, sum_events_q;
  always_comb begin
    sum_d = '0;
    // Terms are masked, not skipped: so it is one sum of all.
    for (int unsigned e = 0; e < NumEngines; e++)
      for (int unsigned i = 0; i < NumEvents; i++) sum_d[i] = sum_d[i] + (end_events_q[e][i] & {64{end_q[e]}});
  end
  always_ff @(posedge clk_i) begin
    {running2_q, instr2_q, lds2_q, spm_corrected2_q, hbm_corrected2_q} <=
        {rst_ni && running_q, instr_q, lds_q, spm_corrected_q, hbm_corrected_q};
    {running3_q, instr3_q, lds3_q, spm_corrected3_q, hbm_corrected3_q} <=
        {rst_ni && running2_q, instr2_q, lds2_q, spm_corrected2_q, hbm_corrected2_q};
    ended_q        <= end_q;
    ended_cycles_q <= end_cycles_q;
    sum_q          <= end_q != '0;
    sum_events_q   <= sum_d;
  end

  // Counters ------------------------------------------------------------------------------------------------------
  logic [NumCounterValues-1:0][63:0] total_q;
  logic [63:0]                       cycle_q;
  assign settled_o = !(running_q || running2_q || running3_q);
  assign cycle_o   = cycle_q;
  assign data_o    = (addr_i == 5'(CounterCYCLES)) ? cycle_q : (addr_i < 5'(NumCounterValues)) ? total_q[addr_i] : 64'd0;

  always_ff @(posedge clk_i) begin
    if (clear_i) cycle_q <= 64'd0;
    else if (running_i) cycle_q <= cycle_q + 64'd1;
  end
  always_ff @(posedge clk_i) begin
    if (clear_i) total_q <= '0;
    else if (running3_q) begin
      total_q[CounterINSTRS]        <= total_q[CounterINSTRS] + 64'(instr3_q);
      total_q[CounterSPM_CORRECTED] <= total_q[CounterSPM_CORRECTED] + 64'(spm_corrected3_q);
      total_q[CounterHBM_CORRECTED] <= total_q[CounterHBM_CORRECTED] + 64'(hbm_corrected3_q);
      for (int unsigned e = 0; e < NumEngines; e++) begin
        if (ended_q[e]) begin
          total_q[32'(CounterLOAD_CMDS)+2*e] <= total_q[32'(CounterLOAD_CMDS)+2*e] + 64'd1;
          total_q[32'(CounterLOAD_BUSY)+2*e] <= total_q[32'(CounterLOAD_BUSY)+2*e] + ended_cycles_q[e];
        end
      end
      if (sum_q || lds3_q) begin
        for (int unsigned i = 0; i < NumEvents; i++)
          total_q[32'(CounterHBM_RD_BYTES)+i] <=
              total_q[32'(CounterHBM_RD_BYTES)+i] + (sum_q ? sum_events_q[i] : 64'd0) +
              ((lds3_q && 32'(CounterHBM_RD_BYTES) + i == 32'(CounterSPM_RD_BYTES)) ? 64'd4 : 64'd0);
      end
    end
  end

  always_ff @(posedge clk_i) assert (!clear_i || settled_o);
endmodule
