//===- VectorCost.cpp - The quickest form of a vector command -------------===//

#include "passes/Analysis/VectorCost.h"

#include "systemc-models/Timing/Timing.h"

using namespace mlir;

namespace xpu {

/// Streams are numbered inputs first, the output last.
static LoopNest permute(const LoopNest &nest, ArrayRef<unsigned> order) {
  LoopNest result;
  result.strides.resize(nest.strides.size());
  for (unsigned dim : order) {
    result.sizes.push_back(nest.sizes[dim]);
    for (size_t s = 0; s < nest.strides.size(); ++s) {
      result.strides[s].push_back(nest.strides[s][dim]);
    }
  }
  return result;
}

static void append(LoopNest &nest, const LoopNest &more) {
  llvm::append_range(nest.sizes, more.sizes);
  for (size_t s = 0; s < nest.strides.size(); ++s) {
    llvm::append_range(nest.strides[s], more.strides[s]);
  }
}

static LoopNest emptyNest(size_t streams) {
  LoopNest nest;
  nest.strides.resize(streams);
  return nest;
}

/// All dimensions of `nest` but `lane`, in order; then `lane` alone.
static std::pair<LoopNest, LoopNest> splitLane(const LoopNest &nest, int lane) {
  SmallVector<unsigned> others;
  for (unsigned d = 0; d < nest.sizes.size(); ++d) {
    if (static_cast<int>(d) != lane) {
      others.push_back(d);
    }
  }
  LoopNest laneNest = emptyNest(nest.strides.size());
  if (lane >= 0) {
    laneNest = permute(nest, {static_cast<unsigned>(lane)});
  }
  return {permute(nest, others), laneNest};
}

/// Moves the dimensions that a command has no loops for into `outer`.
static bool fitLoops(Arrangement &arrangement, size_t movable) {
  LoopNest &loops = arrangement.loops;
  size_t excess = loops.sizes.size() > isa::kNumDims
                      ? loops.sizes.size() - isa::kNumDims
                      : 0;
  if (excess > movable) {
    return false;
  }
  SmallVector<unsigned> front;
  SmallVector<unsigned> back;
  for (unsigned d = 0; d < loops.sizes.size(); ++d) {
    (d < excess ? front : back).push_back(d);
  }
  arrangement.outer = permute(loops, front);
  loops = permute(loops, back);
  loops.padTo(isa::kNumDims);
  return true;
}

static std::vector<Arrangement> listArrangements(const LoopNest &parallel,
                                                 const LoopNest &reduced,
                                                 int64_t vectorLength) {
  size_t streams = parallel.strides.size();
  std::vector<Arrangement> result;
  // Lanes over a reduced dimension.
  for (int lane = 0; lane < static_cast<int>(reduced.sizes.size()); ++lane) {
    Arrangement arrangement;
    auto [others, laneNest] = splitLane(reduced, lane);
    arrangement.loops = emptyNest(streams);
    append(arrangement.loops, parallel);
    append(arrangement.loops, others);
    append(arrangement.loops, laneNest);
    arrangement.laneReduced = true;
    arrangement.firstReduced = 5 - others.sizes.size();
    if (others.sizes.size() <= 5 &&
        fitLoops(arrangement, parallel.sizes.size())) {
      result.push_back(arrangement);
    }
  }
  // Lanes over a parallel dimension, or over none (-1).
  for (int lane = -1; lane < static_cast<int>(parallel.sizes.size()); ++lane) {
    if (lane == -1 && !parallel.sizes.empty()) {
      continue;
    }
    Arrangement arrangement;
    auto [others, laneNest] = splitLane(parallel, lane);
    if (lane == -1) {
      laneNest.padTo(1);
    }
    arrangement.loops = emptyNest(streams);
    append(arrangement.loops, others);
    append(arrangement.loops, reduced);
    append(arrangement.loops, laneNest);
    arrangement.firstReduced = 5 - reduced.sizes.size();
    if (!reduced.sizes.empty() && laneNest.sizes[0] > vectorLength) {
      arrangement.laneChunk = vectorLength;
    }
    if (reduced.sizes.size() <= 5 &&
        fitLoops(arrangement, others.sizes.size())) {
      result.push_back(arrangement);
    }
  }
  return result;
}

void setChain(isa::Vpurun &command, unsigned uops) {
  constexpr unsigned kAccumulator = isa::kNumVpuRegs - 1;
  const bool reduces = command.laneRed || command.firstRed < isa::kNumDims - 1;
  command.nuops = uops;
  unsigned last = 0;
  for (unsigned u = 0; u < uops && u < isa::kMaxUops; ++u) {
    isa::UopInstr uop;
    uop.op = isa::Uop::FADD;
    uop.a = uop.b = uop.c = last;
    uop.dst = isa::kNumVpuInputs + u % (kAccumulator - isa::kNumVpuInputs);
    if (reduces && u + 1 == uops) {
      uop.dst = uop.a = kAccumulator;
    }
    command.uops[u] = uop.encode();
    last = uop.dst;
  }
  command.outReg = last;
}

/// Cycles of the commands of an arrangement.
static uint64_t countCycles(const acc::Target &target,
                            const VectorStreams &streams,
                            const Arrangement &arrangement) {
  isa::Vpurun command;
  command.inFmt.fill(isa::Format::None);
  for (unsigned d = 0; d < isa::kNumDims; ++d) {
    command.size[d] = arrangement.loops.sizes[d];
  }
  uint64_t commands = 1;
  for (int64_t size : arrangement.outer.sizes) {
    commands *= size;
  }
  if (arrangement.laneChunk != 0) {
    commands *=
        (command.size[5] + arrangement.laneChunk - 1) / arrangement.laneChunk;
    command.size[5] = arrangement.laneChunk;
  }
  size_t inputs = streams.strides.size() - 1;
  for (size_t s = 0; s < inputs; ++s) {
    command.inFmt[s] = static_cast<isa::Format>(streams.formats[s]);
    for (unsigned d = 0; d < isa::kNumDims; ++d) {
      command.inStride[s * isa::kNumDims + d] =
          static_cast<int32_t>(arrangement.loops.strides[s][d]);
    }
  }
  for (unsigned d = 0; d < isa::kNumDims; ++d) {
    command.outStride[d] =
        static_cast<int32_t>(arrangement.loops.strides.back()[d]);
  }
  command.outFmt = static_cast<isa::Format>(streams.formats.back());
  command.firstRed = arrangement.firstReduced;
  command.laneRed = arrangement.laneReduced;
  setChain(command, streams.uops);
  // The sequencer needs a cycle a word; many short commands are bound by it.
  return commands * std::max<uint64_t>(acc::vpuCycles(target, command),
                                       command.numWords());
}

/// Whether each loop of the output begins behind the end of those in it.
static bool isInOrder(const Arrangement &arrangement) {
  SmallVector<int64_t> sizes(arrangement.outer.sizes),
      strides(arrangement.outer.strides.back());
  llvm::append_range(sizes, arrangement.loops.sizes);
  llvm::append_range(strides, arrangement.loops.strides.back());
  int64_t inner = 1;
  for (size_t d = sizes.size(); d-- > 0;) {
    if (sizes[d] > 1) {
      if (strides[d] < inner) {
        return false;
      }
      inner = sizes[d] * strides[d];
    }
  }
  return true;
}

FailureOr<Arrangement> chooseArrangement(const acc::Target &target,
                                         const VectorStreams &streams) {
  size_t count = streams.strides.size();
  LoopNest parallel = emptyNest(count);
  LoopNest reduced = emptyNest(count);
  for (size_t d = 0; d < streams.sizes.size(); ++d) {
    LoopNest &nest = streams.reduced[d] ? reduced : parallel;
    nest.sizes.push_back(streams.sizes[d]);
    for (size_t s = 0; s < count; ++s) {
      nest.strides[s].push_back(streams.strides[s][d]);
    }
  }
  parallel.simplify();
  reduced.simplify();
  if (llvm::is_contained(streams.reduced, true) && reduced.sizes.empty()) {
    reduced.padTo(1);
  }
  FailureOr<Arrangement> best = failure();
  for (Arrangement &candidate :
       listArrangements(parallel, reduced, target.vectorLength())) {
    if ((candidate.laneReduced && !streams.treeReduces) ||
        (streams.isInOrder && !isInOrder(candidate))) {
      continue;
    }
    candidate.cycles = countCycles(target, streams, candidate);
    if (failed(best) || candidate.cycles < best->cycles) {
      best = candidate;
    }
  }
  return best;
}

} // namespace xpu
