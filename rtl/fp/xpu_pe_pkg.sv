// The processing element of the matrix unit: the exact dot product of a group in three steps, of which xpu_fp_pkg adds
// the sum to a partial sum in four. Between steps there may be registers. The golden code is
// systemc-models/Arithmetic (SmallFloat for the narrow formats).
//
// Sixteen multipliers of 4 x 4 bits make the products: four of them one product of 8 x 8 bits of the wide formats and
// of integers, one of them a product of two elements of the narrow ones, fp6 and fp8 using four and fp4 sixteen.
package xpu_pe_pkg;
  import xpu_isa_pkg::*;
  import xpu_fp_pkg::*;
  import xpu_small_fp_pkg::*;

  // A bf16 number as the array carries it: the significand is normalised at the array's edge, so that the
  // processing elements need no leading-zero count on their inputs. Value = sig * 2^(exp - 7).
  typedef struct packed {
    logic              sign;
    logic              nan;
    logic              inf;
    logic signed [9:0] exp;
    logic        [7:0] sig;  // bit 7 is set unless the number is zero, infinite or NaN
  } bf16_unpacked_t;

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

  // Element g of the up to 64 bits that a row holds of an operand.
  function automatic logic [7:0] element(logic [4:0] fmt, logic [63:0] bits, logic [3:0] g);
    return (format_elements(fmt) == 2'd2) ? {4'd0, bits[4*g+:4]} : bits[8*g[2:0]+:8];
  endfunction

  // A cell's operands. count: elements of the group; 0: the partial sum passes.
  typedef struct packed {
    logic          valid;
    matrix_class_e class_a;
    logic [4:0]    a_fmt;
    logic [4:0]    w_fmt;
    logic [63:0]   a;      // of a wide format: a bf16_unpacked_t
    logic [63:0]   w;
    logic [4:0]    count;
    logic [8:0]    scale;  // the factor is 2^(scale - 254)
    logic          scale_nan;
  } pe_in_t;

  typedef struct packed {
    logic       sign;
    logic [7:0] sig;
    logic [5:0] shift;
  } product_t;
  // few: one product of four parts.
  typedef struct packed {
    exact_t                   sum;  // but for mag and sign
    logic                     few;
    logic                     minus;
    product_t [MaxGroup-1:0]  products;
  } products_t;

  // The sum in carry-save form.
  localparam int unsigned DotBits = 68;
  typedef struct packed {
    exact_t               sum;
    logic [DotBits-1:0]   s;
    logic [DotBits-1:0]   c;
  } carry_save_t;

  function automatic products_t pe_products(pe_in_t x);
    products_t      r;
    bf16_unpacked_t wa, ww;
    small_t         a, w;
    logic [7:0]     ia, iw;
    logic           sign;
    r           = '0;
    r.sum.valid = x.valid;
    r.sum.pass  = x.count == 5'd0;
    wa          = x.a[$bits(bf16_unpacked_t)-1:0];
    ww          = x.w[$bits(bf16_unpacked_t)-1:0];
    r.few       = x.class_a == MatrixClassWide || x.class_a == MatrixClassInteger;
    if (x.class_a == MatrixClassWide) begin
      r.minus         = wa.sign ^ ww.sign;
      r.sum.zero_sign = 1'b1;
      r.sum.top       = wa.exp + ww.exp + 10'sd179;
      ia              = wa.sig;
      iw              = ww.sig;
      r.sum.nan       = wa.nan || ww.nan || (wa.inf && !ww.inf && ww.sig == 8'd0) || (ww.inf && !wa.inf && wa.sig == 8'd0);
      r.sum.pos       = (wa.inf || ww.inf) && !r.minus;
      r.sum.neg       = (wa.inf || ww.inf) && r.minus;
    end else begin
      r.minus      = (x.a_fmt == FormatI8 && x.a[7]) ^ (x.w_fmt == FormatI8 && x.w[7]);
      r.sum.is_int = x.class_a == MatrixClassInteger;
      r.sum.top    = $signed({1'b0, x.scale}) - 10'sd93;
      ia           = (x.a_fmt == FormatI8 && x.a[7]) ? -x.a[7:0] : x.a[7:0];
      iw           = (x.w_fmt == FormatI8 && x.w[7]) ? -x.w[7:0] : x.w[7:0];
    end
    if (!r.few) r.sum.nan = x.scale_nan;
    for (int unsigned g = 0; g < MaxGroup; g++) begin
      a    = '0;
      w    = '0;
      sign = 1'b0;
      if (r.few) begin
        if (g < 4) begin
          a.sig = (g[1]) ? ia[7:4] : ia[3:0];
          w.sig = (g[0]) ? iw[7:4] : iw[3:0];
        end
      end else if (5'(g) < x.count) begin
        a    = unpack_small(x.a_fmt, element(x.a_fmt, x.a, 4'(g)));
        w    = unpack_small(x.w_fmt, element(x.w_fmt, x.w, 4'(g)));
        sign = a.sign ^ w.sign;
        if (a.nan || w.nan) r.sum.nan = 1'b1;
        else if (a.inf || w.inf) begin
          if ((!a.inf && a.sig == 4'd0) || (!w.inf && w.sig == 4'd0)) r.sum.nan = 1'b1;
          else if (sign) r.sum.neg = 1'b1;
          else r.sum.pos = 1'b1;
          a.sig = 4'd0;
        end
      end
      r.products[g].sign  = sign;
      r.products[g].sig   = {4'd0, a.sig} * {4'd0, w.sig};
      r.products[g].shift = {1'b0, a.shift} + {1'b0, w.shift};
    end
    return r;
  endfunction

  // Three to two, layer by layer. A negative product enters as its complement, the ones are added as one number.
  localparam int unsigned Layers = 6;
  localparam int unsigned LayerSize [Layers] = '{17, 12, 8, 6, 4, 3};
  function automatic carry_save_t pe_sum(products_t x);
    carry_save_t        r;
    logic [DotBits-1:0] v [MaxGroup + 1];
    logic [DotBits-1:0] s, c;
    logic [15:0]        one;
    r.sum = x.sum;
    if (x.few) begin
      one        = {8'd0, x.products[0].sig} + {4'd0, x.products[1].sig, 4'd0} + {4'd0, x.products[2].sig, 4'd0} +
                   {x.products[3].sig, 8'd0};
      r.s        = DotBits'(one) ^ {DotBits{x.minus}};
      r.c        = DotBits'(x.minus);
      r.sum.sign = x.minus;
      return r;
    end
    v[MaxGroup] = '0;
    for (int unsigned g = 0; g < MaxGroup; g++) begin
      v[g]        = (DotBits'(x.products[g].sig) << x.products[g].shift) ^ {DotBits{x.products[g].sign}};
      v[MaxGroup] = v[MaxGroup] + DotBits'(x.products[g].sign);
    end
    for (int unsigned l = 0; l < Layers; l++) begin
      for (int unsigned i = 0; i < 6; i++) begin
        if (3 * i + 2 < LayerSize[l]) begin
          s        = v[3*i] ^ v[3*i+1] ^ v[3*i+2];
          c        = (v[3*i] & v[3*i+1]) | (v[3*i+2] & (v[3*i] ^ v[3*i+1]));
          v[2*i]   = s;
          v[2*i+1] = c << 1;
        end
      end
      // What no three took.
      for (int unsigned i = 0; i < 2; i++)
        if (i < LayerSize[l] % 3) v[LayerSize[l]/3*2+i] = v[LayerSize[l]/3*3+i];
    end
    r.s = v[0];
    r.c = v[1];
    return r;
  endfunction

  // Sign and magnitude; integers stay modulo 2^32.
  function automatic exact_t pe_exact(carry_save_t x);
    exact_t             r;
    logic [DotBits-1:0] plus, minus;
    r     = x.sum;
    plus  = x.s + x.c;
    minus = ~x.s + ~x.c + DotBits'(2);
    if (!r.zero_sign) r.sign = plus[DotBits-1];  // a zero of the wide formats keeps its sign
    r.zero = plus == '0;
    r.mag  = (plus[DotBits-1] && !r.is_int) ? minus[66:0] : plus[66:0];
    return r;
  endfunction

  // All of it.
  function automatic logic [31:0] pe(pe_in_t x, logic [31:0] psum);
    // verilator no_inline_task
    return sum_of(pe_exact(pe_sum(pe_products(x))), psum);
  endfunction
endpackage
