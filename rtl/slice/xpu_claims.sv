// Bank claims (docs/machine.md, section 5): a command holds the read ports of rd_banks and aux_banks and the write
// ports of wr_banks from its start to its end. conflict_o depends combinationally on the inputs: active commands
// claim first, then starters in engine order, then LDS; who overlaps what is claimed so far is in conflict, but not
// with commands of its own engine.
module xpu_claims
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic [NumEngines-1:0]       start_i,
  input  logic [NumEngines-1:0][15:0] rd_i,
  input  logic [NumEngines-1:0][15:0] aux_i,
  input  logic [NumEngines-1:0][15:0] wr_i,
  input  logic [NumEngines-1:0]       done_i,   // last cycle of an active command
  input  slot_t [NumEngines-1:0]      start_slot_i,
  input  slot_t [NumEngines-1:0]      done_slot_i,
  input  logic [15:0]                 lds_i,    // bank that LDS reads
  output logic [15:0]                 active_o, // banks of commands that started in earlier cycles
  output logic [NumEngines:0]         conflict_o
);
  logic [NumEngines-1:0][MaxCommands-1:0][15:0] rd_q, wr_q;  // of active commands, else 0
  logic [NumEngines-1:0][15:0]      rd, wr;      // of engines
  logic [15:0]                      all_rd, all_wr, own;

  always_comb begin
    conflict_o = '0;
    rd         = '0;
    wr         = '0;
    all_rd     = '0;
    all_wr     = '0;
    own        = '0;
    if (start_i != '0 || lds_i != 16'd0) begin
      for (int unsigned e = 0; e < NumEngines; e++) begin
        for (int unsigned s = 0; s < MaxCommands; s++) begin
          rd[e] = rd[e] | rd_q[e][s];
          wr[e] = wr[e] | wr_q[e][s];
        end
      end
      for (int unsigned e = 0; e < NumEngines; e++) begin
        if (start_i[e]) begin
          own    = rd_i[e] | aux_i[e];
          all_rd = '0;
          all_wr = '0;
          for (int unsigned f = 0; f < NumEngines; f++) begin
            if (f != e) begin
              all_rd = all_rd | rd[f];
              all_wr = all_wr | wr[f];
            end
          end
          conflict_o[e] = |(BankMask & ((all_rd & own) | (rd_i[e] & aux_i[e]) | (all_wr & wr_i[e])));
          rd[e] = rd[e] | own;
          wr[e] = wr[e] | wr_i[e];
        end
      end
      all_rd = '0;
      for (int unsigned e = 0; e < NumEngines; e++) all_rd = all_rd | rd[e];
      conflict_o[NumEngines] = |(all_rd & lds_i);
    end
  end

  always_comb begin
    active_o = '0;
    for (int unsigned e = 0; e < NumEngines; e++)
      for (int unsigned s = 0; s < MaxCommands; s++) active_o = active_o | rd_q[e][s] | wr_q[e][s];
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned e = 0; e < NumEngines; e++) begin
      if (!rst_ni) begin
        rd_q[e] <= '0;
        wr_q[e] <= '0;
      end else begin
        if (done_i[e]) begin
          rd_q[e][done_slot_i[e]] <= '0;
          wr_q[e][done_slot_i[e]] <= '0;
        end
        if (start_i[e]) begin
          rd_q[e][start_slot_i[e]] <= rd_i[e] | aux_i[e];
          wr_q[e][start_slot_i[e]] <= wr_i[e];
        end
      end
    end
  end

`ifdef FORMAL
  // benchmarks/proofs: as long as no conflict was told, no bank's port is held by commands of two engines. Commands start in
  // free places and end once.
  logic started_q = 1'b0, stopped_q;
  logic [NumEngines-1:0][MaxCommands-1:0] held_q;
  logic [NumEngines-1:0][15:0]            f_rd, f_wr;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    stopped_q <= rst_ni && (stopped_q || conflict_o != '0);
    for (int unsigned e = 0; e < NumEngines; e++) begin
      if (done_i[e]) held_q[e][done_slot_i[e]] <= 1'b0;
      if (start_i[e]) held_q[e][start_slot_i[e]] <= 1'b1;
      if (!rst_ni) held_q[e] <= '0;
    end
  end
  always_comb begin
    f_rd = '0;
    f_wr = '0;
    for (int unsigned e = 0; e < NumEngines; e++)
      for (int unsigned s = 0; s < MaxCommands; s++) begin
        f_rd[e] = f_rd[e] | rd_q[e][s];
        f_wr[e] = f_wr[e] | wr_q[e][s];
      end
    if (!started_q) assume (!rst_ni);
    else begin
      for (int unsigned e = 0; e < NumEngines; e++) begin
        assume (!start_i[e] || !held_q[e][start_slot_i[e]]);
        assume (!done_i[e] || held_q[e][done_slot_i[e]]);
        for (int unsigned s = 0; s < MaxCommands; s++)
          if (!held_q[e][s]) assert (rd_q[e][s] == '0 && wr_q[e][s] == '0);
        for (int unsigned f = 0; f < NumEngines; f++)
          if (f < e && !stopped_q) assert ((((f_rd[e] & f_rd[f]) | (f_wr[e] & f_wr[f])) & BankMask) == '0);
      end
    end
  end
`endif
endmodule
