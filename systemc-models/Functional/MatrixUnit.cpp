//===- MatrixUnit.cpp - MATMUL and ACCST ----------------------------------===//

#include "systemc-models/Arithmetic/Convert.h"
#include "systemc-models/Arithmetic/Float32.h"
#include "systemc-models/Arithmetic/Host.h"
#include "systemc-models/Arithmetic/SmallFloat.h"
#include "systemc-models/Functional/Executor.h"
#include "systemc-models/Functional/Streams.h"
#include "systemc-models/Timing/Timing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

using namespace acc;
using arith::host::toFloat;
using isa::Fault;
using isa::Format;

namespace {

/// Pieces of a stream along one dimension, and where they go.
struct Run {
  uint32_t address;
  int32_t stride;
  uint32_t count;
  uint32_t outStep; ///< elements between two results
  uint32_t part;    ///< which element of a piece
};

} // namespace

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

/// Converts `count` pieces of a stream.
template <typename Raw, typename T, typename Convert>
static void gather(const uint8_t *spm, const Run &run, T *out,
                   Convert convert) {
  uint32_t address = run.address;
  for (uint32_t i = 0; i < run.count; ++i) {
    Raw raw;
    std::memcpy(&raw, spm + address, sizeof(Raw));
    out[size_t(i) * run.outStep] = convert(raw);
    address += uint32_t(run.stride);
  }
}

//===----------------------------------------------------------------------===//
// Wide formats, integers, small formats
//===----------------------------------------------------------------------===//

namespace {

/// Operands are floats that hold bf16 values.
struct WideProduct {
  MatrixScratch::Tiles<float> &tiles;

  static void gatherOperands(const uint8_t *spm, Format format, const Run &run,
                             float *out) {
    switch (format) {
    case Format::BF16:
      return gather<uint16_t>(
          spm, run, out, [](uint16_t x) { return toFloat(uint32_t(x) << 16); });
    case Format::F32_T0:
      return gather<uint32_t>(spm, run, out, f32TermFast<0>);
    case Format::F32_T1:
      return gather<uint32_t>(spm, run, out, f32TermFast<1>);
    case Format::F32_T2:
      return gather<uint32_t>(spm, run, out, f32TermFast<2>);
    default: {
      int term = format == Format::F16_T1;
      return gather<uint16_t>(spm, run, out, [term](uint16_t x) {
        return toFloat(uint32_t(arith::f16Term(x, term)) << 16);
      });
    }
    }
  }

  void step(uint32_t depth, uint32_t ncols, float *row, bool first) const {
    arith::host::matrixStep(tiles.a.data(), tiles.w.data(), int(depth),
                            int(ncols), row, int(ncols), first);
  }
};

struct IntegerProduct {
  MatrixScratch::Tiles<int32_t> &tiles;

  static void gatherOperands(const uint8_t *spm, Format format, const Run &run,
                             int32_t *out) {
    if (format == Format::I8) {
      return gather<int8_t>(spm, run, out, [](int8_t x) { return x; });
    }
    return gather<uint8_t>(spm, run, out, [](uint8_t x) { return x; });
  }

  void step(uint32_t depth, uint32_t ncols, float *row, bool first) const {
    arith::host::integerStep(tiles.a.data(), tiles.w.data(), int(depth),
                             int(ncols), row, int(ncols), first);
  }
};

/// Operands are doubles with the values of the elements.
struct SmallProduct {
  MatrixScratch::Tiles<double> &tiles;
  MatrixScratch::Tiles<double> &scales;
  const Matmul &m;

  static arith::SmallFormat formatOf(Format format) {
    switch (format) {
    case Format::F8E4M3:
      return arith::f8E4M3;
    case Format::F8E5M2:
      return arith::f8E5M2;
    case Format::F6E2M3:
      return arith::f6E2M3;
    case Format::F6E3M2:
      return arith::f6E3M2;
    default:
      return arith::f4E2M1;
    }
  }

  using Table = std::array<double, 256>;

  static Table makeTable(arith::SmallFormat format) {
    Table table;
    for (unsigned bits = 0; bits < table.size(); ++bits) {
      table[bits] = toFloat(arith::smallToF32(format, bits));
    }
    return table;
  }

  static const Table &tableOf(Format format) {
    static const std::array<Table, 5> tables = {
        makeTable(formatOf(Format::F8E4M3)),
        makeTable(formatOf(Format::F8E5M2)),
        makeTable(formatOf(Format::F6E2M3)),
        makeTable(formatOf(Format::F6E3M2)),
        makeTable(formatOf(Format::F4E2M1))};
    return tables[unsigned(format) - unsigned(Format::F8E4M3)];
  }

  static void gatherOperands(const uint8_t *spm, Format format, const Run &run,
                             double *out) {
    const Table &table = tableOf(format);
    unsigned shift = 4 * run.part;
    gather<uint8_t>(spm, run, out,
                    [&](uint8_t x) { return table[x >> shift]; });
  }

  /// 2^(x - 127), or NaN.
  static void gatherScales(const uint8_t *spm, const Run &run, double *out) {
    gather<uint8_t>(spm, run, out, [](uint8_t x) {
      if (x == arith::scaleNaN) {
        return std::numeric_limits<double>::quiet_NaN();
      }
      return std::ldexp(1.0, int(x) - arith::scaleOne);
    });
  }

  void step(uint32_t depth, uint32_t ncols, float *row, bool first) const {
    arith::host::GroupOperands operands;
    operands.a = tiles.a.data();
    operands.w = tiles.w.data();
    operands.aScale = m.scaled ? scales.a.data() : nullptr;
    operands.wScale = scales.w.data();
    operands.depth = int(depth);
    operands.group = int(isa::matrixGroup(m.aFmt, m.wFmt));
    operands.stride = int(ncols);
    if (m.aFmt == Format::F8E5M2 && m.wFmt == Format::F8E5M2) {
      arith::host::groupStepExact(operands, row, int(ncols), first);
    } else {
      arith::host::groupStep(operands, row, int(ncols), first);
    }
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// MATMUL
//===----------------------------------------------------------------------===//

/// Elements first, first + 1, ... of a stream whose pieces hold several.
template <typename Product, typename T>
static void gatherElements(const uint8_t *spm, Format format, uint32_t address,
                           int32_t stride, uint32_t count, T *out) {
  uint32_t elements = isa::formatElements(format);
  for (uint32_t part = 0; part < std::min(elements, count); ++part) {
    uint32_t pieces = (count - part + elements - 1) / elements;
    Product::gatherOperands(
        spm, format, {address, stride, pieces, elements, part}, out + part);
  }
}

/// What the first step of a MATMULRS meets in the accumulators.
static void halveRow(const std::vector<uint8_t> &halvings, float *row) {
  for (uint8_t times : halvings) {
    uint32_t bits;
    std::memcpy(&bits, row, 4);
    bits = arith::halve(bits, times);
    std::memcpy(row++, &bits, 4);
  }
}

template <typename Product>
void Executor::runProduct(const Matmul &m, const Product &product) {
  uint32_t stepDepth = matmulDepth(target, m);
  uint32_t columns = target.mxuCols();
  uint32_t ncols = m.ncols;
  uint32_t aElements = isa::formatElements(m.aFmt);
  uint32_t wElements = isa::formatElements(m.wFmt);
  auto &aTile = product.tiles.a;
  auto &wTile = product.tiles.w;
  wTile.resize(size_t(stepDepth) * ncols);
  aTile.resize(stepDepth);
  uint32_t blocks = stepDepth / isa::kScaleBlock;
  if (m.scaled) {
    scratch.scales.w.resize(size_t(blocks) * ncols);
    scratch.scales.a.resize(blocks);
  }
  bool first = !m.accumulate;
  bool halves = m.rescales && m.accumulate;
  if (halves) {
    scratch.halvings.resize(ncols);
    gather<uint8_t>(spm.data(), {m.rsBase, 1, ncols, 1, 0},
                    scratch.halvings.data(), [](uint8_t x) { return x; });
  }
  for (uint32_t k0 = 0; k0 < m.ksize[0]; ++k0) {
    for (uint32_t k1 = 0; k1 < m.ksize[1]; ++k1) {
      for (uint32_t k = 0; k < m.ksize[2]; k += stepDepth) {
        uint32_t depth = std::min(stepDepth, m.ksize[2] - k);
        auto outer = [&](const std::array<int32_t, 3> &strides) {
          return k0 * uint32_t(strides[0]) + k1 * uint32_t(strides[1]);
        };
        uint32_t wAddress = m.wBase + outer(m.wKstride);
        for (uint32_t r = 0; r < depth; ++r) {
          uint32_t piece = (k + r) / wElements;
          Product::gatherOperands(spm.data(), m.wFmt,
                                  {wAddress + piece * uint32_t(m.wKstride[2]),
                                   m.wNstride, ncols, 1, (k + r) % wElements},
                                  &wTile[size_t(r) * ncols]);
        }
        uint32_t firstBlock = k / isa::kScaleBlock;
        uint32_t numBlocks =
            m.scaled ? (depth + isa::kScaleBlock - 1) / isa::kScaleBlock : 0;
        for (uint32_t j = 0; j < numBlocks; ++j) {
          SmallProduct::gatherScales(
              spm.data(),
              {m.wsBase + outer(m.wsKstride) +
                   (firstBlock + j) * uint32_t(m.wsKstride[2]),
               m.wsNstride, ncols, 1, 0},
              &scratch.scales.w[size_t(j) * ncols]);
        }
        uint32_t aStep = m.aBase + outer(m.aKstride) +
                         k / aElements * uint32_t(m.aKstride[2]);
        uint32_t scaleStep = m.asBase + outer(m.asKstride) +
                             firstBlock * uint32_t(m.asKstride[2]);
        float *row = &accumulators[size_t(m.accBase) * columns];
        for (uint32_t m0 = 0; m0 < m.msize[0]; ++m0) {
          for (uint32_t m1 = 0; m1 < m.msize[1]; ++m1) {
            for (uint32_t m2 = 0; m2 < m.msize[2]; ++m2, row += columns) {
              auto vector = [&](const std::array<int32_t, 3> &strides) {
                return m0 * uint32_t(strides[0]) + m1 * uint32_t(strides[1]) +
                       m2 * uint32_t(strides[2]);
              };
              gatherElements<Product>(spm.data(), m.aFmt,
                                      aStep + vector(m.aMstride), m.aKstride[2],
                                      depth, aTile.data());
              if (m.scaled) {
                SmallProduct::gatherScales(spm.data(),
                                           {scaleStep + vector(m.asMstride),
                                            m.asKstride[2], numBlocks, 1, 0},
                                           scratch.scales.a.data());
              }
              if (halves) {
                halveRow(scratch.halvings, row);
              }
              product.step(depth, ncols, row, first);
            }
          }
        }
        first = halves = false;
      }
    }
  }
}

Fault Executor::executeMatmul(const Command &command, bool arithmetic) {
  const auto &m = std::get<Matmul>(command.body);
  Fault f = checkStreams(target, command);
  if (f != Fault::None || !arithmetic) {
    return f;
  }
  switch (isa::matrixClass(m.aFmt)) {
  case isa::MatrixClass::Wide:
    runProduct(m, WideProduct{scratch.wide});
    break;
  case isa::MatrixClass::Integer:
    runProduct(m, IntegerProduct{scratch.integers});
    break;
  default:
    runProduct(m, SmallProduct{scratch.small, scratch.scales, m});
    break;
  }
  return Fault::None;
}

Fault Executor::executeAccst(const Command &command, bool arithmetic) {
  const auto &a = std::get<isa::Accst>(command.body);
  uint32_t bytes = formatBytes(a.oFmt);
  Fault f = checkStreams(target, command);
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
          if (bytes != 4) {
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
