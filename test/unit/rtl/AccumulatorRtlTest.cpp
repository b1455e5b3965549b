//===- AccumulatorRtlTest.cpp - Sums close behind each other, row numbers -===//

#include "test/unit/models/Assembler.h"
#include "test/unit/rtl/ModelAndRtl.h"

#include <cfloat>
#include <cmath>

using namespace acc;
using namespace acc::test;
using isa::Fault;
using isa::Format;

namespace {

/// Equal in SystemC and RTL; what the RTL says.
SimOutput run(const Assembler &a, std::vector<uint8_t> hbm = {}) {
  SimInput input{machine().slice, a.words, std::move(hbm), 500000, true};
  auto s = runSystemC(input);
  auto r = runRtl(input);
  if (!s || !r) {
    ADD_FAILURE() << "systemc: " << llvm::toString(s.takeError())
                  << "; rtl: " << llvm::toString(r.takeError());
    return SimOutput();
  }
  llvm::Error e = compareResults(*s, *r);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  return std::move(*r);
}

/// A from bank 0, W from bank 1, into `rows` rows from `base` on; `outer` steps
/// of `depth` elements.
isa::Matmul matmul(uint32_t base, uint32_t rows, uint32_t outer, uint32_t depth,
                   uint16_t columns) {
  isa::Matmul m;
  m.aFmt = m.wFmt = Format::BF16;
  m.ncols = columns;
  m.accBase = uint16_t(base);
  m.accumulate = 1;
  m.msize = {1, 1, rows};
  m.ksize = {1, outer, depth};
  m.aMstride = {0, 0, 32};
  m.aKstride = {0, 2, 2};
  m.wKstride = {0, 64, 32};
  m.wNstride = 2;
  m.wBase = machine().slice.spm.bankBytes;
  m.rdBanks = 1;
  m.auxBanks = 2;
  return m;
}

isa::Accst accst(uint32_t base, uint32_t rows, uint16_t columns) {
  isa::Accst c;
  c.wrBanks = 4;
  c.oFmt = Format::F32;
  c.ncols = columns;
  c.accBase = uint16_t(base);
  c.msize = {1, 1, rows};
  c.oBase = 2 * machine().slice.spm.bankBytes;
  c.oMstride = {0, 0, 64};
  c.oNstride = 4;
  return c;
}

std::vector<uint8_t> image() {
  std::vector<uint8_t> bytes(4096);
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = uint8_t(i * 37 % 251) & 0xBF;
  }
  return bytes;
}

/// Fills what is read, runs the commands, and stores the accumulators.
SimOutput sums(const std::vector<isa::Matmul> &commands, uint32_t rows,
               uint16_t columns) {
  uint32_t bank = machine().slice.spm.bankBytes;
  Assembler a;
  a.push(load(0, 0, 512, 1)).push(load(1024, bank, 512, 2)).fence();
  isa::Matmul first = matmul(0, rows, 1, 2, columns);
  first.accumulate = 0;
  a.push(first).fence();
  for (const isa::Matmul &m : commands) {
    a.push(m);
  }
  a.fence().push(accst(0, rows, columns)).fence();
  isa::Store out = store(8192, 2 * bank, 16, 4);
  out.size[4] = rows;
  out.hbmStride[4] = out.spmStride[4] = 64;
  out.size[5] = columns;
  return run(a.push(out).halt(), image());
}

TEST(Accumulators, StepsOfOneRow) {
  // A vector, a tile and a row of a cycle each: nothing but the sum says how
  // far apart steps are.
  uint32_t latency = machine().slice.mxu.accLatency;
  for (uint32_t rows = 1; rows <= 3; ++rows) {
    uint64_t busy[2];
    for (uint32_t outer : {4u, 9u}) {
      SimOutput out = sums({matmul(1, rows, outer, 1, 1)}, rows + 1, 5);
      EXPECT_EQ(out.fault, Fault::None);
      ASSERT_GE(out.commands.size(), 4u);
      const CommandRecord &c = out.commands[3];
      busy[outer == 9] = c.end - c.start;
    }
    EXPECT_EQ(busy[1] - busy[0], 5u * std::max(rows, latency));
  }
}

TEST(Accumulators, LastRowAndFirstRow) {
  // The next command begins in the row in which this one ends, or beside it.
  // Its vectors take one cycle or several.
  for (uint32_t rows : {1u, 12u, 20u}) {
    for (uint32_t offset : {0u, 1u}) {
      for (int32_t stride : {2, 64}) {
        isa::Matmul next = matmul(rows - 1 + offset, 2, 2, 2, 5);
        next.aKstride[2] = stride;
        next.aMstride[2] = 2;
        SimOutput out = sums(
            {matmul(0, rows, 1, 2, 5), next, matmul(rows, 1, 3, 1, 2), next},
            rows + 2, 5);
        EXPECT_EQ(out.fault, Fault::None);
      }
    }
  }
}

TEST(Accumulators, RowsAndColumnsExist) {
  const Target &t = machine().slice;
  uint32_t all = t.mxu.accRows;
  auto columns = uint16_t(t.mxuCols());
  struct Case {
    std::array<uint32_t, 3> msize;
    uint32_t base;
    uint16_t ncols;
    bool good;
  };
  const Case cases[] = {
      {{1, 1, all}, 0, 1, true},
      {{all, 1, 1}, 0, 1, true},
      {{2, all / 4, 2}, 0, 1, true},
      {{1, 1, 1}, all - 1, columns, true},
      {{1, 1, 1}, all, 1, false},
      {{1, 1, 1}, all + 1, 1, false},
      {{1, 1, all}, 1, 1, false},
      {{1, 1, all + 1}, 0, 1, false},
      {{2, all / 4, 3}, 0, 1, false},
      {{all, 2, 1}, 0, 1, false},
      {{all, all, all}, 0, 1, false},
      {{1, 2, 0x80000000}, 0, 1, false},
      {{0x10000, 0x10000, 1}, 0, 1, false},
      {{1, 1, 1}, 0xFFFF, 1, false},
      {{1, 1, 1}, 0, uint16_t(columns + 1), false},
  };
  for (const Case &c : cases) {
    isa::Matmul m = matmul(c.base, 1, 1, 1, c.ncols);
    isa::Accst s = accst(c.base, 1, c.ncols);
    m.msize = s.msize = c.msize;
    m.aMstride = s.oMstride = {};
    Fault want = c.good ? Fault::None : Fault::AccRange;
    EXPECT_EQ(run(Assembler().push(m).halt()).fault, want)
        << c.msize[0] << " " << c.msize[1] << " " << c.msize[2] << " " << c.base
        << " " << c.ncols;
    EXPECT_EQ(run(Assembler().push(s).halt()).fault, want)
        << c.msize[0] << " " << c.msize[1] << " " << c.msize[2] << " " << c.base
        << " " << c.ncols;
  }
}

TEST(Accumulators, HalvedBeforeTheFirstStep) {
  // Weights are 0, so results are what was there, halved once in each column,
  // whatever the steps; commands follow each other closely, more of them than
  // the machine has slots.
  const Target &t = machine().slice;
  const uint32_t bank = t.spm.bankBytes;
  const auto columns = uint16_t(t.mxuCols());
  const uint32_t rows = 6, zeros = 2048, bytes = 3072;
  std::vector<uint8_t> image = ::image();
  std::fill(image.begin() + zeros, image.begin() + bytes, 0);
  uint8_t times[3] = {1, 7, 130};
  for (uint32_t outer : {1u, 3u}) {
    for (uint32_t count : {1u, 2u, 7u}) {
      Assembler a;
      a.push(load(0, 0, 512, 1)).push(load(0, bank, 1024, 2)).fence();
      isa::Matmul first = matmul(0, rows, 1, 2, columns);
      first.accumulate = 0;
      a.push(first).fence().push(accst(0, rows, columns)).fence();
      isa::Store out = store(8192, 2 * bank, 16, 4);
      out.size[4] = rows;
      out.hbmStride[4] = out.spmStride[4] = 64;
      out.size[5] = columns;
      a.push(out).fence();
      for (uint32_t i = 0; i < count; ++i) {
        isa::Matmul plain = matmul(0, rows, outer, 1, columns);
        isa::Matmulrs m;
        m.aFmt = plain.aFmt;
        m.wFmt = plain.wFmt;
        m.ncols = columns;
        m.accumulate = 1;
        m.msize = plain.msize;
        m.ksize = plain.ksize;
        m.aMstride = plain.aMstride;
        m.wBase = bank + zeros;
        m.wKstride = {0, 64, 32};
        m.wNstride = 2;
        m.rdBanks = 1;
        m.auxBanks = 2;
        m.rsBase = bank + bytes + 16 * (i % 3);
        a.push(m);
      }
      for (uint32_t i = 0; i < 3; ++i) {
        std::fill_n(image.begin() + bytes + 16 * i, 16, times[i]);
      }
      a.fence().push(accst(0, rows, columns)).fence();
      out.hbmBase = 16384;
      SimOutput result = run(a.push(out).halt(), image);
      ASSERT_EQ(result.fault, Fault::None);
      for (uint32_t i = 0; i < rows * 64; i += 64) {
        for (uint32_t c = 0; c < columns; ++c) {
          float before, after;
          result.hbm.read(8192 + i + 4 * c, &before, 4);
          result.hbm.read(16384 + i + 4 * c, &after, 4);
          for (uint32_t k = 0; k < count; ++k) {
            before = std::ldexp(before, -int(times[k % 3]));
            before = std::fabs(before) < FLT_MIN ? 0 : before;
          }
          EXPECT_EQ(after, before) << i / 64 << " " << c;
        }
      }
    }
  }
  // Integers are not halved.
  isa::Matmulrs m;
  m.aFmt = m.wFmt = Format::I8;
  m.ncols = 1;
  m.msize = m.ksize = {1, 1, 1};
  m.rdBanks = 1;
  m.auxBanks = 2;
  m.wBase = m.rsBase = bank;
  EXPECT_EQ(run(Assembler().push(m).halt()).fault, Fault::BadOperand);
  // The bytes have to be in a bank that is claimed.
  m.aFmt = m.wFmt = Format::BF16;
  m.accumulate = 1;
  m.rsBase = 2 * bank;
  EXPECT_EQ(run(Assembler().push(m).halt()).fault, Fault::BankClaim);
}

} // namespace
