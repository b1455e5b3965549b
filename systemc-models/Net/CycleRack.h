//===- CycleRack.h - Chips with their ports, cycle by cycle -----*- C++ -*-===//
//
// The clock edges of chips whose ports exist word by word, and of what is
// between them (CycleLinks). A chip is RTL, or a port with messages
// (MessagePort). The cores' clock and the ports' come of one source: edges of
// both that fall together are one.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_NET_CYCLERACK_H
#define ACC_SYSTEMC_MODELS_NET_CYCLERACK_H

#include "systemc-models/Fabric/CycleLinks.h"
#include "systemc-models/Net/RackTiming.h"
#include "systemc-models/Net/RackTraffic.h"

#include <memory>

namespace acc {

/// A chip as clocks and links see it.
class CycleChip {
public:
  virtual ~CycleChip() = default;
  /// Port and edge are reset, with an edge of both clocks.
  virtual void resetPort() = 0;
  /// The next edge of the core begins cycle 0 of its program.
  virtual void start() {}
  /// The word that the port sends in its cycle.
  virtual fabric::LinkWord link() const = 0;
  /// What comes to it in that cycle.
  virtual void receive(const fabric::LinkWord &word, bool locked) = 0;
  /// An edge of the clocks.
  virtual void clock(bool core, bool port) = 0;
  /// Of the core's cycle that has begun; whether something is to come that does
  /// not need another chip.
  virtual bool observe(uint64_t cycle) = 0;
  /// A message comes or goes in the ports' cycle.
  virtual bool isBusy() const = 0;
};

/// What a simulation of a rack cycle by cycle is made of.
struct CycleRackOptions {
  fabric::CycleLinksOptions links;
  /// By chip: those that are not the SystemC model. May be shorter.
  std::vector<CycleChip *> chips = {};

  CycleChip *of(uint32_t chip) const {
    return chip < chips.size() ? chips[chip] : nullptr;
  }
};

/// Whether the chips of the machine can be simulated so: an error says what is
/// in the way. One chip needs no links.
llvm::Error checkCycleRack(const Machine &machine);

class CycleRack {
public:
  CycleRack(const Machine &machine, std::vector<CycleChip *> chips,
            const fabric::CycleLinksOptions &options);

  /// Brings the links up and begins cycle 0 of all clocks.
  void start();
  /// The cycle of the core that has begun.
  uint64_t cycle() const { return coreCycle; }
  /// The cycle of the ports that has begun.
  uint64_t portCycle() const { return portCycles; }
  /// Goes to the beginning of the core's next cycle. False if nothing can come
  /// any more of what chips do by themselves, and no message is under way.
  bool advance();

  const fabric::CycleLinks &links() const { return *between; }
  /// What has gone over the links so far, without messages.
  RackTraffic traffic() const;

private:
  const Machine &machine;
  RackClock clock;
  std::vector<CycleChip *> chips;
  std::unique_ptr<fabric::CycleLinks> between;
  uint64_t coreCycle = 0, portCycles = 0;
  uint64_t coreTime = 0, portTime = 0; ///< of the next edges
  uint64_t quietFor = 0, patience;     ///< cycles of the core

  void step(bool core, bool port);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_CYCLERACK_H
