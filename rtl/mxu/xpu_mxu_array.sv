// The systolic array, its two weight buffers and the accumulators (docs/machine.md, sections 3 and 5).
//
// An A vector enters in the cycle in which its last group is at the input. Element r meets row r after r * PeLatency
// cycles and moves one column per cycle; the partial sums move down, PeLatency registers per row. All units see the
// same A values, so that column c of every unit works in the same cycle. Weight groups travel with the same skew, so
// that the shadow buffer can be loaded while vectors that use the other one are still in the array. The sum of
// column c reaches the accumulators rows * PeLatency + c cycles after its vector entered, and is added in AccLatency.
//
// Skews and delays are rings that are indexed with the time modulo their depth. All state is written with blocking
// assignments in the one process below, from the bottom row up, so that every element reads what its neighbours held
// before the clock edge. Outputs are registers.
module xpu_mxu_array
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_fp_add_pkg::*;
  import xpu_pe_pkg::*;
  import xpu_mxu_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  a_part_t               a_i,
  input  logic [RowBits-1:0]    a_data_i,
  input  w_part_t               w_i,
  input  logic [RowBits-1:0]    w_data_i,
  input  mode_t [MaxCommands-1:0] mode_i,     // by slot; constant while the command is in the array
  output logic                  last_o,       // the cycle before, the last sum of the command was added
  input  logic                  acc_rd_i,
  input  logic [15:0]           acc_rd_row_i,
  output logic [MxuCols*32-1:0] acc_row_o     // one cycle after acc_rd_i
);
  localparam int unsigned Rows     = MxuRows;
  localparam int unsigned Cols     = MxuUnitCols;
  localparam int unsigned Pe       = MxuPeLatency;
  localparam int unsigned Dot      = DotLatency;
  localparam int unsigned Depth    = Rows * Pe + Dot + Cols;  // cycles from entry to the last accumulator
  // Steps behind which is a register; one is behind the last, and more of them where PeLatency is above 4.
  localparam bit          Reg1     = Dot >= 3;
  localparam bit          Reg2     = Dot >= 2;
  localparam bit          Reg3     = Dot >= 1;
  localparam bit          Reg4     = Pe >= 3;
  localparam bit          Reg5     = Pe == 2 || Pe >= 4;
  localparam bit          Reg6     = Pe >= 3;
  localparam bit          RegAcc   = MxuAccLatency == 2;
  localparam int unsigned Psums    = (Pe > 4) ? Pe - 3 : 1;
  localparam int unsigned RingW    = $clog2(Depth + 2);
  localparam int unsigned Ring     = 1 << RingW;
  localparam int unsigned RowBytes = 8;                  // of an operand in a row of the array
  localparam int unsigned Blocks   = (Rows * MaxGroup + ScaleBlock - 1) / ScaleBlock;  // of scales in a step
  localparam int unsigned BlockW   = (Blocks == 1) ? 1 : $clog2(Blocks);

  // An operand of a processing element: a group of elements as they are in memory, or a bf16_unpacked_t.
  typedef logic [8*RowBytes-1:0] operand_t;
  localparam int unsigned WideBits = $bits(bf16_unpacked_t);

  typedef struct packed {
    logic       valid;
    logic [4:0] count;   // elements that the row has in this step
    logic       buffer;
    slot_t      slot;
    logic [7:0] scale;
  } a_cell_t;

  typedef struct packed {
    logic        valid;
    logic        write;
    logic        halve;
    logic        last;
    logic        buffer;
    slot_t       slot;
    logic [15:0] kb;
    logic [15:0] acc_row;
  } tag_t;

  logic [RingW-1:0] now;
  logic [31:0]      phase, flight;
  operand_t         gather [Rows];
  tag_t             tag_ring [Ring];
  operand_t         a_ring [Ring][Rows];
  logic [7:0]       a_scale_ring [Ring][Blocks];
  w_part_t          w_ring [Ring];
  logic [WideBits-1:0] w_elem [Ring][SpmRowBytes];   // a byte, or a bf16_unpacked_t
  a_cell_t          a_cell [Rows][Cols];   // entry c >= 1: value at column c
  operand_t         a_value [Rows][Cols];
  operand_t         weight [2][Rows][MxuCols];
  logic [7:0]       w_scale [2][Rows][MxuCols];
  logic [7:0]       a_scale [2][Blocks][MxuAccRows];
  products_t        products [Rows][MxuCols];
  carry_save_t      carry_save [Rows][MxuCols];
  exact_t           exact [Rows][MxuCols];
  aligned_t         aligned [Rows][MxuCols];
  summed_t          summed [Rows][MxuCols];
  normed_t          normed [Rows][MxuCols];
  logic [31:0]      psum [Psums][Rows][MxuCols];
  logic [31:0]      acc [MxuAccRows][MxuCols];
  logic [7:0]       halvings [MaxCommands][MxuCols];
  logic [31:0]      halved [MxuCols];      // of the row that the next sum meets
  add_t             acc_sum [MxuCols];     // to be rounded and written
  logic             acc_valid [MxuCols];
  logic [15:0]      acc_row [Cols];

  // Element i of a group of data bytes in stream order.
  function automatic bf16_unpacked_t unpack(logic [4:0] fmt, logic [31:0] raw);
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
  function automatic logic [31:0] raw_of(logic [4:0] fmt, logic [RowBits-1:0] data, logic [31:0] i);
    return (format_bytes(fmt) == 3'd4) ? data[(i % 32'(SpmRowBytes / 4))*32+:32]
                                       : {16'd0, data[(i % 32'(SpmRowBytes / 2))*16+:16]};
  endfunction

  function automatic logic [7:0] byte_of(logic [RowBits-1:0] data, logic [31:0] i);
    return data[(i % 32'(SpmRowBytes))*8+:8];
  endfunction

  // The two steps of an accumulator, out of line for Verilator.
  function automatic add_t acc_first(logic write, logic is_int, logic [31:0] acc_now, logic [31:0] x);
    // verilator no_inline_task
    return write ? add_value(x) : is_int ? add_value(acc_now + x) : add_align(acc_now, x);
  endfunction
  function automatic logic [31:0] acc_second(add_t x);
    // verilator no_inline_task
    return add_finish(x);
  endfunction

  // log2 of the rows that share a block scale.
  function automatic logic [4:0] block_rows_log(logic [4:0] group);
    case (group)
      5'd4:    return 5'd3;
      5'd8:    return 5'd2;
      default: return 5'd1;
    endcase
  endfunction

  // Elements of row r in a step of kb elements.
  function automatic logic [4:0] row_count(logic [15:0] kb, logic [31:0] r, logic [4:0] group);
    logic [31:0] first;
    first = r * 32'(group);
    if (first >= 32'(kb)) return 5'd0;
    return (32'(kb) - first < 32'(group)) ? 5'(32'(kb) - first) : group;
  endfunction

  always_ff @(posedge clk_i) begin
    automatic tag_t             tag, next;
    automatic a_cell_t          a;
    automatic operand_t         x;
    automatic pe_in_t           in;
    automatic products_t        step1;
    automatic carry_save_t      step2;
    automatic exact_t           step3;
    automatic aligned_t         step4;
    automatic summed_t          step5;
    automatic normed_t          step6;
    automatic logic [15:0]      slot;
    automatic w_part_t          w;
    automatic mode_t            m;
    automatic logic [1:0]       log;   // of the bytes of a row's operands
    automatic logic [31:0]      d, c0, col, up;
    automatic logic [RingW-1:0] at;
    automatic logic             last;
    automatic logic [15:0]      row;
    automatic logic [31:0]      sum;
    automatic add_t             add;
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
      for (int unsigned r = 0; r < Rows; r++)
        for (int unsigned c = 0; c < MxuCols; c++) begin
          products[r][c].sum.valid   = 1'b0;
          carry_save[r][c].sum.valid = 1'b0;
          exact[r][c].valid          = 1'b0;
          aligned[r][c].valid        = 1'b0;
          summed[r][c].valid         = 1'b0;
          normed[r][c].valid         = 1'b0;
        end
      for (int unsigned c = 0; c < MxuCols; c++) acc_valid[c] = 1'b0;
    end else begin
      if (a_i.valid || w_i.valid) flight = Depth + 2;
      if (a_i.valid) begin
        m   = mode_i[a_i.slot];
        log = row_pieces_log(m.a_fmt, m.group);
        if (m.class_a == MatrixClassWide) begin
          for (int unsigned i = 0; i < Rows; i++)
            if (i >= 32'(a_i.first) && i < 32'(a_i.first) + 32'(a_i.count))
              gather[i] = operand_t'(unpack(m.a_fmt, raw_of(m.a_fmt, a_data_i,
                                                       a_i.bcast ? 32'd0 : i - 32'(a_i.first))));
        end else begin
          for (int unsigned i = 0; i < Rows * RowBytes; i++)
            if (i >= 32'(a_i.first) && i < 32'(a_i.first) + 32'(a_i.count)) begin
              slot = 16'(i) & ((16'd1 << log) - 16'd1);
              gather[$clog2(Rows)'(i>>log)][slot[2:0]*8+:8] = byte_of(a_data_i, a_i.bcast ? 32'd0 : i - 32'(a_i.first));
            end
        end
      end
      if (flight != 32'd0) begin
        flight = flight - 32'd1;
        // Accumulators. A sum is read and aligned in one cycle, and rounded and written in the same or in the next. What is
        // halved is read a cycle ahead.
        for (int unsigned c = 0; c < Cols; c++) begin
          at  = now - RingW'(Rows * Pe + Dot + c);
          tag  = tag_ring[at];
          next = tag_ring[RingW'(at+1'b1)];
          m    = mode_i[tag.slot];
          row  = RegAcc ? acc_row[c] : tag.acc_row;
          for (int unsigned u = 0; u < MxuUnits; u++) begin
            col = u * Cols + c;
            add = acc_sum[col];
            if (RegAcc && acc_valid[col]) begin
              assert (!tag.valid || tag.write || row != tag.acc_row);
            end
            if (tag.valid && col < 32'(m.ncols)) begin
              sum          = tag.halve ? halved[col] : acc[tag.acc_row[$clog2(MxuAccRows)-1:0]][col];
              acc_sum[col] = acc_first(tag.write, m.class_a == MatrixClassInteger, sum, psum[phase][Rows-1][col]);
            end
            if (next.valid && next.halve) begin
              assert (!(RegAcc ? acc_valid[col] : tag.valid) || row != next.acc_row);
              halved[col] = halve(acc[next.acc_row[$clog2(MxuAccRows)-1:0]][col], halvings[next.slot][col]);
            end
            if (RegAcc ? acc_valid[col] : tag.valid && col < 32'(m.ncols))
              acc[row[$clog2(MxuAccRows)-1:0]][col] = acc_second(RegAcc ? add : acc_sum[col]);
            acc_valid[col] = tag.valid && col < 32'(m.ncols);
          end
          acc_row[c] = tag.acc_row;
          if (tag.valid && tag.last && c == Cols - 1) last = 1'b1;
        end
        // What enters in this cycle.
        tag_ring[now] = '{valid: a_i.valid && a_i.enter, write: a_i.write, halve: a_i.halve, last: a_i.last,
                          buffer: a_i.buffer, slot: a_i.slot, kb: a_i.kb, acc_row: a_i.acc_row};
        if (a_i.valid && a_i.enter) begin
          for (int unsigned r = 0; r < Rows; r++) a_ring[now][r] = gather[r];
          for (int unsigned j = 0; j < Blocks; j++)
            a_scale_ring[now][j] = a_scale[a_i.buffer][j][a_i.acc_row[$clog2(MxuAccRows)-1:0]];
        end
        w_ring[now] = w_i;
        if (w_i.valid && w_i.kind == PartHalve) begin
          for (int unsigned c = 0; c < MxuCols; c++)
            if (c >= 32'(w_i.first) && c < 32'(w_i.first) + 32'(w_i.count))
              halvings[w_i.slot][c] = byte_of(w_data_i, c - 32'(w_i.first));
        end else if (w_i.valid) begin
          m = mode_i[w_i.slot];
          if (m.class_a == MatrixClassWide) begin
            for (int unsigned i = 0; i < SpmRowBytes / 2; i++)
              if (i < 32'(w_i.count) && (i == 32'd0 || !w_i.bcast))
                w_elem[now][i] = unpack(m.w_fmt, raw_of(m.w_fmt, w_data_i, i));
          end else if (w_i.kind == PartAScale) begin
            for (int unsigned i = 0; i < MxuAccRows; i++)
              if (i >= 32'(w_i.first) && i < 32'(w_i.first) + 32'(w_i.count))
                a_scale[w_i.buffer][w_i.vec[BlockW-1:0]][i] = byte_of(w_data_i, w_i.bcast ? 32'd0 : i - 32'(w_i.first));
          end else begin
            for (int unsigned i = 0; i < SpmRowBytes; i++)
              if (i < 32'(w_i.count) && (i == 32'd0 || !w_i.bcast)) w_elem[now][i] = WideBits'(byte_of(w_data_i, i));
          end
        end
        // Processing elements.
        for (int r = int'(Rows) - 1; r >= 0; r--) begin
          at  = now - RingW'(unsigned'(r) * Pe);
          tag = tag_ring[at];
          for (int c = int'(Cols) - 1; c >= 0; c--) begin
            if (c == 0) begin
              m = mode_i[tag.slot];
              a = '{valid: tag.valid, count: row_count(tag.kb, unsigned'(r), m.group), buffer: tag.buffer, slot: tag.slot,
                    scale: a_scale_ring[at][BlockW'(unsigned'(r)>>block_rows_log(m.group))]};
              x = a_ring[at][r];
            end else begin
              a = a_cell[r][c];
              x = a_value[r][c];
            end
            if (c != int'(Cols) - 1) begin
              a_cell[r][c+1]  = a;
              a_value[r][c+1] = x;
            end
            m = mode_i[a.slot];
            for (int unsigned u = 0; u < MxuUnits; u++) begin
              col      = u * Cols + unsigned'(c);
              in.valid = a.valid && col < 32'(m.ncols);
              step1.sum.valid = in.valid;
              if (in.valid) begin
                in = '{valid: 1'b1, class_a: m.class_a, a_fmt: m.a_fmt, w_fmt: m.w_fmt, a: x, w: weight[a.buffer][r][col],
                       count: a.count,
                       scale: m.scaled ? {1'b0, a.scale} + {1'b0, w_scale[a.buffer][r][col]} : 9'd254,
                       scale_nan: m.scaled && (a.scale == 8'hFF || w_scale[a.buffer][r][col] == 8'hFF)};
                step1 = pe_products(in);
              end
              // A step works on what its register held before the clock edge.
              step2.sum.valid = Reg1 ? products[r][col].sum.valid : step1.sum.valid;
              if (step2.sum.valid) step2 = pe_sum(Reg1 ? products[r][col] : step1);
              if (Reg1) products[r][col] = step1;
              step3.valid = Reg2 ? carry_save[r][col].sum.valid : step2.sum.valid;
              if (step3.valid) step3 = pe_exact(Reg2 ? carry_save[r][col] : step2);
              if (Reg2) carry_save[r][col] = step2;
              step4.valid = Reg3 ? exact[r][col].valid : step3.valid;
              if (step4.valid) step4 = sum_align(Reg3 ? exact[r][col] : step3, (r == 0) ? 32'd0 : psum[phase][r-1][col]);
              if (Reg3) exact[r][col] = step3;
              step5.valid = Reg4 ? aligned[r][col].valid : step4.valid;
              if (step5.valid) step5 = sum_add(Reg4 ? aligned[r][col] : step4);
              if (Reg4) aligned[r][col] = step4;
              step6.valid = Reg5 ? summed[r][col].valid : step5.valid;
              if (step6.valid) step6 = sum_norm(Reg5 ? summed[r][col] : step5);
              if (Reg5) summed[r][col] = step5;
              if (Reg6 ? normed[r][col].valid : step6.valid) psum[phase][r][col] = sum_round(Reg6 ? normed[r][col] : step6);
              if (Reg6) normed[r][col] = step6;
            end
          end
        end
        // Weights: a group reaches element (r, c) after r * Pe + c cycles.
        for (d = 0; d < 32'((Rows - 1) * Pe + Cols); d = d + 32'd1) begin
          at = now - RingW'(d);
          w  = w_ring[at];
          if (w.valid) begin
            m   = mode_i[w.slot];
            log = row_pieces_log(m.w_fmt, m.group);
            if (w.kind == PartWScale) begin
              for (int unsigned r = 0; r < Rows; r++)
                if (16'(r >> block_rows_log(m.group)) == w.vec && d >= r * Pe && d - r * Pe < Cols)
                  for (int unsigned u = 0; u < MxuUnits; u++) begin
                    col = u * Cols + d - r * Pe;
                    if (col >= 32'(w.first) && col < 32'(w.first) + 32'(w.count))
                      w_scale[w.buffer][r][col] = w_elem[at][w.bcast ? 32'd0 : col - 32'(w.first)][7:0];
                  end
            end else if (w.kind == PartTile && w.by_col) begin
              c0 = 32'(w.vec) % Cols;
              if (d >= c0 && (d - c0) % Pe == 32'd0) begin
                c0 = (d - c0) / Pe;  // row
                if (m.class_a == MatrixClassWide) begin
                  if (c0 >= 32'(w.first) && c0 < 32'(w.first) + 32'(w.count))
                    weight[w.buffer][c0[$clog2(Rows)-1:0]][w.vec[$clog2(MxuCols)-1:0]] =
                        operand_t'(w_elem[at][w.bcast ? 32'd0 : c0 - 32'(w.first)]);
                end else if (c0 < Rows) begin
                  for (int unsigned k = 0; k < RowBytes; k++) begin
                    up = (c0 << log) + k;  // piece
                    if (k < 32'd1 << log && up >= 32'(w.first) && up < 32'(w.first) + 32'(w.count))
                      weight[w.buffer][c0[$clog2(Rows)-1:0]][w.vec[$clog2(MxuCols)-1:0]][8*k+:8] =
                          w_elem[at][w.bcast ? 32'd0 : up - 32'(w.first)][7:0];
                  end
                end
              end
            end else if (w.kind == PartTile) begin
              c0 = 32'(w.vec) >> log;  // row
              if (d >= c0 * Pe && d - c0 * Pe < Cols) begin
                slot = w.vec & ((16'd1 << log) - 16'd1);
                for (int unsigned u = 0; u < MxuUnits; u++) begin
                  col = u * Cols + d - c0 * Pe;
                  if (col >= 32'(w.first) && col < 32'(w.first) + 32'(w.count)) begin
                    up = w.bcast ? 32'd0 : col - 32'(w.first);
                    if (m.class_a == MatrixClassWide) weight[w.buffer][c0[$clog2(Rows)-1:0]][col] = operand_t'(w_elem[at][up]);
                    else weight[w.buffer][c0[$clog2(Rows)-1:0]][col][slot[2:0]*8+:8] = w_elem[at][up][7:0];
                  end
                end
              end
            end
          end
        end
        now   = now + 1'b1;
        phase = (phase == Psums - 1) ? 32'd0 : phase + 32'd1;
      end
    end
    last_o <= last;
    if (acc_rd_i)
      for (int unsigned c = 0; c < MxuCols; c++)
        acc_row_o[c*32+:32] <= acc[acc_rd_row_i[$clog2(MxuAccRows)-1:0]][c];
  end
endmodule
