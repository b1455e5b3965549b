//===- RandomCommands.cpp - Random commands within given regions ----------===//

#include "systemc-models/Random/RandomCommands.h"

#include <algorithm>
#include <array>

using namespace acc;
using isa::Format;

template <typename Array> static uint64_t product(const Array &array) {
  uint64_t p = 1;
  for (auto s : array) {
    p *= s;
  }
  return p;
}

void RandomCommands::begin(unsigned newTimes, bool isAlone) {
  times = newTimes;
  alone = isAlone;
  stepped.clear();
  freeRegisters.clear();
  for (unsigned r = 1; r <= numRegisters; ++r) {
    freeRegisters.push_back(r);
  }
  for (unsigned i = numRegisters - 1; i > 0; --i) {
    std::swap(freeRegisters[i], freeRegisters[choose.upTo(i)]);
  }
}

int32_t RandomCommands::stride(uint32_t element) {
  int32_t s =
      choose.pick({0, 1, 1, 2, 3, 4, 5, 8, 12, 16, 31, 32, 64, 100, 256});
  return (choose.oneIn(4) ? -s : s) * int32_t(element);
}

/// A base address such that the stream stays in the region; strides of
/// dimensions that do not fit become 0. The runs of the command are one more
/// dimension.
template <typename Sizes, typename Strides>
RandomCommands::Placed RandomCommands::place(const Sizes &sizes,
                                             Strides &strides, uint32_t element,
                                             Region r) {
  int64_t low = 0, high = element;
  auto fits = [&](int64_t span) {
    int64_t l = low + std::min<int64_t>(span, 0);
    int64_t h = high + std::max<int64_t>(span, 0);
    if (h - l > int64_t(r.high - r.low)) {
      return false;
    }
    low = l;
    high = h;
    return true;
  };
  Placed placed{};
  if (times > 1 && freeRegisters.size() >= 2) {
    placed.toggles = choose.oneIn(3);
    placed.step =
        placed.toggles ? int32_t(element << choose.upTo(9)) : stride(element);
    if (!fits(placed.toggles ? placed.step
                             : int64_t(times - 1) * placed.step)) {
      placed.step = 0;
    }
  }
  for (size_t d = sizes.size(); d-- > 0;) {
    if (!fits(int64_t(sizes[d] - 1) * strides[d])) {
      strides[d] = 0;
    }
  }
  auto room = uint32_t((int64_t(r.high - r.low) - (high - low)) / element);
  uint32_t offset =
      choose.oneIn(2) ? choose.upTo(room) : choose.upTo(std::min(room, 64u));
  if (choose.oneIn(4)) {
    offset = room; // up to the end of the region
  }
  placed.base = uint32_t(int64_t(r.low) - low) + offset * element;
  return placed;
}

/// Sometimes, and always if it steps, moves a part of the base to a register.
template <typename Field>
void RandomCommands::setBase(Placed placed, uint32_t &base, Field &reg) {
  base = placed.base;
  if (freeRegisters.empty() || (placed.step == 0 && !choose.oneIn(3))) {
    return;
  }
  SteppedRegister s{freeRegisters.back(), choose.next(), placed.step,
                    placed.toggles && placed.step != 0, 0};
  freeRegisters.pop_back();
  if (s.toggles) {
    s.start &= ~uint32_t(s.step);
    s.maskReg = freeRegisters.back();
    freeRegisters.pop_back();
  }
  base -= s.start;
  reg = Field(s.reg);
  stepped.push_back(s);
}

/// Sizes stay small: a command of billions of cycles tells nothing.
template <typename Array> void RandomCommands::spoil(Array &array) {
  if (!faults || !alone || !choose.oneIn(12)) {
    return;
  }
  auto &value = array[choose.next() % array.size()];
  if constexpr (std::is_signed_v<std::decay_t<decltype(value)>>) {
    value = int32_t(choose.pick<uint32_t>(
        {1, 2, 0x7FFFFFFC, 0x80000000, 0x40000, choose.next() & ~3u}));
  } else {
    value = choose.pick<uint32_t>({0, 1, 3, 70, 300});
  }
}

template <typename Instr>
Instr RandomCommands::dma(Region spm, Region hbm, const Region *index) {
  Instr c;
  c.esize = uint8_t(choose.pick({1, 2, 4, 4}));
  for (auto &s : c.size) {
    s = choose.size(4);
  }
  c.size[5] = choose.size(200);
  while (product(c.size) * times > 600) {
    c.size[choose.next() % 6] = 1;
    if (product(c.size) == 1) {
      break;
    }
  }
  for (int d = 0; d < 6; ++d) {
    c.hbmStride[d] = stride(c.esize);
    c.spmStride[d] = stride(c.esize);
  }
  if (!choose.oneIn(4)) {
    c.hbmStride[5] = c.spmStride[5] = c.esize;
  }
  auto sizes = c.size;
  if (index) {
    c.size[0] = choose.size(8);
    c.idxEn = 1;
    c.idxLimit = faults && alone && choose.oneIn(4) ? 12 : indexLimit;
    c.hbmStride[0] = int32_t(choose.pick({0u, 4u, 32u, 100u, 256u})) * 4;
    sizes[0] = indexLimit; // any index
    c.idxBase =
        uint32_t(index->low +
                 4 * choose.upTo(uint32_t(index->high - index->low) / 4 - 8));
    c.auxBanks = index->banks;
  }
  setBase(place(sizes, c.hbmStride, c.esize, hbm), c.hbmBase, c.hbmReg);
  setBase(place(c.size, c.spmStride, c.esize, spm), c.spmBase, c.spmReg);
  spoil(c.size);
  spoil(c.hbmStride);
  if (faults && alone && choose.oneIn(12)) {
    c.hbmBase += choose.pick<uint32_t>({1, 0x10000000, 2});
  }
  if (faults && alone && choose.oneIn(24)) {
    c.esize = uint8_t(choose.upTo(7));
  }
  return c;
}

isa::Load RandomCommands::load(Region spm, Region hbm, const Region *index) {
  auto c = dma<isa::Load>(spm, hbm, index);
  c.wrBanks = spm.banks;
  return c;
}

isa::Store RandomCommands::store(Region spm, Region hbm, const Region *index) {
  auto c = dma<isa::Store>(spm, hbm, index);
  c.rdBanks = spm.banks;
  return c;
}

/// Formats of one row of the table of legal pairs, or, for a fault, of any.
void RandomCommands::matrixFormats(Format &a, Format &w, bool scaled) {
  auto wide = [&] {
    return choose.pick({Format::BF16, Format::BF16, Format::F32_T0,
                        Format::F32_T1, Format::F32_T2, Format::F16_T0,
                        Format::F16_T1});
  };
  auto small = [&] {
    return choose.pick({Format::F8E4M3, Format::F8E4M3, Format::F8E5M2,
                        Format::F6E2M3, Format::F6E3M2, Format::F4E2M1,
                        Format::F4E2M1});
  };
  auto integer = [&] { return choose.pick({Format::I8, Format::U8}); };
  unsigned kind = choose.next() % 5;
  if (faults && choose.oneIn(24)) {
    a = Format(choose.upTo(31));
    w = Format(choose.upTo(31));
  } else if (scaled || kind < 2) {
    do { // a step must hold a block of scales
      a = small();
      w = small();
    } while (scaled && t.mxu.rows * isa::matrixGroup(a, w) < isa::kScaleBlock);
  } else if (kind < 3) {
    a = integer();
    w = integer();
  } else {
    a = wide();
    w = wide();
  }
}

/// Sizes, and the first of that many rows.
template <typename Array>
uint16_t RandomCommands::accumulators(const Rows &rows, Array &msize) {
  do {
    for (auto &s : msize) {
      s = choose.size(20);
    }
  } while (product(msize) > rows.end - rows.begin);
  return uint16_t(rows.begin + choose.upTo(rows.end - rows.begin -
                                           uint32_t(product(msize))));
}

template <typename Instr>
Instr RandomCommands::multiply(Region ra, Region rw, bool scaled) {
  Instr m;
  do {
    matrixFormats(m.aFmt, m.wFmt, scaled);
  } while (std::is_same_v<Instr, isa::Matmulrs> && !faults &&
           isa::matrixClass(m.aFmt) == isa::MatrixClass::Integer);
  m.accumulate = choose.oneIn(2);
  m.wByCol = choose.oneIn(2);
  m.ncols = uint16_t(1 + choose.next() % t.mxuCols());
  m.accBase = accumulators(productRows, m.msize);
  uint32_t group = std::max(1u, isa::matrixGroup(m.aFmt, m.wFmt));
  uint32_t outer = group > 1 ? 2 : 3; // a step takes long enough
  m.ksize = {choose.size(outer), choose.size(outer),
             choose.size(2 * t.mxu.rows * group + 5)};
  auto pieces = [&](Format format) {
    uint32_t elements = isa::formatElements(format);
    return (m.ksize[2] + elements - 1) / elements;
  };
  uint32_t ea = std::max(1u, formatBytes(m.aFmt));
  uint32_t ew = std::max(1u, formatBytes(m.wFmt));
  std::array<uint32_t, 6> as{m.msize[0], m.msize[1], m.msize[2],
                             m.ksize[0], m.ksize[1], pieces(m.aFmt)};
  std::array<int32_t, 6> ast;
  for (auto &s : ast) {
    s = stride(ea);
  }
  setBase(place(as, ast, ea, ra), m.aBase, m.aReg);
  std::copy_n(ast.begin(), 3, m.aMstride.begin());
  std::copy_n(ast.begin() + 3, 3, m.aKstride.begin());
  std::array<uint32_t, 4> ws{m.ksize[0], m.ksize[1], pieces(m.wFmt), m.ncols};
  std::array<int32_t, 4> wst;
  for (auto &s : wst) {
    s = stride(ew);
  }
  setBase(place(ws, wst, ew, rw), m.wBase, m.wReg);
  std::copy_n(wst.begin(), 3, m.wKstride.begin());
  m.wNstride = wst[3];
  if constexpr (std::is_same_v<Instr, isa::Matmulmx>) {
    uint32_t blocks = (m.ksize[2] - 1) / isa::kScaleBlock + 1;
    as[5] = ws[2] = blocks;
    for (auto &s : ast) {
      s = stride(1);
    }
    for (auto &s : wst) {
      s = stride(1);
    }
    setBase(place(as, ast, 1, rw), m.asBase, m.asReg);
    std::copy_n(ast.begin(), 3, m.asMstride.begin());
    std::copy_n(ast.begin() + 3, 3, m.asKstride.begin());
    setBase(place(ws, wst, 1, rw), m.wsBase, m.wsReg);
    std::copy_n(wst.begin(), 3, m.wsKstride.begin());
    m.wsNstride = wst[3];
    spoil(m.asKstride);
    spoil(m.wsKstride);
  }
  if constexpr (std::is_same_v<Instr, isa::Matmulrs>) {
    m.accumulate = !choose.oneIn(6);
    std::array<uint32_t, 1> columns{m.ncols};
    std::array<int32_t, 1> bytes{1};
    setBase(place(columns, bytes, 1, rw), m.rsBase, m.rsReg);
  }
  m.rdBanks = ra.banks;
  m.auxBanks = rw.banks;
  spoil(m.msize);
  spoil(m.ksize);
  spoil(m.aKstride);
  if (faults && choose.oneIn(12)) {
    m.accBase = uint16_t(t.mxu.accRows - 4);
  }
  if (faults && choose.oneIn(24)) {
    m.ncols = uint16_t(choose.pick({0u, t.mxuCols() + 1, 0xFFFFu}));
  }
  return m;
}

isa::Matmul RandomCommands::matmul(Region ra, Region rw) {
  return multiply<isa::Matmul>(ra, rw, false);
}

isa::Matmulmx RandomCommands::matmulmx(Region ra, Region rw) {
  return multiply<isa::Matmulmx>(ra, rw, true);
}

isa::Matmulrs RandomCommands::matmulrs(Region ra, Region rw) {
  return multiply<isa::Matmulrs>(ra, rw, false);
}

isa::Accst RandomCommands::accst(Region out) {
  isa::Accst c;
  c.oFmt = choose.pick({Format::F32, Format::I32, Format::BF16, Format::F16});
  c.ncols = uint16_t(1 + choose.next() % t.mxuCols());
  c.accBase = accumulators(drainRows, c.msize);
  uint32_t e = formatBytes(c.oFmt);
  std::array<uint32_t, 4> s{c.msize[0], c.msize[1], c.msize[2], c.ncols};
  std::array<int32_t, 4> st;
  for (auto &x : st) {
    x = stride(e);
  }
  setBase(place(s, st, e, out), c.oBase, c.oReg);
  std::copy_n(st.begin(), 3, c.oMstride.begin());
  c.oNstride = st[3];
  c.wrBanks = out.banks;
  spoil(c.msize);
  if (faults && alone && choose.oneIn(24)) {
    c.oFmt = Format(choose.upTo(31));
  }
  return c;
}

void RandomCommands::makeUops(isa::Vpurun &v) {
  v.nuops = uint8_t(choose.oneIn(10) ? choose.upTo(64) : choose.upTo(6));
  for (unsigned u = 0; u < v.nuops; ++u) {
    isa::UopInstr x;
    do {
      x.op = isa::Uop(choose.next() % 55);
    } while (!isa::isValidUop(unsigned(x.op)));
    x.dst = uint8_t(choose.oneIn(3) ? 15 : choose.next() % 16);
    x.a = uint8_t(choose.oneIn(3) ? 15 : choose.next() % 5);
    x.b = uint8_t(choose.next() % 16);
    x.c = uint8_t(choose.next() % 16);
    x.immSel = uint8_t(choose.oneIn(2) ? 0 : choose.next() % 4);
    x.imm = choose.oneIn(2) ? 0x3F000000 + (choose.next() & 0xFFFFFF)
                            : choose.next() % 40;
    v.uops[u] = x.encode();
  }
}

isa::Vpurun RandomCommands::vpu(Region in, Region out) {
  isa::Vpurun v;
  for (auto &s : v.size) {
    s = choose.size(3);
  }
  const auto length = uint32_t(t.vectorLength());
  v.size[5] = 1 + choose.next() % (choose.oneIn(2) ? length : 4 * length - 4);
  v.laneRed = choose.oneIn(4);
  v.firstRed = uint8_t(choose.oneIn(2) ? 5 : choose.upTo(4));
  if (v.firstRed < 5 && !v.laneRed) {
    v.size[5] = 1 + choose.next() % length;
  }
  while (product(v.size) > 20 * length) {
    v.size[choose.next() % 5] = 1;
  }
  v.redOp = isa::ReduceOp(choose.next() % 6);
  v.redInit = choose.pick<uint32_t>(
      {0, 0x3F800000, 0xFF800000, 0x80000000, choose.next()});
  for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
    v.inFmt[i] =
        choose.pick({Format::F32, Format::F32, Format::I32, Format::BF16,
                     Format::F16, Format::I8, Format::U8, Format::F8E4M3,
                     Format::F8E5M2, Format::Iota, Format::None});
    uint32_t e = formatBytes(v.inFmt[i]);
    // Some are the same in every iteration.
    const bool isHeld = choose.oneIn(4);
    std::array<int32_t, 6> st;
    for (auto &s : st) {
      s = isHeld && &s != &st[5] ? 0 : stride(e ? e : 1);
    }
    Placed base{choose.next(), 0, false};
    if (e) {
      base = place(v.size, st, e, in);
    }
    std::copy(st.begin(), st.end(), v.inStride.begin() + 6 * i);
    setBase(base, v.inBase[i], v.inReg[i]);
  }
  v.outFmt = choose.pick({Format::F32, Format::F32, Format::I32, Format::BF16,
                          Format::F16, Format::I8, Format::U8, Format::F8E4M3,
                          Format::F8E5M2, Format::None});
  uint32_t e = formatBytes(v.outFmt);
  for (auto &s : v.outStride) {
    s = stride(e ? e : 1);
  }
  Placed base{choose.next(), 0, false};
  if (e) {
    base = place(v.size, v.outStride, e, out);
  }
  setBase(base, v.outBase, v.outBaseReg);
  v.outReg = v.laneRed || choose.oneIn(2) ? 15 : uint8_t(choose.next() % 16);
  makeUops(v);
  v.rdBanks = in.banks;
  v.wrBanks = out.banks;
  spoil(v.size);
  if (faults && choose.oneIn(12)) {
    v.inFmt[choose.next() % 4] = Format(choose.next() % 32);
  }
  if (faults && alone && choose.oneIn(24)) {
    v.outFmt = Format(choose.upTo(31));
  }
  if (faults && choose.oneIn(24)) {
    v.firstRed = uint8_t(choose.upTo(7));
  }
  return v;
}

isa::Collective RandomCommands::collective(Choices &shared, const SliceId &id,
                                           Region from, Region to) {
  using isa::CollectiveKind;
  Collective c;
  c.kind =
      shared.pick({CollectiveKind::AllReduce, CollectiveKind::AllReduce,
                   CollectiveKind::AllGather, CollectiveKind::ReduceScatter,
                   CollectiveKind::Broadcast, CollectiveKind::Barrier});
  c.group =
      shared.pick({isa::Group::Chip, isa::Group::Row, isa::Group::Column});
  if (id.trays * id.chipsOfTray > 1) {
    c.chips = shared.pick({isa::Chips::Own, isa::Chips::Rack, isa::Chips::Tray,
                           isa::Chips::Peers});
    if (c.isOverChips() && shared.oneIn(4)) {
      c.group = isa::Group::Slice;
    }
  }
  c.op = shared.pick({isa::ReduceOp::FAdd, isa::ReduceOp::FAdd,
                      isa::ReduceOp::FMax, isa::ReduceOp::FMin,
                      isa::ReduceOp::IAdd, isa::ReduceOp::IMax,
                      isa::ReduceOp::IMin});
  c.fmt = c.op >= isa::ReduceOp::IAdd
              ? Format::I32
              : shared.pick({Format::F32, Format::BF16, Format::F16});
  if (!c.reduces() && shared.oneIn(2)) {
    c.fmt = shared.pick({Format::U8, Format::F8E5M2, Format::F32_T1});
  }
  c.rows = uint16_t(shared.size(12));
  c.columns = uint16_t(shared.size(70));
  uint32_t root = shared.next();
  Command placed;
  placed.body = c;
  placeInGroup(placed, id);
  c = std::get<Collective>(placed.body);
  c.root = root % c.members;
  uint32_t element = isa::formatBytes(c.fmt);
  auto lay = [&](bool hasParts, Region region, uint32_t &base, auto &reg,
                 int32_t &rowStride) {
    std::array<uint32_t, 3> sizes{hasParts ? c.members : 1, c.rows, c.columns};
    std::array<int32_t, 3> strides{stride(element), stride(element),
                                   int32_t(element)};
    setBase(place(sizes, strides, element, region), base, reg);
    rowStride = strides[1];
    if (hasParts) {
      c.partStride = strides[0];
    }
  };
  c.partStride = stride(element);
  lay(c.kind == CollectiveKind::ReduceScatter, from, c.srcBase, c.srcReg,
      c.srcStride);
  bool rowsOverlap = c.rows > 1 && uint32_t(std::abs(c.srcStride)) <
                                       uint32_t(c.columns) * element;
  if (choose.oneIn(4) && c.parts() == 1 && !rowsOverlap) { // in its place
    c.dstBase = c.srcBase;
    c.dstReg = c.srcReg;
    c.dstStride = c.srcStride;
    to = from;
  } else {
    lay(c.kind == CollectiveKind::AllGather, to, c.dstBase, c.dstReg,
        c.dstStride);
  }
  c.rdBanks = from.banks;
  c.wrBanks = to.banks;
  return c;
}
