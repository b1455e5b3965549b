//===- Host.h - Fast, bit-equal arithmetic on host floats ---------*- C++
//-*-===//
//
// The operations of Float32.h through the host's IEEE unit, for speed. They are
// bit-equal to the golden ones (test/unit/arith checks it), because both round
// to nearest even with subnormals; only NaN results have to be made canonical.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_ARITHMETIC_HOST_H
#define ACC_SYSTEMC_MODELS_ARITHMETIC_HOST_H

#include "systemc-models/Arithmetic/Float32.h"

#include <cstdint>
#include <cstring>

namespace acc::arith::host {

inline float toFloat(uint32_t bits) {
  float f;
  std::memcpy(&f, &bits, 4);
  return f;
}

/// The bits of `f`; any NaN becomes the canonical one.
inline uint32_t toBits(float f) {
  uint32_t bits;
  std::memcpy(&bits, &f, 4);
  return f != f ? canonicalNaN : bits;
}

inline uint32_t fadd(uint32_t a, uint32_t b) {
  return toBits(toFloat(a) + toFloat(b));
}
inline uint32_t fsub(uint32_t a, uint32_t b) {
  return toBits(toFloat(a) - toFloat(b));
}
inline uint32_t fmul(uint32_t a, uint32_t b) {
  return toBits(toFloat(a) * toFloat(b));
}

/// out[i] = a[i] * b[i] + c[i], rounded once. Uses the FMA unit if the CPU has
/// one, else the C library's exact software version.
void fmaArrays(const uint32_t *a, const uint32_t *b, const uint32_t *c,
               uint32_t *out, int count);

/// One step of the matrix unit for one A vector: psum = +0, then
/// psum[c] = fma(a[k], w[k * stride + c], psum[c]) for k = 0 .. depth-1 in this
/// order, each rounded once; row[c] = psum[c] if `first`, else row[c] +
/// psum[c]; for c < count. NaN results are canonical.
void matrixStep(const float *a, const float *w, int depth, int stride,
                float *row, int count, bool first);

/// One step of the matrix unit on int32, all modulo 2^32: row[c] (+= unless
/// `first`) sum of a[k] * w[k * stride + c] for k < depth; for c < count. `row`
/// holds the bits of integers.
void integerStep(const int32_t *a, const int32_t *w, int depth, int stride,
                 float *row, int count, bool first);

/// Operands and scales of small formats as doubles, which hold them exactly.
struct GroupOperands {
  const double *a, *w;           ///< a[k], w[k * stride + c]
  const double *aScale, *wScale; ///< of block k / 32: [j], [j * stride + c];
                                 ///< null: no scales
  int depth, group, stride;
};

/// One step of the matrix unit on small formats: psum = +0; for each group of
/// elements psum[c] = groupSum(...); the result is added to row[c] as by
/// matrixStep. The products of one group must have a sum that a double holds
/// exactly: all pairs of formats but two of F8E5M2 have.
void groupStep(const GroupOperands &operands, float *row, int count,
               bool first);

/// The same for all pairs, slowly, by groupSum.
void groupStepExact(const GroupOperands &operands, float *row, int count,
                    bool first);

} // namespace acc::arith::host

#endif // ACC_SYSTEMC_MODELS_ARITHMETIC_HOST_H
