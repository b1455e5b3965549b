// The collective network of a chip (docs/machine.md, section 9): it tells the members of a group that all have come, and
// reduces their beats by rows, by columns, and by rows and then columns. Groups that are active together share no slice
// and no link: a row and a column have a slice in common. Outputs depend on registers only.
module xpu_collectives
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_net_pkg::*;
(
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  net_offer_t [NumSlices-1:0] offer_i,
  output logic       [NumSlices-1:0] go_o,
  output logic       [NumSlices-1:0] mismatch_o,
  input  net_beat_t  [NumSlices-1:0] beat_i,
  output words_t     [NumSlices-1:0] words_o
);
  // All have come -------------------------------------------------------------------------------------------------
  logic [NumSlices-1:0] go_d, go_q, mismatch_d, mismatch_q, offers;
  logic                 all, same;
  int unsigned          s;
  always_comb begin
    go_d       = '0;
    mismatch_d = '0;
    all        = 1'b0;
    same       = 1'b0;
    s          = 0;
    // An offer that was answered is seen for one more cycle.
    for (int unsigned i = 0; i < NumSlices; i++) offers[i] = offer_i[i].valid && !go_q[i] && !mismatch_q[i];
    for (int unsigned r = 0; r < GridRows; r++) begin
      all  = 1'b1;
      same = 1'b1;
      for (int unsigned c = 0; c < GridColumns; c++) begin
        s    = r * GridColumns + c;
        all  = all && offers[s] && offer_i[s].group == GroupRow;
        same = same && agrees(offer_i[s], offer_i[r*GridColumns]);
      end
      for (int unsigned c = 0; c < GridColumns; c++) begin
        go_d[r*GridColumns+c]       = go_d[r*GridColumns+c] | (all && same);
        mismatch_d[r*GridColumns+c] = mismatch_d[r*GridColumns+c] | (all && !same);
      end
    end
    for (int unsigned c = 0; c < GridColumns; c++) begin
      all  = 1'b1;
      same = 1'b1;
      for (int unsigned r = 0; r < GridRows; r++) begin
        s    = r * GridColumns + c;
        all  = all && offers[s] && offer_i[s].group == GroupColumn;
        same = same && agrees(offer_i[s], offer_i[c]);
      end
      for (int unsigned r = 0; r < GridRows; r++) begin
        go_d[r*GridColumns+c]       = go_d[r*GridColumns+c] | (all && same);
        mismatch_d[r*GridColumns+c] = mismatch_d[r*GridColumns+c] | (all && !same);
      end
    end
    all  = 1'b1;
    same = 1'b1;
    for (int unsigned i = 0; i < NumSlices; i++) begin
      all  = all && offers[i] && offer_i[i].group == GroupChip;
      same = same && agrees(offer_i[i], offer_i[0]);
    end
    if (all) begin
      go_d       = {NumSlices{same}};
      mismatch_d = {NumSlices{!same}};
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      go_q       <= '0;
      mismatch_q <= '0;
    end else begin
      go_q       <= go_d;
      mismatch_q <= mismatch_d;
    end
  end
  assign go_o       = go_q;
  assign mismatch_o = mismatch_q;

  // Reductions ----------------------------------------------------------------------------------------------------
  // A beat leaves its slice one cycle after its read; each stage of folding takes one cycle more, the rest is delay.
  net_beat_t [GridRows-1:0]    row_sum;
  net_beat_t [GridColumns-1:0] column_sum;
  net_beat_t                   chip_sum;
  words_t    [GridRows-1:0]    row_words;
  words_t    [GridColumns-1:0] column_words;
  words_t                      chip_words;
  for (genvar r = 0; r < GridRows; r++) begin : gen_row
    xpu_net_fold #(.Inputs(GridColumns)) u_fold (
      .clk_i, .op_i(offer_i[r*GridColumns].op), .beat_i(beat_i[r*GridColumns+:GridColumns]), .beat_o(row_sum[r]));
    xpu_net_delay #(.Cycles(NetStageLatency - 2)) u_delay (
      .clk_i, .words_i(row_sum[r].words), .words_o(row_words[r]));
  end
  for (genvar c = 0; c < GridColumns; c++) begin : gen_column
    net_beat_t [GridRows-1:0] beats;
    for (genvar r = 0; r < GridRows; r++) begin : gen_beat
      assign beats[r] = beat_i[r*GridColumns+c];
    end
    xpu_net_fold #(.Inputs(GridRows)) u_fold (
      .clk_i, .op_i(offer_i[c].op), .beat_i(beats), .beat_o(column_sum[c]));
    xpu_net_delay #(.Cycles(NetStageLatency - 2)) u_delay (
      .clk_i, .words_i(column_sum[c].words), .words_o(column_words[c]));
  end
  xpu_net_fold #(.Inputs(GridRows)) u_fold_chip (
    .clk_i, .op_i(offer_i[0].op), .beat_i(row_sum), .beat_o(chip_sum));
  xpu_net_delay #(.Cycles(2 * NetStageLatency - 3)) u_delay_chip (
    .clk_i, .words_i(chip_sum.words), .words_o(chip_words));

  for (genvar i = 0; i < NumSlices; i++) begin : gen_slice
    always_comb begin
      case (offer_i[i].group)
        GroupRow:    words_o[i] = row_words[i/GridColumns];
        GroupColumn: words_o[i] = column_words[i%GridColumns];
        default:     words_o[i] = chip_words;
      endcase
    end
  end
endmodule
