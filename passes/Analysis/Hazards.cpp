//===- Hazards.cpp - What a command must come after -----------------------===//

#include "passes/Analysis/Hazards.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace xpu {

std::optional<int64_t> getBufferAddress(Value buffer) {
  IntegerAttr attr;
  if (auto argument = dyn_cast<BlockArgument>(buffer)) {
    auto func = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
    if (func) {
      attr = func.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(),
                                                "xpu.address");
    }
  } else {
    attr = buffer.getDefiningOp()->getAttrOfType<IntegerAttr>("xpu.address");
  }
  return attr ? std::optional<int64_t>(attr.getInt()) : std::nullopt;
}

bool isOverlapped(scf::ForOp loop) {
  return llvm::all_of(*loop.getBody(), [](Operation &op) {
    return op.getNumRegions() == 0 && !llvm::isa<FenceOp, HostCallOp>(op);
  });
}

static void collectStretches(Block &block, std::vector<Stretch> &stretches) {
  for (Operation &op : block) {
    if (auto command = dyn_cast<CommandOpInterface>(op)) {
      stretches.back().commands.push_back(command);
    } else if (llvm::isa<HostCallOp, FenceOp>(op)) {
      stretches.emplace_back();
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      stretches.emplace_back();
      if (isOverlapped(loop)) {
        stretches.back().loop = loop;
      }
      collectStretches(*loop.getBody(), stretches);
      stretches.emplace_back();
    }
  }
}

std::vector<Stretch> getStretches(Block &program) {
  std::vector<Stretch> stretches(1);
  collectStretches(program, stretches);
  llvm::erase_if(stretches, [](const Stretch &stretch) {
    return stretch.commands.empty();
  });
  return stretches;
}

HazardTracker::HazardTracker(const acc::Target &target)
    : bankBytes(target.spm.bankBytes) {
  current.readPort.resize(target.spm.banks);
  current.writePort.resize(target.spm.banks);
  past = current;
}

FailureOr<HazardTracker> HazardTracker::create(const Stretch &stretch,
                                               const acc::Target &target) {
  HazardTracker tracker(target);
  if (stretch.loop) {
    tracker.loop = stretch.loop;
    tracker.trips = getTripCount(stretch.loop).value_or(INT32_MAX);
  }
  using Steps = std::map<Operation *, int64_t>;
  llvm::MapVector<Value, std::optional<Steps>> buffers;
  for (CommandOpInterface command : stretch.commands) {
    for (const BufferAccess &part : command.getAccesses()) {
      if (!getBufferAddress(part.buffer)) {
        command->emitError(
            "expects placed buffers; run xpu-allocate-memory first");
        return failure();
      }
      if (getSpace(part.buffer.getType()) != Space::HBM) {
        continue;
      }
      Steps steps = getShiftedBuffer(part.seen).steps;
      auto [it, isNew] = buffers.insert({part.buffer, steps});
      if (!isNew && it->second != steps) {
        it->second = std::nullopt;
      }
    }
  }
  // In the order of addresses, each begins behind the ends of those before.
  using Entry = std::pair<Value, bool>;
  std::vector<std::pair<Place, Entry>> order;
  for (const auto &[buffer, steps] : buffers) {
    int64_t begin = *getBufferAddress(buffer);
    int64_t bytes = getByteSize(cast<MemRefType>(buffer.getType()));
    order.push_back({{begin, begin + bytes}, {buffer, steps.has_value()}});
  }
  llvm::sort(order, [](const auto &a, const auto &b) {
    return a.first.begin < b.first.begin;
  });
  int64_t end = -1;
  for (auto [i, entry] : llvm::enumerate(order)) {
    auto [place, content] = entry;
    bool isAlone = place.begin >= end;
    end = std::max(end, place.end);
    isAlone &= i + 1 == order.size() || end <= order[i + 1].first.begin;
    if (isAlone && content.second) {
      tracker.shiftedAlike.insert(content.first);
    }
  }
  tracker.findRows(stretch);
  return tracker;
}

/// Columns of a row that are told apart; more take longer to follow than they
/// are worth (estimate).
static constexpr size_t kMaxColumns = 64;

/// The columns of an access in rows of `pitch` bytes, the first of which begins
/// at 0; all of them if it goes on in the next row.
static std::pair<int64_t, int64_t> columnsOf(int64_t begin, int64_t end,
                                             const BufferAccess &access,
                                             int64_t pitch) {
  int64_t first = begin % pitch;
  int64_t bytes = access.pitch != 0 ? access.rowBytes : end - begin;
  return first + bytes <= pitch ? std::pair(first, first + bytes)
                                : std::pair<int64_t, int64_t>(0, pitch);
}

void HazardTracker::findRows(const Stretch &stretch) {
  llvm::MapVector<Value, int64_t> pitches;
  SmallVector<BufferAccess> accesses;
  for (CommandOpInterface command : stretch.commands) {
    for (const BufferAccess &access : command.getAccesses()) {
      if (!shiftedAlike.contains(access.buffer)) {
        continue;
      }
      accesses.push_back(access);
      if (access.pitch != 0) {
        int64_t &pitch =
            pitches.insert({access.buffer, access.pitch}).first->second;
        pitch = std::min(pitch, access.pitch);
      }
    }
  }
  for (auto [buffer, pitch] : pitches) {
    rows[buffer] = {pitch, {0, pitch}};
  }
  for (const BufferAccess &access : accesses) {
    auto it = rows.find(access.buffer);
    if (it == rows.end()) {
      continue;
    }
    Rows &seen = it->second;
    Place place = placeOf(access);
    int64_t base = *getBufferAddress(access.buffer);
    int64_t begin = place.begin - base;
    if (begin < 0 || access.pitch % seen.pitch != 0 ||
        place.step % seen.pitch != 0) {
      rows.erase(it);
      continue;
    }
    auto [first, last] = columnsOf(begin, place.end - base, access, seen.pitch);
    seen.columns.insert({first, last});
    if (seen.columns.size() > kMaxColumns) {
      rows.erase(it);
    }
  }
}

HazardTracker::Place HazardTracker::placeOf(const BufferAccess &access) const {
  int64_t address = *getBufferAddress(access.buffer);
  Place place{address + access.begin, address + access.end};
  if (shiftedAlike.contains(access.buffer)) {
    ShiftedBuffer shifted = getShiftedBuffer(access.seen);
    place.begin -= shifted.low;
    place.end -= shifted.high;
    auto step = shifted.steps.find(loop);
    place.step = step == shifted.steps.end() ? 0 : step->second;
  }
  return place;
}

SmallVector<std::pair<HazardTracker::Home, HazardTracker::Place>>
HazardTracker::partsOf(const BufferAccess &access) const {
  Space space = getSpace(access.buffer.getType());
  Place place = placeOf(access);
  if (!shiftedAlike.contains(access.buffer)) {
    return {{{space}, place}};
  }
  const void *buffer = access.buffer.getAsOpaquePointer();
  auto it = rows.find(access.buffer);
  if (it == rows.end()) {
    return {{{space, buffer}, place}};
  }
  const Rows &seen = it->second;
  int64_t base = *getBufferAddress(access.buffer);
  auto [first, last] =
      columnsOf(place.begin - base, place.end - base, access, seen.pitch);
  // Whole rows, as there are none but of these columns at this home.
  Place whole = place;
  whole.begin = base + llvm::alignDown(place.begin - base, seen.pitch);
  whole.end = base + llvm::alignTo(place.end - base, seen.pitch);
  SmallVector<std::pair<Home, Place>> parts;
  for (auto column = seen.columns.find(first); *column < last; ++column) {
    parts.push_back({{space, buffer, *column}, whole});
  }
  return parts;
}

/// Makes `at` a boundary.
HazardTracker::AccessMap::iterator HazardTracker::split(AccessMap &runs,
                                                        int64_t at) {
  auto it = runs.upper_bound(at);
  if (it == runs.begin()) {
    return runs.insert({at, LastAccess()}).first;
  }
  --it;
  return it->first == at ? it : runs.insert({at, it->second}).first;
}

static void takeLatest(EngineClock &clock, const EngineClock &other) {
  for (unsigned e = 0; e < kQueueEngines; ++e) {
    clock[e] = std::max(clock[e], other[e]);
  }
}

void HazardTracker::access(const Past &access, EngineClock &needed) {
  AccessMap &runs = current.memory[access.home];
  split(runs, access.place.begin);
  split(runs, access.place.end);
  for (auto it = runs.find(access.place.begin);
       it != runs.end() && it->first < access.place.end; ++it) {
    LastAccess &last = it->second;
    takeLatest(needed, last.writer);
    if (access.isWrite) {
      takeLatest(needed, last.reader);
      // Later commands order themselves after this one, which is after the
      // earlier accesses.
      last = LastAccess();
      last.writer[access.engine] = access.index;
    } else {
      last.reader[access.engine] = access.index;
    }
  }
}

void HazardTracker::claim(const Past &access, EngineClock &needed) {
  auto portsOf = [&](State &state) -> std::vector<EngineClock> & {
    return access.port == Port::Write ? state.writePort : state.readPort;
  };
  int64_t last = (access.place.end - 1) / bankBytes;
  for (int64_t bank = access.place.begin / bankBytes; bank <= last; ++bank) {
    EngineClock claims = portsOf(current)[bank];
    takeLatest(claims, portsOf(past)[bank]);
    // Commands of one engine do not meet.
    claims[access.engine] = 0;
    takeLatest(needed, claims);
    portsOf(current)[bank] = EngineClock();
    portsOf(current)[bank][access.engine] = access.index;
  }
}

void HazardTracker::lookBack(const Past &access, EngineClock &needed) const {
  auto memory = past.memory.find(access.home);
  if (memory == past.memory.end()) {
    return;
  }
  const AccessMap &runs = memory->second;
  auto it = runs.upper_bound(access.place.begin);
  if (it != runs.begin()) {
    --it;
  }
  for (; it != runs.end() && it->first < access.place.end; ++it) {
    auto next = std::next(it);
    if (next != runs.end() && next->first <= access.place.begin) {
      continue;
    }
    takeLatest(needed, it->second.writer);
    if (access.isWrite) {
      takeLatest(needed, it->second.reader);
    }
  }
}

FailureOr<EngineClock> HazardTracker::add(CommandOpInterface command,
                                          int64_t index) {
  unsigned engine = static_cast<unsigned>(command.getEngine());
  EngineClock needed{};
  for (const BufferAccess &part : command.getAccesses()) {
    for (const auto &[home, place] : partsOf(part)) {
      Past self{home, place, part.isWrite, part.port, engine, index};
      int64_t banks = current.readPort.size();
      if (part.port != Port::None &&
          (place.begin < 0 || place.end > banks * bankBytes)) {
        command->emitError()
            << "expects buffers inside the scratchpad, but bytes "
            << place.begin << " to " << place.end - 1 << " are accessed";
        return failure();
      }
      access(self, needed);
      lookBack(self, needed);
      if (part.port != Port::None) {
        claim(self, needed);
      }
      iteration.push_back(self);
    }
  }
  // What a command reads and writes in place is no order with itself.
  needed[engine] = std::min(needed[engine], index - 1);
  return needed;
}

void HazardTracker::endIteration() {
  for (const Past &access : iteration) {
    // As the next iteration sees it, from where all those before it were.
    const auto &[begin, end, step] = access.place;
    int64_t far = step * (trips - 1);
    AccessMap &runs = past.memory[access.home];
    int64_t from = begin - std::max(step, far);
    int64_t to = end - std::min(step, far);
    split(runs, from);
    split(runs, to);
    for (auto it = runs.find(from); it != runs.end() && it->first < to; ++it) {
      EngineClock &clock =
          access.isWrite ? it->second.writer : it->second.reader;
      clock[access.engine] = std::max(clock[access.engine], access.index);
    }
    if (access.port == Port::None) {
      continue;
    }
    for (int64_t bank = begin / bankBytes; bank <= (end - 1) / bankBytes;
         ++bank) {
      auto &ports = access.port == Port::Write ? past.writePort : past.readPort;
      ports[bank][access.engine] =
          std::max(ports[bank][access.engine], access.index);
    }
  }
  iteration.clear();
  current.memory.clear();
  llvm::fill(current.readPort, EngineClock());
  llvm::fill(current.writePort, EngineClock());
}

} // namespace xpu
