// Processing element for integers and for the fp8, fp6 and fp4 formats, translated from
// systemc-models/Arithmetic/SmallFloat, which is the golden code.
//
// The sixteen 2 x 2 bit multipliers of mul8x8 make one product of 8 x 8, four of 4 x 4, eight of 4 x 2 or sixteen of
// 2 x 2 bits. The products of a group are added in fixed point without loss; the sum and psum in a window of 72 bits
// are rounded once (docs/machine.md, section 3, says why this is exact).
package xpu_small_fp_pkg;
  import xpu_isa_pkg::*;
  import xpu_fp_pkg::*;

  // Value = sig * 2^(shift - 16).
  typedef struct packed {
    logic       sign;
    logic       nan;
    logic       inf;
    logic [3:0] sig;
    logic [4:0] shift;
  } small_t;

  // The element in the low bits of a byte.
  function automatic small_t unpack_small(logic [4:0] fmt, logic [7:0] x);
    small_t     u;
    logic [4:0] e, lowest;  // exponent field; weight of a subnormal's last bit
    u = '0;
    case (fmt)
      FormatF8E4M3: begin
        u.sign = x[7];
        e      = {1'b0, x[6:3]};
        u.sig  = {e != 5'd0, x[2:0]};
        lowest = 5'd7;
        u.nan  = x[6:0] == 7'h7F;
      end
      FormatF8E5M2: begin
        u.sign = x[7];
        e      = x[6:2];
        u.sig  = {1'b0, e != 5'd0, x[1:0]};
        lowest = 5'd0;
        u.nan  = e == 5'h1F && x[1:0] != 2'd0;
        u.inf  = e == 5'h1F && x[1:0] == 2'd0;
      end
      FormatF6E2M3: begin
        u.sign = x[5];
        e      = {3'd0, x[4:3]};
        u.sig  = {e != 5'd0, x[2:0]};
        lowest = 5'd13;
      end
      FormatF6E3M2: begin
        u.sign = x[5];
        e      = {2'd0, x[4:2]};
        u.sig  = {1'b0, e != 5'd0, x[1:0]};
        lowest = 5'd12;
      end
      default: begin  // F4E2M1
        u.sign = x[3];
        e      = {3'd0, x[2:1]};
        u.sig  = {2'd0, e != 5'd0, x[0]};
        lowest = 5'd15;
      end
    endcase
    u.shift = lowest + ((e == 5'd0) ? 5'd0 : e - 5'd1);
    return u;
  endfunction

  function automatic logic [31:0] fp8_to_fp32(logic [4:0] fmt, logic [7:0] x);
    small_t u;
    u = unpack_small(fmt, x);
    if (u.nan) return CanonicalNan;
    if (u.inf) return {u.sign, 31'h7F80_0000};
    return round_pack(u.sign, int'({27'd0, u.shift}) - 16, {60'd0, u.sig});
  endfunction

  // Round to nearest even; infinities and what is too large become the largest number.
  function automatic logic [7:0] fp32_to_fp8(logic [4:0] fmt, logic [31:0] a);
    logic        e4m3, up;
    logic [63:0] s;
    logic  [7:0] code, largest;
    int          e, lowest;
    e4m3    = fmt == FormatF8E4M3;
    largest = e4m3 ? 8'h7E : 8'h7B;
    lowest  = e4m3 ? -6 : -14;
    e       = int'({24'd0, a[30:23]}) - 127;
    if (is_nan32(a)) return e4m3 ? 8'h7F : 8'h7E;
    if (a[30:23] == 8'd0) return {a[31], 7'd0};
    if (e > 16) return {a[31], largest[6:0]};
    s = {1'b1, a[22:0], 40'd0};
    if (e < lowest) begin
      s = shr_jam64(s, unsigned'(lowest - e));
      e = lowest;
    end
    // The hidden bit adds one to the exponent field.
    if (e4m3) begin
      up   = s[59] && (s[58:0] != 59'd0 || s[60]);
      code = {5'(e - lowest), 3'd0} + {4'd0, s[63:60]} + {7'd0, up};
    end else begin
      up   = s[60] && (s[59:0] != 60'd0 || s[61]);
      code = {6'(e - lowest), 2'd0} + {5'd0, s[63:61]} + {7'd0, up};
    end
    return {a[31], (code > largest) ? largest[6:0] : code[6:0]};
  endfunction

  // Element g of the up to 64 bits that a row holds of an operand.
  function automatic logic [7:0] element(logic [4:0] fmt, logic [63:0] bits, logic [3:0] g);
    return (format_elements(fmt) == 2'd2) ? {4'd0, bits[4*g+:4]} : bits[8*g[2:0]+:8];
  endfunction

  // Four of the multipliers.
  function automatic logic [7:0] mul4x4(logic [3:0] a, logic [3:0] b);
    logic [7:0] p;
    p = 8'd0;
    for (int i = 0; i < 2; i++)
      for (int j = 0; j < 2; j++)
        p = p + ({4'd0, {2'd0, a[2*i+:2]} * {2'd0, b[2*j+:2]}} << (2 * (i + j)));
    return p;
  endfunction

  // Leading zeros of a non-zero number.
  function automatic logic [6:0] clz72(logic [71:0] x);
    return (x[71:8] != 64'd0) ? {1'b0, clz64(x[71:8])} : 7'd64 + {1'b0, clz64({x[7:0], 56'd1})};
  endfunction

  // x shifted right; the bits that leave are or-ed into bit 0.
  function automatic logic [71:0] shr_jam72(logic [71:0] x, int unsigned n);
    logic [71:0] r;
    if (n > 71) return {71'd0, x != 72'd0};
    r = x >> n;
    r[0] = r[0] | ((x & ((72'd1 << n) - 72'd1)) != 72'd0);
    return r;
  endfunction

  // The fp32 number nearest to (-1)^sign * x * 2^(exp - 69), x != 0; bit 0 of x may be a sticky bit.
  function automatic logic [31:0] round72(logic sign, int exp, logic [71:0] x);
    logic [71:0] s;
    logic  [6:0] lz;
    lz = clz72(x);
    s  = x << lz;
    return round32(sign, exp + 1 - int'({25'd0, lz}), {s[71:9], s[8:0] != 9'd0});
  endfunction

  // (-1)^sp * mag * 2^exp + psum, rounded once. mag is not zero and below 2^67, psum is finite.
  function automatic logic [31:0] sum_core(logic sp, int exp, logic [71:0] mag, logic [31:0] psum);
    logic [71:0] p, q, s;
    logic  [6:0] lz;
    int          ep, eq, d;
    logic        sign;
    lz = clz72(mag);
    p  = mag << (lz - 7'd2);
    ep = exp + 71 - int'({25'd0, lz});
    if (psum[30:0] == 31'd0) return round72(sp, ep, p);
    eq = norm_exp32(psum);
    q  = {2'd0, norm_sig32(psum), 46'd0};
    d  = ep - eq;
    if (d >= 0) q = shr_jam72(q, unsigned'(d));
    else begin
      p  = shr_jam72(p, unsigned'(-d));
      ep = eq;
    end
    sign = sp;
    if (sp == psum[31]) s = p + q;
    else if (p >= q) s = p - q;
    else begin
      s    = q - p;
      sign = psum[31];
    end
    if (s == 72'd0) return 32'd0;
    return round72(sign, ep, s);
  endfunction

  // The first `count` of the products of a group, times 2^(scale - 254), and psum. scale_nan: a scale is NaN.
  function automatic logic [31:0] pe_dot(logic [4:0] a_fmt, logic [4:0] w_fmt, logic [63:0] a_bits, logic [63:0] w_bits,
                                         logic [4:0] count, logic [8:0] scale, logic scale_nan, logic [31:0] psum);
    // verilator no_inline_task
    small_t      a, w;
    logic [71:0] sum, prod;  // two's complement, in units of 2^-32
    logic        nan, pos, neg, sign;
    nan = scale_nan || is_nan32(psum);
    pos = is_inf32(psum) && !psum[31];
    neg = is_inf32(psum) && psum[31];
    sum = '0;
    for (int unsigned g = 0; g < MaxGroup; g++) begin
      if (5'(g) < count) begin
        a    = unpack_small(a_fmt, element(a_fmt, a_bits, 4'(g)));
        w    = unpack_small(w_fmt, element(w_fmt, w_bits, 4'(g)));
        sign = a.sign ^ w.sign;
        if (a.nan || w.nan) nan = 1'b1;
        else if (a.inf || w.inf) begin
          if ((!a.inf && a.sig == 4'd0) || (!w.inf && w.sig == 4'd0)) nan = 1'b1;
          else if (sign) neg = 1'b1;
          else pos = 1'b1;
        end else begin
          prod = {64'd0, mul4x4(a.sig, w.sig)} << ({1'b0, a.shift} + {1'b0, w.shift});
          sum  = sign ? sum - prod : sum + prod;
        end
      end
    end
    if (nan || (pos && neg)) return CanonicalNan;
    if (pos || neg) return {neg, 31'h7F80_0000};
    if (sum == '0) return (psum[30:0] == 31'd0) ? 32'd0 : psum;
    sign = sum[71];
    return sum_core(sign, int'({23'd0, scale}) - 286, sign ? -sum : sum, psum);
  endfunction

  // One product of bytes, modulo 2^32.
  function automatic logic [31:0] pe_int(logic [4:0] a_fmt, logic [4:0] w_fmt, logic [7:0] a, logic [7:0] w,
                                         logic [31:0] psum);
    // verilator no_inline_task
    logic        na, nw;
    logic [31:0] prod;
    na   = a_fmt == FormatI8 && a[7];
    nw   = w_fmt == FormatI8 && w[7];
    prod = {16'd0, mul8x8(na ? -a : a, nw ? -w : w)};
    return (na ^ nw) ? psum - prod : psum + prod;
  endfunction
endpackage
