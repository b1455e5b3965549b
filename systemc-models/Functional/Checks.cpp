//===- Checks.cpp - Faults of commands ------------------------------------===//

#include "systemc-models/Functional/Checks.h"
#include "systemc-models/Timing/Timing.h"

using namespace acc;
using isa::Fault;
using isa::Format;

namespace {

/// Keeps the fault with the lowest code.
class Lowest {
public:
  void require(bool ok, Fault f) {
    if (!ok && (fault == Fault::None || f < fault)) {
      fault = f;
    }
  }
  template <typename Array> void requireSizes(const Array &sizes) {
    for (uint32_t s : sizes) {
      require(s != 0, Fault::BadOperand);
    }
  }
  void requireAligned(uint32_t base, llvm::ArrayRef<int32_t> strides,
                      uint32_t elementBytes) {
    if (elementBytes < 2) {
      return;
    }
    uint32_t mask = elementBytes - 1;
    require((base & mask) == 0, Fault::Misaligned);
    for (int32_t s : strides) {
      require((uint32_t(s) & mask) == 0, Fault::Misaligned);
    }
  }
  Fault fault = Fault::None;
};

bool isVectorFormat(Format f) {
  switch (f) {
  case Format::F32:
  case Format::I32:
  case Format::BF16:
  case Format::F16:
  case Format::I8:
  case Format::U8:
  case Format::F8E4M3:
  case Format::F8E5M2:
  case Format::None:
    return true;
  default:
    return false;
  }
}

void checkAccumulators(const Target &t, Lowest &l, uint32_t accBase,
                       uint32_t ncols, const std::array<uint32_t, 3> &msize) {
  // Sizes can be anything: avoid overflow of the product.
  __uint128_t rows = __uint128_t(uint64_t(msize[0]) * msize[1]) * msize[2];
  l.require(ncols <= t.mxuCols() && accBase + rows <= t.mxu.accRows,
            Fault::AccRange);
}

void checkDma(Lowest &l, const Dma &d) {
  bool validSize = d.esize == 1 || d.esize == 2 || d.esize == 4;
  l.require(validSize, Fault::BadOperand);
  l.requireSizes(d.size);
  if (!validSize) {
    return;
  }
  l.requireAligned(d.hbmBase, d.hbmStride, d.esize);
  l.requireAligned(d.spmBase, d.spmStride, d.esize);
  if (d.idxEn) {
    l.requireAligned(d.idxBase, {}, 4);
  }
}

void checkMatmul(const Target &t, Lowest &l, const Matmul &m) {
  l.require(m.ncols != 0, Fault::BadOperand);
  l.requireSizes(m.msize);
  l.requireSizes(m.ksize);
  bool formats =
      matmulDepth(t, m) != 0 &&
      !(m.rescales && isa::matrixClass(m.aFmt) == isa::MatrixClass::Integer);
  l.require(formats, Fault::BadOperand);
  checkAccumulators(t, l, m.accBase, m.ncols, m.msize);
  if (!formats) {
    return;
  }
  uint32_t aBytes = formatBytes(m.aFmt);
  uint32_t wBytes = formatBytes(m.wFmt);
  l.requireAligned(m.aBase, m.aMstride, aBytes);
  l.requireAligned(m.aBase, m.aKstride, aBytes);
  l.requireAligned(m.wBase, m.wKstride, wBytes);
  l.requireAligned(m.wBase, m.wNstride, wBytes);
}

void checkAccst(const Target &t, Lowest &l, const isa::Accst &a) {
  l.require(a.ncols != 0, Fault::BadOperand);
  l.requireSizes(a.msize);
  bool format = a.oFmt == Format::F32 || a.oFmt == Format::I32 ||
                a.oFmt == Format::BF16 || a.oFmt == Format::F16;
  l.require(format, Fault::BadOperand);
  checkAccumulators(t, l, a.accBase, a.ncols, a.msize);
  if (format) {
    l.requireAligned(a.oBase, a.oMstride, formatBytes(a.oFmt));
    l.requireAligned(a.oBase, a.oNstride, formatBytes(a.oFmt));
  }
}

void checkVpu(const Target &t, Lowest &l, const isa::Vpurun &v,
              unsigned words) {
  l.requireSizes(v.size);
  l.require(v.nuops <= isa::kMaxUops && words == 13u + (v.nuops + 1u) / 2,
            Fault::BadOperand);
  for (unsigned u = 0; u < v.nuops && u < isa::kMaxUops; ++u) {
    l.require(isa::isValidUop(unsigned(v.uops[u] & 0x7F)), Fault::BadOperand);
  }
  l.require(v.firstRed <= 5, Fault::BadOperand);
  l.require(isVectorFormat(v.outFmt), Fault::BadOperand);
  if (v.laneRed) {
    l.require(v.outReg == 15 &&
                  unsigned(v.redOp) <= unsigned(isa::ReduceOp::IMin),
              Fault::BadOperand);
  } else if (v.firstRed < 5) {
    l.require(v.size[5] <= t.vectorLength(), Fault::BadOperand);
  }
  for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
    l.require(isVectorFormat(v.inFmt[i]) || v.inFmt[i] == Format::Iota,
              Fault::BadOperand);
    llvm::ArrayRef<int32_t> strides(v.inStride.data() + 6 * i, 6);
    l.requireAligned(v.inBase[i], strides,
                     isVectorFormat(v.inFmt[i]) ? formatBytes(v.inFmt[i]) : 0);
  }
  if (isVectorFormat(v.outFmt)) {
    l.requireAligned(v.outBase, v.outStride, formatBytes(v.outFmt));
  }
}

bool isReducedFormat(const Collective &c) {
  switch (c.op) {
  case isa::ReduceOp::FAdd:
  case isa::ReduceOp::FMax:
  case isa::ReduceOp::FMin:
    return c.fmt == Format::F32 || c.fmt == Format::BF16 ||
           c.fmt == Format::F16;
  case isa::ReduceOp::IAdd:
  case isa::ReduceOp::IMax:
  case isa::ReduceOp::IMin:
    return c.fmt == Format::I32;
  }
  return false;
}

/// What the edge of a chip keeps of what its members give.
uint64_t edgeBytes(const Collective &c) {
  bool isScattered = c.kind == isa::CollectiveKind::ReduceScatter;
  uint64_t parts = c.kind == isa::CollectiveKind::AllGather
                       ? c.members / c.chipsOfGroup
                   : isScattered ? c.members
                                 : 1;
  uint32_t bytes = formatBytes(c.fmt);
  return parts * c.rows * c.columns * (c.reduces() && bytes == 2 ? 4 : bytes);
}

void checkCollectiveStart(const Target &target, Lowest &l,
                          const Collective &c) {
  l.require(isa::isValidCollectiveKind(unsigned(c.kind)) &&
                isa::isValidGroup(unsigned(c.group)),
            Fault::BadOperand);
  // A slice alone is a group only over chips, of which there are several.
  l.require(c.isOverChips() ? c.hasFabric : c.group != isa::Group::Slice,
            Fault::BadOperand);
  if (c.kind == isa::CollectiveKind::Barrier) {
    return;
  }
  uint32_t bytes = formatBytes(c.fmt);
  l.require(bytes != 0 && (!c.reduces() || isReducedFormat(c)),
            Fault::BadOperand);
  l.require(c.rows != 0 && c.columns != 0, Fault::BadOperand);
  l.require(c.kind != isa::CollectiveKind::Broadcast || c.root < c.members,
            Fault::BadOperand);
  l.require(!c.isOverChips() || edgeBytes(c) <= 2 * target.spmBytes(),
            Fault::BadOperand);
  l.requireAligned(c.srcBase, {c.srcStride, c.partStride}, bytes);
  l.requireAligned(c.dstBase, {c.dstStride}, bytes);
}

} // namespace

Fault acc::checkStart(const Target &target, const Command &command) {
  Lowest l;
  if (auto *d = std::get_if<Dma>(&command.body)) {
    checkDma(l, *d);
  } else if (auto *m = std::get_if<Matmul>(&command.body)) {
    checkMatmul(target, l, *m);
  } else if (auto *a = std::get_if<isa::Accst>(&command.body)) {
    checkAccst(target, l, *a);
  } else if (auto *v = std::get_if<isa::Vpurun>(&command.body)) {
    checkVpu(target, l, *v, command.words);
  } else if (auto *c = std::get_if<Collective>(&command.body)) {
    checkCollectiveStart(target, l, *c);
  }
  return l.fault;
}

Fault acc::checkSpmAccess(const Target &target, uint32_t address,
                          uint32_t bytes, uint16_t claim) {
  if (uint64_t(address) + bytes > target.spmBytes()) {
    return Fault::SpmRange;
  }
  uint32_t first = address / target.spm.bankBytes;
  uint32_t last = (address + bytes - 1) / target.spm.bankBytes;
  for (uint32_t bank = first; bank <= last; ++bank) {
    if (!(claim >> bank & 1)) {
      return Fault::BankClaim;
    }
  }
  return Fault::None;
}

/// Every access in loop order.
static Fault scanStream(const Target &target, uint32_t base,
                        llvm::ArrayRef<StreamDim> dims, uint32_t elementBytes,
                        uint16_t claim) {
  if (dims.empty()) {
    return checkSpmAccess(target, base, elementBytes, claim);
  }
  // A dimension without a stride repeats the same accesses.
  uint64_t size = dims[0].strideBytes == 0 ? 1 : dims[0].size;
  for (uint64_t i = 0; i < size; ++i) {
    Fault f = scanStream(target, base, dims.drop_front(), elementBytes, claim);
    if (f != Fault::None) {
      return f;
    }
    base += uint32_t(dims[0].strideBytes);
  }
  return Fault::None;
}

Fault acc::checkSpmStream(const Target &target, uint32_t base,
                          llvm::ArrayRef<StreamDim> dims, uint32_t elementBytes,
                          uint16_t claim) {
  __int128 low = base, high = base;
  for (const StreamDim &d : dims) {
    __int128 span = __int128(d.size - 1) * d.strideBytes;
    (span < 0 ? low : high) += span;
  }
  if (low >= 0 && high + elementBytes <= target.spmBytes() &&
      checkSpmAccess(target, uint32_t(low), uint32_t(high - low + elementBytes),
                     claim) == Fault::None) {
    return Fault::None;
  }
  return scanStream(target, base, dims, elementBytes, claim);
}
