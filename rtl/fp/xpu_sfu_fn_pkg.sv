// Special functions of the vector unit, bit for bit those of systemc-models/Arithmetic/Special.h, which describes the
// datapath. Three steps: sfu_lookup reduces the range to a table segment and a fraction, sfu_quadratic evaluates the
// segment (its coefficients are read by the caller from xpu_sfu_pkg), sfu_finish scales and rounds once.
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

  // c0 + c1 t + c2 t^2 with 30 fraction bits.
  function automatic logic [30:0] sfu_quadratic(logic [SfuC0Width-1:0] c0, logic signed [SfuC1Width-1:0] c1,
                                                logic signed [SfuC2Width-1:0] c2, logic [19:0] t);
    logic signed [63:0] u, v;
    u = (64'(c2) * $signed({44'd0, t})) >>> SfuTWidth;
    v = ((64'(c1) + u) * $signed({44'd0, t})) >>> SfuTWidth;
    return c0 + 31'(v);
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

  function automatic logic [31:0] sfu_finish(logic [6:0] op, logic [31:0] a, logic [30:0] p);
    // verilator no_inline_task
    sfu_turn_t          turn;
    logic        [63:0] px;
    logic signed [63:0] x, y;
    logic        [23:0] s;
    logic               sign;
    int                 e;
    px = {33'd0, p};
    if (is_nan32(a)) return CanonicalNan;
    case (op)
      UopEXP2: begin
        if (a[30:0] >= 31'h4380_0000) return a[31] ? 32'd0 : 32'h7F80_0000;
        x = exp2_fixed(a);
        return round_pack(1'b0, int'(x >>> 26) - Frac, px);
      end
      UopLOG2: begin
        if (a[30:0] == 31'd0) return 32'hFF80_0000;
        if (a[31]) return CanonicalNan;
        if (is_inf32(a)) return a;
        s = norm_sig32(a);
        y = 64'(norm_exp32(a));
        x = {40'd0, s[22:0], 1'b0};
        if (s[22]) begin
          y = y + 64'sd1;
          x = {41'd0, s[22:0]} - 64'h80_0000;
        end
        y = (y <<< 54) + x * $signed(px);
        return round_pack(y[63], -54, y[63] ? -y : y);
      end
      UopRCP: begin
        if (is_inf32(a)) return {a[31], 31'd0};
        if (a[30:0] == 31'd0) return {a[31], 31'h7F80_0000};
        return round_pack(a[31], -norm_exp32(a) - Frac, px);
      end
      UopRSQRT: begin
        if (a[30:0] == 31'd0) return 32'h7F80_0000;
        if (a[31]) return CanonicalNan;
        if (is_inf32(a)) return 32'd0;
        e = norm_exp32(a);
        return round_pack(1'b0, -(e >>> 1) - Frac, px);
      end
      UopTANH: begin
        if (a[30:0] < 31'h3980_0000) return a;
        if (a[30:0] >= 31'h4180_0000) return {a[31], 31'h3F80_0000};
        if (a[30:0] < 31'h3F80_0000) return round_pack(a[31], raw_exp(a) - Frac, raw_sig(a) * px);
        return round_pack(a[31], -Frac, px);
      end
      default: begin
        if (is_inf32(a)) return CanonicalNan;
        turn = reduce_turn(a);
        sign = (op == UopCOSPI2) ? (turn.octant >= 3'd2 && turn.octant <= 3'd5) : (turn.octant[2] != a[31]);
        if (use_cos(op == UopCOSPI2, turn.octant)) return round_pack(sign, -Frac, px);
        return round_pack(sign, int'(turn.exp) + 2 - Frac, {40'd0, turn.sig} * px);
      end
    endcase
  endfunction
endpackage
