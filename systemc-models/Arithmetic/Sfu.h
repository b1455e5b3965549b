//===- Sfu.h - Constants of the special function unit -------------*- C++
//-*-===//
//
// Widths and table layout shared by the golden functions, the table generator
// and, through the generated package xpu_sfu_pkg, the RTL.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_ARITHMETIC_SFU_H
#define ACC_SYSTEMC_MODELS_ARITHMETIC_SFU_H

#include <cstdint>

namespace acc::arith {

/// One segment: c0 + c1 t + c2 t^2 for 0 <= t < 1, all with `sfuFrac` fraction
/// bits.
struct SfuSegment {
  uint32_t c0;
  int32_t c1;
  int32_t c2;
};

inline constexpr int sfuFrac = 30;    ///< fraction bits of coefficients
inline constexpr int sfuC0Width = 31; ///< unsigned
inline constexpr int sfuC1Width = 26; ///< signed
inline constexpr int sfuC2Width = 18; ///< signed
inline constexpr int sfuTWidth = 20;  ///< t is an unsigned fraction

// First segment of each function.
inline constexpr int sfuExp2 = 0;  ///< 2^f, 64 segments of f
inline constexpr int sfuLog2 = 64; ///< log2(1+x)/x, 64 segments of the fraction
inline constexpr int sfuRcp = 128; ///< 1/m, 128 segments of m
inline constexpr int sfuRsqrt = 256; ///< 1/sqrt(m), 128 of [1,2), 128 of [2,4)
inline constexpr int sfuTanh = 512;  ///< tanh(x)/x on [0,1), then tanh(x) on
                                     ///< [1,2), [2,4), [4,8), [8,16); 64 each
inline constexpr int sfuSin = 832;   ///< sin(2 pi r)/(4 r), 64 of [0,1/8)
inline constexpr int sfuCos = 896;   ///< cos(2 pi r), 64 of [0,1/8)
inline constexpr int sfuSegments = 960;

} // namespace acc::arith

#endif // ACC_SYSTEMC_MODELS_ARITHMETIC_SFU_H
