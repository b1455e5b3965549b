// A sum of two fp32 numbers in two steps, between which there may be a register: those of the accumulators, of the reduction
// trees and of the collective network. Each is at most 40 two-input gates deep (benchmarks/synthesis/run).
//
// The smaller number is shifted to the larger one, with a guard bit, a rounding bit, and an or of all below: so the sum of what is
// left rounds as that of all (docs/machine.md, section 3; the golden code is systemc-models/Arithmetic/Float32.cpp).
package xpu_fp_add_pkg;
  import xpu_fp_pkg::*;

  localparam int unsigned AddBits = 28;  // a carry, 24 bits of a significand, three below
  typedef struct packed {
    logic               done;       // exp and sum hold a result
    logic               sign;       // of the larger
    logic               zero_sign;  // of a sum that is 0
    logic [7:0]         exp;        // biased, of the larger; 1 of a subnormal number, too
    logic [AddBits-1:0] sum;
  } add_t;

  // Of what needs no second step.
  function automatic add_t add_value(logic [31:0] value);
    add_t r;
    r              = '0;
    r.done         = 1'b1;
    {r.exp, r.sum} = {4'd0, value};
    return r;
  endfunction

  // A number halved so many times: exact, or a zero with its sign (docs/machine.md, MATMULRS).
  function automatic logic [31:0] halve(logic [31:0] a, logic [7:0] times);
    logic       below;
    logic [7:0] exp;
    {below, exp} = {1'b0, a[30:23]} - {1'b0, times};
    if (times == 8'd0 || a[30:23] == 8'hFF) return a;
    return (below || exp == 8'd0) ? {a[31], 31'd0} : {a[31], exp, a[22:0]};
  endfunction

  // Places by which the larger number is above the other, and the sum.
  function automatic add_t add_align(logic [31:0] a, logic [31:0] b);
    add_t               r;
    logic               swap, below, sub, nan, inf, jam;
    logic [7:0]         ea, eb, up, down;
    logic [7:0]         n;
    logic [23:0]        big, little;
    logic [AddBits-2:0] x;
    ea          = {a[30:24], a[23] | (a[30:23] == 8'd0)};
    eb          = {b[30:24], b[23] | (b[30:23] == 8'd0)};
    swap        = a[30:0] < b[30:0];
    {below, up} = {1'b0, ea} - {1'b0, eb};
    down        = eb - ea;
    n           = below ? down : up;
    sub         = a[31] ^ b[31];
    big         = swap ? {b[30:23] != 8'd0, b[22:0]} : {a[30:23] != 8'd0, a[22:0]};
    little      = swap ? {a[30:23] != 8'd0, a[22:0]} : {b[30:23] != 8'd0, b[22:0]};

    x   = {little, 3'd0};
    jam = 1'b0;
    if (n[0]) begin jam = jam | x[0];           x = x >> 1;  end
    if (n[1]) begin jam = jam | (x[1:0] != '0); x = x >> 2;  end
    if (n[2]) begin jam = jam | (x[3:0] != '0); x = x >> 4;  end
    if (n[3]) begin jam = jam | (x[7:0] != '0); x = x >> 8;  end
    if (n[4]) begin jam = jam | (x[15:0] != '0); x = x >> 16; end
    if (n[7:5] != 3'd0) begin
      jam = little != '0;
      x   = '0;
    end
    x[0] = x[0] | jam;

    nan         = is_nan32(a) || is_nan32(b) || (is_inf32(a) && is_inf32(b) && sub);
    inf         = is_inf32(a) || is_inf32(b);
    r.done      = 1'b0;
    r.sign      = swap ? b[31] : a[31];
    r.zero_sign = a[31] & b[31];
    r.exp       = swap ? eb : ea;
    r.sum       = {1'b0, big, 3'd0} + ({1'b0, x} ^ {AddBits{sub}}) + AddBits'(sub);
    if (nan) return add_value(CanonicalNan);
    return inf ? add_value({is_inf32(a) ? a[31] : b[31], 31'h7F80_0000}) : r;
  endfunction

  // Normalised, but not below the exponent 1, and rounded to nearest, ties to even.
  function automatic logic [31:0] add_round(add_t p);
    logic [AddBits-1:0] limit, s;
    logic [4:0]         n;
    logic [7:0]         e;
    logic [31:0]        r;
    // A one where the leading bit of a number with the exponent 1 is.
    limit = (p.exp < 8'(AddBits)) ? {1'b1, {(AddBits - 1) {1'b0}}} >> p.exp[4:0] : '0;
    n     = clz32({p.sum | limit, 4'd0});
    e     = p.exp - {3'd0, n};
    s     = p.sum << n;
    // The hidden bit adds the last one to the exponent field. What rounds up to 2^128 has no more bits below it.
    r = {e, 23'd0, s[3] && (s[2:0] != 3'd0 || s[4])} + {7'd0, s[AddBits-1:4], 1'b1};
    if (e == 8'd254) r[31:1] = 31'h7F80_0000;
    if (p.sum == '0) return {p.zero_sign, 31'd0};
    return {p.sign, r[31:1]};
  endfunction

  function automatic logic [31:0] add_finish(add_t p);
    return p.done ? {p.exp[3:0], p.sum} : add_round(p);
  endfunction
endpackage
