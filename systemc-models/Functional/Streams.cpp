//===- Streams.cpp - What commands touch in the scratchpad ----------------===//

#include "systemc-models/Functional/Streams.h"
#include "systemc-models/Functional/Collective.h"
#include "systemc-models/Timing/Timing.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace acc;
using isa::Fault;
using isa::Format;

static Fault visitDma(const Command &command, const Dma &d,
                      StreamVisitor visit) {
  if (d.idxEn) {
    const StreamDim indices[] = {{d.size[0], 4}};
    Fault f = visit({d.idxBase, indices, 4}, command.auxBanks, false);
    if (f != Fault::None) {
      return f;
    }
  }
  std::array<StreamDim, 6> dims;
  for (unsigned i = 0; i < 6; ++i) {
    dims[i] = {d.size[i], d.spmStride[i]};
  }
  bool isLoad = command.engine == isa::Engine::Load;
  return visit({d.spmBase, dims, d.esize},
               isLoad ? command.wrBanks : command.rdBanks, isLoad);
}

static uint32_t divideUp(uint32_t a, uint32_t b) { return (a - 1) / b + 1; }

static Fault visitMatmul(const Target &target, const Command &command,
                         const Matmul &m, StreamVisitor visit) {
  uint32_t wElements = isa::formatElements(m.wFmt);
  uint32_t aElements = isa::formatElements(m.aFmt);
  uint32_t depth = matmulDepth(target, m);
  uint32_t wPieces = divideUp(m.ksize[2], wElements);
  uint32_t aPieces = divideUp(m.ksize[2], aElements);
  // The port reads a row or a column of a tile.
  StreamDim wDims[] = {{m.ksize[0], m.wKstride[0]},
                       {m.ksize[1], m.wKstride[1]},
                       {wPieces, m.wKstride[2]},
                       {m.ncols, m.wNstride}};
  uint64_t wTogether = m.ncols;
  if (m.wByCol) {
    std::swap(wDims[2], wDims[3]);
    wTogether = divideUp(depth, wElements);
  }
  const StreamDim aDims[] = {
      {m.ksize[0], m.aKstride[0]}, {m.ksize[1], m.aKstride[1]},
      {m.msize[0], m.aMstride[0]}, {m.msize[1], m.aMstride[1]},
      {m.msize[2], m.aMstride[2]}, {aPieces, m.aKstride[2]}};
  Fault f = visit({m.wBase, wDims, formatBytes(m.wFmt), wTogether},
                  command.auxBanks, false);
  if (f == Fault::None) {
    f = visit({m.aBase, aDims, formatBytes(m.aFmt), divideUp(depth, aElements)},
              command.rdBanks, false);
  }
  if (f == Fault::None && m.rescales) {
    const StreamDim dims[] = {{m.ncols, 1}};
    return visit({m.rsBase, dims, 1, m.ncols}, command.auxBanks, false);
  }
  if (f != Fault::None || !m.scaled) {
    return f;
  }
  uint32_t blocks = divideUp(m.ksize[2], isa::kScaleBlock);
  const StreamDim wsDims[] = {{m.ksize[0], m.wsKstride[0]},
                              {m.ksize[1], m.wsKstride[1]},
                              {blocks, m.wsKstride[2]},
                              {m.ncols, m.wsNstride}};
  const StreamDim asDims[] = {
      {m.ksize[0], m.asKstride[0]}, {m.ksize[1], m.asKstride[1]},
      {blocks, m.asKstride[2]},     {m.msize[0], m.asMstride[0]},
      {m.msize[1], m.asMstride[1]}, {m.msize[2], m.asMstride[2]}};
  f = visit({m.wsBase, wsDims, 1, m.ncols}, command.auxBanks, false);
  if (f == Fault::None) {
    f = visit({m.asBase, asDims, 1, m.msize[2]}, command.auxBanks, false);
  }
  return f;
}

static Fault visitAccst(const Command &command, const isa::Accst &a,
                        StreamVisitor visit) {
  const StreamDim dims[] = {{a.msize[0], a.oMstride[0]},
                            {a.msize[1], a.oMstride[1]},
                            {a.msize[2], a.oMstride[2]},
                            {a.ncols, a.oNstride}};
  return visit({a.oBase, dims, formatBytes(a.oFmt)}, command.wrBanks, true);
}

static Fault visitVpu(const Target &target, const Command &command,
                      const isa::Vpurun &v, StreamVisitor visit) {
  StreamDim dims[6];
  for (unsigned i = 0; i < isa::kNumVpuInputs; ++i) {
    if (v.inFmt[i] == Format::None || v.inFmt[i] == Format::Iota) {
      continue;
    }
    const bool isHeld = isHeldInput(target, v, i);
    for (unsigned d = 0; d < 6; ++d) {
      dims[d] = {isHeld && d < 5 ? 1 : v.size[d], v.inStride[6 * i + d]};
    }
    Fault f = visit(
        {v.inBase[i], dims, formatBytes(v.inFmt[i]), target.vectorLength()},
        command.rdBanks, false);
    if (f != Fault::None) {
      return f;
    }
  }
  if (v.outFmt == Format::None) {
    return Fault::None;
  }
  uint32_t base = v.outBase;
  for (unsigned d = 0; d < 6; ++d) {
    dims[d] = {v.size[d], v.outStride[d]};
    if (d < 5 ? d >= v.firstRed : v.laneRed) {
      // Stored once: at the last index, or at index 0 of the lanes.
      base += d < 5 ? (v.size[d] - 1) * uint32_t(v.outStride[d]) : 0;
      dims[d].size = 1;
    }
  }
  return visit({base, dims, formatBytes(v.outFmt)}, command.wrBanks, true);
}

static Fault visitCollective(const Command &command, const Collective &c,
                             StreamVisitor visit) {
  for (bool isRead : {true, false}) {
    for (uint32_t part = 0; part < c.parts(); ++part) {
      if (!(isRead ? c.gives(part) : c.gets(part))) {
        continue;
      }
      const StreamDim dims[] = {{c.rows, isRead ? c.srcStride : c.dstStride},
                                {rowBytesOf(c), 1}};
      Fault f =
          visit({isRead ? sourceOf(c, part, 0) : placeOf(c, part, 0), dims, 1},
                isRead ? command.rdBanks : command.wrBanks, !isRead);
      if (f != Fault::None) {
        return f;
      }
    }
  }
  return Fault::None;
}

Fault acc::visitStreams(const Target &target, const Command &command,
                        StreamVisitor visit) {
  if (auto *d = std::get_if<Dma>(&command.body)) {
    return visitDma(command, *d, visit);
  }
  if (auto *m = std::get_if<Matmul>(&command.body)) {
    return visitMatmul(target, command, *m, visit);
  }
  if (auto *a = std::get_if<isa::Accst>(&command.body)) {
    return visitAccst(command, *a, visit);
  }
  if (auto *v = std::get_if<isa::Vpurun>(&command.body)) {
    return visitVpu(target, command, *v, visit);
  }
  if (auto *c = std::get_if<Collective>(&command.body)) {
    return visitCollective(command, *c, visit);
  }
  return Fault::None; // SYNC
}

Fault acc::checkStreams(const Target &target, const Command &command) {
  return visitStreams(
      target, command, [&](const SpmStream &s, uint16_t claim, bool) {
        return checkSpmStream(target, s.base, s.dims, s.elementBytes, claim);
      });
}

//===----------------------------------------------------------------------===//
// Sets of bytes
//===----------------------------------------------------------------------===//

ByteSet::ByteSet(uint64_t base, llvm::ArrayRef<StreamDim> streamDims,
                 uint64_t elementBytes)
    : first(base) {
  llvm::SmallVector<Dim, 6> all;
  for (const StreamDim &d : streamDims) {
    if (d.size <= 1 || d.strideBytes == 0) {
      continue;
    }
    if (d.strideBytes < 0) {
      first -= (d.size - 1) * -int64_t(d.strideBytes);
    }
    all.push_back({uint64_t(std::abs(int64_t(d.strideBytes))), d.size});
  }
  llvm::sort(all,
             [](const Dim &a, const Dim &b) { return a.stride < b.stride; });
  uint64_t run = elementBytes;
  for (const Dim &d : all) {
    if (dims.empty() && d.stride <= run) {
      run += (d.size - 1) * d.stride;
    } else {
      dims.push_back(d);
    }
  }
  spans.push_back(run);
  for (const Dim &d : dims) {
    spans.push_back(spans.back() + (d.size - 1) * d.stride);
  }
}

std::optional<uint64_t> ByteSet::common(const ByteSet &a, size_t aDims,
                                        uint64_t aBase, const ByteSet &b,
                                        size_t bDims, uint64_t bBase) {
  uint64_t aEnd = aBase + a.spans[aDims], bEnd = bBase + b.spans[bDims];
  if (aEnd <= bBase || bEnd <= aBase) {
    return std::nullopt;
  }
  if (aDims == 0 && bDims == 0) {
    return std::max(aBase, bBase);
  }
  if (aDims == 0 || (bDims != 0 && b.spans[bDims] > a.spans[aDims])) {
    return common(b, bDims, bBase, a, aDims, aBase);
  }
  // The parts of the larger that reach into the interval of the other.
  const Dim &d = a.dims[aDims - 1];
  uint64_t part = a.spans[aDims - 1];
  uint64_t begin =
      aBase + part > bBase ? 0 : (bBase - aBase - part) / d.stride + 1;
  uint64_t end = std::min(d.size, (bEnd - 1 - aBase) / d.stride + 1);
  for (uint64_t i = begin; i < end; ++i) {
    if (auto byte =
            common(a, aDims - 1, aBase + i * d.stride, b, bDims, bBase)) {
      return byte;
    }
  }
  return std::nullopt;
}

std::optional<uint64_t> ByteSet::commonByte(const ByteSet &a,
                                            const ByteSet &b) {
  return common(a, a.dims.size(), a.first, b, b.dims.size(), b.first);
}
