// Check bits of code words: row r of the parity-check matrix names the data bits whose exclusive or is check bit r (the
// codes of xpu_isa_pkg). Words beside each other; combinational. Without valid_i the result is 0.
module xpu_ecc_enc #(
  parameter int unsigned Words  = 1,
  parameter int unsigned DataW  = 8,
  parameter int unsigned CheckW = 5,
  parameter logic [CheckW-1:0][DataW-1:0] Rows = '0
) (
  input  logic                         valid_i,
  input  logic [Words-1:0][DataW-1:0]  data_i,
  output logic [Words-1:0][CheckW-1:0] check_o
);
  logic [DataW-1:0]  word;
  logic [CheckW-1:0] bits;
  always_comb begin
    check_o = '0;
    word    = '0;
    bits    = '0;
    if (valid_i) begin
      for (int unsigned w = 0; w < Words; w++) begin
        word = data_i[w];
        bits = '0;
        // In fours: loops of so many turns are unrolled for simulation.
        for (int unsigned r = 0; r < CheckW; r += 4)
          for (int unsigned k = 0; k < 4; k++) if (r + k < CheckW) bits[r+k] = ^(word & Rows[r+k]);
        check_o[w] = bits;
      end
    end
  end
endmodule
