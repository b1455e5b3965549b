// The systolic array, its two weight buffers and the accumulators (docs/machine.md, sections 3 and 5).
//
// An A vector enters in the cycle in which its last group is at the input. Element r meets row r after r * PeLatency
// cycles and moves one column per cycle; the partial sums move down, PeLatency registers per row. All units see the
// same A values, so that column c of every unit works in the same cycle. Weight groups travel with the same skew, so
// that the shadow buffer can be loaded while vectors that use the other one are still in the array. The sum of
// column c reaches the accumulators rows * PeLatency + c cycles after its vector entered.
//
// Skews and delays are rings that are indexed with the time modulo their depth. All state is written with blocking
// assignments in the one process below, from the bottom row up, so that every element reads what its neighbours held
// before the clock edge. Outputs are registers.
module xpu_mxu_array
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_mxu_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  a_part_t               a_i,
  input  logic [RowBits-1:0]    a_data_i,
  input  w_part_t               w_i,
  input  logic [RowBits-1:0]    w_data_i,
  input  logic [15:0]           ncols_i,
  output logic                  last_o,       // the cycle before, the last sum of the command was added
  input  logic                  acc_rd_i,
  input  logic [15:0]           acc_rd_row_i,
  output logic [MxuCols*32-1:0] acc_row_o     // one cycle after acc_rd_i
);
  localparam int unsigned Rows     = MxuRows;
  localparam int unsigned Cols     = MxuUnitCols;
  localparam int unsigned Pe       = MxuPeLatency;
  localparam int unsigned Depth    = Rows * Pe + Cols;  // cycles from entry to the last accumulator
  localparam int unsigned RingW    = $clog2(Depth + 2);
  localparam int unsigned Ring     = 1 << RingW;
  localparam int unsigned MaxElems = SpmRowBytes / 2;

  typedef struct packed {
    logic           valid;
    logic           enable;  // the row has an element in this step
    logic           buffer;
    bf16_unpacked_t x;
  } a_cell_t;

  typedef struct packed {
    logic        valid;
    logic        write;
    logic        last;
    logic        buffer;
    logic [15:0] kb;
    logic [15:0] acc_row;
  } tag_t;

  logic [RingW-1:0] now;
  logic [31:0]      phase, flight;
  bf16_unpacked_t   gather [Rows];
  tag_t             tag_ring [Ring];
  bf16_unpacked_t   a_ring [Ring][Rows];
  w_part_t          w_ring [Ring];
  bf16_unpacked_t   w_elem [Ring][MaxElems];
  a_cell_t          a_cell [Rows][Cols];   // entry c >= 1: value at column c
  bf16_unpacked_t   weight [2][Rows][MxuCols];
  logic [31:0]      psum [Pe][Rows][MxuCols];
  logic [31:0]      acc [MxuAccRows][MxuCols];

  // Element i of a group of data bytes in stream order.
  function automatic bf16_unpacked_t unpack(logic [3:0] fmt, logic [31:0] raw);
    // verilator no_inline_task
    case (fmt)
      FormatF32_T0: return unpack_fp32_term(raw, 2'd0);
      FormatF32_T1: return unpack_fp32_term(raw, 2'd1);
      FormatF32_T2: return unpack_fp32_term(raw, 2'd2);
      FormatF16_T0: return unpack_fp16_term(raw[15:0], 2'd0);
      FormatF16_T1: return unpack_fp16_term(raw[15:0], 2'd1);
      default:      return unpack_bf16(raw[15:0]);
    endcase
  endfunction
  function automatic logic [31:0] raw_of(logic [3:0] fmt, logic [RowBits-1:0] data, logic [31:0] i);
    return (format_bytes(fmt) == 3'd4) ? data[(i % 32'(SpmRowBytes / 4))*32+:32]
                                       : {16'd0, data[(i % 32'(SpmRowBytes / 2))*16+:16]};
  endfunction

  always_ff @(posedge clk_i) begin
    automatic tag_t             tag;
    automatic a_cell_t          a;
    automatic w_part_t          w;
    automatic logic [31:0]      d, c0, col, up;
    automatic logic [RingW-1:0] at;
    automatic logic             last;
    last = 1'b0;
    if (!rst_ni) begin
      flight = 32'd0;
      now    = '0;
      phase  = 32'd0;
      for (int unsigned i = 0; i < Ring; i++) begin
        tag_ring[i] = '0;
        w_ring[i]   = '0;
      end
      for (int unsigned r = 0; r < Rows; r++)
        for (int unsigned c = 0; c < Cols; c++) a_cell[r][c] = '0;
    end else begin
      if (a_i.valid || w_i.valid) flight = Depth + 2;
      if (a_i.valid) begin
        for (int unsigned i = 0; i < Rows; i++)
          if (i >= 32'(a_i.first) && i < 32'(a_i.first) + 32'(a_i.count))
            gather[i] = unpack(a_i.fmt, raw_of(a_i.fmt, a_data_i, a_i.bcast ? 32'd0 : i - 32'(a_i.first)));
      end
      if (flight != 32'd0) begin
        flight = flight - 32'd1;
        // Accumulators.
        for (int unsigned c = 0; c < Cols; c++) begin
          at  = now - RingW'(Rows * Pe + c);
          tag = tag_ring[at];
          if (tag.valid) begin
            for (int unsigned u = 0; u < MxuUnits; u++) begin
              col = u * Cols + c;
              if (col < 32'(ncols_i))
                acc[tag.acc_row[$clog2(MxuAccRows)-1:0]][col] = tag.write ? psum[phase][Rows-1][col] :
                    fp32_add(acc[tag.acc_row[$clog2(MxuAccRows)-1:0]][col], psum[phase][Rows-1][col]);
            end
            if (tag.last && c == Cols - 1) last = 1'b1;
          end
        end
        // What enters in this cycle.
        tag_ring[now] = '{valid: a_i.valid && a_i.enter, write: a_i.write, last: a_i.last, buffer: a_i.buffer,
                          kb: a_i.kb, acc_row: a_i.acc_row};
        if (a_i.valid && a_i.enter) for (int unsigned r = 0; r < Rows; r++) a_ring[now][r] = gather[r];
        w_ring[now] = w_i;
        if (w_i.valid) begin
          for (int unsigned i = 0; i < MaxElems; i++)
            if (i < 32'(w_i.count) && (i == 32'd0 || !w_i.bcast))
              w_elem[now][i] = unpack(w_i.fmt, raw_of(w_i.fmt, w_data_i, i));
        end
        // Processing elements.
        for (int r = int'(Rows) - 1; r >= 0; r--) begin
          at  = now - RingW'(unsigned'(r) * Pe);
          tag = tag_ring[at];
          for (int c = int'(Cols) - 1; c >= 0; c--) begin
            if (c == 0) a = '{valid: tag.valid, enable: unsigned'(r) < 32'(tag.kb), buffer: tag.buffer,
                              x: a_ring[at][r]};
            else a = a_cell[r][c];
            if (c != int'(Cols) - 1) a_cell[r][c+1] = a;
            if (a.valid) begin
              for (int unsigned u = 0; u < MxuUnits; u++) begin
                col = u * Cols + unsigned'(c);
                if (col < 32'(ncols_i)) begin
                  up = (r == 0) ? 32'd0 : psum[phase][r-1][col];
                  psum[phase][r][col] = a.enable ? pe_fma(a.x, weight[a.buffer][r][col], up) : up;
                end
              end
            end
          end
        end
        // Weights: a group reaches element (r, c) after r * Pe + c cycles.
        for (d = 0; d < 32'((Rows - 1) * Pe + Cols); d = d + 32'd1) begin
          at = now - RingW'(d);
          w  = w_ring[at];
          if (w.valid) begin
            if (w.by_col) begin
              c0 = 32'(w.vec) % Cols;
              if (d >= c0 && (d - c0) % Pe == 32'd0) begin
                c0 = (d - c0) / Pe;
                if (c0 >= 32'(w.first) && c0 < 32'(w.first) + 32'(w.count))
                  weight[w.buffer][c0[$clog2(Rows)-1:0]][w.vec[$clog2(MxuCols)-1:0]] =
                      w_elem[at][w.bcast ? 32'd0 : c0 - 32'(w.first)];
              end
            end else if (d >= 32'(w.vec) * Pe && d - 32'(w.vec) * Pe < Cols) begin
              for (int unsigned u = 0; u < MxuUnits; u++) begin
                col = u * Cols + d - 32'(w.vec) * Pe;
                if (col >= 32'(w.first) && col < 32'(w.first) + 32'(w.count))
                  weight[w.buffer][w.vec[$clog2(Rows)-1:0]][col] = w_elem[at][w.bcast ? 32'd0 : col - 32'(w.first)];
              end
            end
          end
        end
        now   = now + 1'b1;
        phase = (phase == Pe - 1) ? 32'd0 : phase + 32'd1;
      end
    end
    last_o <= last;
    if (acc_rd_i)
      for (int unsigned c = 0; c < MxuCols; c++)
        acc_row_o[c*32+:32] <= acc[acc_rd_row_i[$clog2(MxuAccRows)-1:0]][c];
  end
endmodule
