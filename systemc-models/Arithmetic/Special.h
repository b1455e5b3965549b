//===- Special.h - Bit-exact special functions --------------------*- C++
//-*-===//
//
// EXP2, LOG2, RCP, RSQRT, TANH, SINPI2 and COSPI2 of the vector unit. These
// functions *define* the results; the RTL repeats them bit by bit. All have the
// same datapath: range reduction gives a table segment `seg` and a fraction
// `t`, then
//
//   t    20 bits, unsigned, value t / 2^20
//   u  = (c2[seg] * t) >>> 20            arithmetic shift: floor; 18 bits
//   signed v  = ((c1[seg] + u) * t) >>> 20      26 bits signed p  = c0[seg] + v
//   31 bits unsigned, value p / 2^30
//
// and a last step that scales p by a power of two (EXP2, RCP, RSQRT, COS,
// TANH >= 1), or multiplies it with an exact significand (SIN, TANH < 1), or
// multiplies and adds an integer (LOG2). There is one rounding to fp32, by
// roundPack(sign, exponent, integer): nearest even, subnormal results,
// overflow to infinity. No bit of p or of a product is dropped before it.
//
// Notation: an operand is (-1)^sign * sig * 2^exponent; for RCP, RSQRT and LOG2
// a subnormal is normalised first, so sig[23] = 1 and E = exponent + 23 is the
// weight of the leading bit; f = sig[22:0].
//
//   EXP2    |a| < 256: A = floor(|a| * 2^26) (34 bits); S = sign ? -A : A;
//           n = S >>> 26; frac = S[25:0]; seg = 0 + frac[25:20]; t =
//           frac[19:0]; result p * 2^(n-30). |a| >= 256: +inf, or +0 if
//           negative.
//   LOG2    f[22] = 0: X = f << 1, Ei = E;  f[22] = 1: X = f - 2^23, Ei = E + 1
//           (X signed, value X / 2^24, in [-1/4, 1/2));
//           seg = 64 + f[22:17]; t = f[16:0] << 3;
//           Y = (Ei << 54) + X * p (64 bits signed); result Y * 2^-54; Y = 0
//           gives +0.
//   RCP     seg = 128 + f[22:16]; t = f[15:0] << 4; result p * 2^(-E-30), sign.
//   RSQRT   odd = E[0]; seg = 256 + {odd, f[22:16]}; t = f[15:0] << 4;
//           result p * 2^(-(E-odd)/2 - 30).
//   TANH    |a| < 2^-12: a. |a| < 1: X = floor(|a| * 2^26);
//           seg = 512 + X[25:20]; t = X[19:0]; result sign, sig * p *
//           2^(exponent-30). |a| < 16: seg = 512 + 64 (E+1) + f[22:17];
//           t = f[16:0] << 3; result sign, p * 2^-30. Otherwise sign, 1.0.
//   SINPI2, COSPI2
//           |a| < 1/8: octant 0, R = floor(|a| * 2^29) (26 bits), rsig = sig,
//           rexp = exponent.
//           Otherwise phi = |a| * 2^26 mod 2^26 (exact integer: turns),
//           octant = phi[25:23], q = phi[22:0], r = octant[0] ? 2^23 - q : q
//           (24 bits), R = r << 3, rsig = r, rexp = -26.
//           seg offset = R[25:20], t = R[19:0]; if R[26] (r = 1/8 exactly):
//           seg offset = 63, t = 2^20 - 1.
//           S = rsig * p(832 + offset) * 2^(rexp+2-30); C = p(896 + offset) *
//           2^-30. |sin| is C in octants 1, 2, 5, 6, else S; |cos| is S there,
//           else C. sin is negative in octants 4..7, then times the sign of a;
//           cos is negative in octants 2..5.
//
// Specials: a NaN gives 0x7FC00000; exp2(-inf) = +0, exp2(+inf) = +inf;
// log2(+-0) = -inf, log2(< 0) = NaN, log2(+inf) = +inf; rcp(+-0) = +-inf,
// rcp(+-inf) = +-0; rsqrt(+-0) = +inf, rsqrt(< 0) = NaN, rsqrt(+inf) = +0;
// tanh(+-inf) = +-1; sin and cos of +-inf = NaN.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_ARITHMETIC_SPECIAL_H
#define ACC_SYSTEMC_MODELS_ARITHMETIC_SPECIAL_H

#include <cstdint>

namespace acc::arith {

uint32_t exp2(uint32_t a);
uint32_t log2(uint32_t a);
uint32_t rcp(uint32_t a);
uint32_t rsqrt(uint32_t a);
uint32_t tanh(uint32_t a);
/// sin(2 pi a).
uint32_t sinpi2(uint32_t a);
/// cos(2 pi a).
uint32_t cospi2(uint32_t a);

} // namespace acc::arith

#endif // ACC_SYSTEMC_MODELS_ARITHMETIC_SPECIAL_H
