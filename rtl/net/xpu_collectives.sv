// The collective network of a chip (docs/machine.md, section 9): it tells the members of a group that all have come, and
// reduces their beats by rows, by columns, and by rows and then columns. Groups that are active together share no slice
// and no link: a row and a column have a slice in common. Of groups over chips (section 11) it tells the edge that a chip's
// members have come, and passes their beats on to it; the lane of a group is its first slice. Outputs depend on registers
// only, but words_o, down_o and far_mismatch_o on what comes from the edge.
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
  output words_t     [NumSlices-1:0] words_o,
  output logic       [NumSlices-1:0] down_o,          // of the lane that serves the slice's group, if it is with other chips
  output logic       [NumSlices-1:0] far_mismatch_o,
  // Edge, by lane
  output logic       [NumSlices-1:0] far_go_o,     // with go_o
  output words_t     [NumSlices-1:0] up_words_o,
  input  words_t     [NumSlices-1:0] down_words_i,
  input  logic       [NumSlices-1:0] down_i,
  input  logic       [NumSlices-1:0] far_mismatch_i
);
  // All have come -------------------------------------------------------------------------------------------------
  logic [NumSlices-1:0] go_d, go_q, mismatch_d, mismatch_q, far_d, far_q, offers;
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
        all  = all && offers[s] && offer_i[s].group == GroupRow && offer_i[s].chips == offer_i[r*GridColumns].chips;
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
        all  = all && offers[s] && offer_i[s].group == GroupColumn && offer_i[s].chips == offer_i[c].chips;
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
      all  = all && offers[i] && offer_i[i].group == GroupChip && offer_i[i].chips == offer_i[0].chips;
      same = same && agrees(offer_i[i], offer_i[0]);
    end
    if (all) begin
      go_d       = {NumSlices{same}};
      mismatch_d = {NumSlices{!same}};
    end
    for (int unsigned i = 0; i < NumSlices; i++) begin
      if (offers[i] && offer_i[i].group == GroupSlice) go_d[i] = 1'b1;
      far_d[i] = go_d[i] && offer_i[i].chips != ChipsOwn && lane_of(offer_i[i].group, i) == i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      go_q       <= '0;
      mismatch_q <= '0;
      far_q      <= '0;
    end else begin
      go_q       <= go_d;
      mismatch_q <= mismatch_d;
      far_q      <= far_d;
    end
  end
  assign go_o       = go_q;
  assign mismatch_o = mismatch_q;
  assign far_go_o   = far_q;

  // Reductions ----------------------------------------------------------------------------------------------------
  // A beat leaves its slice 1 + BeatDelay cycles after its read; then come the stages of folding, the rest is delay.
  localparam int unsigned Left         = 1 + BeatDelay;
  localparam int unsigned RowCycles    = fold_cycles(GridColumns);
  localparam int unsigned ColumnCycles = fold_cycles(GridRows);
  net_beat_t [GridRows-1:0]    row_sum;
  net_beat_t [GridColumns-1:0] column_sum;
  net_beat_t                   chip_sum;
  words_t    [GridRows-1:0]    row_words;
  words_t    [GridColumns-1:0] column_words;
  words_t                      chip_words;
  for (genvar r = 0; r < GridRows; r++) begin : gen_row
    xpu_net_fold #(.Inputs(GridColumns)) u_fold (
      .clk_i, .op_i(offer_i[r*GridColumns].op), .beat_i(beat_i[r*GridColumns+:GridColumns]), .beat_o(row_sum[r]));
    xpu_net_delay #(.Cycles(NetStageLatency - Left - RowCycles), .T(words_t)) u_delay (
      .clk_i, .data_i(row_sum[r].words), .data_o(row_words[r]));
  end
  for (genvar c = 0; c < GridColumns; c++) begin : gen_column
    net_beat_t [GridRows-1:0] beats;
    for (genvar r = 0; r < GridRows; r++) begin : gen_beat
      assign beats[r] = beat_i[r*GridColumns+c];
    end
    xpu_net_fold #(.Inputs(GridRows)) u_fold (
      .clk_i, .op_i(offer_i[c].op), .beat_i(beats), .beat_o(column_sum[c]));
    xpu_net_delay #(.Cycles(NetStageLatency - Left - ColumnCycles), .T(words_t)) u_delay (
      .clk_i, .data_i(column_sum[c].words), .data_o(column_words[c]));
  end
  xpu_net_fold #(.Inputs(GridRows)) u_fold_chip (
    .clk_i, .op_i(offer_i[0].op), .beat_i(row_sum), .beat_o(chip_sum));
  xpu_net_delay #(.Cycles(2 * NetStageLatency - Left - RowCycles - ColumnCycles), .T(words_t)) u_delay_chip (
    .clk_i, .data_i(chip_sum.words), .data_o(chip_words));

  for (genvar i = 0; i < NumSlices; i++) begin : gen_slice
    words_t near, alone;
    if (NumChips > 1) begin : gen_alone
      xpu_net_delay #(.Cycles(NetStageLatency - Left), .T(words_t)) u_delay (
        .clk_i, .data_i(beat_i[i].words), .data_o(alone));
    end else begin : gen_never
      assign alone = '0;
    end
    always_comb begin
      case (offer_i[i].group)
        GroupRow:    near = row_words[i/GridColumns];
        GroupColumn: near = column_words[i%GridColumns];
        GroupSlice:  near = alone;
        default:     near = chip_words;
      endcase
    end
    // From the lane of the group to all its members.
    logic [LaneW-1:0] lane;
    logic             is_far;
    assign lane              = LaneW'(lane_of(offer_i[i].group, i));
    assign is_far            = NumChips > 1 && offer_i[i].chips != ChipsOwn;
    assign up_words_o[i]     = near;
    assign words_o[i]        = is_far ? down_words_i[lane] : near;
    assign down_o[i]         = is_far && down_i[lane];
    assign far_mismatch_o[i] = is_far && far_mismatch_i[lane];
  end
endmodule
