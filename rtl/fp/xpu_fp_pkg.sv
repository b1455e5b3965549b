// Floating-point functions of the slice, translated from systemc-models/Arithmetic, which is the golden code.
//
// Round to nearest even, subnormals kept, every NaN result is CanonicalNan (docs/machine.md, section 3). All
// functions are combinational. The ones that a loop calls once per lane or per processing element are kept out of
// line for Verilator: inlined they would be copied once per call.
package xpu_fp_pkg;

  localparam logic [31:0] CanonicalNan = 32'h7FC0_0000;

  // A bf16 number as the array carries it: the significand is normalised at the array's edge, so that the
  // processing elements need no leading-zero count on their inputs. Value = sig * 2^(exp - 7).
  typedef struct packed {
    logic              sign;
    logic              nan;
    logic              inf;
    logic signed [9:0] exp;
    logic        [7:0] sig;  // bit 7 is set unless the number is zero, infinite or NaN
  } bf16_unpacked_t;

  function automatic logic is_nan32(logic [31:0] x);
    return x[30:0] > 31'h7F80_0000;
  endfunction

  function automatic logic is_inf32(logic [31:0] x);
    return x[30:0] == 31'h7F80_0000;
  endfunction

  // Leading zeros of a non-zero number.
  function automatic logic [5:0] clz64(logic [63:0] x);
    logic [5:0]  n;
    logic [63:0] y;
    n = 6'd0;
    y = x;
    if (y[63:32] == 32'd0) begin n = n + 6'd32; y = y << 32; end
    if (y[63:48] == 16'd0) begin n = n + 6'd16; y = y << 16; end
    if (y[63:56] == 8'd0)  begin n = n + 6'd8;  y = y << 8;  end
    if (y[63:60] == 4'd0)  begin n = n + 6'd4;  y = y << 4;  end
    if (y[63:62] == 2'd0)  begin n = n + 6'd2;  y = y << 2;  end
    if (!y[63])            n = n + 6'd1;
    return n;
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

  // (-1)^sp * prod * 2^(ep - 62) + c, rounded once. prod is zero or has its leading one at bit 60 or 61.
  function automatic logic [31:0] fma_core(logic sp, int ep, logic [63:0] prod, logic [31:0] c);
    logic [63:0] p, q, s;
    int          ec, e, d;
    logic        sign;
    if (c[30:23] == 8'hFF) return is_nan32(c) ? CanonicalNan : c;
    if (prod == 64'd0) return (c[30:0] == 31'd0) ? {sp & c[31], 31'd0} : c;
    if (c[30:0] == 31'd0) return round32(sp, ep, prod);
    ec = norm_exp32(c) + 1;
    q  = {2'd0, norm_sig32(c), 38'd0};
    p  = prod;
    d  = ep - ec;
    if (d >= 0) begin
      q = shr_jam64(q, unsigned'(d));
      e = ep;
    end else begin
      p = shr_jam64(p, unsigned'(-d));
      e = ec;
    end
    sign = sp;
    if (sp == c[31]) s = p + q;
    else if (p >= q) s = p - q;
    else begin
      s    = q - p;
      sign = c[31];
    end
    if (s == 64'd0) return 32'd0;
    return round32(sign, e, s);
  endfunction

  function automatic logic [31:0] fp32_add(logic [31:0] a, logic [31:0] b);
    // verilator no_inline_task
    if (is_nan32(a) || is_nan32(b)) return CanonicalNan;
    if (is_inf32(a)) return (is_inf32(b) && a[31] != b[31]) ? CanonicalNan : a;
    if (a[30:0] == 31'd0) return (b[30:0] == 31'd0) ? {a[31] & b[31], 31'd0} : b;
    return fma_core(a[31], norm_exp32(a) + 1, {2'd0, norm_sig32(a), 38'd0}, b);
  endfunction

  function automatic logic [31:0] fp32_fma(logic [31:0] a, logic [31:0] b, logic [31:0] c);
    // verilator no_inline_task
    logic        sp;
    logic [47:0] prod;
    sp = a[31] ^ b[31];
    if (is_nan32(a) || is_nan32(b) || is_nan32(c)) return CanonicalNan;
    if (is_inf32(a) || is_inf32(b)) begin
      if (a[30:0] == 31'd0 || b[30:0] == 31'd0) return CanonicalNan;
      if (is_inf32(c) && c[31] != sp) return CanonicalNan;
      return {sp, 31'h7F80_0000};
    end
    if (a[30:0] == 31'd0 || b[30:0] == 31'd0) return fma_core(sp, 0, 64'd0, c);
    prod = {24'd0, norm_sig32(a)} * {24'd0, norm_sig32(b)};
    return fma_core(sp, norm_exp32(a) + norm_exp32(b) + 2, {2'd0, prod, 14'd0}, c);
  endfunction

  function automatic logic [31:0] fp32_mul(logic [31:0] a, logic [31:0] b);
    // verilator no_inline_task
    logic        sp;
    logic [47:0] prod;
    sp = a[31] ^ b[31];
    if (is_nan32(a) || is_nan32(b)) return CanonicalNan;
    if (is_inf32(a) || is_inf32(b))
      return (a[30:0] == 31'd0 || b[30:0] == 31'd0) ? CanonicalNan : {sp, 31'h7F80_0000};
    if (a[30:0] == 31'd0 || b[30:0] == 31'd0) return {sp, 31'd0};
    prod = {24'd0, norm_sig32(a)} * {24'd0, norm_sig32(b)};
    return round32(sp, norm_exp32(a) + norm_exp32(b) + 2, {2'd0, prod, 14'd0});
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
    logic [31:0] mask, half, r;
    int          e;
    if (is_nan32(a)) return CanonicalNan;
    e = int'({24'd0, a[30:23]}) - 127;
    if (e >= 23 || a[30:0] == 31'd0) return a;
    if (nearest) begin
      if (e < -1) return {a[31], 31'd0};
      if (e == -1) return {a[31], (a[22:0] != 23'd0) ? 31'h3F80_0000 : 31'd0};
      mask = (32'd1 << (23 - e)) - 32'd1;
      half = 32'd1 << (22 - e);
      r    = a + half;
      if ((a & mask) == half) r = r & ~(mask << 1 | 32'd1);
      return r & ~mask;
    end
    if (e < 0) return a[31] ? 32'hBF80_0000 : 32'd0;
    mask = (32'd1 << (23 - e)) - 32'd1;
    r    = a;
    if (a[31]) r = r + mask;
    return r & ~mask;
  endfunction

  // fp32 to int32, toward zero, saturating; NaN gives 0.
  function automatic logic [31:0] fp32_to_int(logic [31:0] a);
    // verilator no_inline_task
    logic [63:0] s;
    logic [31:0] r;
    int          e;
    if (is_nan32(a)) return 32'd0;
    e = int'({24'd0, a[30:23]}) - 127;
    if (e < 0) return 32'd0;
    if (e >= 31) return a[31] ? 32'h8000_0000 : 32'h7FFF_FFFF;
    s = {40'd0, 1'b1, a[22:0]} << e;
    r = s[54:23];
    return a[31] ? -r : r;
  endfunction

  function automatic logic [31:0] int_to_fp32(logic [31:0] a);
    // verilator no_inline_task
    logic [31:0] m;
    if (a == 32'd0) return 32'd0;
    m = a[31] ? -a : a;
    return round32(a[31], 62, {32'd0, m});
  endfunction

  // fp32 to bf16 and fp16, round to nearest even.
  function automatic logic [15:0] fp32_to_bf16(logic [31:0] a);
    logic [31:0] r;
    if (is_nan32(a)) return 16'h7FC0;
    r = a + 32'h7FFF + {31'd0, a[16]};
    return r[31:16];
  endfunction

  function automatic logic [15:0] fp32_to_fp16(logic [31:0] a);
    // verilator no_inline_task
    logic [63:0] s;
    logic [15:0] r;
    int          e;
    if (is_nan32(a)) return 16'h7E00;
    if (is_inf32(a)) return {a[31], 15'h7C00};
    if (a[30:23] == 8'd0) return {a[31], 15'd0};  // far below the fp16 subnormals
    e = int'({24'd0, a[30:23]}) - 112;
    s = {1'b1, a[22:0], 40'd0};
    if (e >= 31) return {a[31], 15'h7C00};
    if (e <= 0) begin
      s = shr_jam64(s, unsigned'(1 - e));
      e = 1;
    end
    r = {1'b0, 5'(e - 1), 10'd0} + {5'd0, s[63:53]};
    if (s[52] && (s[51:0] != 52'd0 || s[53])) r = r + 16'd1;
    return {a[31], r[14:0]};
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

  // -------------------------------------------------------------------------------------------------------------
  // Matrix unit
  // -------------------------------------------------------------------------------------------------------------

  // The array's form of (-1)^sign * chunk * 2^(exp - 7).
  function automatic bf16_unpacked_t unpack_chunk(logic sign, logic signed [9:0] exp, logic [7:0] chunk);
    bf16_unpacked_t    u;
    logic        [7:0] s;
    logic signed [9:0] e;
    u = '0;
    if (chunk == 8'd0) return u;
    s = chunk;
    e = exp;
    if (s[7:4] == 4'd0) begin s = s << 4; e = e - 10'sd4; end
    if (s[7:6] == 2'd0) begin s = s << 2; e = e - 10'sd2; end
    if (!s[7])          begin s = s << 1; e = e - 10'sd1; end
    u.sign = sign;
    u.exp  = e;
    u.sig  = s;
    return u;
  endfunction

  // Operand of the array from the raw bits of an element: bf16 itself, or one term of a wider format. `term` counts
  // from the most significant one (docs/machine.md, section 2).
  function automatic bf16_unpacked_t unpack_bf16(logic [15:0] x);
    bf16_unpacked_t u;
    u = '0;
    if (x[14:7] == 8'hFF) begin
      u.sign = x[15];
      u.nan  = x[6:0] != 7'd0;
      u.inf  = x[6:0] == 7'd0;
      return u;
    end
    if (x[14:7] == 8'd0) begin
      u = unpack_chunk(x[15], -10'sd126, {1'b0, x[6:0]});
      u.sign = x[15];
      return u;
    end
    u.sign = x[15];
    u.exp  = $signed({2'd0, x[14:7]}) - 10'sd127;
    u.sig  = {1'b1, x[6:0]};
    return u;
  endfunction

  function automatic bf16_unpacked_t unpack_fp32_term(logic [31:0] x, logic [1:0] term);
    bf16_unpacked_t    u;
    logic       [23:0] s;
    logic        [7:0] chunk;
    logic signed [9:0] e;
    int                cut;
    u = '0;
    if (x[30:23] == 8'hFF) begin
      if (term == 2'd0) begin
        u.sign = x[31];
        u.nan  = x[22:0] != 23'd0;
        u.inf  = x[22:0] == 23'd0;
      end
      return u;
    end
    s = {x[30:23] != 8'd0, x[22:0]};
    e = (x[30:23] == 8'd0) ? 10'sd1 : $signed({2'd0, x[30:23]});
    case (term)
      2'd0:    chunk = s[23:16];
      2'd1:    chunk = s[15:8];
      default: chunk = s[7:0];
    endcase
    // Bits below 2^-133, the smallest bf16 subnormal, are dropped.
    cut = 1 - int'(e) + 8 * int'({30'd0, term});
    if (cut >= 8) chunk = 8'd0;
    else if (cut > 0) chunk = chunk & 8'(8'hFF << cut);
    return unpack_chunk(x[31], e - 10'sd127 - $signed({5'd0, term, 3'd0}), chunk);
  endfunction

  function automatic bf16_unpacked_t unpack_fp16_term(logic [15:0] x, logic [1:0] term);
    bf16_unpacked_t    u;
    logic signed [9:0] e;
    u = '0;
    if (x[14:10] == 5'h1F) begin
      if (term == 2'd0) begin
        u.sign = x[15];
        u.nan  = x[9:0] != 10'd0;
        u.inf  = x[9:0] == 10'd0;
      end
      return u;
    end
    e = (x[14:10] == 5'd0) ? -10'sd14 : $signed({5'd0, x[14:10]}) - 10'sd15;
    if (term == 2'd0) return unpack_chunk(x[15], e, {x[14:10] != 5'd0, x[9:3]});
    return unpack_chunk(x[15], e - 10'sd8, {x[2:0], 5'd0});
  endfunction

  // The 8 x 8 bit multiplier of a processing element: sixteen 2 x 2 bit products. Narrow formats will use the
  // products one by one, so they stay visible here.
  function automatic logic [15:0] mul8x8(logic [7:0] a, logic [7:0] b);
    logic [15:0] p;
    p = 16'd0;
    for (int i = 0; i < 4; i++)
      for (int j = 0; j < 4; j++)
        p = p + ({12'd0, {2'd0, a[2*i+:2]} * {2'd0, b[2*j+:2]}} << (2 * (i + j)));
    return p;
  endfunction

  // One processing element: a * w + psum, rounded once to fp32.
  function automatic logic [31:0] pe_fma(bf16_unpacked_t a, bf16_unpacked_t w, logic [31:0] psum);
    // verilator no_inline_task
    logic sp;
    sp = a.sign ^ w.sign;
    if (a.nan || w.nan) return CanonicalNan;
    if (a.inf || w.inf) begin
      if (!a.inf && a.sig == 8'd0) return CanonicalNan;
      if (!w.inf && w.sig == 8'd0) return CanonicalNan;
      if (is_nan32(psum) || (is_inf32(psum) && psum[31] != sp)) return CanonicalNan;
      return {sp, 31'h7F80_0000};
    end
    return fma_core(sp, int'(a.exp) + int'(w.exp) + 2, {2'd0, mul8x8(a.sig, w.sig), 46'd0}, psum);
  endfunction

endpackage
