//===- Host.cpp - Fast, bit-equal arithmetic on host floats ---------------===//

#include "systemc-models/Arithmetic/Host.h"

#include <cmath>

// One body, compiled for each kind of CPU and chosen at load time. Without FMA
// hardware std::fma calls the C library, which is exact.
#if defined(__x86_64__)
#define ACC_MULTIVERSION                                                       \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ACC_MULTIVERSION
#endif

namespace acc::arith::host {

ACC_MULTIVERSION void fmaArrays(const uint32_t *a, const uint32_t *b,
                                const uint32_t *c, uint32_t *out, int count) {
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

/// Columns that stay in registers over the whole depth.
static constexpr int blockCols = 64;

ACC_MULTIVERSION void fmaTile(const float *a, const float *w, int depth,
                              int stride, float *psum, int count) {
  int c = 0;
  for (; c + blockCols <= count; c += blockCols) {
    float sum[blockCols];
    for (int j = 0; j < blockCols; ++j) {
      sum[j] = psum[c + j];
    }
    for (int k = 0; k < depth; ++k) {
      const float *row = w + int64_t(k) * stride + c;
      float ak = a[k];
      for (int j = 0; j < blockCols; ++j) {
        sum[j] = __builtin_fmaf(ak, row[j], sum[j]);
      }
    }
    for (int j = 0; j < blockCols; ++j) {
      psum[c + j] = sum[j];
    }
  }
  for (int k = 0; k < depth && c < count; ++k) {
    const float *row = w + int64_t(k) * stride;
    float ak = a[k];
    for (int j = c; j < count; ++j) {
      psum[j] = __builtin_fmaf(ak, row[j], psum[j]);
    }
  }
}

} // namespace acc::arith::host
