//===- Machine.h - The levels above a slice ---------------------*- C++ -*-===//
//
// A machine is a tree: a pod of racks of chips of slices. A target file
// describes one level and names the file of the level below, or holds it:
//
//   name: jx1                  name: jx1-rack          name: jx1-pod
//   slice: jx1-slice           chip: jx1               rack: jx1-rack
//   grid: { rows: 8, ... }     trays: { ... }          racks: { ... }
//
// Units are in the names: `BytesPerSecond` one way, `Seconds`, `Watts`;
// latencies without a unit are in core cycles.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_TARGET_MACHINE_H
#define DIALECTS_TARGET_MACHINE_H

#include "dialects/Target/Target.h"

#include <memory>

namespace acc {

enum class TargetLevel { Slice, Chip, Rack, Pod };
llvm::StringRef getName(TargetLevel level);

/// The level below, by name, by path, or written out in the same file.
template <typename T> struct Below {
  std::string name;
  std::shared_ptr<T> inlined;
};

/// Slices with their networks and the package around them.
struct Chip {
  struct Grid {
    uint32_t rows = 0;
    uint32_t columns = 0;
  };
  /// The collective network of rows and columns of slices.
  struct Net {
    uint32_t bytesPerCycle = 0; ///< of a slice, each way
    uint32_t stageLatency = 0;  ///< a row or a column of slices
    uint32_t setup = 0;
    uint32_t tail = 0;
  };
  /// The mesh for remote memory, fabric and host.
  struct Noc {
    uint32_t bytesPerCycle = 0; ///< of a link, one way
    uint32_t hopLatency = 0;
  };
  /// A port of the scale-up Ethernet (docs/fabric.md). Times are in cycles of
  /// its own clock; a word is what its lanes carry in one. Sizes of memories
  /// are powers of two.
  struct Port {
    uint32_t lanes = 0;       ///< bundled, of 16 bytes a cycle each
    uint32_t peers = 0;       ///< chips with numbers below it
    uint32_t pduBytes = 0;    ///< transactions of a frame, at most
    uint32_t queueWords = 0;  ///< of a channel, in front of packing
    uint32_t gbnWords = 0;    ///< of a channel, until the far chip has them
    uint32_t gbnFrames = 0;   ///< as many frames
    uint32_t gbnWindow = 0;   ///< frames on their way to one chip
    uint32_t gbnTimeout = 0;  ///< without an acknowledgement
    uint32_t gbnAckDelay = 0; ///< until one is sent by itself
    uint32_t llrWords = 0;    ///< OUTSTANDING_BYTES_MAX, in words
    uint32_t llrFrames = 0;   ///< OUTSTANDING_FRAMES_MAX
    uint32_t llrTimeout = 0;  ///< REPLAY_TIMER_MAX
    uint32_t llrReplays = 0;  ///< REPLAY_COUNT_MAX
    uint32_t pcsTimeout = 0;  ///< PCS_LOST_TIMEOUT
    uint32_t bufferWords = 0; ///< VC_CreditLimit of each channel
    uint32_t ctlSpacing = 0;  ///< between control ordered sets, at least
    uint32_t ctlRefresh = 0;  ///< until what is known is said again
    uint32_t lockHold = 0;    ///< locked lanes before words count
  };
  /// Ports of the scale-up Ethernet.
  struct Fabric {
    uint32_t localPorts = 0; ///< one to each plane of the rack
    double localBytesPerSecond = 0;
    uint32_t globalPorts = 0; ///< one to each rail of the pod
    double globalBytesPerSecond = 0;
    double coreSeconds = 0; ///< from memory to a port, or back
    double phySeconds = 0;  ///< coding and correction, both ends of a link
    Port port;              ///< of the local ones
  };
  struct Package {
    double tdpWatts = 0;
    double sustainedWatts = 0; ///< what it may take for long
  };

  std::string name;
  std::string description;
  Below<Target> slice;
  Grid grid;
  Net net;
  Noc noc;
  Fabric fabric;
  Package package;
  std::map<std::string, std::string> sources;

  uint32_t slices() const { return grid.rows * grid.columns; }
};

/// Chips in trays, on the planes of a local network.
struct Rack {
  struct Trays {
    uint32_t count = 0;
    uint32_t chips = 0; ///< of a tray
    double watts = 0;   ///< of a tray beside its chips
  };
  /// Units in the switches that add up what chips send (docs/fabric.md,
  /// section 16); a window of 0: there are none.
  struct Reduction {
    uint32_t window = 0;    ///< transactions of a port that a unit holds
    double seconds = 0;     ///< from a port to its unit, or back
    uint32_t addCycles = 0; ///< of ports, to add what one more chip sent
  };
  struct Switches {
    uint32_t planes = 0;    ///< local switches, each with a port of every chip
    double seconds = 0;     ///< port to port
    double cableMetres = 0; ///< from a chip to a switch
    double cableSecondsPerMetre = 0;
    uint32_t bufferWords = 0; ///< of each port and channel
    uint32_t count = 0;       ///< all, global ones included
    double watts = 0;         ///< of one under load
    double tdpWatts = 0;
    Reduction reduction;
  };
  struct Optics {
    uint32_t count = 0;
    double watts = 0; ///< of one transceiver
  };
  /// The CPU servers beside the rack.
  struct Hosts {
    double watts = 0; ///< in production
    double provisionedWatts = 0;
  };
  struct Supply {
    double efficiency = 0; ///< from the rack's feed to the boards
  };
  /// Chips beside those of the trays, on the same switches, off until one takes
  /// the place of a chip that has died (docs/fabric.md, section 17).
  struct Spares {
    uint32_t chips = 0;            ///< 0: there are none
    double hostBytesPerSecond = 0; ///< of a chip's link to its host
    double restartSeconds = 0;     ///< of the host's software, loading aside
  };

  std::string name;
  std::string description;
  Below<Chip> chip;
  Trays trays;
  Switches switches;
  Optics optics;
  Hosts hosts;
  Supply supply;
  Spares spares;
  std::map<std::string, std::string> sources;

  /// Those that work; spares are not among them.
  uint32_t chips() const { return trays.count * trays.chips; }
};

/// Racks on the rails of a global network.
struct Pod {
  struct Racks {
    uint32_t count = 0;
  };
  struct Rails {
    uint32_t count = 0;
    uint32_t links = 0;       ///< of a rail, between each two racks
    double opticsSeconds = 0; ///< a transceiver's coding, at each end
    double fibreMetres = 0;   ///< from switch to switch
    double fibreSecondsPerMetre = 0;
  };

  std::string name;
  std::string description;
  Below<Rack> rack;
  Racks racks;
  Rails rails;
  std::map<std::string, std::string> sources;
};

/// All levels of a target file, from its own down to the slice.
struct Machine {
  TargetLevel level = TargetLevel::Slice;
  Target slice;
  std::optional<Chip> chip;
  std::optional<Rack> rack;
  std::optional<Pod> pod;

  const std::string &name() const;
  const std::string &description() const;
  /// Chips of the largest level; 1 if that is a chip or a slice.
  uint32_t chips() const;
  /// Slices of a chip; 1 without a chip.
  uint32_t slicesPerChip() const { return chip ? chip->slices() : 1; }
  /// Of all chips. A slice's number is that of its chip times the slices of a
  /// chip, and its number there.
  uint32_t slices() const { return chips() * slicesPerChip(); }
  /// Slices as a grid, the last axis first in their numbers: rows and columns
  /// of a chip; of a rack trays, chips of a tray, rows and columns.
  std::vector<uint32_t> mesh() const;

  /// The slices that run together, and their network. A slice by itself is a
  /// chip of one, whose network is as fast as the scratchpad and takes the
  /// least time that the hardware can.
  Chip::Grid grid() const;
  Chip::Net net() const;
  static Machine alone(const Target &slice);
};

/// "slice 3", or "chip 1 slice 3", of so many slices of several chips.
std::string describeSlice(uint64_t slice, uint64_t slices, uint32_t chips);

/// Loads a target of any level with all levels below it: `nameOrPath` is the
/// path of a .yaml file or the name of a built-in target. The error has the
/// form "FILE:LINE:COL: error: ..." where it is in a file.
llvm::Expected<Machine> loadMachine(llvm::StringRef nameOrPath);

/// The machine of this name that comes with the tools; never a file.
llvm::Expected<Machine> loadBuiltInMachine(llvm::StringRef name);

/// The machine of a rack's, chip's or slice's file that needs no other file.
llvm::Expected<Machine> parseMachine(llvm::StringRef text,
                                     llvm::StringRef fileName);

/// The rack, chip or slice with all that it is made of in one file: what a
/// program is made for. Of a pod, its rack.
Machine inlineMachine(const Machine &machine);

/// The first parameter that a program sees and that differs: of the slice, the
/// grid, the collective network, or the rack and its fabric.
std::optional<TargetDifference> findDifference(const Machine &first,
                                               const Machine &second);

/// Writes the SystemVerilog package `xpu_cfg_pkg`.
void writeMachineSV(const Machine &machine, llvm::raw_ostream &os);

/// Writes the file of the machine's own level, in the form in which it is read.
void printMachine(const Machine &machine, llvm::raw_ostream &os);

} // namespace acc

#endif // DIALECTS_TARGET_MACHINE_H
