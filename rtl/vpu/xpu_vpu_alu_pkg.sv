// All operations of a vector lane but the special functions, in four steps between which there may be registers: product, and
// everything that is no sum; alignment; sum and leading zeros; rounding (docs/machine.md, sections 3 and 5).
package xpu_vpu_alu_pkg;
  import xpu_isa_pkg::*;
  import xpu_pkg::*;
  import xpu_fp_pkg::*;

  typedef struct packed {
    logic        relu;    // a result with a sign bit becomes +0
    logic        done;    // `value` is the result, behind a conversion from fp16 if `half`
    logic        half;
    logic [31:0] value;
    exact_t      exact;   // else: this and the addend
    logic [31:0] addend;
  } alu_product_t;
  typedef struct packed {
    logic     relu;
    aligned_t sum;
  } alu_aligned_t;
  // Of a sum: its leading zeros, but no more than bring it to the exponent 1. 32 and 64 of them are shifted out.
  typedef struct packed {
    logic               relu;
    logic               done;
    logic [31:0]        value;
    logic               sign;
    logic [9:0]         shift;
    logic [6:0]         zeros;
    logic [SumBits-1:0] sum;
  } alu_sum_t;

  function automatic logic [31:0] value_of(logic [6:0] op, logic [31:0] a, logic [31:0] b, logic [31:0] c);
    // verilator no_inline_task
    case (op)
      UopMOV:     return a;
      UopFMIN:    return fp32_min(a, b);
      UopFMAX:    return fp32_max(a, b);
      UopFNEG:    return fp32_neg(a);
      UopFABS:    return {1'b0, a[30:0]};
      UopFFLOOR:  return fp32_to_integral(a, 1'b0);
      UopFROUND:  return fp32_to_integral(a, 1'b1);
      UopFEQ:     return {31'd0, fp32_eq(a, b)};
      UopFLT:     return {31'd0, fp32_lt(a, b)};
      UopFLE:     return {31'd0, fp32_le(a, b)};
      UopFUNO:    return {31'd0, fp32_unordered(a, b)};
      UopFNUM:    return is_nan32(a) ? b : a;
      UopF2I:     return fp32_to_int(a);
      UopCVTBF16: return bf16_to_fp32(fp32_to_bf16(a));
      UopCVTF16:  return {16'd0, fp32_to_fp16(a)};
      UopIADD:    return a + b;
      UopISUB:    return a - b;
      UopIMUL:    return a * b;
      UopIMIN:    return ($signed(b) < $signed(a)) ? b : a;
      UopIMAX:    return ($signed(a) < $signed(b)) ? b : a;
      UopAND:     return a & b;
      UopOR:      return a | b;
      UopXOR:     return a ^ b;
      UopSHL:     return a << b[4:0];
      UopSHR:     return a >> b[4:0];
      UopSAR:     return $signed(a) >>> b[4:0];
      UopIEQ:     return {31'd0, a == b};
      UopILT:     return {31'd0, $signed(a) < $signed(b)};
      UopULT:     return {31'd0, a < b};
      UopSEL:     return (a != 32'd0) ? b : c;
      default:    return 32'd0;
    endcase
  endfunction

  // Operations that go through the adder; results of all others are there behind the second step.
  function automatic logic is_sum(logic [6:0] op);
    return op == UopFADD || op == UopFADDRELU || op == UopFSUB || op == UopFMUL || op == UopFMA || op == UopI2F;
  endfunction

  // Sums, products and integers share an adder. A product of zero keeps its sign with a zero of the same sign.
  function automatic alu_product_t alu_product(logic [6:0] op, logic [31:0] a, logic [31:0] b, logic [31:0] c);
    alu_product_t r;
    r.relu  = op == UopFADDRELU;
    r.half  = op == UopCVTF16;
    r.value = value_of(op, a, b, c);
    case (op)
      UopFMUL, UopFMA: r.exact = exact_product(a, b);
      UopI2F:          r.exact = exact_integer(a);
      default:         r.exact = exact_number(a);
    endcase
    r.done = !is_sum(op);
    case (op)
      UopFADD, UopFADDRELU: r.addend = b;
      UopFSUB: r.addend = fp32_neg(b);
      UopFMUL: r.addend = {a[31] ^ b[31], 31'd0};
      UopFMA:  r.addend = c;
      default: r.addend = 32'd0;
    endcase
    return r;
  endfunction

  function automatic alu_aligned_t alu_align(alu_product_t p);
    alu_aligned_t r;
    r.relu = p.relu;
    r.sum  = sum_align(p.exact, p.addend);
    if (p.done) begin
      r.sum.done  = 1'b1;
      r.sum.value = p.half ? fp16_to_fp32(p.value[15:0]) : p.value;
    end
    return r;
  endfunction

  function automatic alu_sum_t alu_sum(alu_aligned_t p);
    alu_sum_t           r;
    summed_t            s;
    logic [SumBits-1:0] limit, x;
    s     = sum_add(p.sum);
    // A one where the leading bit of a number with the exponent 1 is.
    limit = (p.sum.shift < 10'(SumBits)) ? {1'b1, {(SumBits - 1) {1'b0}}} >> p.sum.shift[6:0] : '0;
    x     = s.sum | limit;
    r.zeros = (x[SumBits-1:30] != '0) ? {1'b0, clz64(x[SumBits-1:30])} : 7'd64 + {1'b0, clz64({x[29:0], 34'd1})};
    r.relu  = p.relu;
    r.done  = s.done;
    r.value = s.value;
    r.sign  = s.sign;
    r.shift = s.shift;
    r.sum   = s.sum;
    if (r.zeros[5]) r.sum = r.sum << 32;
    if (r.zeros[6]) r.sum = r.sum << 64;
    return r;
  endfunction

  // To nearest, ties to even. The hidden bit adds the last one to the exponent field.
  function automatic logic [31:0] alu_round(alu_sum_t p);
    // verilator no_inline_task
    logic [9:0]         e;
    logic [SumBits-1:0] s;
    logic [31:0]        r;
    e = p.shift - {3'd0, p.zeros};
    s = p.sum << p.zeros[4:0];
    r = {e[7:0], 23'd0, s[69] && (s[68:0] != '0 || s[70])} + {7'd0, s[SumBits-1:SumBits-24], 1'b1};
    if (e >= 10'd254 || r[31:24] == 8'hFF) r[31:1] = 31'h7F80_0000;
    if (p.done) return (p.relu && p.value[31]) ? 32'd0 : p.value;
    return (p.sum == '0 || (p.relu && p.sign)) ? 32'd0 : {p.sign, r[31:1]};
  endfunction

  function automatic logic [31:0] alu(logic [6:0] op, logic [31:0] a, logic [31:0] b, logic [31:0] c);
    return alu_round(alu_sum(alu_align(alu_product(op, a, b, c))));
  endfunction
endpackage
