// Stream address generator: addr = base + sum of idx[d] * stride[d], dimension 0 outermost. All engines use it.
//
// load_i takes a new stream; step_i moves by Adv elements in the innermost dimension and carries into the outer ones. With
// Adv = 0 it moves by adv_i elements, which are move_i bytes, or to the end if no more are left; the stride of one is
// inner_o. Only end_o and last_o depend combinationally on an input (adv_i). Address arithmetic is modulo 2^32.
module xpu_agen #(
  parameter int unsigned Dims = 6,
  parameter int unsigned Adv  = 1
) (
  input  logic                  clk_i,
  input  logic                  load_i,
  input  logic [31:0]           base_i,
  input  logic [Dims-1:0][31:0] size_i,
  input  logic [Dims-1:0][31:0] stride_i,
  input  logic                  step_i,
  input  logic [31:0]           adv_i,
  input  logic [31:0]           move_i,
  output logic [31:0]           inner_o,  // bytes of a move by Adv
  output logic [31:0]           addr_o,
  output logic [Dims-1:0][31:0] idx_o,
  output logic [31:0]           left_o,   // elements left in the innermost dimension
  output logic [Dims-1:0]       first_o,  // index of the dimension is 0
  output logic [Dims-1:0]       end_o,    // index of an outer dimension is its last; innermost: the step reaches the end
  output logic                  last_o    // the stream ends after this step
);
  logic [Dims-1:0][31:0] size_q, stride_q, idx_q;
  logic [Dims-1:0][31:0] acc_q;  // acc_q[d]: base + sum over the dimensions 0 to d
  logic [Dims-1:0]       end_q;  // of outer dimensions
  logic [31:0]           inner_q, left_q;

  logic [31:0] adv, move;
  assign adv     = (Adv == 0) ? adv_i : 32'(Adv);
  assign move    = (Adv == 0) ? move_i : inner_q;
  assign inner_o = inner_q;
  assign addr_o = acc_q[Dims-1];
  assign idx_o  = idx_q;
  assign left_o = left_q;
  assign last_o = &end_o;

  always_comb begin
    for (int unsigned d = 0; d < Dims; d++) begin
      first_o[d] = idx_q[d] == 32'd0;
      end_o[d]   = (d == Dims - 1) ? left_q <= adv : end_q[d];
    end
  end

  logic [$clog2(Dims)-1:0] carry;
  always_comb begin
    carry = '0;
    for (int unsigned d = 0; d < Dims - 1; d++) if (!end_o[d]) carry = $bits(carry)'(d);
  end

  // The innermost of the outer dimensions that does not end takes the step; all inside it start again. Whether a
  // dimension ends then is known a step ahead.
  logic [31:0] next;
  assign next = acc_q[carry] + stride_q[carry];
  always_ff @(posedge clk_i) begin
    if (load_i) begin
      size_q   <= size_i;
      stride_q <= stride_i;
      inner_q  <= stride_i[Dims-1] * 32'((Adv == 0) ? 1 : Adv);
      idx_q    <= '0;
      left_q   <= size_i[Dims-1];
      acc_q    <= {Dims{base_i}};
      for (int unsigned d = 0; d < Dims; d++) end_q[d] <= size_i[d] <= 32'd1;
    end else if (step_i) begin
      if (!end_o[Dims-1]) begin
        idx_q[Dims-1] <= idx_q[Dims-1] + adv;
        left_q        <= left_q - adv;
        acc_q[Dims-1] <= acc_q[Dims-1] + move;
      end else begin
        left_q <= size_q[Dims-1];
        for (int unsigned k = 0; k < Dims; k++) begin
          if (k == 32'(carry)) begin
            idx_q[k] <= idx_q[k] + 32'd1;
            end_q[k] <= idx_q[k] + 32'd2 >= size_q[k];
          end else if (k > 32'(carry)) begin
            idx_q[k] <= 32'd0;
            end_q[k] <= size_q[k] <= 32'd1;
          end
          if (k >= 32'(carry)) acc_q[k] <= next;
        end
      end
    end
  end
endmodule
