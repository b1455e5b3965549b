// Elements of the fp8, fp6 and fp4 formats, and conversions of fp8, translated from systemc-models/Arithmetic/SmallFloat,
// which is the golden code.
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
    logic        e4m3, below, up;
    logic [24:0] s;
    logic  [7:0] code, largest, lowest;  // lowest: biased exponent of the smallest normal number
    e4m3    = fmt == FormatF8E4M3;
    largest = e4m3 ? 8'h7E : 8'h7B;
    lowest  = e4m3 ? 8'd121 : 8'd113;
    below   = a[30:23] < lowest;
    s       = sig_below(a[22:0], below ? lowest - a[30:23] : 8'd0);
    // The hidden bit adds one to the exponent field.
    if (e4m3) begin
      up   = s[20] && (s[19:0] != 20'd0 || s[21]);
      code = {below ? 5'd0 : 5'(a[30:23] - 8'd121), 3'd0} + {4'd0, s[24:21]} + {7'd0, up};
    end else begin
      up   = s[21] && (s[20:0] != 21'd0 || s[22]);
      code = {below ? 6'd0 : 6'(a[30:23] - 8'd113), 2'd0} + {5'd0, s[24:22]} + {7'd0, up};
    end
    if (is_nan32(a)) return e4m3 ? 8'h7F : 8'h7E;
    return {a[31], (a[30:23] > 8'd143 || code > largest) ? largest[6:0] : code[6:0]};
  endfunction
endpackage
