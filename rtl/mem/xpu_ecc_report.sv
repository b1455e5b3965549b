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
  logic [Words-1:0]       left, half;
  assign error_o     = error_i != '0;
  assign corrected_o = sum[0];
  always_comb begin
    sum     = '0;
    first_o = 16'd0;
    left    = error_i;
    half    = '0;
    if (corrected_i != '0) begin
      for (int unsigned w = 0; w < Words; w++) sum[w] = 16'(corrected_i[w]);
      for (int unsigned s = Words / 2; s > 0; s = s / 2)
        for (int unsigned w = 0; w < s; w++) sum[w] = sum[w] + sum[w+s];
    end
    if (error_o) begin
      for (int unsigned s = Words / 2; s > 0; s = s / 2) begin
        half = left & ((Words'(1) << s) - Words'(1));  // the lower half of what is left
        if (half != '0) left = half;
        else begin
          left    = left >> s;
          first_o = first_o | 16'(s);
        end
      end
    end
  end
endmodule
