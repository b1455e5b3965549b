// AXI slave of the bench: the memory behind a slice, which the bench knows by its number. Times come from the HBM model and contents from the bench, both
// through DPI-C, in the cycle of the request: LOAD reads before STORE writes. Answers come in order, one per cycle. What is
// under way survives a stop of the slice; the timing model counts the cycles of a program, the answers those of the clock.
// Read data and acknowledgements are registered outputs.
module hbm_dpi
  import xpu_cfg_pkg::*;
  import xpu_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic [63:0]             bench_i,    // handle of the bench, constant
  input  logic [31:0]             slice_i,    // constant
  input  logic [63:0]             cycle_i,    // of the program
  input  logic                    arvalid_i,
  output logic                    arready_o,
  input  logic [31:0]             araddr_i,
  input  logic [15:0]             aruser_i,
  output logic                    rvalid_o,
  output logic [LineBits-1:0]     rdata_o,
  input  logic                    awvalid_i,
  output logic                    awready_o,
  input  logic [31:0]             awaddr_i,
  input  logic [15:0]             awuser_i,
  input  logic [LineBits-1:0]     wdata_i,
  input  logic [HbmLineBytes-1:0] wstrb_i,
  output logic                    bvalid_o
);
  import "DPI-C" function longint acc_hbm_access(input longint bench, input int slice, input longint cycle,
                                                 input int addr, input int bytes, input int is_write);
  import "DPI-C" function void acc_bench_read(input longint bench, input int slice, input int addr,
                                              input int bytes, output bit [LineBits-1:0] line);
  import "DPI-C" function void acc_bench_write(input longint bench, input int slice, input int addr,
                                               input bit [LineBits-1:0] line,
                                               input bit [HbmLineBytes-1:0] strobes);

  localparam int unsigned Depth = 2 * DmaOutstanding;

  // Answers under way. Written with blocking assignments by the one process below only.
  longint              rd_at [Depth];
  bit [LineBits-1:0]   rd_line [Depth];
  longint              wr_at [Depth];
  longint              now_q;
  int unsigned         rd_head, rd_count, wr_head, wr_count;

  assign arready_o = 1'b1;
  assign awready_o = 1'b1;

  always_ff @(posedge clk_i) begin
    automatic longint            now;
    automatic bit [LineBits-1:0] line;
    now      = now_q;
    now_q    = now_q + 1;
    rvalid_o <= 1'b0;
    bvalid_o <= 1'b0;
    if (!rst_ni) begin
      now_q    = 0;
      rd_count = 0;
      rd_head  = 0;
      wr_count = 0;
      wr_head  = 0;
    end else begin
      if (arvalid_i) begin
        acc_bench_read(longint'(bench_i), int'(slice_i), int'(araddr_i), int'(aruser_i), line);
        rd_at[(rd_head+rd_count)%Depth]   = now - longint'(cycle_i) +
          acc_hbm_access(longint'(bench_i), int'(slice_i), longint'(cycle_i), int'(araddr_i), int'(aruser_i), 0);
        rd_line[(rd_head+rd_count)%Depth] = line;
        rd_count = rd_count + 1;
      end
      if (awvalid_i) begin
        acc_bench_write(longint'(bench_i), int'(slice_i), int'(awaddr_i), wdata_i, wstrb_i);
        wr_at[(wr_head+wr_count)%Depth] = now - longint'(cycle_i) +
          acc_hbm_access(longint'(bench_i), int'(slice_i), longint'(cycle_i), int'(awaddr_i), int'(awuser_i), 1);
        wr_count = wr_count + 1;
      end
      // What is at the engine in the next cycle.
      if (rd_count != 0 && rd_at[rd_head] <= now + 1) begin
        rvalid_o <= 1'b1;
        rdata_o  <= rd_line[rd_head];
        rd_head  = (rd_head + 1) % Depth;
        rd_count = rd_count - 1;
      end
      if (wr_count != 0 && wr_at[wr_head] <= now + 1) begin
        bvalid_o <= 1'b1;
        wr_head  = (wr_head + 1) % Depth;
        wr_count = wr_count - 1;
      end
    end
  end
endmodule
