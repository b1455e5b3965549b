//===- RandomCommands.cpp - Random commands within given banks ------------===//

#include "systemc-models/Random/RandomCommands.h"

#include <algorithm>
#include <cstdlib>

using namespace acc;
using isa::Format;

/// Random strides so that the stream stays inside `bytes` bytes from `low`;
/// returns its base.
uint32_t RandomCommands::stream(uint32_t low, uint32_t bytes,
                                uint32_t elementBytes, const uint32_t *sizes,
                                int32_t *strides, unsigned dims) {
  int64_t left = int64_t(bytes) - elementBytes;
  int64_t below = 0;
  for (unsigned n = dims; n-- > 0;) {
    int64_t e = elementBytes;
    const int64_t choices[] = {e,
                               e,
                               e,
                               0,
                               2 * e,
                               3 * e,
                               4 * e,
                               int64_t(target.spm.rowBytes),
                               target.spm.rowBytes + e,
                               e * choose.between(1, 200)};
    int64_t stride = choose.pick(choices);
    if (n + 1 < dims && choose.oneIn(2)) {
      // Rows one after the other, perhaps with a gap.
      stride = std::llabs(int64_t(strides[n + 1])) * sizes[n + 1] +
               e * choose.below(3);
    }
    if (choose.oneIn(5)) {
      stride = -stride;
    }
    int64_t span = int64_t(sizes[n] - 1) * std::llabs(stride);
    if (span > left) {
      stride = 0;
      span = 0;
    }
    strides[n] = int32_t(stride);
    left -= span;
    below += stride < 0 ? span : 0;
  }
  uint32_t slack = uint32_t(left) / elementBytes;
  return low + uint32_t(below) + elementBytes * choose.below(slack + 1);
}

uint32_t RandomCommands::bankStream(uint32_t bank, uint32_t elementBytes,
                                    const uint32_t *sizes, int32_t *strides,
                                    unsigned dims) {
  return stream(bank * target.spm.bankBytes,
                target.spm.bankBytes - fuzzIndexBytes, elementBytes, sizes,
                strides, dims);
}

/// A base register; takes what it holds off the base.
uint8_t RandomCommands::reg(uint32_t &base) {
  uint8_t r = choose.oneIn(2) ? 0 : uint8_t(choose.below(8));
  base -= registers[r];
  return r;
}

template <typename Instr>
Instr RandomCommands::dma(uint32_t dataBank, uint32_t indexBank,
                          uint32_t area) {
  Instr d;
  const uint8_t sizes[] = {1, 2, 4, 4, 4};
  d.esize = choose.pick(sizes);
  uint32_t packets = choose.between(1, 60);
  for (unsigned n = 0; n < 5; ++n) {
    d.size[n] = choose.oneIn(3) ? choose.between(1, std::min(packets, 6u)) : 1;
    packets = std::max(1u, packets / d.size[n]);
  }
  d.idxEn = choose.oneIn(4);
  bool merged = choose.oneIn(2);
  d.size[5] =
      merged ? choose.between(1, 3 * target.hbm.lineBytes / d.esize) : packets;
  uint32_t hbmBytes = fuzzAreaBytes;
  if (d.idxEn) {
    d.auxBanks = uint16_t(1u << indexBank);
    d.idxLimit = fuzzIndexLimit;
    d.idxBase = (indexBank + 1) * target.spm.bankBytes - fuzzIndexBytes +
                4 * choose.below(8);
    hbmBytes /= 2; // the indices reach into the other half
  }
  d.hbmBase =
      stream(area, hbmBytes, d.esize, d.size.data(), d.hbmStride.data(), 6);
  d.spmBase =
      bankStream(dataBank, d.esize, d.size.data(), d.spmStride.data(), 6);
  if (d.idxEn) {
    d.hbmBase = area + d.esize * choose.below(16);
    for (unsigned n = 1; n < 6; ++n) {
      d.hbmStride[n] = std::abs(d.hbmStride[n]);
    }
    d.hbmStride[0] = int32_t(d.esize * choose.below(1000));
  }
  if (merged && d.hbmStride[5] != 0 && d.spmStride[5] != 0) {
    // Shrinking strides keeps the streams inside; the base may be above it.
    auto shrink = [&](int32_t &stride, uint32_t &base) {
      if (stride < 0) {
        base += uint32_t(int64_t(d.size[5] - 1) * stride);
      }
      stride = d.esize;
    };
    shrink(d.hbmStride[5], d.hbmBase);
    shrink(d.spmStride[5], d.spmBase);
  } else if (merged) {
    d.size[5] = std::min(d.size[5], 16u);
  }
  d.hbmReg = reg(d.hbmBase);
  d.spmReg = reg(d.spmBase);
  return d;
}

isa::Load RandomCommands::load(const BankPlan &plan, uint32_t readArea) {
  auto d = dma<isa::Load>(plan.load, plan.load, readArea);
  d.wrBanks = uint16_t(1u << plan.load);
  return d;
}

isa::Store RandomCommands::store(const BankPlan &plan, uint32_t writeArea) {
  auto d = dma<isa::Store>(plan.storeData, plan.storeIndex, writeArea);
  d.rdBanks = uint16_t(1u << plan.storeData);
  return d;
}

isa::Matmul RandomCommands::matmul(const BankPlan &plan) {
  isa::Matmul m;
  const Format formats[] = {Format::BF16,   Format::BF16,   Format::F32_T0,
                            Format::F32_T1, Format::F32_T2, Format::F16_T0,
                            Format::F16_T1};
  m.rdBanks = uint16_t(1u << plan.mxuA);
  m.auxBanks = uint16_t(1u << plan.mxuW);
  m.aFmt = choose.pick(formats);
  m.wFmt = choose.pick(formats);
  m.accumulate = uint8_t(choose.below(2));
  m.wByCol = uint8_t(choose.below(2));
  m.ncols = uint16_t(choose.oneIn(3) ? target.mxuCols()
                                     : choose.between(1, target.mxuCols()));
  m.msize = {choose.between(1, 2), choose.between(1, 3), choose.between(1, 9)};
  uint32_t rows = m.msize[0] * m.msize[1] * m.msize[2];
  while (rows > target.mxu.accRows) {
    m.msize[2] = 1;
    rows = m.msize[0] * m.msize[1];
  }
  m.accBase = uint16_t(choose.below(target.mxu.accRows - rows + 1));
  m.ksize = {choose.between(1, 2), choose.between(1, 2),
             choose.between(1, 3 * target.mxu.rows)};
  uint32_t aSizes[6] = {m.ksize[0], m.ksize[1], m.msize[0],
                        m.msize[1], m.msize[2], m.ksize[2]};
  int32_t aStrides[6];
  m.aBase = bankStream(plan.mxuA, formatBytes(m.aFmt), aSizes, aStrides, 6);
  m.aKstride = {aStrides[0], aStrides[1], aStrides[5]};
  m.aMstride = {aStrides[2], aStrides[3], aStrides[4]};
  uint32_t wSizes[4] = {m.ksize[0], m.ksize[1], m.ksize[2], m.ncols};
  int32_t wStrides[4];
  m.wBase = bankStream(plan.mxuW, formatBytes(m.wFmt), wSizes, wStrides, 4);
  m.wKstride = {wStrides[0], wStrides[1], wStrides[2]};
  m.wNstride = wStrides[3];
  m.aReg = reg(m.aBase);
  m.wReg = reg(m.wBase);
  return m;
}

isa::Accst RandomCommands::accst(const BankPlan &plan) {
  isa::Accst a;
  const Format formats[] = {Format::F32, Format::BF16, Format::F16};
  a.wrBanks = uint16_t(1u << plan.mxuOut);
  a.oFmt = choose.pick(formats);
  a.ncols = uint16_t(choose.between(1, target.mxuCols()));
  a.msize = {1, choose.between(1, 3), choose.between(1, 12)};
  uint32_t rows = std::min(target.mxu.accRows, a.msize[1] * a.msize[2]);
  if (rows < a.msize[1] * a.msize[2]) {
    a.msize = {1, 1, 1};
  }
  a.accBase = uint16_t(choose.below(target.mxu.accRows - rows + 1));
  uint32_t sizes[4] = {a.msize[0], a.msize[1], a.msize[2], a.ncols};
  int32_t strides[4];
  a.oBase = bankStream(plan.mxuOut, formatBytes(a.oFmt), sizes, strides, 4);
  a.oMstride = {strides[0], strides[1], strides[2]};
  a.oNstride = strides[3];
  a.oReg = reg(a.oBase);
  return a;
}

/// A random micro-program; operations are spread evenly over all kinds.
void RandomCommands::uops(isa::Vpurun &v) {
  v.nuops = uint8_t(choose.oneIn(20) ? choose.between(9, isa::kMaxUops)
                                     : choose.between(0, 8));
  const uint32_t immediates[] = {0,          1,          0x3F800000, 0xBF000000,
                                 0x7F800000, 0x7FC00000, 0x80000000, 31};
  for (unsigned u = 0; u < v.nuops; ++u) {
    isa::UopInstr i;
    uint32_t op;
    do {
      op = choose.below(64);
    } while (!isa::isValidUop(op));
    i.op = isa::Uop(op);
    i.dst = uint8_t(choose.below(16));
    i.a = uint8_t(choose.below(choose.oneIn(3) ? 16 : 6));
    i.b = uint8_t(choose.below(choose.oneIn(3) ? 16 : 6));
    i.c = uint8_t(choose.below(choose.oneIn(3) ? 16 : 6));
    i.immSel = uint8_t(choose.oneIn(3) ? choose.between(1, 3) : 0);
    i.imm = choose.oneIn(2) ? choose.bits() : choose.pick(immediates);
    v.uops[u] = i.encode();
  }
}

isa::Vpurun RandomCommands::vpu(const BankPlan &plan) {
  isa::Vpurun v;
  const Format ins[] = {Format::F32, Format::F32, Format::I32, Format::BF16,
                        Format::F16, Format::I8,  Format::U8,  Format::Iota};
  const Format outs[] = {Format::F32, Format::F32, Format::I32, Format::BF16,
                         Format::F16, Format::I8,  Format::U8,  Format::None};
  uint32_t length = target.vectorLength();
  v.rdBanks = uint16_t(1u << plan.vpuIn);
  v.wrBanks = uint16_t(1u << plan.vpuOut);
  for (unsigned n = 0; n < 5; ++n) {
    v.size[n] = choose.oneIn(3) ? choose.between(1, 3) : 1;
  }
  v.firstRed = uint8_t(choose.oneIn(3) ? choose.below(6) : 5);
  v.laneRed = choose.oneIn(4);
  bool single = v.firstRed < 5 && !v.laneRed;
  v.size[5] = choose.oneIn(3) ? length
                              : choose.between(1, single ? length : 3 * length);
  for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
    v.inFmt[i] = choose.oneIn(2) ? choose.pick(ins) : Format::None;
    uint32_t bytes = formatBytes(v.inFmt[i]);
    if (bytes != 0) {
      v.inBase[i] =
          bankStream(plan.vpuIn, bytes, v.size.data(), &v.inStride[6 * i], 6);
    } else {
      v.inBase[i] = choose.bits();
      for (unsigned d = 0; d < 6; ++d) {
        v.inStride[6 * i + d] = int32_t(choose.bits()) >> choose.below(32);
      }
    }
    v.inReg[i] = reg(v.inBase[i]);
  }
  uops(v);
  v.outFmt = choose.pick(outs);
  v.outReg = uint8_t(v.laneRed || choose.oneIn(3) ? 15 : choose.below(16));
  v.redOp = isa::ReduceOp(choose.below(6));
  const uint32_t inits[] = {0, 0x3F800000, 0xFF800000, 0x80000000};
  v.redInit = choose.oneIn(2) ? choose.bits() : choose.pick(inits);
  uint32_t outBytes = std::max(1u, formatBytes(v.outFmt));
  v.outBase =
      bankStream(plan.vpuOut, outBytes, v.size.data(), v.outStride.data(), 6);
  v.outBaseReg = reg(v.outBase);
  return v;
}
