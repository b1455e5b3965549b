// Both checks of a frame over words of any width (docs/fabric.md, section 4), pipelined: what a word adds to a check does
// not depend on the state and takes two cycles; the state is a 32-bit map of itself. A word that came in cycle t is at the
// output in t + CheckLatency, with the last one of a frame R-CRC and FCS. No cycle is lost; a word waits for nothing.
module xpu_fab_crc
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
#(
  parameter int unsigned SideW = 1  // what travels along
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  framing_e         framing_i,
  input  logic             valid_i,  // a word of a frame
  input  frame_t           frame_i,
  input  logic [SideW-1:0] side_i,
  output logic             valid_o,
  output frame_t           frame_o,
  output logic [SideW-1:0] side_o,
  output trailer_t         check_o,  // with the last word
  output logic             busy_o    // frames are inside
);
  typedef struct packed {
    logic             valid;
    frame_t           frame;
    logic [SideW-1:0] side;
  } stage_t;
  stage_t [CheckLatency-1:0] stage_q;

  // Units that each check covers; those before the first have no effect on a state that is still zero.
  logic [3:0] word_q, word;  // of the frame, no further than headers reach
  units_t     rcrc_in, fcs_in;
  cnt_t       covered;
  assign word    = frame_i.sop ? 4'd0 : word_q;
  assign covered = frame_i.eop ? frame_i.cnt - cnt_t'(1) : cnt_t'(WordUnits);
  always_comb begin
    rcrc_in = '0;
    fcs_in  = '0;
    for (int unsigned u = 0; u < WordUnits; u++) begin
      if (u < 32'(covered)) begin
        if (32'(word) * WordUnits + u >= 32'(rh_unit(framing_i))) rcrc_in[u] = frame_i.data[u];
        if (32'(word) * WordUnits + u >= Lead) fcs_in[u] = frame_i.data[u];
        if (32'(word) * WordUnits + u == 32'(rh_unit(framing_i))) rcrc_in[u][31:0] = ~frame_i.data[u][31:0];
        if (32'(word) * WordUnits + u == Lead) fcs_in[u][31:0] = ~frame_i.data[u][31:0];
      end
    end
  end

  // Cycle 0: a short word is moved to the end. Cycle 1: each unit by itself. Cycle 2: their sum. Cycle 3: the state.
  units_t                           rcrc_q, fcs_q;
  logic [WordUnits-1:0][31:0]       rcrc_parts_q, fcs_parts_q;
  logic [31:0]                      rcrc_sum, fcs_sum, rcrc_sum_q, fcs_sum_q, rcrc_state_q, fcs_state_q, rcrc_now, fcs_now;
  cnt_t                             covered_q [3];
  always_comb begin
    rcrc_sum = '0;
    fcs_sum  = '0;
    for (int unsigned u = 0; u < WordUnits; u++) begin
      rcrc_sum = rcrc_sum ^ rcrc_parts_q[u];
      fcs_sum  = fcs_sum ^ fcs_parts_q[u];
    end
    rcrc_now = rcrc_sum_q;
    fcs_now  = fcs_sum_q;
    if (!stage_q[2].frame.sop) begin
      rcrc_now = rcrc_sum_q ^ rcrc_advance(5'(covered_q[2]), rcrc_state_q);
      fcs_now  = fcs_sum_q ^ fcs_advance(5'(covered_q[2]), fcs_state_q);
    end
  end
  // Cycle 4: FCS goes over R-CRC too.
  logic [31:0] rcrc_end_q;
  trailer_t    check_q;
  assign rcrc_end_q = ~rcrc_state_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      for (int unsigned s = 0; s < CheckLatency; s++) stage_q[s] <= '0;
      word_q <= '0;
    end else begin
      stage_q[0] <= '{valid: valid_i, frame: frame_i, side: side_i};
      for (int unsigned s = 1; s < CheckLatency; s++) stage_q[s] <= stage_q[s-1];
      if (valid_i) word_q <= (word == 4'd15) ? word : word + 4'd1;
    end
    for (int unsigned u = 0; u < WordUnits; u++) begin
      rcrc_q[u] <= (u + 32'(covered) >= WordUnits) ? rcrc_in[u+32'(covered)-WordUnits] : '0;
      fcs_q[u]  <= (u + 32'(covered) >= WordUnits) ? fcs_in[u+32'(covered)-WordUnits] : '0;
    end
    for (int unsigned u = 0; u < WordUnits; u++) begin
      rcrc_parts_q[u] <= rcrc_unit(5'(WordUnits - 1 - u), rcrc_q[u]);
      fcs_parts_q[u]  <= fcs_unit(5'(WordUnits - 1 - u), fcs_q[u]);
    end
    rcrc_sum_q   <= rcrc_sum;
    fcs_sum_q    <= fcs_sum;
    covered_q[0] <= covered;
    covered_q[1] <= covered_q[0];
    covered_q[2] <= covered_q[1];
    if (stage_q[2].valid) begin
      rcrc_state_q <= rcrc_now;
      fcs_state_q  <= fcs_now;
    end
    check_q <= '{rcrc: rcrc_end_q, fcs: ~fcs_half(fcs_state_q ^ rcrc_end_q)};
  end

  assign valid_o = stage_q[CheckLatency-1].valid;
  assign frame_o = stage_q[CheckLatency-1].frame;
  assign side_o  = stage_q[CheckLatency-1].side;
  assign check_o = check_q;
  always_comb begin
    busy_o = 1'b0;
    for (int unsigned s = 0; s < CheckLatency; s++) busy_o = busy_o | stage_q[s].valid;
  end
endmodule
