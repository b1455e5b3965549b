//===- Convert.h - Bit-exact format conversions -------------------*- C++
//-*-===//
//
// Conversions between binary32, int32, bfloat16 and binary16, and the bf16
// terms that the matrix unit makes of wider formats (sections 2 and 3 of
// docs/machine.md). Narrow formats are bit patterns in uint16_t.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_ARITHMETIC_CONVERT_H
#define ACC_SYSTEMC_MODELS_ARITHMETIC_CONVERT_H

#include <cstdint>

namespace acc::arith {

/// fp32 to int32, toward zero, saturating; NaN gives 0.
int32_t f2i(uint32_t a);
/// int32 to fp32, nearest even.
uint32_t i2f(int32_t a);

/// Nearest even; every NaN becomes 0x7FC0 (bf16) or 0x7E00 (fp16).
uint16_t f32ToBf16(uint32_t a);
uint16_t f32ToF16(uint32_t a);
/// Exact; every NaN becomes 0x7FC00000.
uint32_t bf16ToF32(uint16_t a);
uint32_t f16ToF32(uint16_t a);

/// Term 0, 1 or 2 of an fp32 number as bf16. A term whose magnitude is zero,
/// also after truncation at the subnormal limit 2^-133, is +0.
uint16_t f32Term(uint32_t a, int term);
/// Term 0 or 1 of an fp16 number as bf16.
uint16_t f16Term(uint16_t a, int term);

} // namespace acc::arith

#endif // ACC_SYSTEMC_MODELS_ARITHMETIC_CONVERT_H
