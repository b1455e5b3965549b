//===- Host.cpp - Fast, bit-equal arithmetic on host floats ---------------===//

#include "systemc-models/Arithmetic/Host.h"
#include "systemc-models/Arithmetic/Multiversion.h"

// Without FMA hardware __builtin_fmaf calls the C library, which is exact.

namespace acc::arith::host {

ACC_MULTIVERSION void fmaArrays(const uint32_t *a, const uint32_t *b,
                                const uint32_t *c, uint32_t *out, int count) {
  // `out` may be one of the operands, never overlaps them partly.
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#endif
  for (int i = 0; i < count; ++i) {
    float x, y, z;
    std::memcpy(&x, a + i, 4);
    std::memcpy(&y, b + i, 4);
    std::memcpy(&z, c + i, 4);
    float r = __builtin_fmaf(x, y, z);
    uint32_t bits;
    std::memcpy(&bits, &r, 4);
    out[i] = r != r ? canonicalNaN : bits;
  }
}

/// `Columns` columns, whose sums stay in registers over the whole depth.
template <int Columns>
ACC_INLINE void matrixBlock(const float *a, const float *w, int depth,
                            int stride, float *row, bool first) {
  float sum[Columns] = {};
  for (int k = 0; k < depth; ++k) {
    const float *wRow = w + int64_t(k) * stride;
    float ak = a[k];
    for (int j = 0; j < Columns; ++j) {
      sum[j] = __builtin_fmaf(ak, wRow[j], sum[j]);
    }
  }
  const float nan = toFloat(canonicalNaN);
  for (int j = 0; j < Columns; ++j) {
    float r = first ? sum[j] : row[j] + sum[j];
    row[j] = r != r ? nan : r;
  }
}

ACC_MULTIVERSION void matrixStep(const float *a, const float *w, int depth,
                                 int stride, float *row, int count,
                                 bool first) {
  int c = 0;
  for (; c + 64 <= count; c += 64) {
    matrixBlock<64>(a, w + c, depth, stride, row + c, first);
  }
  for (; c + 16 <= count; c += 16) {
    matrixBlock<16>(a, w + c, depth, stride, row + c, first);
  }
  for (; c < count; ++c) {
    matrixBlock<1>(a, w + c, depth, stride, row + c, first);
  }
}

} // namespace acc::arith::host
