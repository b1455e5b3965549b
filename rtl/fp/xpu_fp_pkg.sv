// Floating-point functions of the slice, translated from systemc-models/Arithmetic, which is the golden code.
//
// Round to nearest even, subnormals kept, every NaN result is CanonicalNan (docs/machine.md, section 3). All
// functions are combinational. The ones that a loop calls once per lane or per processing element are kept out of
// line for Verilator: inlined they would be copied once per call.
package xpu_fp_pkg;

  localparam logic [31:0] CanonicalNan = 32'h7FC0_0000;

  function automatic logic is_nan32(logic [31:0] x);
    return x[30:0] > 31'h7F80_0000;
  endfunction

  function automatic logic is_inf32(logic [31:0] x);
    return x[30:0] == 31'h7F80_0000;
  endfunction

  // Leading zeros as trees; of 0 as many as fit.
  function automatic logic [1:0] clz4(logic [3:0] x);
    return {!(x[3] | x[2]), !x[3] & (x[2] | !x[1])};
  endfunction
  function automatic logic [2:0] clz8(logic [7:0] x);
    return {x[7:4] == 4'd0, (x[7:4] != 4'd0) ? clz4(x[7:4]) : clz4(x[3:0])};
  endfunction
  function automatic logic [3:0] clz16(logic [15:0] x);
    return {x[15:8] == 8'd0, (x[15:8] != 8'd0) ? clz8(x[15:8]) : clz8(x[7:0])};
  endfunction
  function automatic logic [4:0] clz32(logic [31:0] x);
    return {x[31:16] == 16'd0, (x[31:16] != 16'd0) ? clz16(x[31:16]) : clz16(x[15:0])};
  endfunction
  function automatic logic [5:0] clz64(logic [63:0] x);
    return {x[63:32] == 32'd0, (x[63:32] != 32'd0) ? clz32(x[63:32]) : clz32(x[31:0])};
  endfunction

  // x shifted right; the bits that leave are or-ed into bit 0.
  function automatic logic [63:0] shr_jam64(logic [63:0] x, int unsigned n);
    logic [63:0] r;
    if (n == 0) return x;
    if (n > 63) return {63'd0, x != 64'd0};
    r = x >> n;
    r[0] = r[0] | ((x & ((64'd1 << n) - 64'd1)) != 64'd0);
    return r;
  endfunction

  // The fp32 number nearest to (-1)^sign * sig * 2^(exp - 62), sig != 0; bit 0 of sig may be a sticky bit.
  function automatic logic [31:0] round32(logic sign, int exp, logic [63:0] sig);
    int          e;
    logic [63:0] s;
    logic [31:0] r;
    logic [5:0]  lz;
    lz = clz64(sig);
    e  = exp + 128 - int'({26'd0, lz});  // biased exponent with the leading one at bit 63
    s  = sig << lz;
    if (e <= 0) begin
      s = shr_jam64(s, unsigned'(1 - e));
      e = 1;
    end
    // The hidden bit adds the last one to the exponent field.
    r = {8'(e - 1), 23'd0} + {8'd0, s[63:40]};
    if (s[39] && (s[38:0] != 39'd0 || s[40])) r = r + 32'd1;
    if (e >= 255 || r[30:23] == 8'hFF) r = 32'h7F80_0000;
    return {sign, r[30:0]};
  endfunction

  // The fp32 number nearest to (-1)^sign * sig * 2^exp; zero keeps the sign.
  function automatic logic [31:0] round_pack(logic sign, int exp, logic [63:0] sig);
    return (sig == 64'd0) ? {sign, 31'd0} : round32(sign, exp + 62, sig);
  endfunction

  // Significand of a finite non-zero number with its leading one at bit 23, and the unbiased exponent.
  function automatic logic [23:0] norm_sig32(logic [31:0] x);
    logic [5:0] lz;
    if (x[30:23] != 8'd0) return {1'b1, x[22:0]};
    lz = clz64({1'b0, x[22:0], 40'd1});
    return {1'b0, x[22:0]} << lz;
  endfunction
  function automatic int norm_exp32(logic [31:0] x);
    logic [5:0] lz;
    if (x[30:23] != 8'd0) return int'({24'd0, x[30:23]}) - 127;
    lz = clz64({1'b0, x[22:0], 40'd1});
    return -126 - int'({26'd0, lz});
  endfunction

  // -------------------------------------------------------------------------------------------------------------
  // An exact number plus an fp32 number, rounded once: four steps, between which there may be registers
  // -------------------------------------------------------------------------------------------------------------

  // (-1)^sign * mag * 2^(top - 193), not rounded, and what is known of it.
  typedef struct packed {
    logic               valid;
    logic               pass;       // nothing is added
    logic               is_int;     // mag, modulo 2^32, is added to an integer
    logic               nan;
    logic               pos;        // +infinity
    logic               neg;
    logic               zero_sign;  // zero has the sign `sign`, and is -0 with another -0; else it is +0
    logic               zero;
    logic               sign;
    logic signed [9:0]  top;        // from -255 to 511
    logic [66:0]        mag;
  } exact_t;

  // Both numbers in a window of SumBits. Bit 0 of the smaller is or-ed with all that is below the window
  // (docs/machine.md, section 3, says why that is exact).
  localparam int unsigned SumBits = 94;
  typedef struct packed {
    logic               valid;
    logic               done;       // `value` is the result
    logic [31:0]        value;
    logic               sign;       // of big
    logic               sub;
    logic [9:0]         shift;      // that brings bit SumBits-1 to the exponent 1
    logic [SumBits-1:0] big;
    logic [SumBits-1:0] little;
  } aligned_t;
  typedef struct packed {
    logic               valid;
    logic               done;
    logic [31:0]        value;
    logic               sign;
    logic [9:0]         shift;
    logic [SumBits-1:0] sum;
  } summed_t;
  typedef struct packed {
    logic               valid;
    logic               done;
    logic [31:0]        value;
    logic               sign;
    logic [9:0]         exp;        // biased, minus 1
    logic [4:0]         shift;      // still to do
    logic [SumBits-1:0] sum;
  } normed_t;

  function automatic logic [SumBits-1:0] shr_jam(logic [SumBits-1:0] x, logic [9:0] n);
    logic [SumBits-1:0] r;
    logic               jam;
    r   = x;
    jam = 1'b0;
    if (n[0]) begin jam = jam | r[0];           r = r >> 1;  end
    if (n[1]) begin jam = jam | (r[1:0] != '0); r = r >> 2;  end
    if (n[2]) begin jam = jam | (r[3:0] != '0); r = r >> 4;  end
    if (n[3]) begin jam = jam | (r[7:0] != '0); r = r >> 8;  end
    if (n[4]) begin jam = jam | (r[15:0] != '0); r = r >> 16; end
    if (n[5]) begin jam = jam | (r[31:0] != '0); r = r >> 32; end
    if (n[6]) begin jam = jam | (r[63:0] != '0); r = r >> 64; end
    if (n[9:7] != 3'd0) begin
      jam = x != '0;
      r   = '0;
    end
    r[0] = r[0] | jam;
    return r;
  endfunction

  // The larger top is that of the window. A subnormal number is taken with exponent 0 and twice its significand, which need
  // not be normalised.
  function automatic aligned_t sum_align(exact_t p, logic [31:0] c);
    aligned_t           r;
    logic               c_nan, c_inf, c_zero, nan, pos, neg, swap;
    logic [9:0]         ec, up, down;
    logic [SumBits-1:0] wide_p, wide_c;
    c_nan  = is_nan32(c);
    c_inf  = is_inf32(c);
    c_zero = c[30:0] == 31'd0;
    nan    = p.nan || c_nan;
    pos    = p.pos || (c_inf && !c[31]);
    neg    = p.neg || (c_inf && c[31]);
    r.valid = p.valid;
    r.done  = p.pass || p.is_int || nan || pos || neg || p.zero;
    if (p.pass) r.value = c;
    else if (p.is_int) r.value = c + p.mag[31:0];
    else if (nan || (pos && neg)) r.value = CanonicalNan;
    else if (pos || neg) r.value = {neg, 31'h7F80_0000};
    else r.value = c_zero ? {p.zero_sign & p.sign & c[31], 31'd0} : c;

    ec      = {2'd0, c[30:23]};
    up      = p.top - ec;  // the smaller one is that much below
    down    = ec - p.top;
    swap    = up[9];       // two's complement: c is the larger
    wide_p  = {1'b0, p.mag, 26'd0};
    wide_c  = (c[30:23] == 8'd0) ? {1'b0, c[22:0], 70'd0} : {2'b01, c[22:0], 69'd0};
    r.sub   = p.sign ^ c[31];
    r.sign  = swap ? c[31] : p.sign;
    r.shift = swap ? ec : p.top;
    r.big   = swap ? wide_c : wide_p;
    r.little = shr_jam(swap ? wide_p : wide_c, swap ? down : up);
    return r;
  endfunction

  function automatic summed_t sum_add(aligned_t p);
    summed_t            r;
    logic [SumBits+1:0] forth;
    logic [SumBits-1:0] back;
    r.valid = p.valid;
    r.done  = p.done;
    r.value = p.value;
    r.shift = p.shift;
    // The last bit is the carry into one adder that adds or subtracts.
    forth   = {1'b0, p.big, 1'b1} + {{1'b0, p.little} ^ {(SumBits + 1){p.sub}}, p.sub};
    back    = p.little - p.big;
    r.sign  = p.sign ^ (p.sub && forth[SumBits+1]);
    r.sum   = (p.sub && forth[SumBits+1]) ? back : forth[SumBits:1];
    return r;
  endfunction

  // Places to the left that bring the leading one to the top, but not below the exponent 1. 32 and 64 are done here.
  function automatic normed_t sum_norm(summed_t p);
    normed_t    r;
    logic [6:0] lz, n;
    lz = (p.sum[SumBits-1:30] != '0) ? {1'b0, clz64(p.sum[SumBits-1:30])} : 7'd64 + {1'b0, clz64({p.sum[29:0], 34'd1})};
    n  = ({3'd0, lz} <= p.shift) ? lz : p.shift[6:0];
    r.valid = p.valid;
    r.done  = p.done || p.sum == '0;
    r.value = p.done ? p.value : 32'd0;
    r.sign  = p.sign;
    r.exp   = p.shift - {3'd0, n};
    r.shift = n[4:0];
    r.sum   = p.sum;
    if (n[5]) r.sum = r.sum << 32;
    if (n[6]) r.sum = r.sum << 64;
    return r;
  endfunction

  // To nearest, ties to even. The hidden bit adds the last one to the exponent field.
  function automatic logic [31:0] sum_round(normed_t p);
    logic [SumBits-1:0] s;
    logic [31:0]        r;
    s = p.sum << p.shift;
    r = {p.exp[7:0], 23'd0, s[69] && (s[68:0] != '0 || s[70])} + {7'd0, s[SumBits-1:SumBits-24], 1'b1};
    if (p.exp >= 10'd254 || r[31:24] == 8'hFF) r[31:1] = 31'h7F80_0000;
    return p.done ? p.value : {p.sign, r[31:1]};
  endfunction

  function automatic logic [31:0] sum_of(exact_t p, logic [31:0] c);
    return sum_round(sum_norm(sum_add(sum_align(p, c))));
  endfunction

  // A product of fp32 numbers, and a number, as they are summed.
  function automatic exact_t exact_product(logic [31:0] a, logic [31:0] b);
    exact_t     p;
    logic       inf;
    logic [9:0] ea, eb;
    p           = '0;
    p.valid     = 1'b1;
    p.zero_sign = 1'b1;
    p.sign      = a[31] ^ b[31];
    inf         = is_inf32(a) || is_inf32(b);
    p.zero      = a[30:0] == 31'd0 || b[30:0] == 31'd0;
    p.nan       = is_nan32(a) || is_nan32(b) || (inf && p.zero);
    p.pos       = inf && !p.sign;
    p.neg       = inf && p.sign;
    ea          = {2'd0, a[30:24], a[23] | (a[30:23] == 8'd0)};
    eb          = {2'd0, b[30:24], b[23] | (b[30:23] == 8'd0)};
    p.top       = ea + eb - 10'd107;
    p.mag       = {19'd0, {24'd0, a[30:23] != 8'd0, a[22:0]} * {24'd0, b[30:23] != 8'd0, b[22:0]}};
    return p;
  endfunction
  function automatic exact_t exact_number(logic [31:0] a);
    exact_t p;
    p           = '0;
    p.valid     = 1'b1;
    p.zero_sign = 1'b1;
    p.sign      = a[31];
    p.zero      = a[30:0] == 31'd0;
    p.nan       = is_nan32(a);
    p.pos       = is_inf32(a) && !a[31];
    p.neg       = is_inf32(a) && a[31];
    p.top       = {2'd0, a[30:24], a[23] | (a[30:23] == 8'd0)};
    p.mag       = {a[30:23] != 8'd0, a[22:0], 43'd0};
    return p;
  endfunction

  function automatic exact_t exact_integer(logic [31:0] a);
    exact_t p;
    p       = '0;
    p.valid = 1'b1;
    p.sign  = a[31];
    p.zero  = a == 32'd0;
    p.top   = 10'sd158;
    p.mag   = {a[31] ? -a : a, 35'd0};
    return p;
  endfunction

  function automatic logic [31:0] fp32_neg(logic [31:0] a);
    return {~a[31], a[30:0]};
  endfunction

  // a < b for numbers that are not NaN; orders -0 below +0.
  function automatic logic total_less(logic [31:0] a, logic [31:0] b);
    if (a[31] != b[31]) return a[31];
    return a[31] ? (a[30:0] > b[30:0]) : (a[30:0] < b[30:0]);
  endfunction
  function automatic logic [31:0] fp32_min(logic [31:0] a, logic [31:0] b);
    if (is_nan32(a) || is_nan32(b)) return CanonicalNan;
    return total_less(b, a) ? b : a;
  endfunction
  function automatic logic [31:0] fp32_max(logic [31:0] a, logic [31:0] b);
    if (is_nan32(a) || is_nan32(b)) return CanonicalNan;
    return total_less(a, b) ? b : a;
  endfunction

  function automatic logic fp32_unordered(logic [31:0] a, logic [31:0] b);
    return is_nan32(a) || is_nan32(b);
  endfunction
  function automatic logic fp32_eq(logic [31:0] a, logic [31:0] b);
    return !fp32_unordered(a, b) && (a == b || (a[30:0] | b[30:0]) == 31'd0);
  endfunction
  function automatic logic fp32_lt(logic [31:0] a, logic [31:0] b);
    return !fp32_unordered(a, b) && (a[30:0] | b[30:0]) != 31'd0 && total_less(a, b);
  endfunction
  function automatic logic fp32_le(logic [31:0] a, logic [31:0] b);
    return fp32_lt(a, b) || fp32_eq(a, b);
  endfunction

  // fp32 rounded to an integer: toward minus infinity, or to the nearest (ties to even).
  function automatic logic [31:0] fp32_to_integral(logic [31:0] a, logic nearest);
    // verilator no_inline_task
    logic [31:0] mask, half, r;  // bits of the fraction; the first of them
    logic [7:0]  e;
    e    = a[30:23];
    mask = 32'd0;
    half = 32'd0;
    for (int unsigned i = 0; i < 23; i++) begin
      mask[i] = e < 8'(150 - i);
      half[i] = e == 8'(149 - i);
    end
    r = a + (nearest ? half : a[31] ? mask : 32'd0);
    if (nearest && (a & mask) == half) r = r & ~(mask << 1 | 32'd1);
    if (is_nan32(a)) return CanonicalNan;
    if (e >= 8'd150 || a[30:0] == 31'd0) return a;
    if (e >= 8'd127) return r & ~mask;
    if (nearest) return {a[31], (e == 8'd126 && a[22:0] != 23'd0) ? 31'h3F80_0000 : 31'd0};
    return a[31] ? 32'hBF80_0000 : 32'd0;
  endfunction

  // fp32 to int32, toward zero, saturating; NaN gives 0.
  function automatic logic [31:0] fp32_to_int(logic [31:0] a);
    // verilator no_inline_task
    logic [54:0] s;
    s = {31'd0, 1'b1, a[22:0]} << 5'(a[27:23] + 5'd1);  // by the exponent, without its bias
    if (is_nan32(a) || a[30:23] < 8'd127) return 32'd0;
    if (a[30:23] >= 8'd158) return a[31] ? 32'h8000_0000 : 32'h7FFF_FFFF;
    return a[31] ? -s[54:23] : s[54:23];
  endfunction

  // fp32 to bf16 and fp16, round to nearest even.
  function automatic logic [15:0] fp32_to_bf16(logic [31:0] a);
    logic [31:0] r;
    if (is_nan32(a)) return 16'h7FC0;
    r = a + 32'h7FFF + {31'd0, a[16]};
    return r[31:16];
  endfunction

  // {1, frac, 0} shifted right; the bits that leave are or-ed into bit 0.
  function automatic logic [24:0] sig_below(logic [22:0] frac, logic [7:0] places);
    logic [24:0] x;
    logic        jam;
    x   = {1'b1, frac, 1'b0};
    jam = 1'b0;
    if (places[0]) begin jam = jam | x[0];           x = x >> 1;  end
    if (places[1]) begin jam = jam | (x[1:0] != '0); x = x >> 2;  end
    if (places[2]) begin jam = jam | (x[3:0] != '0); x = x >> 4;  end
    if (places[3]) begin jam = jam | (x[7:0] != '0); x = x >> 8;  end
    if (places[4]) begin jam = jam | (x[15:0] != '0); x = x >> 16; end
    if (places[7:5] != 3'd0) return 25'd1;
    return {x[24:1], x[0] | jam};
  endfunction

  // What is subnormal as fp32 is far below the fp16 subnormals, as if its significand began with a one, too.
  function automatic logic [15:0] fp32_to_fp16(logic [31:0] a);
    // verilator no_inline_task
    logic        below;
    logic [24:0] s;
    logic [16:0] r;
    below = a[30:23] < 8'd113;
    s     = sig_below(a[22:0], below ? 8'd113 - a[30:23] : 8'd0);
    // The hidden bit adds the last one to the exponent field.
    r = {1'b0, below ? 5'd0 : 5'(a[30:23] - 8'd113), 10'd0, s[13] && (s[12:0] != 13'd0 || s[14])} + {5'd0, s[24:14], 1'b1};
    if (is_nan32(a)) return 16'h7E00;
    if (a[30:23] >= 8'd143) return {a[31], 15'h7C00};
    return {a[31], r[15:1]};
  endfunction

  function automatic logic [31:0] bf16_to_fp32(logic [15:0] a);
    return (a[14:0] > 15'h7F80) ? CanonicalNan : {a, 16'd0};
  endfunction

  function automatic logic [31:0] fp16_to_fp32(logic [15:0] a);
    logic [5:0] lz;
    logic [9:0] f;
    if (a[14:10] == 5'h1F) return (a[9:0] != 10'd0) ? CanonicalNan : {a[15], 31'h7F80_0000};
    if (a[14:0] == 15'd0) return {a[15], 31'd0};
    if (a[14:10] != 5'd0) return {a[15], 8'({3'd0, a[14:10]} + 8'd112), a[9:0], 13'd0};
    lz = clz64({a[9:0], 54'd1});
    f  = 10'(a[9:0] << (lz + 6'd1));
    return {a[15], 8'(8'd112 - {2'd0, lz}), f, 13'd0};
  endfunction
endpackage
