//===- Timing.cpp - Closed-form time and counters of commands -------------===//

#include "systemc-models/Timing/Timing.h"
#include "systemc-models/Timing/Packets.h"

#include <algorithm>

using namespace acc;
using isa::Counter;

static uint64_t ceilDiv(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

/// Far above any time or size that matters, far below overflow.
static constexpr uint64_t saturated = uint64_t(1) << 60;

/// Sizes can be anything: products saturate.
static uint64_t multiply(uint64_t a, uint64_t b) {
  uint64_t p;
  return __builtin_mul_overflow(a, b, &p) || p > saturated ? saturated : p;
}

template <typename Array> static uint64_t product(const Array &sizes) {
  uint64_t p = 1;
  for (uint32_t s : sizes) {
    p = multiply(p, s);
  }
  return p;
}

static uint64_t log2Floor(uint64_t x) {
  return 63 - uint64_t(__builtin_clzll(x));
}

uint64_t acc::conflictDegree(uint64_t count, int64_t strideBytes,
                             uint32_t elementBytes, uint32_t rowBytes) {
  if (strideBytes == 0 || count <= 1) {
    return 1;
  }
  uint64_t stride = uint64_t(strideBytes < 0 ? -strideBytes : strideBytes);
  uint64_t inElements = stride / elementBytes;
  uint64_t perRow = rowBytes / elementBytes;
  uint64_t lowest = inElements & (~inElements + 1);
  uint64_t g = lowest == 0 ? perRow : std::min(lowest, perRow);
  return ceilDiv(count * g, perRow);
}

uint32_t acc::matmulDepth(const Target &t, const Matmul &m) {
  uint32_t depth = t.mxu.rows * isa::matrixGroup(m.aFmt, m.wFmt);
  if (m.scaled) {
    depth = isa::takesScales(m.aFmt, m.wFmt)
                ? depth / isa::kScaleBlock * isa::kScaleBlock
                : 0;
  }
  return depth;
}

uint64_t acc::matmulSteps(const Target &t, const Matmul &m) {
  return multiply(multiply(m.ksize[0], m.ksize[1]),
                  ceilDiv(m.ksize[2], matmulDepth(t, m)));
}

uint64_t acc::matmulVectorCycles(const Target &t, const Matmul &m) {
  uint64_t pieces = ceilDiv(std::min(matmulDepth(t, m), m.ksize[2]),
                            isa::formatElements(m.aFmt));
  return conflictDegree(pieces, m.aKstride[2], isa::formatBytes(m.aFmt),
                        t.spm.rowBytes);
}

/// Cycles in which a tile of weights and the scales of its step load.
static uint64_t matmulLoadCycles(const Target &t, const Matmul &m) {
  uint32_t rowBytes = t.spm.rowBytes;
  uint64_t depth = std::min(matmulDepth(t, m), m.ksize[2]);
  uint64_t pieces = ceilDiv(depth, isa::formatElements(m.wFmt));
  uint32_t wBytes = isa::formatBytes(m.wFmt);
  uint64_t cycles =
      m.wByCol
          ? m.ncols * conflictDegree(pieces, m.wKstride[2], wBytes, rowBytes)
          : pieces * conflictDegree(m.ncols, m.wNstride, wBytes, rowBytes);
  if (m.scaled) {
    uint64_t blocks = ceilDiv(depth, isa::kScaleBlock);
    uint64_t rows = multiply(m.msize[0], m.msize[1]);
    cycles += blocks * conflictDegree(m.ncols, m.wsNstride, 1, rowBytes) +
              multiply(rows, blocks * conflictDegree(m.msize[2], m.asMstride[2],
                                                     1, rowBytes));
  }
  return cycles;
}

/// Cycles in which the bytes come that say how often accumulators are halved.
static uint64_t matmulRescaleCycles(const Target &t, const Matmul &m) {
  return m.rescales ? conflictDegree(m.ncols, 1, 1, t.spm.rowBytes) : 0;
}

MatmulTimes acc::matmulTimes(const Target &t, const Matmul &m, uint64_t start,
                             MatmulPort port) {
  uint64_t rows = product(m.msize);
  uint64_t vector = matmulVectorCycles(t, m);
  uint64_t stream = multiply(rows, vector);
  // The first vector of a step enters not before the last sum of its row is
  // made.
  uint64_t accLatency = t.mxu.accLatency;
  if (m.rescales) {
    port.free += accLatency;
  } else if (m.accBase == port.lastRow && vector < accLatency) {
    port.free += accLatency - vector;
  }
  uint64_t load = matmulLoadCycles(t, m);
  uint64_t drain =
      uint64_t(t.mxu.rows) * t.mxu.peLatency + t.mxu.unitCols + t.mxu.tail;
  MatmulTimes times;
  times.lastStep =
      std::max(start + t.mxu.setup + matmulRescaleCycles(t, m) + load,
               port.free) +
      multiply(matmulSteps(t, m) - 1, std::max({stream, load, accLatency}));
  times.port = {times.lastStep + stream, uint32_t(m.accBase + rows - 1)};
  times.end = times.port.free - 1 + drain;
  return times;
}

uint64_t acc::matmulCycles(const Target &t, const Matmul &m) {
  return matmulTimes(t, m, 0).end + 1;
}

uint64_t acc::matmulPeriod(const Target &t, const Matmul &m) {
  MatmulTimes first = matmulTimes(t, m, 0);
  return matmulTimes(t, m, first.lastStep, first.port).end - first.end;
}

uint64_t acc::accstCycles(const Target &t, const isa::Accst &a) {
  return t.mxu.setup +
         product(a.msize) * conflictDegree(a.ncols, a.oNstride,
                                           formatBytes(a.oFmt),
                                           t.spm.rowBytes) +
         t.mxu.tail;
}

uint64_t acc::vpuIterations(const Target &t, const isa::Vpurun &v) {
  uint64_t n = ceilDiv(v.size[5], t.vectorLength());
  for (int d = 0; d < 5; ++d) {
    n = multiply(n, v.size[d]);
  }
  return n;
}

uint64_t acc::vpuProgramCycles(const Target &t, uint64_t uops,
                               uint64_t elements) {
  return uops *
         ceilDiv(std::min<uint64_t>(t.vectorLength(), elements), t.vpu.lanes);
}

bool acc::isHeldInput(const Target &t, const isa::Vpurun &v, unsigned i) {
  if (formatBytes(v.inFmt[i]) == 0 || v.size[5] > t.vectorLength()) {
    return false;
  }
  for (unsigned d = 0; d < 5; ++d) {
    if (v.size[d] > 1 && v.inStride[6 * i + d] != 0) {
      return false;
    }
  }
  for (unsigned u = 0; u < v.nuops && u < isa::kMaxUops; ++u) {
    if (isa::UopInstr::decode(v.uops[u]).dst == i) {
      return false;
    }
  }
  return true;
}

/// Cycles in which inputs of one chunk load; without those that are held, if
/// they have been loaded.
static uint64_t vpuLoadCycles(const Target &t, const isa::Vpurun &v,
                              bool isFirst) {
  uint64_t n = std::min(t.vectorLength(), v.size[5]);
  uint64_t loads = 0;
  for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
    uint32_t bytes = formatBytes(v.inFmt[i]);
    if (bytes != 0 && (isFirst || !isHeldInput(t, v, i))) {
      loads += conflictDegree(n, v.inStride[6 * i + 5], bytes, t.spm.rowBytes);
    }
  }
  return loads;
}

/// Cycles in which an output is stored.
static uint64_t vpuStoreCycles(const Target &t, const isa::Vpurun &v) {
  uint32_t bytes = formatBytes(v.outFmt);
  if (bytes == 0 || v.laneRed) {
    return bytes != 0;
  }
  return conflictDegree(std::min(t.vectorLength(), v.size[5]), v.outStride[5],
                        bytes, t.spm.rowBytes);
}

/// From the issue of a group to its result.
static int64_t uopLatency(const Target &t, isa::Uop op) {
  switch (op) {
  case isa::Uop::FADD:
  case isa::Uop::FADDRELU:
  case isa::Uop::FSUB:
  case isa::Uop::FMUL:
  case isa::Uop::FMA:
  case isa::Uop::I2F:
    return t.vpu.aluLatency;
  default:
    return op >= isa::Uop::EXP2 ? t.vpu.sfuLatency
                                : std::min(t.vpu.aluLatency, 2u);
  }
}

namespace {

/// Issues the micro-operations of a program one behind the other.
class MicroIssue {
public:
  MicroIssue(const Target &t, uint64_t groups) : t(t), groups(groups) {}

  void issue(const isa::UopInstr &u) {
    const int64_t latency = uopLatency(t, u.op);
    const unsigned sources[] = {u.a, u.b, u.c};
    int64_t start = end;
    for (unsigned i = 0; i < 3; ++i) {
      if (u.immSel != i + 1) {
        start = std::max(start, registers[sources[i]].land);
      }
    }
    Register &dst = registers[u.dst];
    start = std::max(start, dst.land - latency + 1);
    for (unsigned i = 0; i < 3; ++i) {
      if (u.immSel != i + 1) {
        registers[sources[i]].name(start);
      }
    }
    dst.name(start + latency - 1);
    if (!dst.isWritten) {
      dst.isWritten = true;
      dst.firstLand = start + latency;
    }
    dst.land = start + latency;
    end = start + groups;
  }

  VpuProgram finish(const isa::Vpurun &v) const {
    const bool reduces = v.laneRed || v.firstRed < 5;
    int64_t period = end, last = 0;
    for (const Register &r : registers) {
      last = std::max(last, r.isWritten ? r.land + groups - 1 : 0);
    }
    for (unsigned i = 0; i < isa::kNumVpuRegs; ++i) {
      const Register &r = registers[i];
      if (!r.isWritten) {
        continue;
      }
      period = std::max(period, r.land - r.named);
      if (i < isa::kNumVpuInputs && v.inFmt[i] != isa::Format::None) {
        period = std::max(period, r.land + groups - 1);
      }
      if (i == v.outReg || (i == accumulator && reduces)) {
        period = std::max(period, last - r.firstLand + 1);
      }
    }
    return {uint64_t(period), uint64_t(std::max<int64_t>(0, last - period))};
  }

private:
  static constexpr unsigned accumulator = 15;
  struct Register {
    /// When the first group of its last value can be read.
    int64_t land = 0;
    /// The first use: when a value must be there, or the last cycle in which it
    /// may land ahead of the first that is written.
    int64_t named = 0;
    int64_t firstLand = 0;
    bool isNamed = false, isWritten = false;

    void name(int64_t cycle) {
      named = isNamed ? named : cycle;
      isNamed = true;
    }
  };

  const Target &t;
  const int64_t groups;
  int64_t end = 0;
  std::array<Register, isa::kNumVpuRegs> registers;
};

} // namespace

VpuProgram acc::vpuProgram(const Target &t, const isa::Vpurun &v) {
  MicroIssue program(
      t, ceilDiv(std::min<uint64_t>(t.vectorLength(), v.size[5]), t.vpu.lanes));
  for (unsigned u = 0; u < v.nuops && u < isa::kMaxUops; ++u) {
    program.issue(isa::UopInstr::decode(v.uops[u]));
  }
  return program.finish(v);
}

uint64_t acc::vpuInitiationInterval(const Target &t, const isa::Vpurun &v) {
  return std::max({uint64_t(1), vpuLoadCycles(t, v, /*isFirst=*/false),
                   vpuProgram(t, v).period, vpuStoreCycles(t, v)});
}

uint64_t acc::vpuCycles(const Target &t, const isa::Vpurun &v) {
  const uint64_t one = 1;
  const VpuProgram program = vpuProgram(t, v);
  const uint64_t load = vpuLoadCycles(t, v, /*isFirst=*/false);
  const uint64_t store = std::max(one, vpuStoreCycles(t, v));
  const uint64_t compute = std::max(one, program.period);
  const uint64_t iterations = vpuIterations(t, v);
  // Slots: the first load; a program beside a load; all three; a program beside
  // a store; the last store.
  uint64_t slots = std::max(one, vpuLoadCycles(t, v, /*isFirst=*/true)) + store;
  if (iterations == 1) {
    slots += compute;
  } else {
    slots += std::max(load, compute) + std::max(compute, store) +
             multiply(iterations - 2, std::max({load, compute, store}));
  }
  return t.vpu.setup + slots + program.drain +
         (v.laneRed ? log2Floor(t.vectorLength()) * t.vpu.reduceLatency : 0) +
         t.vpu.tail;
}

uint64_t acc::commandCycles(const Target &target, const Command &command) {
  if (auto *m = std::get_if<Matmul>(&command.body)) {
    return matmulCycles(target, *m);
  }
  if (auto *a = std::get_if<isa::Accst>(&command.body)) {
    return accstCycles(target, *a);
  }
  if (auto *v = std::get_if<isa::Vpurun>(&command.body)) {
    return vpuCycles(target, *v);
  }
  return 1; // SYNC
}

uint64_t acc::dmaPackets(const Target &target, const Dma &dma) {
  uint64_t runs = 1;
  for (int d = 0; d < 5; ++d) {
    runs *= dma.size[d];
  }
  bool merged = dma.hbmStride[5] == int32_t(dma.esize) &&
                dma.spmStride[5] == int32_t(dma.esize);
  if (!merged) {
    return runs * dma.size[5];
  }
  uint64_t line = target.hbm.lineBytes;
  uint64_t bytes = uint64_t(dma.size[5]) * dma.esize;
  bool sameAlignment = true;
  for (int d = 0; d < 5; ++d) {
    sameAlignment &= dma.size[d] == 1 || uint32_t(dma.hbmStride[d]) % line == 0;
  }
  if (sameAlignment) {
    return runs * ceilDiv(dma.hbmBase % line + bytes, line);
  }
  uint64_t packets = 0;
  for (PacketWalker walker(dma, target.hbm.lineBytes); !walker.done();) {
    walker.next();
    ++packets;
  }
  return packets;
}

uint64_t acc::dmaCyclesEstimate(const Target &target, const Dma &dma,
                                uint64_t latencyCycles) {
  uint64_t packets = dmaPackets(target, dma);
  uint64_t perPacket1000 = std::max<uint64_t>(1000, (latencyCycles + 1) * 1000 /
                                                        target.dma.outstanding);
  uint64_t indices =
      dma.idxEn ? uint64_t(dma.size[0]) * target.dma.indexLatency : 0;
  return target.dma.setup + (packets - 1) * perPacket1000 / 1000 +
         latencyCycles + indices + target.dma.tail + 1;
}

uint64_t acc::collectiveBeats(const Chip::Net &net, const Collective &c) {
  uint64_t rowBytes = uint64_t(c.columns) * formatBytes(c.fmt);
  return multiply(c.parts(), c.rows * ceilDiv(rowBytes, net.bytesPerCycle));
}

uint64_t acc::collectiveLatency(const Chip::Net &net, const Collective &c) {
  return (c.group == isa::Group::Chip ? 2 : 1) * uint64_t(net.stageLatency);
}

uint64_t acc::collectiveCycles(const Chip::Net &net, const Collective &c) {
  return net.setup + collectiveBeats(net, c) + collectiveLatency(net, c) +
         net.tail;
}

static void addCollective(const Collective &c, Counters &counters) {
  uint64_t bytes = uint64_t(c.rows) * c.columns * formatBytes(c.fmt);
  for (uint32_t part = 0; part < c.parts(); ++part) {
    at(counters, Counter::SPM_RD_BYTES) += c.gives(part) ? bytes : 0;
    at(counters, Counter::SPM_WR_BYTES) += c.gets(part) ? bytes : 0;
    at(counters, Counter::NET_BYTES) +=
        bytes * (uint64_t(c.gives(part)) + c.gets(part));
  }
}

static void addDma(bool isLoad, const Dma &d, Counters &c) {
  uint64_t bytes = product(d.size) * d.esize;
  at(c, isLoad ? Counter::HBM_RD_BYTES : Counter::HBM_WR_BYTES) += bytes;
  at(c, isLoad ? Counter::SPM_WR_BYTES : Counter::SPM_RD_BYTES) += bytes;
  if (d.idxEn) {
    at(c, Counter::SPM_RD_BYTES) += 4 * uint64_t(d.size[0]);
  }
}

static void addMatmul(const Target &t, const Matmul &m, Counters &c) {
  uint64_t rows = product(m.msize);
  uint64_t outer = multiply(m.ksize[0], m.ksize[1]);
  uint64_t steps = matmulSteps(t, m);
  auto bytes = [&](isa::Format format) {
    return multiply(outer, ceilDiv(m.ksize[2], isa::formatElements(format))) *
           isa::formatBytes(format);
  };
  at(c, Counter::SPM_RD_BYTES) +=
      rows * bytes(m.aFmt) + m.ncols * bytes(m.wFmt);
  if (m.scaled) {
    at(c, Counter::SPM_RD_BYTES) +=
        multiply(outer, ceilDiv(m.ksize[2], isa::kScaleBlock)) *
        (rows + m.ncols);
  }
  if (m.rescales) {
    at(c, Counter::SPM_RD_BYTES) += m.ncols;
  }
  at(c, Counter::MXU_MACS) += rows * product(m.ksize) * m.ncols;
  at(c, Counter::ACC_BYTES) +=
      rows * m.ncols * (8 * steps - (m.accumulate ? 0 : 4));
}

static void addVpu(const Target &t, const isa::Vpurun &v, Counters &c) {
  uint64_t elements = product(v.size);
  for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
    at(c, Counter::SPM_RD_BYTES) +=
        (isHeldInput(t, v, i) ? v.size[5] : elements) * formatBytes(v.inFmt[i]);
  }
  uint64_t stored = v.laneRed ? 1 : v.size[5];
  for (int d = 0; d < 5 && d < v.firstRed; ++d) {
    stored *= v.size[d];
  }
  at(c, Counter::SPM_WR_BYTES) += stored * formatBytes(v.outFmt);
  at(c, Counter::VPU_OPS) += elements * v.nuops;
}

void acc::addCommandCounters(const Target &target, const Command &command,
                             Counters &c) {
  at(c, commandsOf(unsigned(command.engine))) += 1;
  if (auto *d = std::get_if<Dma>(&command.body)) {
    addDma(command.engine == isa::Engine::Load, *d, c);
  } else if (auto *m = std::get_if<Matmul>(&command.body)) {
    addMatmul(target, *m, c);
  } else if (auto *a = std::get_if<isa::Accst>(&command.body)) {
    uint64_t words = product(a->msize) * a->ncols;
    at(c, Counter::SPM_WR_BYTES) += words * formatBytes(a->oFmt);
    at(c, Counter::ACC_BYTES) += 4 * words;
  } else if (auto *v = std::get_if<isa::Vpurun>(&command.body)) {
    addVpu(target, *v, c);
  } else if (auto *collective = std::get_if<Collective>(&command.body)) {
    addCollective(*collective, c);
  }
}

void acc::addCommandCounters(const Target &target, const Command &command,
                             uint64_t packets, uint64_t busyCycles,
                             Counters &c) {
  addCommandCounters(target, command, c);
  at(c, busyOf(unsigned(command.engine))) += busyCycles;
  if (command.engine == isa::Engine::Load) {
    at(c, Counter::HBM_RD_PKTS) += packets;
  } else if (command.engine == isa::Engine::Store) {
    at(c, Counter::HBM_WR_PKTS) += packets;
  }
}
