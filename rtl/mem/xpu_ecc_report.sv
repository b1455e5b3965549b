// What decoders of words beside each other have found: how many were corrected, and the first that cannot be. Words is a power
// of two; combinational, as trees.
module xpu_ecc_report #(
  parameter int unsigned Words = 2
) (
  input  logic [Words-1:0] corrected_i,
  input  logic [Words-1:0] error_i,
  output logic [15:0]      corrected_o,
  output logic             error_o,
  output logic [15:0]      first_o       // 0 without an error
);
  logic [Words-1:0][15:0] sum;
  logic [Words-1:0][15:0] first;  // of the words from w on that a node has seen
  logic [Words-1:0]       any;
  assign error_o     = error_i != '0;
  assign corrected_o = sum[0];
  always_comb begin
    sum     = '0;
    first_o = 16'd0;
    first   = '0;
    any     = error_i;
    if (corrected_i != '0) begin
      for (int unsigned w = 0; w < Words; w++) sum[w] = 16'(corrected_i[w]);
      for (int unsigned s = Words / 2; s > 0; s = s / 2)
        for (int unsigned w = 0; w < s; w++) sum[w] = sum[w] + sum[w+s];
    end
    if (error_o) begin
      for (int unsigned s = 1; s < Words; s = 2 * s)
        for (int unsigned w = 0; w < Words; w += 2 * s) begin
          if (!any[w]) first[w] = first[w+s] | 16'(s);
          any[w] = any[w] || any[w+s];
        end
      first_o = first[0];
    end
  end
endmodule
