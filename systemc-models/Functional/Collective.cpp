//===- Collective.cpp - What slices do together ---------------------------===//

#include "systemc-models/Functional/Collective.h"
#include "systemc-models/Functional/Checks.h"
#include "systemc-models/Functional/VectorOps.h"
#include "systemc-models/Timing/Timing.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cstring>

using namespace acc;
using isa::CollectiveKind;
using isa::Fault;
using isa::Format;

SliceId acc::sliceIdOf(const Machine &machine, uint32_t chip, uint32_t slice) {
  Chip::Grid grid = machine.grid();
  uint32_t own = slice % machine.slicesPerChip();
  SliceId id;
  id.slice = own;
  id.chip = machine.rack ? slice / machine.slicesPerChip() : chip;
  id.row = own / grid.columns;
  id.column = own % grid.columns;
  id.rows = grid.rows;
  id.columns = grid.columns;
  if (machine.rack) {
    id.trays = machine.rack->trays.count;
    id.chipsOfTray = machine.rack->trays.chips;
  }
  return id;
}

std::vector<uint32_t> acc::membersOf(const Chip::Grid &grid, isa::Group group,
                                     uint32_t slice) {
  if (group == isa::Group::Slice) {
    return {slice};
  }
  uint32_t row = slice / grid.columns, column = slice % grid.columns;
  std::vector<uint32_t> members;
  for (uint32_t r = 0; r < grid.rows; ++r) {
    for (uint32_t c = 0; c < grid.columns; ++c) {
      if ((group != isa::Group::Row || r == row) &&
          (group != isa::Group::Column || c == column)) {
        members.push_back(r * grid.columns + c);
      }
    }
  }
  return members;
}

std::vector<uint32_t> acc::chipsOf(const Machine &machine, isa::Chips chips,
                                   uint32_t chip) {
  if (!machine.rack || chips == isa::Chips::Own) {
    return {chip};
  }
  const Rack::Trays &trays = machine.rack->trays;
  std::vector<uint32_t> members;
  for (uint32_t c = 0; c < trays.count * trays.chips; ++c) {
    if ((chips != isa::Chips::Tray || c / trays.chips == chip / trays.chips) &&
        (chips != isa::Chips::Peers || c % trays.chips == chip % trays.chips)) {
      members.push_back(c);
    }
  }
  return members;
}

uint32_t acc::rowBytesOf(const Collective &c) {
  return c.columns * formatBytes(c.fmt);
}

uint32_t acc::sourceOf(const Collective &c, uint32_t part, uint32_t row) {
  uint32_t p = c.kind == CollectiveKind::ReduceScatter ? part : 0;
  return c.srcBase + p * uint32_t(c.partStride) + row * uint32_t(c.srcStride);
}
uint32_t acc::placeOf(const Collective &c, uint32_t part, uint32_t row) {
  uint32_t p = c.kind == CollectiveKind::AllGather ? part : 0;
  return c.dstBase + p * uint32_t(c.partStride) + row * uint32_t(c.dstStride);
}

namespace {
/// The accesses of one port, beat by beat.
class Beats {
public:
  Beats(const Machine &machine, const Command &command, bool isSource)
      : slice(machine.slice), width(machine.net().bytesPerCycle),
        c(std::get<Collective>(command.body)), isSource(isSource),
        claim(isSource ? command.rdBanks : command.wrBanks) {}

  /// The first beat that faults, and how.
  std::pair<uint64_t, Fault> firstFault() const {
    uint64_t beat = 0;
    uint32_t rowBytes = rowBytesOf(c);
    uint64_t perRow = (rowBytes - 1) / width + 1;
    for (uint32_t part = 0; part < c.parts(); ++part) {
      if (!(isSource ? c.gives(part) : c.gets(part))) {
        beat += c.rows * perRow;
        continue;
      }
      for (uint32_t row = 0; row < c.rows; ++row) {
        uint32_t address =
            isSource ? sourceOf(c, part, row) : placeOf(c, part, row);
        for (uint32_t at = 0; at < rowBytes; at += width, ++beat) {
          Fault f = checkSpmAccess(slice, address + at,
                                   std::min(width, rowBytes - at), claim);
          if (f != Fault::None) {
            return {beat, f};
          }
        }
      }
    }
    return {UINT64_MAX, Fault::None};
  }

private:
  const Target &slice;
  uint32_t width;
  const Collective &c;
  bool isSource;
  uint16_t claim;
};
} // namespace

static Fault checkAccesses(const Machine &machine, const Command &command) {
  const auto &c = std::get<Collective>(command.body);
  auto [read, readFault] = Beats(machine, command, true).firstFault();
  auto [write, writeFault] = Beats(machine, command, false).firstFault();
  // Over chips all is read before anything is written.
  if (readFault != Fault::None && c.isOverChips()) {
    return readFault;
  }
  if (readFault == Fault::None) {
    return writeFault;
  }
  if (writeFault == Fault::None) {
    return readFault;
  }
  // A write is the latency behind the read of its beat.
  write += collectiveLatency(machine.net(), c);
  if (read == write) {
    return std::min(readFault, writeFault);
  }
  return read < write ? readFault : writeFault;
}

Fault acc::checkCollective(const Machine &machine, const Command &command,
                           Executor &executor) {
  Fault fault = checkAccesses(machine, command);
  if (fault == Fault::None && !executor.errors().empty()) {
    fault = executor.findErrors(command);
  }
  return fault;
}

std::vector<uint32_t> acc::toWords(const Collective &c,
                                   llvm::ArrayRef<uint8_t> bytes) {
  if (!c.reduces()) {
    std::vector<uint32_t> words((bytes.size() + 3) / 4);
    std::memcpy(words.data(), bytes.data(), bytes.size());
    return words;
  }
  uint32_t each = formatBytes(c.fmt);
  std::vector<uint32_t> words(bytes.size() / each);
  loadLanes(c.fmt, bytes.data(), 0, int32_t(each), uint32_t(words.size()),
            words.data());
  return words;
}

void acc::toBytes(const Collective &c, llvm::ArrayRef<uint32_t> words,
                  llvm::MutableArrayRef<uint8_t> bytes) {
  if (!c.reduces()) {
    std::memcpy(bytes.data(), words.data(), bytes.size());
    return;
  }
  uint32_t each = formatBytes(c.fmt);
  storeLanes(c.fmt, bytes.data(), 0, int32_t(each),
             uint32_t(bytes.size() / each), words.data());
}

/// Adds what the next one gives, if it gives anything.
static void addTo(const Collective &c, std::vector<uint32_t> &sum,
                  std::vector<uint32_t> next) {
  if (sum.empty()) {
    sum = std::move(next);
    return;
  }
  // Who gives nothing has no words.
  for (size_t i = 0; i < next.size(); ++i) {
    sum[i] = reduceOp(c.op, sum[i], next[i]);
  }
}

std::vector<uint32_t>
acc::reduceWords(const Collective &c, const Chip::Grid &grid,
                 std::vector<std::vector<uint32_t>> given) {
  size_t inRow = c.group == isa::Group::Chip ? grid.columns : given.size();
  std::vector<uint32_t> sum;
  for (size_t first = 0; first < given.size(); first += inRow) {
    std::vector<uint32_t> stage;
    size_t end = std::min(given.size(), first + inRow);
    for (size_t i = first; i < end; ++i) {
      addTo(c, stage, std::move(given[i]));
    }
    addTo(c, sum, std::move(stage));
  }
  return sum;
}

/// Bytes of an element on its way.
static uint32_t travelBytes(const Collective &c) {
  return c.reduces() ? 4 : formatBytes(c.fmt);
}

/// What the network makes of a row of a part.
static std::vector<uint32_t> reduceRow(llvm::ArrayRef<Participant> members,
                                       const Chip::Grid &grid, uint32_t part,
                                       uint32_t row) {
  const Collective &c = *members[0].collective;
  std::vector<std::vector<uint32_t>> given(members.size());
  for (auto [words, p] : llvm::zip_equal(given, members)) {
    if (!p.isOut) {
      words = toWords(
          c, llvm::ArrayRef(p.executor->scratchpad())
                 .slice(sourceOf(*p.collective, part, row), rowBytesOf(c)));
    }
  }
  std::vector<uint32_t> sum = reduceWords(c, grid, std::move(given));
  sum.resize(c.columns);
  return sum;
}

std::vector<uint8_t> acc::giveOfChip(llvm::ArrayRef<Participant> members,
                                     const Chip::Grid &grid) {
  const Collective &c = *members[0].collective;
  uint32_t parts = c.parts(), rowBytes = c.columns * travelBytes(c);
  // Members of all chips count parts; those of this one begin with its own.
  uint32_t each = c.members / c.chipsOfGroup;
  uint32_t first = c.member - c.member % each;
  if (c.kind == CollectiveKind::AllGather) {
    parts = each;
  } else if (c.kind == CollectiveKind::Broadcast) {
    parts = c.root >= first && c.root - first < each;
  }
  std::vector<uint8_t> bytes(uint64_t(parts) * c.rows * rowBytes);
  uint8_t *to = bytes.data();
  for (uint32_t part = 0; part < parts; ++part) {
    for (uint32_t row = 0; row < c.rows; ++row, to += rowBytes) {
      if (c.reduces()) {
        std::vector<uint32_t> sum = reduceRow(members, grid, part, row);
        std::memcpy(to, sum.data(), rowBytes);
        continue;
      }
      uint32_t giver =
          c.kind == CollectiveKind::AllGather ? part : c.root - first;
      // A slice that stands for all of its chip is the only one.
      const Participant &p = members[giver % members.size()];
      if (!p.isOut) {
        std::memcpy(to,
                    &p.executor->scratchpad()[sourceOf(*p.collective, 0, row)],
                    rowBytes);
      }
    }
  }
  return bytes;
}

llvm::ArrayRef<uint8_t> acc::shareOf(const Collective &c,
                                     llvm::ArrayRef<uint8_t> given,
                                     uint32_t chip) {
  if (c.kind != CollectiveKind::ReduceScatter) {
    return given;
  }
  size_t bytes = given.size() / c.chipsOfGroup;
  return given.slice(chip * bytes, bytes);
}

void acc::takeOfChip(llvm::ArrayRef<Participant> members,
                     llvm::ArrayRef<llvm::ArrayRef<uint8_t>> shares) {
  const Collective &c = *members[0].collective;
  std::vector<uint8_t> all;
  if (c.reduces()) {
    // In the order of chips.
    std::vector<uint32_t> sum;
    for (llvm::ArrayRef<uint8_t> share : shares) {
      std::vector<uint32_t> next(share.size() / 4);
      std::memcpy(next.data(), share.data(), share.size());
      addTo(c, sum, std::move(next));
    }
    all.resize(sum.size() * formatBytes(c.fmt));
    toBytes(c, sum, all);
  } else {
    for (llvm::ArrayRef<uint8_t> share : shares) {
      llvm::append_range(all, share);
    }
  }
  uint32_t rowBytes = rowBytesOf(c);
  for (size_t number = 0; number < members.size(); ++number) {
    const Participant &p = members[number];
    bool isScattered = c.kind == CollectiveKind::ReduceScatter;
    uint32_t parts = c.kind == CollectiveKind::AllGather ? c.parts() : 1;
    const uint8_t *from =
        all.data() + (isScattered ? number * c.rows * rowBytes : 0);
    if (c.kind == CollectiveKind::Barrier || p.isOut) {
      continue;
    }
    for (uint32_t part = 0; part < parts; ++part) {
      for (uint32_t row = 0; row < c.rows; ++row, from += rowBytes) {
        std::memcpy(
            &p.executor->scratchpad()[placeOf(*p.collective, part, row)], from,
            rowBytes);
      }
    }
  }
}

void acc::runCollective(llvm::ArrayRef<Participant> members,
                        const Chip::Grid &grid) {
  // All is read before anything is written: a result may take the place of
  // what it is made of.
  uint32_t chips = members[0].collective->chipsOfGroup;
  size_t each = members.size() / chips;
  std::vector<std::vector<uint8_t>> given;
  for (uint32_t chip = 0; chip < chips; ++chip) {
    given.push_back(giveOfChip(members.slice(chip * each, each), grid));
  }
  for (uint32_t chip = 0; chip < chips; ++chip) {
    std::vector<llvm::ArrayRef<uint8_t>> shares;
    for (const std::vector<uint8_t> &bytes : given) {
      shares.push_back(shareOf(*members[0].collective, bytes, chip));
    }
    takeOfChip(members.slice(chip * each, each), shares);
  }
}
