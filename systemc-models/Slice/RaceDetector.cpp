//===- RaceDetector.cpp - Races between commands --------------------------===//

#include "systemc-models/Slice/RaceDetector.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace acc;
using isa::Engine;

/// Commands of an engine that are remembered: a race with one that started
/// before these is not found. What is active, and what starts soon behind it,
/// is always among them.
static constexpr size_t recordLimit = 1 << 14;

static constexpr unsigned sequencerAgent = numEngines;

static void join(RaceDetector::Clock &clock, const RaceDetector::Clock &other) {
  for (auto [a, b] : llvm::zip_equal(clock, other)) {
    a = std::max(a, b);
  }
}

void RaceDetector::signal(uint32_t mask, const Clock &clock) {
  for (; mask != 0; mask &= mask - 1) {
    tokens[__builtin_ctz(mask)].push_back(clock);
  }
}

void RaceDetector::take(uint32_t mask, Clock &clock) {
  for (; mask != 0; mask &= mask - 1) {
    std::deque<Clock> &queue = tokens[__builtin_ctz(mask)];
    join(clock, queue.front());
    queue.pop_front();
  }
}

RaceDetector::Clock RaceDetector::end(Engine engine) {
  unsigned e = unsigned(engine);
  auto [number, clock] = running[e].front();
  running[e].pop_front();
  clock[e] = number;
  return clock;
}

void RaceDetector::wait(uint32_t mask) { take(mask, sequencer); }

void RaceDetector::fence() {
  for (unsigned e = 0; e < numEngines; ++e) {
    join(sequencer, engines[e]);
    sequencer[e] = started[e];
  }
}

void RaceDetector::start(const Command &command, const Clock &pushed,
                         uint64_t cycle, llvm::ArrayRef<uint32_t> offsets) {
  unsigned e = unsigned(command.engine);
  Clock &clock = engines[e];
  join(clock, pushed);
  take(command.waitMask, clock);
  Record record{++started[e], {command.engine, command.pc, cycle, false}, {}};
  running[e].push_back({record.number, clock});
  visitStreams(
      target, command, [&](const SpmStream &s, uint16_t, bool isWritten) {
        record.accesses.push_back({Race::Memory::Scratchpad, isWritten,
                                   ByteSet(s.base, s.dims, s.elementBytes)});
        return isa::Fault::None;
      });
  if (auto *d = std::get_if<Dma>(&command.body)) {
    llvm::SmallVector<StreamDim, 6> dims;
    for (unsigned i = d->idxEn ? 1 : 0; i < 6; ++i) {
      dims.push_back({d->size[i], d->hbmStride[i]});
    }
    auto add = [&](uint32_t base) {
      record.accesses.push_back({Race::Memory::Hbm,
                                 command.engine == Engine::Store,
                                 ByteSet(base, dims, d->esize)});
    };
    if (!d->idxEn) {
      add(d->hbmBase);
    }
    for (uint32_t offset : offsets) {
      add(d->hbmBase + offset);
    }
  } else if (auto *m = std::get_if<Matmul>(&command.body)) {
    record.accesses.push_back(
        {Race::Memory::Accumulators, true,
         ByteSet(m->accBase, {},
                 uint64_t(m->msize[0]) * m->msize[1] * m->msize[2])});
  } else if (auto *a = std::get_if<isa::Accst>(&command.body)) {
    record.accesses.push_back(
        {Race::Memory::Accumulators, false,
         ByteSet(a->accBase, {},
                 uint64_t(a->msize[0]) * a->msize[1] * a->msize[2])});
  }
  check(std::move(record), e, clock);
}

void RaceDetector::readWord(uint32_t pc, uint32_t address, uint64_t cycle) {
  Record record{++started[sequencerAgent], {Engine::Seq, pc, cycle, false}, {}};
  record.accesses.push_back(
      {Race::Memory::Scratchpad, false, ByteSet(address, {}, 4)});
  check(std::move(record), sequencerAgent, sequencer);
  // What it pushes or signals from now on comes later.
  sequencer[sequencerAgent] = started[sequencerAgent];
}

void RaceDetector::check(Record record, unsigned agent, const Clock &clock) {
  for (unsigned other = 0; other <= numEngines; ++other) {
    if (other == agent) {
      continue;
    }
    for (const Record &earlier : llvm::reverse(records[other])) {
      if (earlier.number <= clock[other]) {
        break;
      }
      for (const Access &a : earlier.accesses) {
        for (const Access &b : record.accesses) {
          if (a.memory == b.memory && (a.isWritten || b.isWritten)) {
            if (auto at = ByteSet::commonByte(a.bytes, b.bytes)) {
              report(earlier, a.isWritten, record, b.isWritten, a.memory, *at);
            }
          }
        }
      }
    }
  }
  records[agent].push_back(std::move(record));
  if (records[agent].size() > recordLimit) {
    records[agent].pop_front();
  }
}

/// Once for two instructions and a memory.
void RaceDetector::report(const Record &earlier, bool earlierWrites,
                          const Record &later, bool laterWrites,
                          Race::Memory memory, uint64_t address) {
  if (!known.insert({earlier.side.pc, later.side.pc, unsigned(memory)})
           .second) {
    return;
  }
  Race race{memory, address, earlier.side, later.side};
  race.first.isWriter = earlierWrites;
  race.second.isWriter = laterWrites;
  races.push_back(race);
}

std::string
acc::describeRace(const Race &race,
                  llvm::function_ref<std::string(uint32_t pc)> sourceOf) {
  auto side = [&](const Race::Side &s) {
    std::string source = sourceOf(s.pc);
    return "the " + isa::stringify(s.engine).str() +
           (s.engine == Engine::Seq ? " instruction" : " command") +
           " at word " + std::to_string(s.pc) +
           (source.empty() ? "" : " (" + source + ")") + ", started in cycle " +
           std::to_string(s.start) + (s.isWriter ? ", writes" : ", reads");
  };
  std::string place;
  switch (race.memory) {
  case Race::Memory::Scratchpad:
    place = "byte " + std::to_string(race.address) + " of the scratchpad";
    break;
  case Race::Memory::Hbm:
    place = "byte " + std::to_string(race.address) + " of HBM";
    break;
  case Race::Memory::Accumulators:
    place = "row " + std::to_string(race.address) + " of the accumulators";
    break;
  }
  return "race at " + place + ": " + side(race.first) + "; " +
         side(race.second) +
         "; expects that the second waits for a signal of the first";
}
