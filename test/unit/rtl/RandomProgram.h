//===- RandomProgram.h - Seeded random programs -------*- C++ -*-===//
//
// Programs that exercise all engines and end with a dump of the scratchpad and
// the accumulators to HBM, so that a comparison of HBM sees every value.
//
// A program is a list of phases with a FENCE between them. In a phase every
// role (LOAD destination, STORE source, MXU activations, ...) has banks of its
// own, commands run in parallel, and some wait for a semaphore that an earlier
// command or the sequencer signals. With `faults` some fields are wrong.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_TEST_UNIT_RTL_RANDOMPROGRAM_H
#define ACC_TEST_UNIT_RTL_RANDOMPROGRAM_H

#include "systemc-models/Sim/Sim.h"
#include "test/unit/models/Assembler.h"

#include <algorithm>
#include <array>

namespace acc::test {

class RandomProgram {
public:
  RandomProgram(const Target &target, uint64_t seed)
      : t(target), state(seed * 0x9E3779B97F4A7C15ull + 0x1234567) {}

  Assembler a;
  std::vector<uint8_t> image;
  bool faults = false;
  int only = -1; ///< 0 to 4: only this kind of command, one after the other

  void generate(unsigned phases) {
    makeImage();
    // Everything in the scratchpad starts as random data; the last bank is an
    // index list.
    a.push(load(0, 0, t.spmBytes() / 4, 0xFFFF)).fence();
    loadAccumulators();
    for (unsigned p = 0; p < phases; ++p) {
      phase();
      a.fence();
    }
    dump();
    a.halt();
  }

private:
  const Target &t;
  uint64_t state;
  uint32_t freeSemaphores = ~0u;
  std::vector<unsigned> signalled; ///< semaphores with a signal to come

  struct Region {
    uint32_t low, high;
    uint16_t banks;
  };

  uint32_t next() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return uint32_t(state * 0x2545F4914F6CDD1Dull >> 32);
  }
  uint32_t upTo(uint32_t n) { return next() % (n + 1); }
  bool oneIn(uint32_t n) { return next() % n == 0; }
  template <typename T> T pick(std::initializer_list<T> l) {
    return l.begin()[next() % l.size()];
  }
  /// Mostly small.
  uint32_t size(uint32_t max) {
    uint32_t limit = oneIn(3) ? max : std::min<uint32_t>(max, 4);
    return 1 + next() % limit;
  }

  static constexpr uint32_t loadArea = 0;
  uint32_t storeArea() const { return uint32_t(2 * t.spmBytes()); }
  uint32_t dumpArea() const { return uint32_t(8 * t.spmBytes()); }

  void makeImage() {
    image.resize(2 * t.spmBytes());
    for (size_t i = 0; i < image.size(); i += 4) {
      uint32_t x = next();
      if (!oneIn(8)) { // a number near one
        x = (x & 0x807FFFFF) | (120 + next() % 14) << 23;
      }
      if (oneIn(64)) {
        x = pick<uint32_t>({0, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00001,
                            1, 0x80000001, 0x3F800000});
      }
      if (oneIn(4)) { // two bf16 or fp16 numbers near one
        x = (x & 0x80FF80FF) | 0x3C003C00 | (next() & 0x03000300);
      }
      std::memcpy(&image[i], &x, 4);
    }
    for (uint32_t i = 0; i < t.spm.bankBytes; i += 4) {
      uint32_t index = next() % 16;
      std::memcpy(&image[t.spmBytes() - t.spm.bankBytes + i], &index, 4);
    }
  }

  Region banks(std::initializer_list<unsigned> list) {
    Region r{~0u, 0, 0};
    for (unsigned b : list) {
      r.low = std::min(r.low, b * t.spm.bankBytes);
      r.high = std::max(r.high, (b + 1) * t.spm.bankBytes);
      r.banks |= uint16_t(1u << b);
    }
    return r;
  }

  /// A base address such that the stream stays in the region; strides of
  /// dimensions that do not fit become 0.
  template <typename Sizes, typename Strides>
  uint32_t place(const Sizes &sizes, Strides &strides, uint32_t element,
                 Region r) {
    int64_t low = 0, high = element;
    for (size_t d = sizes.size(); d-- > 0;) {
      int64_t span = int64_t(sizes[d] - 1) * strides[d];
      int64_t l = low + std::min<int64_t>(span, 0),
              h = high + std::max<int64_t>(span, 0);
      if (h - l > int64_t(r.high - r.low)) {
        strides[d] = 0;
        continue;
      }
      low = l;
      high = h;
    }
    uint32_t room = uint32_t((r.high - r.low) - (high - low)) / element;
    uint32_t offset = oneIn(2) ? upTo(room) : upTo(std::min(room, 64u));
    if (oneIn(4)) {
      offset = room; // up to the end of the region
    }
    return uint32_t(int64_t(r.low) - low) + offset * element;
  }

  int32_t stride(uint32_t element) {
    int32_t s = int32_t(
        pick<uint32_t>({0, 1, 1, 2, 3, 4, 5, 8, 12, 16, 31, 32, 64, 100, 256}));
    return (oneIn(4) ? -s : s) * int32_t(element);
  }

  /// Sometimes moves a part of the base to register r, one for each field of a
  /// command.
  template <typename Field>
  void baseAt(unsigned r, uint32_t &field, Field &reg) {
    if (oneIn(3)) {
      uint32_t part = next();
      a.li(r, int32_t(part));
      reg = Field(r);
      field -= part;
    }
  }

  template <typename Command> void semaphores(Command &c) {
    while (!signalled.empty() && oneIn(3)) {
      unsigned s = signalled.back();
      signalled.pop_back();
      c.waitMask |= 1u << s;
      retired |= 1u << s;
    }
    if (oneIn(2)) {
      if (int s = allocate(); s >= 0) {
        c.signalMask |= 1u << s;
        pending.push_back(unsigned(s));
      }
    }
  }
  /// After the push: what this command signals can be waited for.
  void pushed() {
    signalled.insert(signalled.end(), pending.begin(), pending.end());
    pending.clear();
    if (!signalled.empty()) {
      std::swap(signalled[next() % signalled.size()], signalled.back());
    }
  }
  int allocate() {
    for (unsigned i = 0, s = next() % 32; i < 32; ++i, s = (s + 1) % 32) {
      if (freeSemaphores >> s & 1) {
        freeSemaphores &= ~(1u << s);
        return int(s);
      }
    }
    return -1;
  }
  std::vector<unsigned> pending;
  uint32_t retired = 0;
  bool serial = false;

  template <typename Command> void spoil(Command &c) {
    if (!faults || !oneIn(8)) {
      return;
    }
    // Beside others only faults of the start: when a fault inside a command is
    // raised is not part of the contract.
    uint16_t keep = serial ? 0 : 0xFFFF;
    switch (next() % 6) {
    case 0:
      c.rdBanks = uint16_t((c.rdBanks & keep) | (next() & 1u << next() % 16));
      break;
    case 1:
      c.wrBanks = uint16_t((c.wrBanks & keep) | (next() & 1u << next() % 16));
      break;
    case 2:
      c.auxBanks = uint16_t((c.auxBanks & keep) | (next() & 1u << next() % 16));
      break;
    case 3:
      c.waitMask |= 1u << next() % 32;
      c.waitMask &= ~freeSemaphores;
      break;
    default:
      break;
    }
  }
  /// Sizes stay small: a command of billions of cycles tells nothing.
  template <size_t n> void spoilArray(std::array<uint32_t, n> &sizes) {
    if (faults && serial && oneIn(12)) {
      sizes[next() % n] = pick<uint32_t>({0, 1, 3, 70, 300});
    }
  }
  template <size_t n> void spoilArray(std::array<int32_t, n> &strides) {
    if (faults && serial && oneIn(12)) {
      strides[next() % n] = int32_t(pick<uint32_t>(
          {1, 2, 0x7FFFFFFC, 0x80000000, 0x40000, next() & ~3u}));
    }
  }

  template <typename Command>
  void dma(Region spm, bool indexed, Region index, bool isLoad) {
    Command c;
    c.esize = uint8_t(pick({1, 2, 4, 4}));
    for (auto &s : c.size) {
      s = size(4);
    }
    c.size[5] = size(200);
    while (product(c.size) > 600) {
      c.size[next() % 6] = 1;
    }
    for (int d = 0; d < 6; ++d) {
      c.hbmStride[d] = stride(c.esize);
      c.spmStride[d] = stride(c.esize);
    }
    if (!oneIn(4)) {
      c.hbmStride[5] = c.spmStride[5] = c.esize;
    }
    Region hbm{isLoad ? loadArea : storeArea(),
               uint32_t((isLoad ? 2 : 4) * t.spmBytes()), 0};
    if (indexed) {
      c.size[0] = size(8);
      c.idxEn = 1;
      c.idxLimit = faults && serial && oneIn(4) ? 12 : 16;
      c.hbmStride[0] = int32_t(pick({0u, 4u, 32u, 100u, 256u})) * 4;
      auto sizes = c.size;
      sizes[0] = 16; // any index
      c.hbmBase = place(sizes, c.hbmStride, c.esize, hbm);
      c.idxBase = index.low + 4 * upTo((index.high - index.low) / 4 - 8);
      c.auxBanks = index.banks;
    } else {
      c.hbmBase = place(c.size, c.hbmStride, c.esize, hbm);
    }
    c.spmBase = place(c.size, c.spmStride, c.esize, spm);
    (isLoad ? c.wrBanks : c.rdBanks) = spm.banks;
    baseAt(1, c.hbmBase, c.hbmReg);
    baseAt(2, c.spmBase, c.spmReg);
    spoilArray(c.size);
    spoilArray(c.hbmStride);
    if (faults && serial && oneIn(12)) {
      c.hbmBase += pick<uint32_t>({1, 0x10000000, 2});
    }
    finish(c);
  }

  template <typename Array> static uint64_t product(const Array &array) {
    uint64_t p = 1;
    for (auto s : array) {
      p *= s;
    }
    return p;
  }

  isa::Format matrixFormat(uint32_t r) {
    using isa::Format;
    static const Format all[] = {Format::BF16,   Format::BF16,   Format::F32_T0,
                                 Format::F32_T1, Format::F32_T2, Format::F16_T0,
                                 Format::F16_T1};
    return all[r % 7];
  }

  void matmul(Region ra, Region rw) {
    isa::Matmul m;
    m.aFmt = matrixFormat(next());
    m.wFmt = matrixFormat(next());
    m.accumulate = oneIn(2);
    m.wByCol = oneIn(2);
    m.ncols = uint16_t(1 + next() % t.mxuCols());
    do {
      for (auto &s : m.msize) {
        s = size(20);
      }
    } while (product(m.msize) > t.mxu.accRows);
    m.accBase = uint16_t(upTo(t.mxu.accRows - uint32_t(product(m.msize))));
    m.ksize = {size(3), size(3), size(2 * t.mxu.rows + 5)};
    uint32_t ea = formatBytes(m.aFmt), ew = formatBytes(m.wFmt);
    std::array<uint32_t, 6> as{m.msize[0], m.msize[1], m.msize[2],
                               m.ksize[0], m.ksize[1], m.ksize[2]};
    std::array<int32_t, 6> ast;
    for (auto &s : ast) {
      s = stride(ea);
    }
    m.aBase = place(as, ast, ea, ra);
    std::copy_n(ast.begin(), 3, m.aMstride.begin());
    std::copy_n(ast.begin() + 3, 3, m.aKstride.begin());
    std::array<uint32_t, 4> ws{m.ksize[0], m.ksize[1], m.ksize[2], m.ncols};
    std::array<int32_t, 4> wst;
    for (auto &s : wst) {
      s = stride(ew);
    }
    m.wBase = place(ws, wst, ew, rw);
    std::copy_n(wst.begin(), 3, m.wKstride.begin());
    m.wNstride = wst[3];
    m.rdBanks = ra.banks;
    m.auxBanks = rw.banks;
    baseAt(3, m.aBase, m.aReg);
    baseAt(4, m.wBase, m.wReg);
    spoilArray(m.msize);
    spoilArray(m.ksize);
    spoilArray(m.aKstride);
    if (faults && oneIn(12)) {
      m.accBase = uint16_t(t.mxu.accRows - 4);
    }
    finish(m);
  }

  void accst(Region r) {
    isa::Accst c;
    c.oFmt = pick({isa::Format::F32, isa::Format::BF16, isa::Format::F16});
    c.ncols = uint16_t(1 + next() % t.mxuCols());
    do {
      for (auto &s : c.msize) {
        s = size(20);
      }
    } while (product(c.msize) > t.mxu.accRows);
    c.accBase = uint16_t(upTo(t.mxu.accRows - uint32_t(product(c.msize))));
    uint32_t e = formatBytes(c.oFmt);
    std::array<uint32_t, 4> s{c.msize[0], c.msize[1], c.msize[2], c.ncols};
    std::array<int32_t, 4> st;
    for (auto &x : st) {
      x = stride(e);
    }
    c.oBase = place(s, st, e, r);
    std::copy_n(st.begin(), 3, c.oMstride.begin());
    c.oNstride = st[3];
    c.wrBanks = r.banks;
    baseAt(5, c.oBase, c.oReg);
    spoilArray(c.msize);
    finish(c);
  }

  void vpu(Region in, Region out) {
    using isa::Format;
    isa::Vpurun v;
    for (auto &s : v.size) {
      s = size(3);
    }
    const uint32_t length = uint32_t(t.vectorLength());
    v.size[5] = 1 + next() % (oneIn(2) ? length : 4 * length - 4);
    v.laneRed = oneIn(4);
    v.firstRed = uint8_t(oneIn(2) ? 5 : upTo(4));
    if (v.firstRed < 5 && !v.laneRed) {
      v.size[5] = 1 + next() % length;
    }
    while (product(v.size) > 20 * length) {
      v.size[next() % 5] = 1;
    }
    v.redOp = isa::ReduceOp(next() % 6);
    v.redInit = pick<uint32_t>({0, 0x3F800000, 0xFF800000, 0x80000000, next()});
    for (unsigned i = 0; i < 4; ++i) {
      v.inFmt[i] = pick({Format::F32, Format::F32, Format::I32, Format::BF16,
                         Format::F16, Format::I8, Format::U8, Format::Iota,
                         Format::None});
      uint32_t e = formatBytes(v.inFmt[i]);
      std::array<int32_t, 6> st;
      for (auto &s : st) {
        s = stride(e ? e : 1);
      }
      if (e) {
        v.inBase[i] = place(v.size, st, e, in);
      } else {
        v.inBase[i] = next();
      }
      std::copy(st.begin(), st.end(), v.inStride.begin() + 6 * i);
      baseAt(6 + i, v.inBase[i], v.inReg[i]);
    }
    v.outFmt = pick({Format::F32, Format::F32, Format::I32, Format::BF16,
                     Format::F16, Format::I8, Format::U8, Format::None});
    std::array<int32_t, 6> st;
    uint32_t e = formatBytes(v.outFmt);
    for (auto &s : st) {
      s = stride(e ? e : 1);
    }
    v.outBase = e ? place(v.size, st, e, out) : next();
    v.outStride = st;
    baseAt(10, v.outBase, v.outBaseReg);
    v.outReg = v.laneRed || oneIn(2) ? 15 : uint8_t(next() % 16);
    v.nuops = uint8_t(oneIn(10) ? upTo(64) : upTo(6));
    for (unsigned u = 0; u < v.nuops; ++u) {
      isa::UopInstr x;
      do {
        x.op = isa::Uop(next() % 55);
      } while (!isa::isValidUop(unsigned(x.op)));
      x.dst = uint8_t(oneIn(3) ? 15 : next() % 16);
      x.a = uint8_t(oneIn(3) ? 15 : next() % 5);
      x.b = uint8_t(next() % 16);
      x.c = uint8_t(next() % 16);
      x.immSel = uint8_t(oneIn(2) ? 0 : next() % 4);
      x.imm = oneIn(2) ? 0x3F000000 + (next() & 0xFFFFFF) : next() % 40;
      v.uops[u] = x.encode();
    }
    v.rdBanks = in.banks;
    v.wrBanks = out.banks;
    spoilArray(v.size);
    if (faults && oneIn(12)) {
      v.inFmt[next() % 4] = isa::Format(next() % 16);
    }
    finish(v);
  }

  template <typename Command> void finish(Command &c) {
    semaphores(c);
    spoil(c);
    a.push(c);
    pushed();
  }

  template <typename Command> void sync() {
    Command c;
    c.rdBanks = c.auxBanks = c.wrBanks = uint16_t(next());
    finish(c);
  }

  void anySync() {
    switch (next() % 4) {
    case 0:
      return sync<isa::Loadsync>();
    case 1:
      return sync<isa::Storesync>();
    case 2:
      return sync<isa::Mxusync>();
    default:
      return sync<isa::Vpusync>();
    }
  }

  void scalarNoise() {
    if (oneIn(6)) {
      anySync();
      return;
    }
    switch (next() % 7) {
    case 0:
      a.li(20, int32_t(next()));
      break;
    case 1:
      a.scalar(isa::Opcode(0x12 + next() % 9), 21, 20, 22);
      break;
    case 2: // taken branch to the next word
      a.scalar(Opcode::BEQ, 0, 0, 0, 0, a.pc() + 1);
      break;
    case 3: // may be taken
      a.scalar(isa::Opcode(0x20 + next() % 4), 0, 20, 21, 0, a.pc() + 2);
      a.scalar(Opcode::ADDI, 22, 22, 0, 1);
      break;
    case 4: { // loop
      uint32_t at = a.pc();
      a.scalar(Opcode::LOOP, 0, 0, 0, int32_t(upTo(4)), at + 3);
      a.scalar(Opcode::ADDI, 20, 20, 0, 7);
      a.scalar(Opcode::ADD, 21, 21, 20);
      break;
    }
    case 5:
      if (int s = allocate(); s >= 0) {
        a.signal(1u << s);
        signalled.push_back(unsigned(s));
      }
      break;
    default:
      if (!signalled.empty()) {
        a.wait(1u << signalled.back());
        retired |= 1u << signalled.back();
        signalled.pop_back();
      }
      break;
    }
  }

  void phase() {
    unsigned index = t.spm.banks - 1;
    serial = only >= 0 || oneIn(3);
    if (serial) { // one engine, wide regions
      Region low = banks({0, 1, 2, 3}), high = banks({4, 5, 6});
      bool dmaOnly = only == 0 || only == 1;
      for (unsigned i = 0, n = 1 + next() % (dmaOnly ? 12 : 4); i < n; ++i) {
        scalarNoise();
        switch (only >= 0 ? unsigned(only) : next() % 5) {
        case 0:
          dma<isa::Load>(low, oneIn(3), banks({index}), true);
          break;
        case 1:
          dma<isa::Store>(low, oneIn(3), banks({index}), false);
          break;
        case 2:
          matmul(low, high);
          break;
        case 3:
          accst(high);
          break;
        default:
          vpu(low, high);
          break;
        }
        // Commands of one DMA engine may follow each other.
        if (dmaOnly && !faults && !oneIn(4)) {
          continue;
        }
        a.fence();
        if (oneIn(2)) {
          a.scalar(Opcode::LDS, 20, 0, 0,
                   int32_t(4 * upTo(t.spmBytes() / 4 - 1)));
        }
      }
    } else {
      std::array<unsigned, 7> role{0, 1, 2, 3, 4, 5, 6};
      for (unsigned i = 6; i > 0; --i) {
        std::swap(role[i], role[next() % (i + 1)]);
      }
      bool loadIndexed = oneIn(2);
      for (unsigned i = 0, n = 4 + next() % 30; i < n; ++i) {
        if (oneIn(3)) {
          scalarNoise();
        }
        switch (next() % 6) {
        case 0:
          dma<isa::Load>(banks({role[0]}), loadIndexed && oneIn(2),
                         banks({index}), true);
          break;
        case 1:
          dma<isa::Store>(banks({role[1]}), !loadIndexed && oneIn(2),
                          banks({index}), false);
          break;
        case 2:
        case 3:
          if (oneIn(2)) {
            matmul(banks({role[2]}), banks({role[3]}));
          } else {
            accst(banks({role[4]}));
          }
          break;
        default:
          vpu(banks({role[5]}), banks({role[6]}));
          break;
        }
      }
    }
    // Whatever was signalled and not waited for.
    uint32_t rest = retired;
    for (unsigned s : signalled) {
      a.wait(1u << s);
      rest |= 1u << s;
    }
    signalled.clear();
    freeSemaphores |= rest;
    retired = 0;
  }

  void loadAccumulators() {
    isa::Matmul m;
    m.aFmt = m.wFmt = isa::Format::BF16;
    m.ncols = uint16_t(t.mxuCols());
    m.msize = {1, 1, t.mxu.accRows};
    m.ksize = {1, 1, t.mxu.rows};
    m.aMstride = {0, 0, 64};
    m.aKstride = {0, 0, 2};
    m.wKstride = {0, 0, 64};
    m.wNstride = 2;
    m.wBase = t.spm.bankBytes;
    m.rdBanks = 1;
    m.auxBanks = 2;
    a.push(m).fence();
  }

  void dump() {
    a.push(store(dumpArea(), 0, t.spmBytes() / 4, 0xFFFF)).fence();
    isa::Accst c;
    c.oFmt = isa::Format::F32;
    c.ncols = uint16_t(t.mxuCols());
    c.msize = {1, 1, t.mxu.accRows};
    c.oMstride = {0, 0, int32_t(4 * t.mxuCols())};
    c.oNstride = 4;
    c.wrBanks = 0xFFFF;
    a.push(c).fence();
    a.push(store(dumpArea() + t.spmBytes(), 0, t.mxu.accRows * t.mxuCols(),
                 0xFFFF));
  }
};

} // namespace acc::test

#endif // ACC_TEST_UNIT_RTL_RANDOMPROGRAM_H
