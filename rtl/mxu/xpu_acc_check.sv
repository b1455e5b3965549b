// Whether a command's rows and columns of accumulators exist: fault_o is AccRange in the second cycle behind start_i, else
// None (docs/machine.md, section 8). Outputs are registers.
module xpu_acc_check
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
(
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             start_i,
  input  logic [2:0][31:0] msize_i,
  input  logic [15:0]      base_i,
  input  logic [15:0]      ncols_i,
  output logic [7:0]       fault_o
);
  localparam int unsigned RowsW = $clog2(MxuAccRows + 1);
  typedef logic [2*RowsW-1:0] rows_t;

  logic             check_q, bad_q, beyond_q, beyond_d;
  logic [RowsW-1:0] last_q;
  rows_t            rows_q, room_q;

  // A size with more bits than the number of rows is beyond them by itself.
  always_comb begin
    beyond_d = 32'(base_i) > 32'(MxuAccRows) || 32'(ncols_i) > 32'(MxuCols);
    for (int unsigned d = 0; d < 3; d++) beyond_d = beyond_d || msize_i[d] > 32'(MxuAccRows);
  end
  always_ff @(posedge clk_i) begin
    beyond_q <= beyond_d;
    rows_q   <= rows_t'(msize_i[0][RowsW-1:0]) * rows_t'(msize_i[1][RowsW-1:0]);
    last_q   <= msize_i[2][RowsW-1:0];
    room_q   <= rows_t'(MxuAccRows) - rows_t'(base_i);
    check_q  <= rst_ni && start_i;
    bad_q    <= rst_ni && check_q &&
                (beyond_q || rows_q > rows_t'(MxuAccRows) || rows_t'(rows_q[RowsW-1:0]) * rows_t'(last_q) > room_q);
  end
  assign fault_o = bad_q ? FaultAccRange : FaultNone;
endmodule
