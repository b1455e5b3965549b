//===- BeatExchange.cpp - A collective beat by beat -----------------------===//

#include "systemc-models/Net/BeatExchange.h"
#include "systemc-models/Timing/Timing.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace acc;

/// The place of part `part` among those that a member has at its source.
static uint32_t sourcePart(const Collective &c, uint32_t part) {
  return c.kind == isa::CollectiveKind::ReduceScatter ? part : 0;
}

/// What a member gives, before anybody gets anything.
static std::vector<uint8_t> readSource(const Participant &p) {
  const Collective &c = *p.collective;
  std::vector<uint8_t> bytes;
  for (uint32_t part = 0; part < c.parts(); ++part) {
    if (p.isOut || !c.gives(part)) {
      continue;
    }
    for (uint32_t row = 0; row < c.rows; ++row) {
      llvm::append_range(bytes,
                         llvm::ArrayRef(p.executor->scratchpad())
                             .slice(sourceOf(c, part, row), rowBytesOf(c)));
    }
  }
  return bytes;
}

BeatExchange::BeatExchange(const Machine &machine,
                           llvm::ArrayRef<Participant> participants,
                           uint64_t lastStart)
    : grid(machine.grid()), width(machine.net().bytesPerCycle),
      parts(participants.front().collective->parts()) {
  next = lastStart + machine.net().setup +
         collectiveLatency(machine.net(), *participants.front().collective);
  for (const Participant &p : participants) {
    members.push_back({*p.collective,
                       p.executor,
                       p.isOut,
                       p.executor ? readSource(p) : std::vector<uint8_t>(),
                       {}});
  }
}

void BeatExchange::give(size_t member, llvm::ArrayRef<uint32_t> words) {
  members[member].beats.emplace_back(words.begin(), words.end());
}

/// What a member has for the current beat of so many bytes; nothing if it gives
/// none, or has stopped.
std::vector<uint32_t> BeatExchange::takeFrom(Member &m, uint32_t bytes) {
  const Collective &c = m.collective;
  if (m.isOut || !c.gives(part)) {
    return {};
  }
  if (m.executor) {
    uint64_t first =
        (uint64_t(sourcePart(c, part)) * c.rows + row) * rowBytesOf(c) + at;
    return toWords(c, llvm::ArrayRef(m.given).slice(first, bytes));
  }
  if (m.beats.empty()) {
    return {};
  }
  std::vector<uint32_t> words = std::move(m.beats.front());
  m.beats.pop_front();
  words.resize(c.reduces() ? bytes / isa::formatBytes(c.fmt) : (bytes + 3) / 4);
  return words;
}

void BeatExchange::advance(uint64_t cycle) {
  current.clear();
  if (isDone() || cycle < next) {
    return;
  }
  const Collective &c = members.front().collective;
  uint32_t bytes = std::min(width, rowBytesOf(c) - at);
  std::vector<std::vector<uint32_t>> given;
  for (Member &m : members) {
    given.push_back(takeFrom(m, bytes));
  }
  current = reduceWords(c, grid, std::move(given));
  current.resize(c.reduces() ? bytes / isa::formatBytes(c.fmt)
                             : (bytes + 3) / 4);
  for (Member &m : members) {
    if (m.executor && !m.isOut && m.collective.gets(part)) {
      toBytes(m.collective, current,
              llvm::MutableArrayRef(m.executor->scratchpad())
                  .slice(placeOf(m.collective, part, row) + at, bytes));
    }
  }
  ++next;
  at += width;
  if (at >= rowBytesOf(c)) {
    at = 0;
    ++row;
  }
  if (row == c.rows) {
    row = 0;
    ++part;
  }
}
