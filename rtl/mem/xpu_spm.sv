// Scratchpad: SpmBanks banks, each with one read and one write port of SpmRowBytes byte columns; every column has its
// own row address (docs/machine.md, section 1).
//
// Here are the engines' ports. That two of them never meet at one bank port is checked with the bank claims
// (xpu_claims); each access is checked here against the claim of its command. Read data are registered: they are
// at rd_data_o from the cycle after the request until the next request of the port. A read sees the writes of earlier
// cycles. The fault outputs depend combinationally on the requests.
//
// Every byte is a code word (SpmCode): encoded where a port writes, decoded behind the register of a port that reads, so that
// it takes no cycle. What a read found is told in the cycle behind the request.
module xpu_spm
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
#(
  parameter int unsigned NumRd = 8,
  parameter int unsigned NumWr = 4
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  spm_req_t [NumRd-1:0]            rd_req_i,
  output logic     [NumRd-1:0][RowBits-1:0] rd_data_o,
  output logic     [NumRd-1:0][7:0]       rd_fault_o,
  output logic     [NumRd-1:0][15:0]      rd_corrected_o,   // bytes
  output logic     [NumRd-1:0]            rd_error_o,       // a byte cannot be corrected
  output logic     [NumRd-1:0][31:0]      rd_error_addr_o,  // of the first
  input  spm_req_t [NumWr-1:0]            wr_req_i,
  input  logic     [NumWr-1:0][RowBits-1:0] wr_data_i,
  output logic     [NumWr-1:0][7:0]       wr_fault_o
);
  localparam int unsigned Rows    = SpmBytes / SpmRowBytes;
  localparam int unsigned RowW    = $clog2(Rows);
  localparam int unsigned ColW    = $clog2(SpmRowBytes);
  localparam int unsigned BankLsb = $clog2(SpmBankBytes);

  // Byte columns, check bits above the data; the upper row bits select the bank.
  logic [SpmCodeCheck+SpmCodeData-1:0] mem [SpmRowBytes][Rows];

  // An element lies in one row, so its address decides; a range fault of any element wins over a claim fault.
  function automatic logic [7:0] check(spm_req_t r);
    // verilator no_inline_task
    logic [31:0] a;
    logic [15:0] bank;
    for (int unsigned i = 0; i < SpmRowBytes; i++) begin
      if (i < 32'(r.count)) begin
        a = r.addr + 32'(i) * r.stride;
        if (a >= 32'(SpmBytes)) return FaultSpmRange;
      end
    end
    for (int unsigned i = 0; i < SpmRowBytes; i++) begin
      if (i < 32'(r.count)) begin
        a    = r.addr + 32'(i) * r.stride;
        bank = 16'd1 << (a >> BankLsb);
        if ((r.claim & bank) == 16'd0) return FaultBankClaim;
      end
    end
    return FaultNone;
  endfunction

  always_comb begin
    for (int unsigned p = 0; p < NumRd; p++) begin
      rd_fault_o[p] = FaultNone;
      if (rd_req_i[p].valid) rd_fault_o[p] = check(rd_req_i[p]);
    end
    for (int unsigned p = 0; p < NumWr; p++) begin
      wr_fault_o[p] = FaultNone;
      if (wr_req_i[p].valid) wr_fault_o[p] = check(wr_req_i[p]);
    end
  end

  localparam int unsigned RowCheckBits = SpmRowBytes * SpmCodeCheck;
  logic     [NumRd-1:0][RowBits-1:0]      rd_data_q;
  logic     [NumRd-1:0][RowCheckBits-1:0] rd_check_q;
  logic     [NumRd-1:0]                   rd_valid_q;
  spm_req_t [NumRd-1:0]                   rd_req_q;
  logic     [NumRd-1:0][SpmRowBytes-1:0]  corrected, error;
  logic     [NumWr-1:0][RowCheckBits-1:0] wr_check;

  // Stream byte k is byte k % esize of element k / esize; its column and row come from its address: the crossbar
  // between stream order and columns.
  // What the loops below share: number of bytes of an access, and the address of stream byte k.
  function automatic logic [31:0] num_bytes(spm_req_t r);
    return 32'(r.count) << (r.esize >> 1);
  endfunction
  function automatic logic [31:0] byte_addr(spm_req_t r, logic [31:0] k);
    return r.addr + (k >> (r.esize >> 1)) * r.stride + (k & (32'(r.esize) - 32'd1));
  endfunction

  // Bytes that were not asked for are 0 with check bits 0, which is a code word. What is corrected is kept so: a port may look
  // at its data for longer.
  for (genvar p = 0; p < NumRd; p++) begin : gen_dec
    xpu_ecc_dec #(.Words(SpmRowBytes), .DataW(SpmCodeData), .CheckW(SpmCodeCheck), .Rows(SpmCodeRows),
                  .Columns(SpmCodeColumns)) u_dec (
      .valid_i(rd_valid_q[p]), .data_i(rd_data_q[p]), .check_i(rd_check_q[p]), .data_o(rd_data_o[p]), .corrected_o(corrected[p]),
      .error_o(error[p]));
  end
  for (genvar p = 0; p < NumWr; p++) begin : gen_enc
    xpu_ecc_enc #(.Words(SpmRowBytes), .DataW(SpmCodeData), .CheckW(SpmCodeCheck), .Rows(SpmCodeRows)) u_enc (
      .valid_i(wr_req_i[p].valid), .data_i(wr_data_i[p]), .check_o(wr_check[p]));
  end

  logic [NumRd-1:0][15:0] first;  // byte that cannot be corrected
  for (genvar p = 0; p < NumRd; p++) begin : gen_report
    xpu_ecc_report #(.Words(SpmRowBytes)) u_report (
      .corrected_i(corrected[p]), .error_i(error[p]), .corrected_o(rd_corrected_o[p]), .error_o(rd_error_o[p]),
      .first_o(first[p]));
    assign rd_error_addr_o[p] = rd_error_o[p] ? byte_addr(rd_req_q[p], 32'(first[p])) : 32'd0;
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < NumRd; p++) begin
      rd_valid_q[p] <= rst_ni && rd_req_i[p].valid;
      if (rd_req_i[p].valid) begin
        automatic logic [RowBits-1:0]      data;
        automatic logic [RowCheckBits-1:0] bits;
        automatic logic [31:0]             a;
        data = '0;
        bits = '0;
        for (int unsigned k = 0; k < SpmRowBytes; k++) begin
          if (k < num_bytes(rd_req_i[p])) begin
            a = byte_addr(rd_req_i[p], k);
            {bits[k*SpmCodeCheck+:SpmCodeCheck], data[k*8+:8]} = mem[a[ColW-1:0]][a[ColW+:RowW]];
          end
        end
        rd_data_q[p]  <= data;
        rd_check_q[p] <= bits;
        rd_req_q[p]   <= rd_req_i[p];
      end else if (corrected[p] != '0) begin
        rd_data_q[p] <= rd_data_o[p];
      end
    end
    for (int unsigned p = 0; p < NumWr; p++) begin
      if (wr_req_i[p].valid && wr_fault_o[p] == FaultNone) begin
        automatic logic [31:0] a;
        for (int unsigned k = 0; k < SpmRowBytes; k++) begin
          if (k < num_bytes(wr_req_i[p])) begin
            a = byte_addr(wr_req_i[p], k);
            mem[a[ColW-1:0]][a[ColW+:RowW]] = {wr_check[p][k*SpmCodeCheck+:SpmCodeCheck], wr_data_i[p][k*8+:8]};
          end
        end
      end
    end
  end

`ifndef SYNTHESIS
  function automatic logic [SpmCodeCheck-1:0] initial_check(logic [SpmCodeData-1:0] data);
    for (int unsigned r = 0; r < SpmCodeCheck; r++) initial_check[r] = ^(data & SpmCodeRows[r]);
  endfunction
  // The self-test of the RAM leaves code words of whatever data.
  initial begin
    for (int unsigned c = 0; c < SpmRowBytes; c++)
      for (int unsigned r = 0; r < Rows; r++)
        mem[c][r] = {initial_check(mem[c][r][SpmCodeData-1:0]), mem[c][r][SpmCodeData-1:0]};
  end
`endif

  // Errors are told of bytes that were asked for.
  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < NumRd; p++)
      for (int unsigned k = 0; k < SpmRowBytes; k++)
        assert (!rd_valid_q[p] || k < num_bytes(rd_req_q[p]) || !(corrected[p][k] || error[p][k]));
  end
endmodule
