//===- ClockedSlice.h - A slice simulated cycle by cycle ----------*- C++
//-*-===//
//
// An oracle for the event-driven model: the rules of section 5 of
// docs/machine.md evaluated in every cycle, with state and nothing clever.
// Valid programs only (it checks no faults).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_TEST_UNIT_MODELS_CLOCKEDSLICE_H
#define ACC_TEST_UNIT_MODELS_CLOCKEDSLICE_H

#include "ClockedVpu.h"
#include "systemc-models/Functional/Executor.h"
#include "systemc-models/Functional/SequencerCore.h"
#include "systemc-models/Memory/HbmModel.h"
#include "systemc-models/Sim/Sim.h"
#include "systemc-models/Timing/Packets.h"
#include "systemc-models/Timing/Timing.h"

#include <algorithm>
#include <deque>
#include <optional>

namespace acc::test {

class ClockedSlice {
public:
  explicit ClockedSlice(const SimInput &input)
      : target(input.target), limit(input.maxCycles),
        memory(input.target.hbm.bytes), executor(input.target, memory),
        core(input.target, input.program, input.entry), hbm(input.target) {
    memory.write(0, input.hbm.data(), input.hbm.size());
  }

  std::vector<CommandRecord> commands;
  uint64_t cycles = 0;
  uint64_t busy[numEngines] = {}; ///< cycles with an active command

  /// False if the program does not halt within the limit.
  bool run() {
    for (uint64_t t = 0; t < limit; ++t) {
      uint32_t adds[32] = {};
      uint32_t takes[32] = {};
      // The matrix unit does what it has from the cycles before.
      stepMatrix(engines[unsigned(isa::Engine::Mxu)], t);
      // Decisions on the state at the begin of the cycle.
      size_t occupancy[numEngines];
      bool idle = true;
      for (unsigned i = 0; i < numEngines; ++i) {
        occupancy[i] = engines[i].queue.size();
        idle &= engines[i].active.empty() && engines[i].queue.empty();
      }
      uint32_t sems[32];
      std::copy(semaphores, semaphores + 32, sems);
      for (Engine &e : engines) {
        if (!e.queue.empty() && hasPlace(e) &&
            available(sems, e.queue.front().waitMask)) {
          startCommand(e, t, takes);
        }
      }
      stepVector(engines[unsigned(isa::Engine::Vpu)], t);
      for (unsigned i = 0; i < 2; ++i) {
        stepDma(engines[i], t, i == 1);
      }
      hbm.advance(t);
      for (unsigned i = 0; i < 2; ++i) {
        receive(engines[i], i == 1);
      }
      bool halted = stepSequencer(t, sems, occupancy, idle, adds, takes);
      for (Engine &e : engines) {
        busy[unsigned(&e - engines)] += e.active.empty() ? 0 : 1;
        for (unsigned ends = 0; !e.active.empty() && e.active[0].end == t;) {
          const Active &a = e.active[0];
          commands.push_back({a.command.engine, a.command.pc, a.start, t});
          count(adds, a.command.signalMask);
          e.active.pop_front();
          if (++ends > 1) {
            return false; // two ends of an engine in one cycle
          }
        }
      }
      for (unsigned i = 0; i < 32; ++i) {
        semaphores[i] += adds[i] - takes[i];
      }
      if (pushed) {
        engines[unsigned(pushed->engine)].queue.push_back(*pushed);
        pushed.reset();
      }
      if (halted) {
        cycles = t + 1;
        return true;
      }
    }
    return false;
  }

private:
  struct Active {
    Command command;
    uint64_t start, end;
    uint64_t lastPacket = 0; ///< DMA: of the engine; 0 while it has more
    // MATMUL: cycles of one tile's load, of a vector, of one step's stream;
    // what is left.
    uint64_t load = 0, vector = 0, stream = 0, tilesLeft = 0, stepsLeft = 0;
    uint64_t firstRow = 0, lastRow = 0; // of accumulators
    // MATMULRS: cycles of its bytes, ahead of the first tile; its first step is
    // to come.
    uint64_t halvings = 0;
    bool halves = false;
  };
  struct Engine {
    std::deque<Command> queue;
    std::deque<Active> active; ///< in the order of starts
    // DMA: the requests of the newest command, the packets of all
    std::optional<PacketWalker> walker; ///< empty: all requests are made
    std::vector<uint32_t> offsets;
    uint64_t earliest = 0;         ///< first cycle of the next request
    std::deque<uint64_t> inFlight; ///< cycles of arrival, if they are known
    uint64_t packets = 0, received = 0, lastArrival = 0;
    bool indexPaid = false;
    // MATMUL: cycles that what loads and what streams need; tiles that wait.
    uint64_t loading = 0, streaming = 0, waiting = 0;
    // The accumulator row of the last vector, and when it is complete.
    uint64_t lastRow = UINT64_MAX, lastVector = 0;
  };

  const Target &target;
  uint64_t limit;
  SparseMemory memory;
  Executor executor;
  SequencerCore core;
  HbmModel hbm;
  Engine engines[numEngines];
  std::optional<ClockedVpu> vector; ///< of the command that runs
  uint32_t semaphores[32] = {};
  std::optional<Command> pushed;
  std::optional<Step> step;
  uint64_t nextInstruction = 0;

  static bool available(const uint32_t *sems, uint32_t mask) {
    for (unsigned i = 0; i < 32; ++i) {
      if ((mask >> i & 1) && sems[i] == 0) {
        return false;
      }
    }
    return true;
  }
  static void count(uint32_t *counts, uint32_t mask) {
    for (unsigned i = 0; i < 32; ++i) {
      counts[i] += mask >> i & 1;
    }
  }

  /// At the begin of a cycle: nothing is active, or the next DMA command may
  /// start beside the last one.
  bool hasPlace(const Engine &e) const {
    if (e.active.empty()) {
      return true;
    }
    if (std::holds_alternative<Matmul>(e.queue.front().body)) {
      const Active &last = e.active.back();
      return std::holds_alternative<Matmul>(last.command.body) &&
             e.active.size() < target.mxu.commands && last.stepsLeft == 0 &&
             (e.queue.front().auxBanks & last.command.rdBanks &
              ((1u << target.spm.banks) - 1)) == 0;
    }
    auto *next = std::get_if<Dma>(&e.queue.front().body);
    if (!next || next->idxEn || e.active.size() >= target.dma.commands) {
      return false;
    }
    for (const Active &a : e.active) {
      if (std::get<Dma>(a.command.body).idxEn) {
        return false;
      }
    }
    return !e.walker;
  }

  void startCommand(Engine &e, uint64_t t, uint32_t *takes) {
    e.active.push_back({e.queue.front(), t, UINT64_MAX});
    e.queue.pop_front();
    Active &a = e.active.back();
    count(takes, a.command.waitMask);
    if (auto *d = std::get_if<Dma>(&a.command.body)) {
      executor.readIndexOffsets(a.command, e.offsets);
      e.walker.emplace(*d, target.hbm.lineBytes);
      e.earliest = t + target.dma.setup;
      e.indexPaid = false;
    } else if (auto *m = std::get_if<Matmul>(&a.command.body)) {
      a.stepsLeft = a.tilesLeft = matmulSteps(target, *m);
      uint64_t rows = uint64_t(m->msize[0]) * m->msize[1] * m->msize[2];
      a.vector = matmulVectorCycles(target, *m);
      a.stream = rows * a.vector;
      a.firstRow = m->accBase;
      a.lastRow = m->accBase + rows - 1;
      uint64_t drain = uint64_t(target.mxu.rows) * target.mxu.peLatency +
                       target.mxu.unitCols + target.mxu.tail;
      // T of a command alone has one load more than streams in this sum.
      Matmul one = *m;
      one.rescales = false;
      a.halves = m->rescales;
      a.halvings = m->rescales ? (m->ncols - 1) / target.spm.rowBytes + 1 : 0;
      one.ksize[0] = one.ksize[1] = 1;
      one.ksize[2] = std::min(one.ksize[2], matmulDepth(target, one));
      a.load = matmulCycles(target, one) - target.mxu.setup - a.stream - drain;
    } else if (auto *v = std::get_if<isa::Vpurun>(&a.command.body)) {
      vector.emplace(target, *v);
    } else {
      a.end = t + commandCycles(target, a.command) - 1;
    }
    executor.execute(a.command);
  }

  /// One cycle of the W port, then of the A port.
  void stepMatrix(Engine &e, uint64_t t) {
    if (e.active.empty() ||
        !std::holds_alternative<Matmul>(e.active.back().command.body)) {
      return;
    }
    // The command that streams: the oldest one with steps to come, if the one
    // before has streamed.
    auto first = std::find_if(e.active.begin(), e.active.end(),
                              [](auto &a) { return a.stepsLeft != 0; });
    Active &newest = e.active.back();
    // A step begins in a cycle in which its tile waits and nothing streams, if
    // its first sum is not too close behind one for the same row, or behind any
    // if it halves.
    if (e.streaming == 0 && e.waiting != 0 &&
        (first->halves ? t > e.lastVector + target.mxu.accLatency
                       : first->firstRow != e.lastRow ||
                             t + first->vector - 1 >=
                                 e.lastVector + target.mxu.accLatency)) {
      first->halves = false;
      --e.waiting;
      e.streaming = first->stream;
      e.lastRow = first->lastRow;
      e.lastVector = t + first->stream - 1;
      if (--first->stepsLeft == 0) {
        first->end = t + first->stream - 1 +
                     uint64_t(target.mxu.rows) * target.mxu.peLatency +
                     target.mxu.unitCols + target.mxu.tail;
      }
    }
    // A tile loads into the buffer that no step uses.
    if (e.loading == 0 && e.waiting == 0 && newest.tilesLeft != 0 &&
        t >= newest.start + target.mxu.setup) {
      e.loading = newest.halvings + newest.load;
      newest.halvings = 0;
    }
    if (e.loading != 0 && --e.loading == 0) {
      --newest.tilesLeft;
      ++e.waiting;
    }
    e.streaming -= e.streaming != 0;
  }

  /// One cycle of the vector unit, from that of the start on.
  void stepVector(Engine &e, uint64_t t) {
    if (vector && vector->step()) {
      e.active.back().end = t;
      vector.reset();
    }
  }

  void stepDma(Engine &e, uint64_t t, bool isWrite) {
    // Packets received up to the previous cycle have left the window.
    while (!e.inFlight.empty() && e.inFlight.front() < t) {
      e.inFlight.pop_front();
    }
    if (!e.walker || t < e.earliest ||
        e.inFlight.size() >= target.dma.outstanding) {
      return;
    }
    const Dma &d = std::get<Dma>(e.active.back().command.body);
    if (d.idxEn && e.walker->atFirstOfDim0() && !e.indexPaid) {
      e.indexPaid = true;
      e.earliest = t + target.dma.indexLatency;
      e.walker->setIndexOffset(e.offsets[e.walker->currentIndex0()]);
      return;
    }
    e.indexPaid = false;
    Packet p = e.walker->next();
    hbm.request(t, p.hbmAddress, p.bytes, isWrite);
    e.inFlight.push_back(UINT64_MAX);
    ++e.packets;
    e.earliest = t + 1;
    if (e.walker->done()) {
      e.walker.reset();
      e.active.back().lastPacket = e.packets;
    }
  }

  void receive(Engine &e, bool isWrite) {
    while (auto ready = hbm.take(isWrite)) {
      e.lastArrival = std::max(*ready, e.lastArrival + 1);
      *std::find(e.inFlight.begin(), e.inFlight.end(), UINT64_MAX) =
          e.lastArrival;
      ++e.received;
      for (Active &a : e.active) {
        if (a.lastPacket == e.received) {
          a.end = e.lastArrival + target.dma.tail;
        }
      }
    }
  }

  /// True if HALT executes in this cycle.
  bool stepSequencer(uint64_t t, const uint32_t *sems, const size_t *occupancy,
                     bool idle, uint32_t *adds, uint32_t *takes) {
    if (!step) {
      if (t < nextInstruction) {
        return false;
      }
      step = core.step();
      if (step->kind == Step::Kind::Push) {
        nextInstruction = t + step->cycles - 1;
      }
    }
    if (t < nextInstruction) {
      return false;
    }
    switch (step->kind) {
    case Step::Kind::Push: {
      if (occupancy[unsigned(core.command().engine)] >= target.seq.queueDepth) {
        return false;
      }
      pushed = core.command();
      nextInstruction = t + 1;
      break;
    }
    case Step::Kind::Wait:
      if (!available(sems, step->mask)) {
        return false;
      }
      count(takes, step->mask);
      nextInstruction = t + 1;
      break;
    case Step::Kind::Signal:
      count(adds, step->mask);
      nextInstruction = t + 1;
      break;
    case Step::Kind::Fence:
    case Step::Kind::Halt:
      if (!idle) {
        return false;
      }
      if (step->kind == Step::Kind::Halt) {
        return true;
      }
      nextInstruction = t + 1;
      break;
    case Step::Kind::Lds: {
      uint32_t word = 0;
      executor.readWord(step->address, word);
      core.writeRegister(step->rd, word);
      nextInstruction = t + step->cycles;
      break;
    }
    default:
      nextInstruction = t + step->cycles;
      break;
    }
    step.reset();
    return false;
  }
};

} // namespace acc::test

#endif // ACC_TEST_UNIT_MODELS_CLOCKEDSLICE_H
