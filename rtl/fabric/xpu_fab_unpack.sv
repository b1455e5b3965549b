// Takes the transactions of a virtual channel out of its frames (docs/fabric.md, section 3). Frames follow each other in the
// buffer without a gap; the chip that a transaction came from changes where the first frame ends. valid_o and beat_o depend
// on registers only, pop_o in addition on ready_i.
module xpu_fab_unpack
  import xpu_cfg_pkg::*;
  import xpu_fabric_pkg::*;
  import xpu_fab_pkg::*;
(
  input  logic     clk_i,
  input  logic     rst_ni,
  input  framing_e framing_i,
  input  logic     valid_i,
  input  frame_t   frame_i,
  output logic     pop_o,
  output logic     valid_o,
  output beat_t    beat_o,
  input  logic     ready_i
);
  localparam int unsigned BufUnits = 3 * WordUnits;
  localparam int unsigned BufW     = $clog2(BufUnits + 1);

  logic [BufUnits-1:0][63:0] buf_q, buf_d;
  logic [BufW-1:0]           cnt_q, cnt_d, bound_q, bound_d, take;
  chip_t                     chip_q, next_chip_q, chip;  // of the units before bound_q, and of those behind
  logic                      bounded_q, bounded_d, inside_q, done, accepts;
  logic [5:0]                left_q, want, now;
  transaction_t              header_q, header;
  logic [2:0]                skip_q, skip;    // units of the lead that are still to come
  logic [CntW-1:0]           in_cnt, from;
  rh_t                       rh;

  // Beats ---------------------------------------------------------------------------------------------------------
  assign header  = inside_q ? header_q : transaction_t'(buf_q[0]);
  assign want    = inside_q ? left_q : header.units;
  assign now     = (32'(want) < WordUnits) ? want : 6'(WordUnits);
  assign take    = BufW'(now) + BufW'(!inside_q);
  assign valid_o = (inside_q || cnt_q != '0) && take <= cnt_q;
  assign done    = valid_o && ready_i;
  always_comb begin
    beat_o        = '0;
    beat_o.first  = !inside_q;
    beat_o.last   = now == want;
    beat_o.chip   = chip_q;
    beat_o.header = header;
    for (int unsigned u = 0; u < WordUnits; u++)
      if (u < 32'(now)) beat_o.data[u] = inside_q ? buf_q[u] : buf_q[u+1];
  end

  // Words: the lead and the trailer stay behind. --------------------------------------------------------------------
  assign skip    = frame_i.sop ? lead_units(framing_i) : skip_q;
  assign accepts = cnt_q <= BufW'(BufUnits - WordUnits) && !(frame_i.sop && bounded_q);
  assign pop_o   = valid_i && accepts;
  assign from    = (32'(skip) < WordUnits) ? CntW'(skip) : CntW'(WordUnits);
  always_comb begin
    in_cnt = frame_i.cnt - from;
    if (frame_i.eop) in_cnt = (frame_i.cnt > from) ? in_cnt - CntW'(1) : '0;
  end
  // RH is the last unit of the lead: the chip is known before the first transaction.
  assign rh   = rh_t'(frame_i.data[(from == '0) ? 0 : 32'(from) - 1]);
  assign chip = chip_t'(rh.xpu);

  always_comb begin
    buf_d     = buf_q;
    cnt_d     = cnt_q;
    bound_d   = bound_q;
    bounded_d = bounded_q;
    if (done) begin
      for (int unsigned u = 0; u < BufUnits; u++)
        buf_d[u] = (u + 32'(take) < BufUnits) ? buf_q[u+32'(take)] : 64'd0;
      cnt_d   = cnt_q - take;
      bound_d = bound_q - take;
    end
    if (bounded_q && bound_d == '0) bounded_d = 1'b0;
    if (pop_o) begin
      if (frame_i.sop && cnt_d != '0) begin
        bounded_d = 1'b1;
        bound_d   = cnt_d;
      end
      for (int unsigned u = 0; u < BufUnits; u++)
        if (u >= 32'(cnt_d) && u < 32'(cnt_d) + 32'(in_cnt)) buf_d[u] = frame_i.data[u-32'(cnt_d)+32'(from)];
      cnt_d = cnt_d + BufW'(in_cnt);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      cnt_q     <= '0;
      bounded_q <= 1'b0;
      inside_q  <= 1'b0;
      skip_q    <= '0;
    end else begin
      cnt_q     <= cnt_d;
      bounded_q <= bounded_d;
      if (done) inside_q <= !beat_o.last;
      if (pop_o) skip_q <= skip - 3'(from);
    end
    bound_q <= bound_d;
    buf_q   <= buf_d;
    if (done) begin
      left_q   <= want - now;
      header_q <= header;
    end
    if (bounded_q && !bounded_d) chip_q <= next_chip_q;
    if (pop_o && skip != '0 && 32'(skip) <= WordUnits) begin
      // The chip of this frame; the one before may still be in front.
      next_chip_q <= chip;
      if (!bounded_d) chip_q <= chip;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (32'(cnt_q) <= BufUnits);
      assert (!bounded_q || bound_q <= cnt_q);
    end
  end
endmodule
