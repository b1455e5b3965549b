//===- Footprint.cpp - Distinct bytes that commands touch -----------------===//

#include "compiler-driver/Report/Footprint.h"

#include "systemc-models/Functional/SequencerCore.h"

#include <algorithm>

using namespace acc;
using namespace acc::report;

void ByteSet::add(uint64_t begin, uint64_t bytes) {
  if (bytes == 0) {
    return;
  }
  if (!intervals.empty() && intervals.back().second == begin &&
      intervals.size() > compacted) {
    intervals.back().second += bytes;
    return;
  }
  intervals.push_back({begin, begin + bytes});
  if (intervals.size() > 2 * compacted + (1u << 16)) {
    compact();
  }
}

void ByteSet::compact() {
  std::sort(intervals.begin(), intervals.end());
  size_t out = 0;
  for (size_t i = 1; i < intervals.size(); ++i) {
    if (intervals[i].first <= intervals[out].second) {
      intervals[out].second =
          std::max(intervals[out].second, intervals[i].second);
    } else {
      intervals[++out] = intervals[i];
    }
  }
  intervals.resize(intervals.empty() ? 0 : out + 1);
  compacted = intervals.size();
}

uint64_t ByteSet::size() {
  compact();
  uint64_t sum = 0;
  for (auto [begin, end] : intervals) {
    sum += end - begin;
  }
  return sum;
}

/// Adds the HBM bytes of a DMA command that is not indexed.
static void addBytes(const Dma &dma, ByteSet &set) {
  uint32_t runElements = 1;
  int innermost = 5;
  if (dma.hbmStride[5] == int32_t(dma.esize)) {
    runElements = dma.size[5];
    innermost = 4;
  }
  uint32_t index[6] = {};
  for (;;) {
    uint32_t address = dma.hbmBase;
    for (int d = 0; d <= innermost; ++d) {
      address += index[d] * uint32_t(dma.hbmStride[d]);
    }
    set.add(address, uint64_t(runElements) * dma.esize);
    int d = innermost;
    for (; d >= 0; --d) {
      // A stride of zero reads the same bytes again.
      if (dma.hbmStride[d] != 0 && ++index[d] < dma.size[d]) {
        break;
      }
      index[d] = 0;
    }
    if (d < 0) {
      return;
    }
  }
}

std::optional<std::vector<Footprint>> report::computeFootprints(
    const Target &target, llvm::ArrayRef<isa::Word> code, unsigned numGroups,
    llvm::function_ref<unsigned(uint32_t)> groupOf, uint64_t maxInstructions) {
  std::vector<ByteSet> reads(numGroups), writes(numGroups);
  std::vector<Footprint> indexed(numGroups);
  SequencerCore core(target, code);
  for (uint64_t i = 0; i < maxInstructions; ++i) {
    Step step = core.step();
    switch (step.kind) {
    case Step::Kind::Lds:
    case Step::Kind::Fault:
      return std::nullopt;
    case Step::Kind::Halt: {
      std::vector<Footprint> result(numGroups);
      for (unsigned g = 0; g < numGroups; ++g) {
        result[g] = {indexed[g].readBytes + reads[g].size(),
                     indexed[g].writeBytes + writes[g].size()};
      }
      return result;
    }
    case Step::Kind::Push:
      if (auto *dma = std::get_if<Dma>(&core.command().body)) {
        bool isLoad = core.command().engine == isa::Engine::Load;
        unsigned group = groupOf(step.pc);
        if (group >= numGroups) {
          return std::nullopt;
        }
        if (dma->idxEn) {
          uint64_t bytes = dma->esize;
          for (uint32_t size : dma->size) {
            bytes *= size;
          }
          (isLoad ? indexed[group].readBytes : indexed[group].writeBytes) +=
              bytes;
        } else {
          addBytes(*dma, isLoad ? reads[group] : writes[group]);
        }
      }
      break;
    default:
      break;
    }
  }
  return std::nullopt;
}
