// When the micro-operations of a command are issued (docs/machine.md, section 5): what each waits for behind the one before it
// (wait_o), cycles from a program to the next (period_o, B) and to its last result behind that (drain_o, D).
//
// A micro-operation is planned in a cycle, from the one behind start_i on: ahead of the first program, which begins
// VpuSetup + 1 cycles or more behind start_i. valid_o: period_o and drain_o are there, nuops_i + 3 cycles behind start_i.
module xpu_vpu_plan
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_sfu_fn_pkg::*;
  import xpu_vpu_pkg::*;
(
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             start_i,
  // Of the command, from the cycle behind start_i on
  input  uop_t [MaxUops-1:0]               uops_i,
  input  logic [6:0]                       nuops_i,
  input  logic [15:0]                      groups_i,   // of an iteration
  input  logic [3:0]                       used_i,     // registers that are inputs
  input  logic [3:0]                       out_reg_i,
  input  logic                             reduces_i,
  output logic [MaxUops-1:0][WaitBits-1:0] wait_o,
  output logic                             valid_o,
  output logic [31:0]                      period_o,
  output logic [WaitBits-1:0]              drain_o
);
  typedef logic [WaitBits-1:0] wait_t;
  typedef logic [WaitBits:0]   sum_t;
  localparam wait_t WaitMax = '1;

  function automatic wait_t less(wait_t x, sum_t y);
    return ({1'b0, x} > y) ? x - y[WaitBits-1:0] : '0;
  endfunction
  function automatic wait_t larger(wait_t x, wait_t y);
    return (x > y) ? x : y;
  endfunction
  function automatic wait_t sat(sum_t x);
    return x[WaitBits] ? WaitMax : x[WaitBits-1:0];
  endfunction

  // Of each register: cycles until all of its last value can be read, counted from the earliest issue of the next
  // micro-operation; if it is named, the cycle of the program up to which a value of the program before may land; if it is
  // written, the cycle in which its first value can be read, less one.
  wait_t [NumVpuRegs-1:0] land_q, named_q, first_q;
  logic  [NumVpuRegs-1:0] is_named_q, is_written_q;
  wait_t                  now_q;    // cycle of the program
  logic  [6:0]            at_q;
  logic                   busy_q, sum_q;
  logic  [31:0]           issued_q;

  // Groups of an iteration, less one.
  wait_t rest;
  assign rest = (groups_i > 16'(WaitMax)) ? WaitMax : wait_t'(groups_i - 16'd1);

  uop_t       u;
  wait_t      pause, latency, at, moved;
  logic [2:0] reads;
  logic [2:0][3:0] sources;
  wait_t [2:0] late;
  always_comb begin
    u       = uops_i[at_q[5:0]];
    latency = is_sfu(u.op) ? wait_t'(VpuSfuLatency - 1) : wait_t'(VpuAluLatency - 1);
    sources = {u.c, u.b, u.a};
    for (int unsigned i = 0; i < 3; i++) reads[i] = u.imm_sel != 2'(i + 1);
    for (int unsigned i = 0; i < 3; i++) late[i] = reads[i] ? land_q[sources[i]] : '0;
    pause = larger(less(larger(larger(late[0], late[1]), late[2]), {1'b0, rest}),
                   less(land_q[u.dst], {1'b0, rest} + {1'b0, latency}));
    at    = sat({1'b0, now_q} + {1'b0, pause});
    moved = sat({1'b0, rest} + {1'b0, pause});
  end

  // The largest of 16, as a tree.
  function automatic wait_t largest(wait_t [NumVpuRegs-1:0] x);
    wait_t [NumVpuRegs-1:0] r;
    r = x;
    for (int unsigned n = NumVpuRegs / 2; n > 0; n = n / 2)
      for (int unsigned i = 0; i < n; i++) r[i] = larger(r[i], r[i+n]);
    return r[0];
  endfunction

  // Behind the last one. A program is that much longer than it takes to issue.
  wait_t [NumVpuRegs-1:0] longer_q;
  wait_t                  last, last_q, longer, out, sum;
  always_comb begin
    last   = largest(land_q);
    out    = is_written_q[out_reg_i] ? less(last_q, {1'b0, first_q[out_reg_i]}) : '0;
    sum    = (is_written_q[15] && reduces_i) ? less(last_q, {1'b0, first_q[15]}) : '0;
    longer = larger(largest(longer_q), larger(out, sum));
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q  <= 1'b0;
      sum_q   <= 1'b0;
      valid_o <= 1'b0;
    end else begin
      sum_q <= 1'b0;
      if (busy_q && at_q == nuops_i) begin
        busy_q <= 1'b0;
        sum_q  <= 1'b1;
        last_q <= last;
        for (int unsigned r = 0; r < NumVpuRegs; r++) begin
          longer_q[r] <= '0;
          if (is_written_q[r])
            longer_q[r] <= (r < NumVpuInputs && used_i[r[1:0]]) ? land_q[r] :
                           less(land_q[r], {1'b0, rest} + {1'b0, named_q[r]});
        end
      end
      if (sum_q) begin
        period_o <= issued_q + 32'(longer);
        drain_o  <= less(last_q, {1'b0, longer});
        valid_o  <= 1'b1;
      end
      if (busy_q && at_q != nuops_i) begin
        at_q              <= at_q + 7'd1;
        wait_o[at_q[5:0]] <= pause;
        issued_q          <= issued_q + 32'(pause) + 32'(groups_i);
        now_q             <= sat({1'b0, at} + {1'b0, rest} + sum_t'(1));
        for (int unsigned r = 0; r < NumVpuRegs; r++) begin
          land_q[r] <= less(land_q[r], {1'b0, moved} + sum_t'(1));
        end
        land_q[u.dst]       <= latency;
        is_named_q[u.dst]   <= 1'b1;
        is_written_q[u.dst] <= 1'b1;
        if (!is_named_q[u.dst]) named_q[u.dst] <= sat({1'b0, at} + {1'b0, latency});
        if (!is_written_q[u.dst]) first_q[u.dst] <= sat({1'b0, at} + {1'b0, latency});
        for (int unsigned i = 0; i < 3; i++) begin
          if (reads[i]) begin
            is_named_q[sources[i]] <= 1'b1;
            if (!is_named_q[sources[i]]) named_q[sources[i]] <= at;
          end
        end
      end
      if (start_i) begin
        at_q         <= 7'd0;
        busy_q       <= 1'b1;
        valid_o      <= 1'b0;
        land_q       <= '0;
        is_named_q   <= '0;
        is_written_q <= '0;
        now_q        <= '0;
        issued_q     <= 32'd0;
      end
    end
  end
endmodule
