//===- HostGroups.cpp - Fast sums of small formats and integers -----------===//

#include "systemc-models/Arithmetic/Host.h"
#include "systemc-models/Arithmetic/Multiversion.h"
#include "systemc-models/Arithmetic/SmallFloat.h"

#include <algorithm>
#include <cmath>

namespace acc::arith::host {

ACC_MULTIVERSION void integerStep(const int32_t *a, const int32_t *w, int depth,
                                  int stride, float *row, int count,
                                  bool first) {
  for (int c = 0; c < count; ++c) {
    uint32_t sum = 0;
    if (!first) {
      std::memcpy(&sum, row + c, 4);
    }
    for (int k = 0; k < depth; ++k) {
      sum += uint32_t(a[k]) * uint32_t(w[int64_t(k) * stride + c]);
    }
    std::memcpy(row + c, &sum, 4);
  }
}

/// x + y rounded to odd: the sum if it is exact, else the neighbour with an odd
/// last bit. Rounding it to fp32 afterwards is then as good as rounding once,
/// because a double has more than two bits more.
ACC_INLINE double addToOdd(double x, double y) {
  double sum = x + y;
  double back = sum - x;
  double error = (x - (sum - back)) + (y - back); // exact, or NaN at infinity
  int64_t bits, errorBits;
  std::memcpy(&bits, &sum, 8);
  std::memcpy(&errorBits, &error, 8);
  bool inexact = error < 0 || error > 0;
  int64_t towards = (bits ^ errorBits) < 0 ? -1 : 1;
  bits += inexact && (bits & 1) == 0 ? towards : 0;
  std::memcpy(&sum, &bits, 8);
  return sum;
}

/// `Columns` columns, whose sums stay in registers over the whole depth.
template <int Columns>
ACC_INLINE void groupBlock(const GroupOperands &o, int c, float *row,
                           bool first) {
  float psum[Columns] = {};
  for (int k = 0; k < o.depth; k += o.group) {
    double sum[Columns] = {};
    for (int i = k, end = std::min(k + o.group, o.depth); i < end; ++i) {
      const double *wRow = o.w + int64_t(i) * o.stride + c;
      for (int j = 0; j < Columns; ++j) {
        sum[j] = __builtin_fma(o.a[i], wRow[j], sum[j]);
      }
    }
    if (o.aScale) {
      int block = k / 32;
      const double *wScale = o.wScale + int64_t(block) * o.stride + c;
      for (int j = 0; j < Columns; ++j) {
        sum[j] *= o.aScale[block] * wScale[j];
      }
    }
    for (int j = 0; j < Columns; ++j) {
      // `sum`, which starts from +0, is never -0: so an exact zero is +0.
      psum[j] = float(addToOdd(sum[j], double(psum[j])));
    }
  }
  const float nan = toFloat(canonicalNaN);
  for (int j = 0; j < Columns; ++j) {
    float r = first ? psum[j] : row[c + j] + psum[j];
    row[c + j] = r != r ? nan : r;
  }
}

ACC_MULTIVERSION void groupStep(const GroupOperands &o, float *row, int count,
                                bool first) {
  int c = 0;
  for (; c + 16 <= count; c += 16) {
    groupBlock<16>(o, c, row, first);
  }
  for (; c < count; ++c) {
    groupBlock<1>(o, c, row, first);
  }
}

static SmallNumber toSmall(double x) {
  if (x != x) {
    return {SmallNumber::NaN, 0};
  }
  if (std::isinf(x)) {
    return {SmallNumber::Infinite, x < 0 ? -1 : 1};
  }
  return {SmallNumber::Finite, int64_t(x * 65536.0)};
}

static uint8_t toScale(double x) {
  return x != x ? scaleNaN : uint8_t(std::ilogb(x) + scaleOne);
}

void groupStepExact(const GroupOperands &o, float *row, int count, bool first) {
  SmallNumber a[16], w[16];
  for (int c = 0; c < count; ++c) {
    uint32_t psum = 0;
    for (int k = 0; k < o.depth; k += o.group) {
      int n = std::min(o.group, o.depth - k);
      for (int i = 0; i < n; ++i) {
        a[i] = toSmall(o.a[k + i]);
        w[i] = toSmall(o.w[int64_t(k + i) * o.stride + c]);
      }
      uint8_t aScale = scaleOne, wScale = scaleOne;
      if (o.aScale) {
        aScale = toScale(o.aScale[k / 32]);
        wScale = toScale(o.wScale[int64_t(k / 32) * o.stride + c]);
      }
      psum = groupSum(a, w, unsigned(n), aScale, wScale, psum);
    }
    uint32_t old;
    std::memcpy(&old, row + c, 4);
    row[c] = toFloat(first ? psum : host::fadd(old, psum));
  }
}

} // namespace acc::arith::host
