// Event counters (docs/machine.md, section 6). Events of a command are collected while it runs, in the slot that it has
// among the active commands of its engine, and added when it ends.
module xpu_counters
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
(
  input  logic                     clk_i,
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
  input  logic    [4:0]            addr_i,
  output logic    [63:0]           data_o
);
  localparam int unsigned NumEvents = int'(CounterNET_BYTES) - int'(CounterHBM_RD_BYTES) + 1;

  // Written with blocking assignments, by the one process below only.
  logic [63:0] total [NumCounterValues];
  logic [63:0] pend [NumEngines][MaxCommands][NumEvents];
  logic [63:0] busy_q [NumEngines];
  logic [63:0] cycle_q;  // others read it at the edge that changes it

  assign cycle_o = cycle_q;
  assign data_o  = (addr_i == 5'(CounterCYCLES)) ? cycle_q : (addr_i < 5'(NumCounterValues)) ? total[addr_i] : 64'd0;

  always_ff @(posedge clk_i) begin
    if (clear_i) cycle_q <= 64'd0;
    else if (running_i) cycle_q <= cycle_q + 64'd1;
  end

  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      for (int unsigned i = 0; i < NumCounterValues; i++) total[i] = 64'd0;
      for (int unsigned e = 0; e < NumEngines; e++) busy_q[e] = 64'd0;
    end
    if (running_i) begin
      if (instr_i) total[CounterINSTRS] = total[CounterINSTRS] + 64'd1;
      if (lds_i) total[CounterSPM_RD_BYTES] = total[CounterSPM_RD_BYTES] + 64'd4;
      total[CounterSPM_CORRECTED] = total[CounterSPM_CORRECTED] + 64'(spm_corrected_i);
      total[CounterHBM_CORRECTED] = total[CounterHBM_CORRECTED] + 64'(hbm_corrected_i);
      for (int unsigned e = 0; e < NumEngines; e++) begin
        if (busy_i[e]) begin
          if (start_i[e]) begin
            for (int unsigned i = 0; i < NumEvents; i++) pend[e][start_slot_i[e]][i] = 64'd0;
          end
          busy_q[e] = busy_q[e] + 64'd1;
          for (int unsigned k = 0; k < 2; k++) begin
            if (events_i[k][e] != '0) begin
              pend[e][slot_i[k][e]][0] = pend[e][slot_i[k][e]][0] + 64'(events_i[k][e].hbm_rd_bytes);
              pend[e][slot_i[k][e]][1] = pend[e][slot_i[k][e]][1] + 64'(events_i[k][e].hbm_wr_bytes);
              pend[e][slot_i[k][e]][2] = pend[e][slot_i[k][e]][2] + 64'(events_i[k][e].hbm_rd_pkt);
              pend[e][slot_i[k][e]][3] = pend[e][slot_i[k][e]][3] + 64'(events_i[k][e].hbm_wr_pkt);
              pend[e][slot_i[k][e]][4] = pend[e][slot_i[k][e]][4] + 64'(events_i[k][e].spm_rd_bytes);
              pend[e][slot_i[k][e]][5] = pend[e][slot_i[k][e]][5] + 64'(events_i[k][e].spm_wr_bytes);
              pend[e][slot_i[k][e]][6] = pend[e][slot_i[k][e]][6] + 64'(events_i[k][e].mxu_macs);
              pend[e][slot_i[k][e]][7] = pend[e][slot_i[k][e]][7] + 64'(events_i[k][e].acc_bytes);
              pend[e][slot_i[k][e]][8] = pend[e][slot_i[k][e]][8] + 64'(events_i[k][e].vpu_ops);
              pend[e][slot_i[k][e]][9] = pend[e][slot_i[k][e]][9] + 64'(events_i[k][e].net_bytes);
            end
          end
          if (done_i[e]) begin
            total[32'(CounterLOAD_CMDS) + 2 * e] = total[32'(CounterLOAD_CMDS) + 2 * e] + 64'd1;
            total[32'(CounterLOAD_BUSY) + 2 * e] = total[32'(CounterLOAD_BUSY) + 2 * e] + busy_q[e];
            for (int unsigned i = 0; i < NumEvents; i++)
              total[32'(CounterHBM_RD_BYTES) + i] = total[32'(CounterHBM_RD_BYTES) + i] + pend[e][done_slot_i[e]][i];
            busy_q[e] = 64'd0;
          end
        end
      end
    end
  end
endmodule
