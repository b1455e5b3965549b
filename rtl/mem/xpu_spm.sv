// Scratchpad: SpmBanks banks, each with one read and one write port of SpmRowBytes byte columns; every column has its
// own row address (docs/machine.md, section 1).
//
// Here are the engines' ports. That two of them never meet at one bank port is checked with the bank claims
// (xpu_claims); each access is checked here against the claim of its command. Read data are registered: they are
// at rd_data_o from the cycle after the request until the next request of the port. A read sees the writes of earlier
// cycles. The fault outputs depend combinationally on the requests.
module xpu_spm
  import xpu_cfg_pkg::*;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
#(
  parameter int unsigned NumRd = 8,
  parameter int unsigned NumWr = 4
) (
  input  logic                            clk_i,
  input  spm_req_t [NumRd-1:0]            rd_req_i,
  output logic     [NumRd-1:0][RowBits-1:0] rd_data_o,
  output logic     [NumRd-1:0][7:0]       rd_fault_o,
  input  spm_req_t [NumWr-1:0]            wr_req_i,
  input  logic     [NumWr-1:0][RowBits-1:0] wr_data_i,
  output logic     [NumWr-1:0][7:0]       wr_fault_o
);
  localparam int unsigned Rows    = SpmBytes / SpmRowBytes;
  localparam int unsigned RowW    = $clog2(Rows);
  localparam int unsigned ColW    = $clog2(SpmRowBytes);
  localparam int unsigned BankLsb = $clog2(SpmBankBytes);

  logic [7:0] mem [SpmRowBytes][Rows];  // byte columns; the upper row bits select the bank

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

  logic [NumRd-1:0][RowBits-1:0] rd_data_q;
  assign rd_data_o = rd_data_q;

  // Stream byte k is byte k % esize of element k / esize; its column and row come from its address: the crossbar
  // between stream order and columns.
  // What the two loops below share: number of bytes of an access, and the address of stream byte k.
  function automatic logic [31:0] num_bytes(spm_req_t r);
    return 32'(r.count) << (r.esize >> 1);
  endfunction
  function automatic logic [31:0] byte_addr(spm_req_t r, logic [31:0] k);
    return r.addr + (k >> (r.esize >> 1)) * r.stride + (k & (32'(r.esize) - 32'd1));
  endfunction

  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < NumRd; p++) begin
      if (rd_req_i[p].valid) begin
        automatic logic [RowBits-1:0] data;
        automatic logic [31:0]        a;
        data = '0;
        for (int unsigned k = 0; k < SpmRowBytes; k++) begin
          if (k < num_bytes(rd_req_i[p])) begin
            a = byte_addr(rd_req_i[p], k);
            data[k*8+:8] = mem[a[ColW-1:0]][a[ColW+:RowW]];
          end
        end
        rd_data_q[p] <= data;
      end
    end
    for (int unsigned p = 0; p < NumWr; p++) begin
      if (wr_req_i[p].valid && wr_fault_o[p] == FaultNone) begin
        automatic logic [31:0] a;
        for (int unsigned k = 0; k < SpmRowBytes; k++) begin
          if (k < num_bytes(wr_req_i[p])) begin
            a = byte_addr(wr_req_i[p], k);
            mem[a[ColW-1:0]][a[ColW+:RowW]] = wr_data_i[p][k*8+:8];
          end
        end
      end
    end
  end
endmodule
