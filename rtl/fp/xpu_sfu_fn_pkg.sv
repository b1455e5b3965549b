// Special functions of the vector unit, bit for bit those of systemc-models/Arithmetic/Special.h, which describes the
// datapath, in eight steps between which there may be registers: sfu_place reduces the range to a table segment and a fraction t;
// sfu_coeffs takes its coefficients, which the caller reads from xpu_sfu_pkg; sfu_slope is c1 + c2 t; sfu_value is c0 + t times
// that; sfu_wide multiplies it with an exact significand, and adds an integer (LOG2); sfu_zeros, sfu_normed and sfu_round round once.
package xpu_sfu_fn_pkg;
  import xpu_isa_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_sfu_pkg::*;

  localparam int Frac = int'(SfuFrac);

  typedef struct packed {
    logic [9:0]  seg;
    logic [19:0] t;
  } sfu_at_t;

  // A turn reduced to an eighth: value = sig * 2^exp.
  typedef struct packed {
    logic [2:0]         octant;
    logic [23:0]        sig;
    logic signed [8:0]  exp;
    logic [5:0]         seg;
    logic [19:0]        t;
  } sfu_turn_t;

  function automatic logic is_sfu(logic [6:0] op);
    return op >= UopEXP2;
  endfunction

  // Weight of bit 0 and significand of a finite number, subnormals as they are.
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

  // |a| < 256 as a signed number with 26 fraction bits.
  function automatic logic signed [63:0] exp2_fixed(logic [31:0] a);
    logic [63:0] f;
    f = to_fixed(a, 26);
    return a[31] ? -f : f;
  endfunction

  function automatic sfu_turn_t reduce_turn(logic [31:0] a);
    // verilator no_inline_task
    sfu_turn_t   r;
    logic [63:0] phi;
    logic [26:0] x;
    int          shift;
    r.octant = 3'd0;
    if (a[30:0] < 31'h3E00_0000) begin
      r.sig = 24'(raw_sig(a));
      r.exp = 9'(raw_exp(a));
      x     = 27'(to_fixed(a, 29));
    end else begin
      shift    = raw_exp(a) + 26;
      phi      = (shift >= 26) ? 64'd0 : raw_sig(a) << shift;
      r.octant = phi[25:23];
      r.sig    = phi[23] ? 24'h80_0000 - {1'b0, phi[22:0]} : {1'b0, phi[22:0]};
      r.exp    = -9'sd26;
      x        = {r.sig, 3'd0};
    end
    r.seg = x[26] ? 6'd63 : x[25:20];
    r.t   = x[26] ? 20'hF_FFFF : x[19:0];
    return r;
  endfunction

  // Whether the quadratic is that of the cosine.
  function automatic logic use_cos(logic is_cos, logic [2:0] octant);
    return is_cos != (octant[1] != octant[0]);
  endfunction

  function automatic sfu_at_t sfu_lookup(logic [6:0] op, logic [31:0] a);
    // verilator no_inline_task
    sfu_at_t     r;
    sfu_turn_t   turn;
    logic [63:0] x;
    logic [23:0] s;
    int          e;
    r = '0;
    if (a[30:0] == 31'd0 && op != UopEXP2 && op != UopSINPI2 && op != UopCOSPI2) return r;
    if (a[30:23] == 8'hFF) return r;
    case (op)
      UopEXP2: begin
        x = exp2_fixed(a);
        if (a[30:0] < 31'h4380_0000) r = '{seg: 10'(SfuExp2) + 10'(x[25:20]), t: x[19:0]};
      end
      UopLOG2: begin
        s = norm_sig32(a);
        r = '{seg: 10'(SfuLog2) + 10'(s[22:17]), t: {s[16:0], 3'd0}};
      end
      UopRCP: begin
        s = norm_sig32(a);
        r = '{seg: 10'(SfuRcp) + 10'(s[22:16]), t: {s[15:0], 4'd0}};
      end
      UopRSQRT: begin
        s = norm_sig32(a);
        e = norm_exp32(a);
        r = '{seg: 10'(SfuRsqrt) + {2'd0, e[0], s[22:16]}, t: {s[15:0], 4'd0}};
      end
      UopTANH: begin
        if (a[30:0] < 31'h3F80_0000) begin
          x = to_fixed(a, 26);
          r = '{seg: 10'(SfuTanh) + 10'(x[25:20]), t: x[19:0]};
        end else if (a[30:0] < 31'h4180_0000) begin
          e = raw_exp(a) + 24;
          r = '{seg: 10'(SfuTanh) + {e[3:0], a[22:17]}, t: {a[16:0], 3'd0}};
        end
      end
      default: begin
        turn = reduce_turn(a);
        r    = '{seg: (use_cos(op == UopCOSPI2, turn.octant) ? 10'(SfuCos) : 10'(SfuSin)) + 10'(turn.seg), t: turn.t};
      end
    endcase
    return r;
  endfunction

  // -------------------------------------------------------------------------------------------------------------
  // Steps
  // -------------------------------------------------------------------------------------------------------------

  typedef struct packed {
    logic [6:0]  op;
    logic [31:0] a;
    sfu_at_t     at;
  } sfu_place_t;
  typedef struct packed {
    logic [6:0]                    op;
    logic [31:0]                   a;
    logic [19:0]                   t;
    logic [SfuC0Width-1:0]         c0;
    logic signed [SfuC1Width-1:0]  c1;
    logic signed [SfuC2Width-1:0]  c2;
  } sfu_coeffs_t;
  typedef struct packed {
    logic [6:0]                  op;
    logic [31:0]                 a;
    logic [19:0]                 t;
    logic [SfuC0Width-1:0]       c0;
    logic signed [SfuC1Width:0]  slope;
  } sfu_slope_t;
  // The result is (-1)^sign * (whole * 2^54 + factor * p) * 2^(base - 190), unless it is `value`.
  typedef struct packed {
    logic               done;
    logic [31:0]        value;
    logic               sign;
    logic [9:0]         base;
    logic signed [24:0] factor;
    logic signed [8:0]  whole;
  } sfu_scale_t;
  typedef struct packed {
    sfu_scale_t  scale;
    logic [30:0] p;
  } sfu_value_t;
  typedef struct packed {
    logic               done;
    logic [31:0]        value;
    logic               sign;
    logic [9:0]         base;
    logic signed [63:0] wide;
  } sfu_wide_t;
  typedef struct packed {
    logic        done;
    logic [31:0] value;
    logic        sign;
    logic [9:0]  base;
    logic [5:0]  zeros;  // places to the left
    logic [63:0] sig;
  } sfu_zeros_t;
  typedef struct packed {
    logic        done;
    logic [31:0] value;
    logic        sign;
    logic [9:0]  exp;    // biased; 1 of a subnormal number, too
    logic [63:0] sig;
  } sfu_normed_t;

  function automatic sfu_place_t sfu_place(logic [6:0] op, logic [31:0] a);
    return '{op: op, a: a, at: sfu_lookup(op, a)};
  endfunction

  function automatic sfu_coeffs_t sfu_coeffs(sfu_place_t p, logic [SfuC0Width-1:0] c0, logic signed [SfuC1Width-1:0] c1,
                                             logic signed [SfuC2Width-1:0] c2);
    return '{op: p.op, a: p.a, t: p.at.t, c0: c0, c1: c1, c2: c2};
  endfunction

  // A product and what is added to it are one sum: the bits that are dropped are those of the product alone.
  function automatic sfu_slope_t sfu_slope(sfu_coeffs_t p);
    logic signed [47:0] x;
    x = 48'(p.c2) * $signed({28'd0, p.t}) + $signed({{2{p.c1[SfuC1Width-1]}}, p.c1, 20'd0});
    return '{op: p.op, a: p.a, t: p.t, c0: p.c0, slope: x[46:20]};
  endfunction

  function automatic sfu_value_t sfu_value(sfu_slope_t p);
    logic signed [50:0] x;
    x = 51'(p.slope) * $signed({31'd0, p.t}) + $signed({p.c0, 20'd0});
    return '{scale: sfu_scale(p.op, p.a), p: x[50:20]};
  endfunction

  function automatic sfu_wide_t sfu_wide(sfu_value_t p);
    return '{done: p.scale.done, value: p.scale.value, sign: p.scale.sign, base: p.scale.base,
             wide: 64'(p.scale.factor) * $signed({33'd0, p.p}) + $signed({p.scale.whole[8], p.scale.whole, 54'd0})};
  endfunction

  function automatic sfu_zeros_t sfu_zeros(sfu_wide_t p);
    sfu_zeros_t  r;
    logic [63:0] limit;
    r.done  = p.done;
    r.value = p.value;
    r.base  = p.base;
    r.sign  = p.sign ^ p.wide[63];
    r.sig   = p.wide[63] ? -p.wide : p.wide;
    // A one where the leading bit of a number with the exponent 1 is: base - 1 places from the top.
    limit   = (p.base <= 10'd64) ? {1'b1, 63'd0} >> 6'(p.base - 10'd1) : 64'd0;
    r.zeros = clz64(r.sig | limit);
    return r;
  endfunction

  function automatic sfu_normed_t sfu_normed(sfu_zeros_t p);
    return '{done: p.done, value: p.value, sign: p.sign, exp: p.base - {4'd0, p.zeros}, sig: p.sig << p.zeros};
  endfunction

  // To nearest, ties to even. The hidden bit adds the last one to the exponent field.
  function automatic logic [31:0] sfu_round(sfu_normed_t p);
    // verilator no_inline_task
    logic [7:0]  e;
    logic [31:0] r;
    e = 8'(p.exp - 10'd1);
    r = {e, 23'd0, p.sig[39] && (p.sig[38:0] != 39'd0 || p.sig[40])} + {7'd0, p.sig[63:40], 1'b1};
    if (p.exp >= 10'd255 || r[31:24] == 8'hFF) r[31:1] = 31'h7F80_0000;
    if (p.done) return p.value;
    return (p.sig == 64'd0) ? {p.sign, 31'd0} : {p.sign, r[31:1]};
  endfunction

  // base of a p that is scaled by 2^exp.
  function automatic logic [9:0] sfu_base(logic signed [9:0] exp);
    return 10'(exp + 10'(190 - Frac));
  endfunction
  function automatic sfu_scale_t sfu_done(logic [31:0] value);
    sfu_scale_t r;
    r       = '0;
    r.done  = 1'b1;
    r.value = value;
    return r;
  endfunction

  // What a result is made of beside p; needs only the operand.
  function automatic sfu_scale_t sfu_scale(logic [6:0] op, logic [31:0] a);
    sfu_scale_t         r;
    sfu_turn_t          turn;
    logic signed [63:0] x;
    logic        [23:0] s;
    logic signed [9:0]  e;
    r        = '0;
    r.factor = 25'sd1;
    s        = norm_sig32(a);
    e        = 10'(norm_exp32(a));
    if (is_nan32(a)) return sfu_done(CanonicalNan);
    case (op)
      UopEXP2: begin
        x      = exp2_fixed(a) >>> 26;
        r.base = sfu_base(10'(x));
        if (a[30:0] >= 31'h4380_0000) return sfu_done(a[31] ? 32'd0 : 32'h7F80_0000);
        // Less than half of the smallest number.
        if (x < -64'sd150) return sfu_done(32'd0);
      end
      UopLOG2: begin
        if (a[30:0] == 31'd0) return sfu_done(32'hFF80_0000);
        if (a[31]) return sfu_done(CanonicalNan);
        if (is_inf32(a)) return sfu_done(a);
        r.whole  = 9'(e + 10'(s[22]));
        r.factor = s[22] ? {2'b11, s[22:0]} : {1'b0, s[22:0], 1'b0};
        r.base   = 10'd136;
      end
      UopRCP: begin
        if (is_inf32(a)) return sfu_done({a[31], 31'd0});
        if (a[30:0] == 31'd0) return sfu_done({a[31], 31'h7F80_0000});
        r.sign = a[31];
        r.base = sfu_base(-e);
      end
      UopRSQRT: begin
        if (a[30:0] == 31'd0) return sfu_done(32'h7F80_0000);
        if (a[31]) return sfu_done(CanonicalNan);
        if (is_inf32(a)) return sfu_done(32'd0);
        r.base = sfu_base(-(e >>> 1));
      end
      UopTANH: begin
        if (a[30:0] < 31'h3980_0000) return sfu_done(a);
        if (a[30:0] >= 31'h4180_0000) return sfu_done({a[31], 31'h3F80_0000});
        r.sign = a[31];
        r.base = sfu_base(10'sd0);
        if (a[30:0] < 31'h3F80_0000) begin
          r.factor = {1'b0, 24'(raw_sig(a))};
          r.base   = sfu_base(10'(raw_exp(a)));
        end
      end
      default: begin
        if (is_inf32(a)) return sfu_done(CanonicalNan);
        turn   = reduce_turn(a);
        r.sign = (op == UopCOSPI2) ? (turn.octant >= 3'd2 && turn.octant <= 3'd5) : (turn.octant[2] != a[31]);
        r.base = sfu_base(10'sd0);
        if (!use_cos(op == UopCOSPI2, turn.octant)) begin
          r.factor = {1'b0, turn.sig};
          r.base   = sfu_base(10'(turn.exp) + 10'sd2);
        end
      end
    endcase
    return r;
  endfunction

  // The steps one behind the other.
  function automatic logic [31:0] sfu_result(sfu_coeffs_t p);
    return sfu_round(sfu_normed(sfu_zeros(sfu_wide(sfu_value(sfu_slope(p))))));
  endfunction
endpackage
