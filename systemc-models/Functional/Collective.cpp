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

namespace {
/// Rows as they travel: words of the accumulating format, or bytes.
class Reduction {
public:
  explicit Reduction(const Collective &c) : c(c) {}

  /// Adds what the next member gives.
  void add(const Participant &p, uint32_t part, uint32_t row) {
    next.resize(c.columns);
    loadLanes(c.fmt, p.executor->scratchpad().data(),
              sourceOf(*p.collective, part, row), int32_t(formatBytes(c.fmt)),
              c.columns, next.data());
    if (sum.empty()) {
      sum.swap(next);
      return;
    }
    for (auto [s, n] : llvm::zip_equal(sum, next)) {
      s = reduceOp(c.op, s, n);
    }
  }
  void add(Reduction &other) {
    if (sum.empty()) {
      sum.swap(other.sum);
      return;
    }
    if (other.sum.empty()) {
      return;
    }
    for (auto [s, n] : llvm::zip_equal(sum, other.sum)) {
      s = reduceOp(c.op, s, n);
    }
  }
  std::vector<uint8_t> finish() const {
    std::vector<uint8_t> bytes(rowBytesOf(c));
    if (!sum.empty()) {
      storeLanes(c.fmt, bytes.data(), 0, int32_t(formatBytes(c.fmt)), c.columns,
                 sum.data());
    }
    return bytes;
  }

private:
  const Collective &c;
  std::vector<uint32_t> sum, next;
};
} // namespace

/// What the network makes of a row of a part: the members of a row of slices
/// are added first, in their order, then the rows of slices of a chip in
/// theirs, then the chips.
static std::vector<uint8_t> reduceRow(llvm::ArrayRef<Participant> members,
                                      uint32_t columnsOfGrid, uint32_t part,
                                      uint32_t row) {
  const Collective &c = *members[0].collective;
  size_t ofChip = members.size() / c.chipsOfGroup;
  size_t inRow = c.group == isa::Group::Chip ? columnsOfGrid : ofChip;
  Reduction total(c);
  for (size_t chip = 0; chip < members.size(); chip += ofChip) {
    Reduction sum(c);
    for (size_t first = 0; first < ofChip; first += inRow) {
      Reduction stage(c);
      for (const Participant &p : members.slice(chip + first, inRow)) {
        if (!p.isOut) {
          stage.add(p, part, row);
        }
      }
      sum.add(stage);
    }
    total.add(sum);
  }
  return total.finish();
}

static std::vector<uint8_t> giveRow(llvm::ArrayRef<Participant> members,
                                    uint32_t part, uint32_t row) {
  std::vector<uint8_t> bytes(rowBytesOf(*members[0].collective));
  for (const Participant &p : members) {
    if (!p.isOut && p.collective->gives(part)) {
      std::memcpy(bytes.data(),
                  &p.executor->scratchpad()[sourceOf(*p.collective, part, row)],
                  bytes.size());
    }
  }
  return bytes;
}

void acc::runCollective(llvm::ArrayRef<Participant> members,
                        const Chip::Grid &grid) {
  const Collective &c = *members[0].collective;
  // All is read before anything is written: a result may take the place of
  // what it is made of.
  std::vector<std::vector<uint8_t>> rows;
  for (uint32_t part = 0; part < c.parts(); ++part) {
    for (uint32_t row = 0; row < c.rows; ++row) {
      rows.push_back(c.reduces() ? reduceRow(members, grid.columns, part, row)
                                 : giveRow(members, part, row));
    }
  }
  for (const Participant &p : members) {
    for (uint32_t part = 0; part < c.parts() && !p.isOut; ++part) {
      for (uint32_t row = 0; row < c.rows && p.collective->gets(part); ++row) {
        const std::vector<uint8_t> &bytes = rows[size_t(part) * c.rows + row];
        std::memcpy(
            &p.executor->scratchpad()[placeOf(*p.collective, part, row)],
            bytes.data(), bytes.size());
      }
    }
  }
}
