// Special functions of the vector unit, bit for bit those of systemc-models/Arithmetic/Special.h, which describes the
// datapath: range reduction, a quadratic from the tables of xpu_sfu_pkg (generated), one rounding.
package xpu_sfu_fn_pkg;
  import xpu_fp_pkg::*;
  import xpu_sfu_pkg::*;

  localparam int Frac = int'(SfuFrac);

  // c0 + c1 t + c2 t^2 with 30 fraction bits.
  function automatic logic [63:0] evaluate(int unsigned seg, logic [19:0] t);
    logic signed [63:0] u, v;
    u = (64'(SfuC2[seg]) * $signed({44'd0, t})) >>> SfuTWidth;
    v = ((64'(SfuC1[seg]) + u) * $signed({44'd0, t})) >>> SfuTWidth;
    return 64'(SfuC0[seg]) + v;
  endfunction

  // Exponent of bit 0 and significand of a finite number, subnormals as they are.
  function automatic int raw_exp(logic [31:0] a);
    return (a[30:23] == 8'd0) ? -149 : int'({24'd0, a[30:23]}) - 150;
  endfunction
  function automatic logic [63:0] raw_sig(logic [31:0] a);
    return {40'd0, a[30:23] != 8'd0, a[22:0]};
  endfunction

  // floor(|a| * 2^frac_bits)
  function automatic logic [63:0] to_fixed(logic [31:0] a, int frac_bits);
    int shift;
    shift = raw_exp(a) + frac_bits;
    if (shift >= 0) return raw_sig(a) << shift;
    return (shift > -24) ? raw_sig(a) >> (-shift) : 64'd0;
  endfunction

  function automatic logic [31:0] sfu_exp2(logic [31:0] a);
    // verilator no_inline_task
    logic signed [63:0] fixed;
    if (is_nan32(a)) return CanonicalNan;
    if (a[30:0] >= 31'h4380_0000) return a[31] ? 32'd0 : 32'h7F80_0000;
    fixed = to_fixed(a, 26);
    if (a[31]) fixed = -fixed;
    return round_pack(1'b0, int'(fixed >>> 26) - Frac, evaluate(SfuExp2 + 32'(fixed[25:20]), fixed[19:0]));
  endfunction

  function automatic logic [31:0] sfu_log2(logic [31:0] a);
    // verilator no_inline_task
    logic        [23:0] s;
    logic signed [63:0] x, y, i, p;
    if (a[30:0] == 31'd0) return 32'hFF80_0000;
    if (is_nan32(a) || a[31]) return CanonicalNan;
    if (is_inf32(a)) return a;
    s = norm_sig32(a);
    i = 64'(norm_exp32(a));
    x = {40'd0, s[22:0], 1'b0};
    if (s[22]) begin
      i = i + 64'sd1;
      x = {41'd0, s[22:0]} - 64'sh80_0000;
    end
    p = evaluate(SfuLog2 + 32'(s[22:17]), {s[16:0], 3'd0});
    y = (i <<< 54) + x * p;
    return round_pack(y[63], -54, y[63] ? -y : y);
  endfunction

  function automatic logic [31:0] sfu_rcp(logic [31:0] a);
    // verilator no_inline_task
    logic [23:0] s;
    if (is_nan32(a)) return CanonicalNan;
    if (is_inf32(a)) return {a[31], 31'd0};
    if (a[30:0] == 31'd0) return {a[31], 31'h7F80_0000};
    s = norm_sig32(a);
    return round_pack(a[31], -norm_exp32(a) - Frac, evaluate(SfuRcp + 32'(s[22:16]), {s[15:0], 4'd0}));
  endfunction

  function automatic logic [31:0] sfu_rsqrt(logic [31:0] a);
    // verilator no_inline_task
    logic [23:0] s;
    int          e, odd;
    if (a[30:0] == 31'd0) return 32'h7F80_0000;
    if (is_nan32(a) || a[31]) return CanonicalNan;
    if (is_inf32(a)) return 32'd0;
    s   = norm_sig32(a);
    e   = norm_exp32(a);
    odd = e & 1;
    return round_pack(1'b0, -((e - odd) >>> 1) - Frac,
                      evaluate(SfuRsqrt + 32'(odd) * 128 + 32'(s[22:16]), {s[15:0], 4'd0}));
  endfunction

  function automatic logic [31:0] sfu_tanh(logic [31:0] a);
    // verilator no_inline_task
    logic [63:0] x;
    if (is_nan32(a)) return CanonicalNan;
    if (a[30:0] < 31'h3980_0000) return a;
    if (a[30:0] >= 31'h4180_0000) return {a[31], 31'h3F80_0000};
    if (a[30:0] < 31'h3F80_0000) begin
      x = to_fixed(a, 26);
      return round_pack(a[31], raw_exp(a) - Frac, raw_sig(a) * evaluate(SfuTanh + 32'(x[25:20]), x[19:0]));
    end
    return round_pack(a[31], -Frac,
                      evaluate(SfuTanh + 32'(64 * (raw_exp(a) + 24)) + 32'(a[22:17]), {a[16:0], 3'd0}));
  endfunction

  // sin or cos of 2 pi a
  function automatic logic [31:0] sfu_sincos(logic [31:0] a, logic is_cos);
    // verilator no_inline_task
    logic [63:0] r, rsig, phi;
    logic [2:0]  oct;
    logic        swap, sign;
    logic [19:0] t;
    int          rexp, shift;
    int unsigned off;
    if (a[30:23] == 8'hFF) return CanonicalNan;
    oct = 3'd0;
    if (a[30:0] < 31'h3E00_0000) begin
      r    = to_fixed(a, 29);
      rsig = raw_sig(a);
      rexp = raw_exp(a);
    end else begin
      shift = raw_exp(a) + 26;
      phi   = (shift >= 26) ? 64'd0 : (raw_sig(a) << shift) & 64'h3FF_FFFF;
      oct   = phi[25:23];
      rsig  = {41'd0, phi[22:0]};
      if (oct[0]) rsig = 64'h80_0000 - rsig;
      rexp = -26;
      r    = rsig << 3;
    end
    off = 32'(r[26:20]);
    t   = r[19:0];
    if (r[26]) begin
      off = 32'd63;
      t   = 20'hF_FFFF;
    end
    swap = oct == 3'd1 || oct == 3'd2 || oct == 3'd5 || oct == 3'd6;
    sign = is_cos ? (oct >= 3'd2 && oct <= 3'd5) : (oct[2] != a[31]);
    if (is_cos != swap) return round_pack(sign, -Frac, evaluate(SfuCos + off, t));
    return round_pack(sign, rexp + 2 - Frac, rsig * evaluate(SfuSin + off, t));
  endfunction
endpackage
