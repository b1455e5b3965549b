// When the micro-operations of a command are issued (docs/machine.md, section 5): what each waits for behind the one before it
// (wait_o), cycles from a program to the next (period_o, B) and to its last result behind that (drain_o, D).
//
// A micro-operation is fetched in a cycle, from the one behind start_i on, and planned in the next: ahead of the first program,
// which begins VpuSetup + 1 cycles or more behind start_i. valid_o: period_o and drain_o are there, nuops_i + 4 cycles behind
// start_i, or 3 if there is no micro-operation.
//
// All numbers of cycles here are below 8 (latencies are at most 8; longer times make nobody wait). They are kept in unary, so
// that a maximum is an OR and a difference a shift: counted_t has bit k set if the number is above k, chosen_t if it is k (7: or
// more).
module xpu_vpu_plan
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_sfu_fn_pkg::*;
  import xpu_vpu_alu_pkg::*;
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
  localparam int unsigned WaitMax = (1 << WaitBits) - 1;
  typedef logic [WaitMax-1:0]  counted_t;
  typedef logic [WaitMax:0]    chosen_t;
  typedef logic [WaitBits-1:0] wait_t;

  // x - y, or 0 if y is larger.
  function automatic counted_t less(counted_t x, chosen_t y);
    less = '0;
    for (int unsigned k = 0; k < WaitMax; k++) less |= {WaitMax{y[k]}} & (x >> k);
  endfunction
  function automatic chosen_t plus(chosen_t x, chosen_t y);
    plus = '0;
    for (int unsigned i = 0; i <= WaitMax; i++)
      for (int unsigned k = 0; k <= WaitMax; k++) plus[(i+k>WaitMax)?WaitMax:i+k] |= x[i] & y[k];
  endfunction
  function automatic chosen_t choose(counted_t x);
    return {x, 1'b1} & ~{1'b0, x};
  endfunction
  function automatic chosen_t next(chosen_t x);  // x + 1
    return {x[WaitMax] | x[WaitMax-1], x[WaitMax-2:0], 1'b0};
  endfunction
  function automatic wait_t binary(chosen_t x);
    binary = '0;
    for (int unsigned k = 0; k <= WaitMax; k++) binary |= {WaitBits{x[k]}} & wait_t'(k);
  endfunction
  function automatic counted_t largest(counted_t [NumVpuRegs-1:0] x);
    largest = '0;
    for (int unsigned r = 0; r < NumVpuRegs; r++) largest |= x[r];
  endfunction

  // What is planned of a micro-operation.
  typedef struct packed {
    logic [2:0]      reads;
    logic [2:0][3:0] sources;
    logic [3:0]      dst;
    logic            is_special;
    logic            is_sum;
  } step_t;
  function automatic step_t decode(uop_t u);
    decode = '{reads: '0, sources: {u.c, u.b, u.a}, dst: u.dst, is_special: is_sfu(u.op), is_sum: is_sum(u.op)};
    for (int unsigned i = 0; i < 3; i++) decode.reads[i] = u.imm_sel != 2'(i + 1);
  endfunction
  // Of its result, less one.
  function automatic chosen_t latency_of(step_t step);
    if (step.is_special) return chosen_t'(1) << (VpuSfuLatency - 1);
    return chosen_t'(1) << (step.is_sum ? VpuAluLatency - 1 : VpuShortLatency - 1);
  endfunction
  function automatic counted_t count(chosen_t x);
    for (int unsigned k = 0; k < WaitMax; k++) count[k] = (x >> (k + 1)) != '0;
  endfunction

  // Of each register: cycles until all of its last value can be read, counted from the earliest issue of the next
  // micro-operation; if it is named, the cycle of the program up to which a value of the program before may land; if it is
  // written, the cycle in which its first value can be read, less one.
  counted_t [NumVpuRegs-1:0] land_q;
  chosen_t  [NumVpuRegs-1:0] named_q, first_q;
  logic     [NumVpuRegs-1:0] is_named_q, is_written_q;
  chosen_t                   now_q;   // cycle of the program
  chosen_t                   rest_q;  // groups of an iteration, less one
  step_t                     step_q;
  logic [6:0]                at_q;    // of those that are fetched
  logic [5:0]                step_at_q;
  logic                      busy_q, step_valid_q, sum_q;
  wait_t                     wait_q;  // of the step before
  logic [31:0]               issued_q;
  logic [8:0]                waited_q;

  counted_t [NumVpuRegs-1:0] first_land;  // the first group instead of all
  counted_t                  late;
  chosen_t                   latency, pause, at, lands;
  always_comb begin
    for (int unsigned r = 0; r < NumVpuRegs; r++) first_land[r] = less(land_q[r], rest_q);
    latency = latency_of(step_q);
    late    = less(first_land[step_q.dst], latency);
    for (int unsigned i = 0; i < 3; i++) if (step_q.reads[i]) late |= first_land[step_q.sources[i]];
    pause   = choose(late);
    at      = plus(now_q, pause);
    lands   = plus(plus(now_q, latency), pause);
  end

  // Behind the last one. A program is that much longer than it takes to issue.
  counted_t [NumVpuRegs-1:0] longer_q;
  counted_t                  last_q, longer;
  always_comb begin
    longer = largest(longer_q);
    if (is_written_q[out_reg_i]) longer |= less(last_q, first_q[out_reg_i]);
    if (is_written_q[15] && reduces_i) longer |= less(last_q, first_q[15]);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q       <= 1'b0;
      step_valid_q <= 1'b0;
      sum_q        <= 1'b0;
      valid_o      <= 1'b0;
    end else begin
      // Fetch.
      rest_q <= '0;
      for (int unsigned k = 0; k <= WaitMax; k++)
        rest_q[k] <= (k == WaitMax) ? groups_i > 16'(k) : groups_i == 16'(k + 1);
      step_q       <= decode(uops_i[at_q[5:0]]);
      step_at_q    <= at_q[5:0];
      step_valid_q <= busy_q && at_q != nuops_i;
      if (busy_q && at_q != nuops_i) at_q <= at_q + 7'd1;
      // Plan.
      wait_q   <= step_valid_q ? binary(pause) : '0;
      waited_q <= waited_q + 9'(wait_q);
      if (step_valid_q) begin
        wait_o[step_at_q] <= binary(pause);
        issued_q          <= issued_q + 32'(groups_i);
        now_q             <= next(plus(plus(now_q, rest_q), pause));
        for (int unsigned r = 0; r < NumVpuRegs; r++) land_q[r] <= less(first_land[r] >> 1, pause);
        land_q[step_q.dst]       <= count(latency);
        is_named_q[step_q.dst]   <= 1'b1;
        is_written_q[step_q.dst] <= 1'b1;
        if (!is_named_q[step_q.dst]) named_q[step_q.dst] <= lands;
        if (!is_written_q[step_q.dst]) first_q[step_q.dst] <= lands;
        for (int unsigned i = 0; i < 3; i++) begin
          if (step_q.reads[i]) begin
            is_named_q[step_q.sources[i]] <= 1'b1;
            if (!is_named_q[step_q.sources[i]]) named_q[step_q.sources[i]] <= at;
          end
        end
      end
      // End.
      sum_q <= busy_q && at_q == nuops_i && !step_valid_q;
      if (busy_q && at_q == nuops_i && !step_valid_q) begin
        busy_q <= 1'b0;
        last_q <= largest(land_q);
        for (int unsigned r = 0; r < NumVpuRegs; r++) begin
          longer_q[r] <= '0;
          if (is_written_q[r])
            longer_q[r] <= (r < NumVpuInputs && used_i[r[1:0]]) ? land_q[r] : less(first_land[r], named_q[r]);
        end
      end
      if (sum_q) begin
        period_o <= issued_q + 32'(waited_q) + 32'(binary(choose(longer)));
        drain_o  <= binary(choose(less(last_q, choose(longer))));
        valid_o  <= 1'b1;
      end
      if (start_i) begin
        at_q         <= 7'd0;
        busy_q       <= 1'b1;
        valid_o      <= 1'b0;
        land_q       <= '0;
        is_named_q   <= '0;
        is_written_q <= '0;
        now_q        <= chosen_t'(1);
        issued_q     <= 32'd0;
        waited_q     <= 9'd0;
      end
    end
  end
endmodule
