//===- Machine.cpp - Reading the levels above a slice ---------------------===//

#include "dialects/Target/Machine.h"

#include "dialects/ISA/Fabric.h"
#include "dialects/Target/MachineFields.h"
#include "dialects/Target/Nesting.h"
#include "dialects/Target/TargetFile.h"
#include "dialects/Target/UnknownKeys.h"
#include "dialects/Target/Yaml.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

using namespace acc;

static bool isPositive(double value) { return value > 0 && value < 1e18; }
static bool isPart(double value) { return value >= 0 && value < 1e9; }
/// A latency of hardware, in seconds.
static bool isShort(double value) { return value >= 0 && value <= 1e-3; }
static bool isWay(double metres, double secondsPerMetre) {
  return metres >= 0 && metres <= 1e5 && secondsPerMetre >= 0 &&
         secondsPerMetre <= 1e-6;
}

namespace llvm::yaml {

/// A name or path, or the level's own mapping.
template <typename T> struct PolymorphicTraits<Below<T>> {
  static NodeKind getKind(const Below<T> &below) {
    return below.inlined ? NodeKind::Map : NodeKind::Scalar;
  }
  static std::string &getAsScalar(Below<T> &below) { return below.name; }
  static T &getAsMap(Below<T> &below) {
    if (!below.inlined) {
      below.inlined = std::make_shared<T>();
    }
    return *below.inlined;
  }
  static std::vector<std::string> &getAsSequence(Below<T> &) {
    // A list is no level: it is read away, and the empty name is an error.
    static thread_local std::vector<std::string> ignored;
    ignored.clear();
    return ignored;
  }
};

template <> struct MappingTraits<Chip::Grid> : Fields<Chip::Grid> {
  static std::string validate(IO &, Chip::Grid &g) {
    return Rules()
        .require(g.rows >= 1 && g.columns >= 1,
                 "grid.rows and grid.columns must be at least 1")
        .require(uint64_t(g.rows) * g.columns <= 4096,
                 "grid.rows * grid.columns must be at most 4096")
        .message;
  }
};

template <> struct MappingTraits<Chip::Net> : Fields<Chip::Net> {
  static std::string validate(IO &, Chip::Net &n) {
    return Rules()
        .require(n.bytesPerCycle >= 4 && n.bytesPerCycle % 4 == 0,
                 "net.bytes_per_cycle must be a multiple of 4")
        .require(n.stageLatency >= 2, "net.stage_latency must be at least 2")
        .require(n.setup >= 3, "net.setup must be at least 3")
        .require(n.tail >= 2, "net.tail must be at least 2")
        .message;
  }
};

template <> struct MappingTraits<Chip::Noc> : Fields<Chip::Noc> {
  static std::string validate(IO &, Chip::Noc &n) {
    return Rules()
        .require(n.bytesPerCycle >= 1, "noc.bytes_per_cycle must be at least 1")
        .require(n.hopLatency >= 1, "noc.hop_latency must be at least 1")
        .message;
  }
};

/// Words of the largest frame: gap, preamble, the longest header, transactions
/// and trailer.
static uint32_t frameWords(const Chip::Port &p) {
  return llvm::divideCeil(6 + p.pduBytes / 8 + 1, 2 * p.lanes);
}

template <> struct MappingTraits<Chip::Port> : Fields<Chip::Port> {
  static std::string validate(IO &, Chip::Port &p) {
    auto isPower = [](uint32_t n, uint32_t low, uint32_t high) {
      return llvm::isPowerOf2_32(n) && n >= low && n <= high;
    };
    auto isTime = [](uint32_t n) { return n >= 1 && n <= 1u << 24; };
    Rules rules;
    rules
        .require(isPower(p.lanes, 1, xpu::fabric::kMostLanes),
                 "fabric.port.lanes must be 1, 2 or 4")
        .require(p.peers >= 1 && p.peers <= xpu::fabric::kChipIds,
                 "fabric.port.peers must be 1 to 1024")
        .require(p.pduBytes >= 264 && p.pduBytes <= 16384 &&
                     p.pduBytes % 8 == 0,
                 "fabric.port.pdu_bytes must be a multiple of 8 from 264 (one "
                 "transaction) to 16384");
    if (!rules.message.empty()) {
      return rules.message;
    }
    uint32_t frame = frameWords(p);
    return rules
        .require(isPower(p.queueWords, 16 / p.lanes, 1 << 16),
                 "fabric.port.queue_words must be a power of two with room for "
                 "a transaction of 256 bytes")
        .require(isPower(p.gbnWords, 2 * frame, 1 << 16) &&
                     isPower(p.llrWords, 2 * frame, 1 << 16) &&
                     isPower(p.bufferWords, 2 * frame, 1 << 14),
                 "fabric.port.gbn_words, llr_words and buffer_words must be "
                 "powers of two with room for two of the largest frames (" +
                     std::to_string(2 * frame) + " words)")
        .require(
            isPower(p.gbnFrames, 2, 1 << 14) &&
                isPower(p.llrFrames, 16, 1 << 14),
            "fabric.port.gbn_frames (from 2) and llr_frames (from 16) must "
            "be powers of two up to 16384")
        .require(p.gbnWindow >= 1 && p.gbnWindow <= 16384,
                 "fabric.port.gbn_window must be 1 to 16384")
        .require(isTime(p.gbnTimeout) && isTime(p.gbnAckDelay) &&
                     isTime(p.llrTimeout) && isTime(p.pcsTimeout) &&
                     isTime(p.ctlSpacing) && isTime(p.ctlRefresh) &&
                     isTime(p.lockHold),
                 "times of fabric.port must be 1 to 16777216 cycles")
        .require(p.llrReplays <= 255,
                 "fabric.port.llr_replays must be at most 255")
        .message;
  }
};

template <> struct MappingTraits<Chip::Fabric> : Fields<Chip::Fabric> {
  static std::string validate(IO &, Chip::Fabric &f) {
    return Rules()
        .require(!f.localPorts || isPositive(f.localBytesPerSecond),
                 "fabric.local_bytes_per_s must be positive")
        .require(!f.globalPorts || isPositive(f.globalBytesPerSecond),
                 "fabric.global_bytes_per_s must be positive")
        .require(isShort(f.coreSeconds) && isShort(f.phySeconds),
                 "fabric.core_s and fabric.phy_s must be 0 to 0.001")
        .message;
  }
};

template <> struct MappingTraits<Chip::Package> : Fields<Chip::Package> {
  static std::string validate(IO &, Chip::Package &p) {
    return Rules()
        .require(isPositive(p.tdpWatts), "package.tdp_watts must be positive")
        .require(isPositive(p.sustainedWatts) && p.sustainedWatts <= p.tdpWatts,
                 "package.sustained_watts must be positive and at most "
                 "package.tdp_watts")
        .message;
  }
};

template <> struct MappingTraits<Chip> : Fields<Chip> {
  static std::string validate(IO &, Chip &c) {
    return Rules()
        .require(!c.name.empty(), "name must not be empty")
        .require(c.slice.inlined || !c.slice.name.empty(),
                 "slice must name a target or hold one")
        .requireSources(c.sources, {"grid", "net", "noc", "fabric", "package"})
        .message;
  }
};

template <> struct MappingTraits<Rack::Trays> : Fields<Rack::Trays> {
  static std::string validate(IO &, Rack::Trays &t) {
    return Rules()
        .require(t.count >= 1 && t.chips >= 1,
                 "trays.count and trays.chips must be at least 1")
        .require(uint64_t(t.count) * t.chips <= 65536,
                 "trays.count * trays.chips must be at most 65536")
        .require(isPart(t.watts), "trays.watts must not be negative")
        .message;
  }
};

template <> struct MappingTraits<Rack::Reduction> : Fields<Rack::Reduction> {
  static std::string validate(IO &, Rack::Reduction &r) {
    return Rules()
        .require(r.window >= 1 && r.window <= 1u << 20,
                 "switches.reduction.window must be 1 to 1048576 transactions")
        .require(isShort(r.seconds),
                 "switches.reduction.latency_s must be 0 to 0.001")
        .require(r.addCycles <= 1000,
                 "switches.reduction.add_cycles must be 0 to 1000")
        .message;
  }
};

template <> struct MappingTraits<Rack::Switches> : Fields<Rack::Switches> {
  static std::string validate(IO &, Rack::Switches &s) {
    return Rules()
        .require(s.planes >= 1, "switches.planes must be at least 1")
        .require(s.count >= s.planes,
                 "switches.count must be at least switches.planes")
        .require(isShort(s.seconds), "switches.latency_s must be 0 to 0.001")
        .require(isWay(s.cableMetres, s.cableSecondsPerMetre),
                 "switches.cable_m must be 0 to 100000 and "
                 "switches.cable_s_per_m 0 to 1e-6")
        .require(s.bufferWords >= 1 && s.bufferWords <= 1u << 14,
                 "switches.buffer_words must be 1 to 16384")
        .require(isPart(s.watts) && isPart(s.tdpWatts),
                 "switches.watts and switches.tdp_watts must not be negative")
        .message;
  }
};

template <> struct MappingTraits<Rack::Optics> : Fields<Rack::Optics> {
  static std::string validate(IO &, Rack::Optics &o) {
    return Rules()
        .require(isPart(o.watts), "optics.watts must not be negative")
        .message;
  }
};

template <> struct MappingTraits<Rack::Hosts> : Fields<Rack::Hosts> {
  static std::string validate(IO &, Rack::Hosts &h) {
    return Rules()
        .require(isPart(h.watts) && h.provisionedWatts >= h.watts,
                 "hosts.watts must not be negative, and at most "
                 "hosts.provisioned_watts")
        .message;
  }
};

template <> struct MappingTraits<Rack::Supply> : Fields<Rack::Supply> {
  static std::string validate(IO &, Rack::Supply &s) {
    return Rules()
        .require(s.efficiency > 0 && s.efficiency <= 1,
                 "supply.efficiency must be above 0, at most 1")
        .message;
  }
};

template <> struct MappingTraits<Rack::Spares> : Fields<Rack::Spares> {
  static std::string validate(IO &, Rack::Spares &s) {
    return Rules()
        .require(s.chips >= 1 && s.chips <= 65536,
                 "spares.chips must be 1 to 65536")
        .require(isPositive(s.hostBytesPerSecond),
                 "spares.host_bytes_per_s must be positive")
        .require(s.restartSeconds >= 0 && s.restartSeconds <= 3600,
                 "spares.restart_s must be 0 to 3600")
        .message;
  }
};

template <> struct MappingTraits<Rack> : Fields<Rack> {
  static std::string validate(IO &, Rack &r) {
    Rules rules;
    rules.require(!r.name.empty(), "name must not be empty")
        .require(r.chip.inlined || !r.chip.name.empty(),
                 "chip must name a target or hold one")
        .requireSources(r.sources,
                        {"trays", "switches", "optics", "hosts", "supply"});
    if (r.spares.chips != 0) {
      rules.requireSources(r.sources, {"spares"});
    }
    return rules.message;
  }
};

template <> struct MappingTraits<Pod::Racks> : Fields<Pod::Racks> {
  static std::string validate(IO &, Pod::Racks &r) {
    return Rules()
        .require(r.count >= 1 && r.count <= 65536,
                 "racks.count must be 1 to 65536")
        .message;
  }
};

template <> struct MappingTraits<Pod::Rails> : Fields<Pod::Rails> {
  static std::string validate(IO &, Pod::Rails &r) {
    return Rules()
        .require(r.count >= 1, "rails.count must be at least 1")
        .require(r.links >= 1 && r.links <= 65536,
                 "rails.links must be 1 to 65536")
        .require(isShort(r.opticsSeconds), "rails.optics_s must be 0 to 0.001")
        .require(isWay(r.fibreMetres, r.fibreSecondsPerMetre),
                 "rails.fibre_m must be 0 to 100000 and rails.fibre_s_per_m 0 "
                 "to 1e-6")
        .message;
  }
};

template <> struct MappingTraits<Pod> : Fields<Pod> {
  static std::string validate(IO &, Pod &p) {
    return Rules()
        .require(!p.name.empty(), "name must not be empty")
        .require(p.rack.inlined || !p.rack.name.empty(),
                 "rack must name a target or hold one")
        .requireSources(p.sources, {"racks", "rails"})
        .message;
  }
};

} // namespace llvm::yaml

const std::string &Machine::name() const {
  return pod ? pod->name : rack ? rack->name : chip ? chip->name : slice.name;
}

const std::string &Machine::description() const {
  return pod    ? pod->description
         : rack ? rack->description
         : chip ? chip->description
                : slice.description;
}

uint32_t Machine::chips() const {
  return (pod ? pod->racks.count : 1) * (rack ? rack->chips() : 1);
}

template <typename T>
static llvm::Expected<T> parseLevel(const TargetFile &file, TargetLevel level) {
  if (llvm::Error error = checkYamlNesting(file.text(), file.path)) {
    return std::move(error);
  }
  if (llvm::Error error = checkKeys<T>(file.text(), file.path)) {
    return std::move(error);
  }
  return readYaml<T>(file.text(), file.path,
                     (getName(level) + "'s target file").str());
}

/// What two levels have to agree on.
static llvm::Error checkLevels(const Machine &machine, llvm::StringRef file) {
  if (machine.net().bytesPerCycle > machine.slice.spm.rowBytes) {
    return llvm::createStringError(
        file + ": net.bytes_per_cycle must be at most spm.row_bytes of '" +
        machine.slice.name + "', " + llvm::Twine(machine.slice.spm.rowBytes));
  }
  return llvm::Error::success();
}

namespace {
/// Follows a file down to the slice.
struct Loader {
  Machine machine;

  llvm::Error load(const TargetFile &file, TargetLevel level) {
    llvm::StringRef folder = llvm::sys::path::parent_path(file.path);
    switch (level) {
    case TargetLevel::Slice:
      return store(parseTarget(file.text(), file.path), machine.slice);
    case TargetLevel::Chip:
      if (auto error = store(parseLevel<Chip>(file, level), machine.chip)) {
        return error;
      }
      return descend(machine.chip->slice, folder);
    case TargetLevel::Rack:
      if (auto error = store(parseLevel<Rack>(file, level), machine.rack)) {
        return error;
      }
      return descend(machine.rack->chip, folder);
    case TargetLevel::Pod:
      if (auto error = store(parseLevel<Pod>(file, level), machine.pod)) {
        return error;
      }
      return descend(machine.pod->rack, folder);
    }
    llvm_unreachable("not a level");
  }

private:
  template <typename T, typename Place>
  static llvm::Error store(llvm::Expected<T> value, Place &place) {
    if (!value) {
      return value.takeError();
    }
    place = std::move(*value);
    return llvm::Error::success();
  }

  llvm::Error descend(Below<Target> &below, llvm::StringRef folder) {
    if (below.inlined) {
      machine.slice = *below.inlined;
      return llvm::Error::success();
    }
    return follow(below.name, folder, TargetLevel::Slice);
  }
  llvm::Error descend(Below<Chip> &below, llvm::StringRef folder) {
    if (below.inlined) {
      machine.chip = *below.inlined;
      return descend(machine.chip->slice, folder);
    }
    return follow(below.name, folder, TargetLevel::Chip);
  }
  llvm::Error descend(Below<Rack> &below, llvm::StringRef folder) {
    if (below.inlined) {
      machine.rack = *below.inlined;
      return descend(machine.rack->chip, folder);
    }
    return follow(below.name, folder, TargetLevel::Rack);
  }

  llvm::Error follow(llvm::StringRef name, llvm::StringRef folder,
                     TargetLevel expected) {
    llvm::Expected<TargetFile> file = readTargetFile(name, folder);
    if (!file) {
      return file.takeError();
    }
    TargetLevel level = file->level();
    if (level != expected) {
      return llvm::createStringError(
          "target file '" + file->path + "' describes a " + getName(level) +
          "; the level above names it as its " + getName(expected));
    }
    return load(*file, level);
  }
};
} // namespace

static llvm::Expected<Machine> load(llvm::Expected<TargetFile> file) {
  if (!file) {
    return file.takeError();
  }
  Loader loader;
  loader.machine.level = file->level();
  if (llvm::Error error = loader.load(*file, loader.machine.level)) {
    return std::move(error);
  }
  if (llvm::Error error = checkLevels(loader.machine, file->path)) {
    return std::move(error);
  }
  return std::move(loader.machine);
}

llvm::Expected<Machine> acc::loadMachine(llvm::StringRef nameOrPath) {
  return load(readTargetFile(nameOrPath));
}

llvm::Expected<Machine> acc::loadBuiltInMachine(llvm::StringRef name) {
  return load(readBuiltInTargetFile(name));
}

llvm::Expected<Machine> acc::parseMachine(llvm::StringRef text,
                                          llvm::StringRef fileName) {
  TargetFile file{fileName.str(), llvm::MemoryBuffer::getMemBufferCopy(text)};
  if (file.level() == TargetLevel::Slice) {
    llvm::Expected<Target> slice = parseTarget(text, fileName);
    if (!slice) {
      return slice.takeError();
    }
    return Machine::alone(*slice);
  }
  TargetLevel level = file.level();
  if (level == TargetLevel::Pod) {
    return llvm::createStringError(fileName +
                                   ": describes a pod; expects a rack, a chip "
                                   "or a slice");
  }
  Machine machine;
  machine.level = level;
  if (level == TargetLevel::Rack) {
    llvm::Expected<Rack> rack = parseLevel<Rack>(file, level);
    if (!rack) {
      return rack.takeError();
    }
    if (!rack->chip.inlined) {
      return llvm::createStringError(
          fileName + ": expects a rack that holds its chip, not the name '" +
          rack->chip.name + "'");
    }
    machine.chip = *rack->chip.inlined;
    machine.rack = std::move(*rack);
  } else {
    llvm::Expected<Chip> chip = parseLevel<Chip>(file, level);
    if (!chip) {
      return chip.takeError();
    }
    machine.chip = std::move(*chip);
  }
  if (!machine.chip->slice.inlined) {
    return llvm::createStringError(
        fileName + ": expects a chip that holds its slice, not the name '" +
        machine.chip->slice.name + "'");
  }
  machine.slice = *machine.chip->slice.inlined;
  if (llvm::Error error = checkLevels(machine, fileName)) {
    return std::move(error);
  }
  return std::move(machine);
}

Machine Machine::alone(const Target &slice) {
  Machine machine;
  machine.slice = slice;
  return machine;
}

Machine acc::inlineMachine(const Machine &machine) {
  Machine result = Machine::alone(machine.slice);
  if (machine.chip) {
    result.level = TargetLevel::Chip;
    result.chip = machine.chip;
    result.chip->slice.inlined = std::make_shared<Target>(machine.slice);
  }
  if (machine.rack) {
    result.level = TargetLevel::Rack;
    result.rack = machine.rack;
    result.rack->chip.inlined = std::make_shared<Chip>(*result.chip);
  }
  return result;
}

std::vector<uint32_t> Machine::mesh() const {
  std::vector<uint32_t> mesh;
  if (rack) {
    mesh = {rack->trays.count, rack->trays.chips};
  }
  mesh.push_back(grid().rows);
  mesh.push_back(grid().columns);
  return mesh;
}

std::string acc::describeSlice(uint64_t slice, uint64_t slices,
                               uint32_t chips) {
  uint64_t each = slices / chips;
  std::string text = "slice " + std::to_string(slice % each);
  return chips == 1 ? text
                    : "chip " + std::to_string(slice / each) + " " + text;
}

Chip::Grid Machine::grid() const {
  return chip ? chip->grid : Chip::Grid{1, 1};
}

Chip::Net Machine::net() const {
  return chip ? chip->net : Chip::Net{slice.spm.rowBytes, 2, 3, 2};
}

void acc::printMachine(const Machine &machine, llvm::raw_ostream &os) {
  auto print = [&](auto level) {
    llvm::yaml::Output output(os);
    output << level;
  };
  switch (machine.level) {
  case TargetLevel::Slice:
    return print(machine.slice);
  case TargetLevel::Chip:
    return print(*machine.chip);
  case TargetLevel::Rack:
    return print(*machine.rack);
  case TargetLevel::Pod:
    return print(*machine.pod);
  }
}
