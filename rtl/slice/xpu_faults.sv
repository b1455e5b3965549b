// The fault that a slice stops with (docs/machine.md, section 7): of all places that tell one in a cycle the lowest code, and of
// the places that tell it the first. Outputs depend combinationally on all inputs.
module xpu_faults
  import xpu_isa_pkg::*;
#(
  parameter int unsigned Places = 38
) (
  input  logic [Places-1:0][7:0]  code_i,  // FaultNone: none
  input  logic [Places-1:0][31:0] pc_i,    // of the command
  input  logic [Places-1:0][31:0] addr_i,
  output logic [7:0]              code_o,
  output logic [31:0]             pc_o,
  output logic [31:0]             addr_o
);
  logic [Places-1:0][NumFaultValues-1:0] is_code;
  logic [NumFaultValues-1:0]             told, lowest;
  logic [Places-1:0]                     tells, first;
  always_comb begin
    is_code = '0;
    told    = '0;
    lowest  = '0;
    tells   = '0;
    first   = '0;
    code_o  = FaultNone;
    pc_o    = 32'd0;
    addr_o  = 32'd0;
    if (code_i != '0) begin
      for (int unsigned p = 0; p < Places; p++) begin
        for (int unsigned c = 1; c < NumFaultValues; c++) is_code[p][c] = code_i[p] == 8'(c);
        told = told | is_code[p];
      end
      lowest = told & -told;
      for (int unsigned p = 0; p < Places; p++) tells[p] = |(is_code[p] & lowest);
      first = tells & -tells;
      for (int unsigned c = 1; c < NumFaultValues; c++) code_o = code_o | (8'(c) & {8{lowest[c]}});
      for (int unsigned p = 0; p < Places; p++) begin
        pc_o   = pc_o | (pc_i[p] & {32{first[p]}});
        addr_o = addr_o | (addr_i[p] & {32{first[p]}});
      end
    end
  end
endmodule
