// AXI slave of the bench: the memory behind a slice, which the bench knows by its number. Times come from the HBM model and
// contents from the bench, both through DPI-C; contents are those of the cycle of the request: LOAD reads before STORE writes.
// When an answer comes is asked for in every cycle, as later requests have a say in it. Answers come in order, one per cycle.
// It keeps check bits beside the data, and merges words of which a write has a part (xpu_dma_store says what BUSER tells of it).
// What is under way survives a stop of the slice; the timing model counts the cycles of a program, the answers those of the clock.
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
  output logic [CheckBits-1:0]    ruser_o,
  input  logic                    awvalid_i,
  output logic                    awready_o,
  input  logic [31:0]             awaddr_i,
  input  logic [15:0]             awuser_i,
  input  logic [LineBits-1:0]     wdata_i,
  input  logic [HbmLineBytes-1:0] wstrb_i,
  input  logic [CheckBits-1:0]    wuser_i,
  output logic                    bvalid_o,
  output logic [3:0]              buser_o
);
  import "DPI-C" function void acc_hbm_request(input longint bench, input int slice, input longint cycle,
                                               input int addr, input int bytes, input int is_write);
  import "DPI-C" function longint acc_hbm_take(input longint bench, input int slice, input longint cycle,
                                               input int is_write);
  import "DPI-C" function void acc_bench_read(input longint bench, input int slice, input int addr,
                                              input int bytes, output bit [LineBits-1:0] line,
                                              output bit [CheckBits-1:0] check);
  // What BUSER has to say.
  import "DPI-C" function int acc_bench_write(input longint bench, input int slice, input int addr,
                                              input bit [LineBits-1:0] line,
                                              input bit [HbmLineBytes-1:0] strobes,
                                              input bit [CheckBits-1:0] check);

  localparam int unsigned Depth = 2 * DmaOutstanding;

  // Answers under way. Written with blocking assignments by the one process below only.
  longint              rd_at [Depth];
  bit [LineBits-1:0]   rd_line [Depth];
  bit [CheckBits-1:0]  rd_check [Depth];
  longint              wr_at [Depth];
  bit [3:0]            wr_user [Depth];
  longint              now_q, start_q;  // of the clock, and when the program began
  int unsigned         rd_head, rd_asked, rd_known, wr_head, wr_asked, wr_known;

  assign arready_o = 1'b1;
  assign awready_o = 1'b1;

  always_ff @(posedge clk_i) begin
    automatic longint            now;
    automatic longint            at;
    automatic bit [LineBits-1:0] line;
    automatic bit [CheckBits-1:0] check;
    now      = now_q;
    now_q    = now_q + 1;
    rvalid_o <= 1'b0;
    bvalid_o <= 1'b0;
    if (!rst_ni) begin
      now_q    = 0;
      start_q  = 0;
      rd_asked = 0;
      rd_known = 0;
      rd_head  = 0;
      wr_asked = 0;
      wr_known = 0;
      wr_head  = 0;
    end else begin
      if (arvalid_i) begin
        acc_bench_read(longint'(bench_i), int'(slice_i), int'(araddr_i), int'(aruser_i), line, check);
        acc_hbm_request(longint'(bench_i), int'(slice_i), longint'(cycle_i), int'(araddr_i), int'(aruser_i), 0);
        rd_line[(rd_head+rd_asked)%Depth] = line;
        rd_check[(rd_head+rd_asked)%Depth] = check;
        rd_asked = rd_asked + 1;
      end
      if (awvalid_i) begin
        wr_user[(wr_head+wr_asked)%Depth] =
            4'(acc_bench_write(longint'(bench_i), int'(slice_i), int'(awaddr_i), wdata_i, wstrb_i, wuser_i));
        acc_hbm_request(longint'(bench_i), int'(slice_i), longint'(cycle_i), int'(awaddr_i), int'(awuser_i), 1);
        wr_asked = wr_asked + 1;
      end
      if (arvalid_i || awvalid_i) start_q = now - longint'(cycle_i);
      if (rd_known < rd_asked) begin
        at = acc_hbm_take(longint'(bench_i), int'(slice_i), now - start_q, 0);
        while (at >= 0) begin
          rd_at[(rd_head+rd_known)%Depth] = at + start_q;
          rd_known = rd_known + 1;
          at       = acc_hbm_take(longint'(bench_i), int'(slice_i), now - start_q, 0);
        end
      end
      if (wr_known < wr_asked) begin
        at = acc_hbm_take(longint'(bench_i), int'(slice_i), now - start_q, 1);
        while (at >= 0) begin
          wr_at[(wr_head+wr_known)%Depth] = at + start_q;
          wr_known = wr_known + 1;
          at       = acc_hbm_take(longint'(bench_i), int'(slice_i), now - start_q, 1);
        end
      end
      // What is at the engine in the next cycle.
      if (rd_known != 0 && rd_at[rd_head] <= now + 1) begin
        rvalid_o <= 1'b1;
        rdata_o  <= rd_line[rd_head];
        ruser_o  <= rd_check[rd_head];
        rd_head  = (rd_head + 1) % Depth;
        rd_asked = rd_asked - 1;
        rd_known = rd_known - 1;
      end
      if (wr_known != 0 && wr_at[wr_head] <= now + 1) begin
        bvalid_o <= 1'b1;
        buser_o  <= wr_user[wr_head];
        wr_head  = (wr_head + 1) % Depth;
        wr_asked = wr_asked - 1;
        wr_known = wr_known - 1;
      end
    end
  end
endmodule
