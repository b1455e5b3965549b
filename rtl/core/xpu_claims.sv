// Bank claims (docs/machine.md, section 5): a command holds the read ports of rd_banks and aux_banks and the write
// ports of wr_banks from its start to its end. conflict_o depends combinationally on the inputs: active commands
// claim first, then starters in engine order, then LDS; who overlaps what is claimed so far is in conflict.
module xpu_claims
  import xpu_cfg_pkg::*;
  import xpu_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic [NumEngines-1:0]       start_i,
  input  logic [NumEngines-1:0][15:0] rd_i,
  input  logic [NumEngines-1:0][15:0] aux_i,
  input  logic [NumEngines-1:0][15:0] wr_i,
  input  logic [NumEngines-1:0]       done_i,   // last cycle of the active command
  input  logic [15:0]                 lds_i,    // bank that LDS reads
  output logic [NumEngines:0]         conflict_o
);
  logic [NumEngines-1:0][15:0] rd_q, wr_q;  // of active commands, else 0
  logic [15:0]                 rd, wr;

  localparam logic [15:0] Banks = 16'((32'd1 << SpmBanks) - 32'd1);  // claims of other banks mean nothing

  always_comb begin
    conflict_o = '0;
    rd         = '0;
    wr         = '0;
    if (start_i != '0 || lds_i != 16'd0) begin
      for (int unsigned e = 0; e < NumEngines; e++) begin
        rd = rd | rd_q[e];
        wr = wr | wr_q[e];
      end
      for (int unsigned e = 0; e < NumEngines; e++) begin
        if (start_i[e]) begin
          conflict_o[e] = |(Banks & ((rd & (rd_i[e] | aux_i[e])) | (rd_i[e] & aux_i[e]) | (wr & wr_i[e])));
          rd = rd | rd_i[e] | aux_i[e];
          wr = wr | wr_i[e];
        end
      end
      conflict_o[NumEngines] = |(rd & lds_i);
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned e = 0; e < NumEngines; e++) begin
      if (!rst_ni || done_i[e]) begin
        rd_q[e] <= '0;
        wr_q[e] <= '0;
      end else if (start_i[e]) begin
        rd_q[e] <= rd_i[e] | aux_i[e];
        wr_q[e] <= wr_i[e];
      end
    end
  end
endmodule
