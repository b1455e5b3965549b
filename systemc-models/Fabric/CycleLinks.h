//===- CycleLinks.h - The links of a rack, cycle by cycle -------*- C++ -*-===//
//
// Wires with their errors and the switch between chips whose ports exist word
// by word, in RTL or as the model Port (docs/fabric.md, section 12): one plane.
// Chips are what is joined to it; it does not know which of them are RTL.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_CYCLELINKS_H
#define ACC_SYSTEMC_MODELS_FABRIC_CYCLELINKS_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Fabric/CycleSwitch.h"
#include "systemc-models/Fabric/Wire.h"

#include "llvm/Support/Error.h"

namespace acc::fabric {

/// What has happened on the links.
struct CycleLinksStatistics {
  uint64_t flippedBits = 0;
  uint64_t badFrames = 0; ///< at the switch
  /// Replays that the switch has asked for and that it was asked for.
  uint64_t retries = 0;
  uint64_t frames = 0;             ///< on all links, each time
  std::vector<uint64_t> sentWords; ///< of frames, by chip
};

struct CycleLinksOptions {
  double bitErrors = 0; ///< of a bit on a link
  uint64_t seed = 0;
  CycleLinksStatistics *atEnd = nullptr; ///< statistics are written there
};

/// "RATE" or "RATE,seed=N".
llvm::Expected<CycleLinksOptions> parseLinkErrors(llvm::StringRef text);

class CycleLinks {
public:
  /// The rack has a single plane (`checkCycleLinks`).
  CycleLinks(const Machine &machine, const CycleLinksOptions &options);
  ~CycleLinks();
  CycleLinks(const CycleLinks &) = delete;
  CycleLinks &operator=(const CycleLinks &) = delete;

  /// From reset on links come up in so many cycles, after which all that is
  /// periodic in ports is as at its beginning: programs start then.
  static uint64_t bringUpCycles(const Machine &machine);

  /// What comes to a chip in the cycle.
  const LinkWord &read(uint32_t chip) const { return down[chip].read(cycle); }
  bool locked(uint32_t chip) const { return down[chip].locked(cycle); }
  /// Ends the cycle, in which chips have sent these words.
  void clock(const std::vector<LinkWord> &sent);

  CycleLinksStatistics statistics() const;

private:
  PortConfig config;
  CycleLinksStatistics *atEnd;
  std::vector<Wire> up, down; ///< from chips and to them
  CycleSwitch middle;
  uint64_t cycle = 0;
  uint64_t frames = 0;
  std::vector<uint64_t> sentWords;
};

/// Whether the rack can be simulated so: an error says what is in the way.
llvm::Error checkCycleLinks(const Machine &machine);

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_CYCLELINKS_H
