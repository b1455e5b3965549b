//===- MatrixUnit.cpp - MATMUL and ACCST ----------------------------------===//

#include "systemc-models/Arithmetic/Convert.h"
#include "systemc-models/Arithmetic/Host.h"
#include "systemc-models/Functional/Checks.h"
#include "systemc-models/Functional/Executor.h"

#include <algorithm>
#include <cstring>

using namespace acc;
using arith::host::toFloat;
using isa::Fault;
using isa::Format;

/// A bf16 value held in a float, without its sign if it is zero.
static float termValue(uint32_t bits) {
  bits &= 0xFFFF0000;
  return toFloat((bits & 0x7FFFFFFF) == 0 ? 0 : bits);
}

/// Term 0..2 of an fp32 number: differences of truncated numbers, which are
/// exact; equal to arith::f32Term.
template <int term> static float f32TermFast(uint32_t x) {
  if ((x & 0x7F800000) == 0x7F800000) {
    return toFloat(uint32_t(arith::f32Term(x, term)) << 16);
  }
  if (term == 0) {
    return termValue(x);
  }
  float high = toFloat(term == 1 ? x & ~0xFFu : x);
  float low = toFloat(term == 1 ? x & ~0xFFFFu : x & ~0xFFu);
  float difference = high - low;
  uint32_t bits;
  std::memcpy(&bits, &difference, 4);
  return termValue(bits);
}

template <typename T, typename Convert>
static void gather(const uint8_t *spm, uint32_t address, int32_t stride,
                   uint32_t count, float *out, uint32_t outStep,
                   Convert convert) {
  for (uint32_t i = 0; i < count; ++i) {
    T raw;
    std::memcpy(&raw, spm + address, sizeof(T));
    out[size_t(i) * outStep] = convert(raw);
    address += uint32_t(stride);
  }
}

/// `count` operands as floats that hold bf16 values.
static void gatherOperands(const uint8_t *spm, Format format, uint32_t address,
                           int32_t stride, uint32_t count, float *out,
                           uint32_t outStep = 1) {
  switch (format) {
  case Format::BF16:
    return gather<uint16_t>(
        spm, address, stride, count, out, outStep,
        [](uint16_t x) { return toFloat(uint32_t(x) << 16); });
  case Format::F32_T0:
    return gather<uint32_t>(spm, address, stride, count, out, outStep,
                            f32TermFast<0>);
  case Format::F32_T1:
    return gather<uint32_t>(spm, address, stride, count, out, outStep,
                            f32TermFast<1>);
  case Format::F32_T2:
    return gather<uint32_t>(spm, address, stride, count, out, outStep,
                            f32TermFast<2>);
  default: {
    int term = format == Format::F16_T1;
    return gather<uint16_t>(
        spm, address, stride, count, out, outStep, [term](uint16_t x) {
          return toFloat(uint32_t(arith::f16Term(x, term)) << 16);
        });
  }
  }
}

Fault Executor::executeMatmul(const Command &command, bool arithmetic) {
  const auto &m = std::get<isa::Matmul>(command.body);
  const StreamDim wDims[] = {{m.ksize[0], m.wKstride[0]},
                             {m.ksize[1], m.wKstride[1]},
                             {m.ksize[2], m.wKstride[2]},
                             {m.ncols, m.wNstride}};
  const StreamDim aDims[] = {
      {m.ksize[0], m.aKstride[0]}, {m.ksize[1], m.aKstride[1]},
      {m.msize[0], m.aMstride[0]}, {m.msize[1], m.aMstride[1]},
      {m.msize[2], m.aMstride[2]}, {m.ksize[2], m.aKstride[2]}};
  Fault f = checkSpmStream(target, m.wBase, wDims, formatBytes(m.wFmt),
                           command.auxBanks);
  if (f == Fault::None) {
    f = checkSpmStream(target, m.aBase, aDims, formatBytes(m.aFmt),
                       command.rdBanks);
  }
  if (f != Fault::None || !arithmetic) {
    return f;
  }
  uint32_t rows = target.mxu.rows;
  uint32_t columns = target.mxuCols();
  uint32_t ncols = m.ncols;
  wTile.resize(size_t(rows) * ncols);
  aTile.resize(rows);
  bool first = !m.accumulate;
  for (uint32_t k0 = 0; k0 < m.ksize[0]; ++k0) {
    for (uint32_t k1 = 0; k1 < m.ksize[1]; ++k1) {
      for (uint32_t k = 0; k < m.ksize[2]; k += rows) {
        uint32_t depth = std::min(rows, m.ksize[2] - k);
        uint32_t wAddress = m.wBase + k0 * uint32_t(m.wKstride[0]) +
                            k1 * uint32_t(m.wKstride[1]) +
                            k * uint32_t(m.wKstride[2]);
        for (uint32_t r = 0; r < depth; ++r) {
          gatherOperands(spm.data(), m.wFmt,
                         wAddress + r * uint32_t(m.wKstride[2]), m.wNstride,
                         ncols, &wTile[size_t(r) * ncols]);
        }
        uint32_t aStep = m.aBase + k0 * uint32_t(m.aKstride[0]) +
                         k1 * uint32_t(m.aKstride[1]) +
                         k * uint32_t(m.aKstride[2]);
        float *row = &accumulators[size_t(m.accBase) * columns];
        for (uint32_t m0 = 0; m0 < m.msize[0]; ++m0) {
          for (uint32_t m1 = 0; m1 < m.msize[1]; ++m1) {
            for (uint32_t m2 = 0; m2 < m.msize[2]; ++m2, row += columns) {
              uint32_t aAddress = aStep + m0 * uint32_t(m.aMstride[0]) +
                                  m1 * uint32_t(m.aMstride[1]) +
                                  m2 * uint32_t(m.aMstride[2]);
              gatherOperands(spm.data(), m.aFmt, aAddress, m.aKstride[2], depth,
                             aTile.data());
              arith::host::matrixStep(aTile.data(), wTile.data(), int(depth),
                                      int(ncols), row, int(ncols), first);
            }
          }
        }
        first = false;
      }
    }
  }
  return Fault::None;
}

Fault Executor::executeAccst(const Command &command, bool arithmetic) {
  const auto &a = std::get<isa::Accst>(command.body);
  uint32_t bytes = formatBytes(a.oFmt);
  const StreamDim dims[] = {{a.msize[0], a.oMstride[0]},
                            {a.msize[1], a.oMstride[1]},
                            {a.msize[2], a.oMstride[2]},
                            {a.ncols, a.oNstride}};
  Fault f = checkSpmStream(target, a.oBase, dims, bytes, command.wrBanks);
  if (f != Fault::None || !arithmetic) {
    return f;
  }
  uint32_t columns = target.mxuCols();
  const float *row = &accumulators[size_t(a.accBase) * columns];
  for (uint32_t m0 = 0; m0 < a.msize[0]; ++m0) {
    for (uint32_t m1 = 0; m1 < a.msize[1]; ++m1) {
      for (uint32_t m2 = 0; m2 < a.msize[2]; ++m2, row += columns) {
        uint32_t address = a.oBase + m0 * uint32_t(a.oMstride[0]) +
                           m1 * uint32_t(a.oMstride[1]) +
                           m2 * uint32_t(a.oMstride[2]);
        for (uint32_t c = 0; c < a.ncols; ++c) {
          uint32_t word;
          std::memcpy(&word, row + c, 4);
          if (a.oFmt != Format::F32) {
            word = a.oFmt == Format::BF16 ? arith::f32ToBf16(word)
                                          : arith::f32ToF16(word);
          }
          std::memcpy(&spm[address], &word, bytes);
          address += uint32_t(a.oNstride);
        }
      }
    }
  }
  return Fault::None;
}
