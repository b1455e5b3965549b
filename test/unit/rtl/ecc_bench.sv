// Encoders and decoders of both codes, for the comparison with the golden C++ code. Three words of each beside each other: the
// one in the middle is tested, the others have fixed errors.
module ecc_bench
  import xpu_isa_pkg::*;
(
  input  logic                    valid_i,
  input  logic [SpmCodeData-1:0]  spm_data_i,
  input  logic [SpmCodeCheck-1:0] spm_check_i,
  output logic [SpmCodeCheck-1:0] spm_check_o,
  output logic [SpmCodeData-1:0]  spm_data_o,
  output logic [2:0]              spm_corrected_o,
  output logic [2:0]              spm_error_o,
  input  logic [HbmCodeData-1:0]  hbm_data_i,
  input  logic [HbmCodeCheck-1:0] hbm_check_i,
  output logic [HbmCodeCheck-1:0] hbm_check_o,
  output logic [HbmCodeData-1:0]  hbm_data_o,
  output logic [2:0]              hbm_corrected_o,
  output logic [2:0]              hbm_error_o
);
  logic [2:0][SpmCodeData-1:0]  spm_data;
  logic [2:0][SpmCodeCheck-1:0] spm_check;
  logic [2:0][HbmCodeData-1:0]  hbm_data;
  logic [2:0][HbmCodeCheck-1:0] hbm_check;
  assign spm_check_o = spm_check[1];
  assign spm_data_o  = spm_data[1];
  assign hbm_check_o = hbm_check[1];
  assign hbm_data_o  = hbm_data[1];

  xpu_ecc_enc #(.Words(3), .DataW(SpmCodeData), .CheckW(SpmCodeCheck), .Rows(SpmCodeRows)) u_spm_enc (
    .valid_i, .data_i({SpmCodeData'(0), spm_data_i, ~SpmCodeData'(0)}), .check_o(spm_check));
  xpu_ecc_dec #(.Words(3), .DataW(SpmCodeData), .CheckW(SpmCodeCheck), .Rows(SpmCodeRows), .Columns(SpmCodeColumns)) u_spm_dec (
    .valid_i, .data_i({SpmCodeData'(1), spm_data_i, SpmCodeData'(3)}), .check_i({SpmCodeCheck'(0), spm_check_i, SpmCodeCheck'(0)}),
    .data_o(spm_data), .corrected_o(spm_corrected_o), .error_o(spm_error_o));
  xpu_ecc_enc #(.Words(3), .DataW(HbmCodeData), .CheckW(HbmCodeCheck), .Rows(HbmCodeRows)) u_hbm_enc (
    .valid_i, .data_i({HbmCodeData'(0), hbm_data_i, ~HbmCodeData'(0)}), .check_o(hbm_check));
  xpu_ecc_dec #(.Words(3), .DataW(HbmCodeData), .CheckW(HbmCodeCheck), .Rows(HbmCodeRows), .Columns(HbmCodeColumns)) u_hbm_dec (
    .valid_i, .data_i({HbmCodeData'(1), hbm_data_i, HbmCodeData'(3)}), .check_i({HbmCodeCheck'(0), hbm_check_i, HbmCodeCheck'(0)}),
    .data_o(hbm_data), .corrected_o(hbm_corrected_o), .error_o(hbm_error_o));
endmodule
