// Decoder of code words (xpu_ecc_enc): a syndrome that is a column of the parity-check matrix is an error in that bit, which is
// turned over; any other but 0 cannot be corrected: two errors always, as columns have odd weight. Words beside each other;
// combinational. Without valid_i nothing is reported, and the data mean nothing.
module xpu_ecc_dec #(
  parameter int unsigned Words  = 1,
  parameter int unsigned DataW  = 8,
  parameter int unsigned CheckW = 5,
  parameter logic [CheckW-1:0][DataW-1:0] Rows = '0,
  parameter logic [DataW-1:0][CheckW-1:0] Columns = '0
) (
  input  logic                         valid_i,
  input  logic [Words-1:0][DataW-1:0]  data_i,
  input  logic [Words-1:0][CheckW-1:0] check_i,
  output logic [Words-1:0][DataW-1:0]  data_o,
  output logic [Words-1:0]             corrected_o,
  output logic [Words-1:0]             error_o       // cannot be corrected
);
  logic [DataW-1:0]  word;
  logic [CheckW-1:0] syndrome;
  logic              known;
  always_comb begin
    data_o      = data_i;
    corrected_o = '0;
    error_o     = '0;
    word        = '0;
    syndrome    = '0;
    known       = 1'b0;
    if (valid_i) begin
      for (int unsigned w = 0; w < Words; w++) begin
        word     = data_i[w];
        syndrome = check_i[w];
        // In fours: loops of so many turns are unrolled for simulation.
        for (int unsigned r = 0; r < CheckW; r += 4)
          for (int unsigned k = 0; k < 4; k++) if (r + k < CheckW) syndrome[r+k] = syndrome[r+k] ^ (^(word & Rows[r+k]));
        if (syndrome != '0) begin
          known = (syndrome & (syndrome - 1'b1)) == '0;  // of a check bit
          for (int unsigned b = 0; b < DataW; b++) begin
            if (syndrome == Columns[b]) begin
              known        = 1'b1;
              data_o[w][b] = !data_i[w][b];
            end
          end
          corrected_o[w] = known;
          error_o[w]     = !known;
        end
      end
    end
  end
endmodule
