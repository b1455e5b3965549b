//===- RackNet.h - Where the chips of a rack meet -----------------*- C++
//-*-===//
//
// Collectives over chips (section 11 of docs/machine.md): the slices of a group
// meet on their chip as in any collective, then chips exchange messages over
// the fabric, frame by frame, then each spreads what it has to its slices.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_NET_RACKNET_H
#define ACC_SYSTEMC_MODELS_NET_RACKNET_H

#include "systemc-models/Fabric/Topology.h"
#include "systemc-models/Net/Net.h"
#include "systemc-models/Net/RackTiming.h"
#include "systemc-models/Net/RackTraffic.h"

#include <map>
#include <memory>

namespace acc {

class RackNet : public sc_core::sc_module {
public:
  /// `network` has the chips of the machine's rack.
  RackNet(sc_core::sc_module_name name, const Machine &machine, bool values,
          std::unique_ptr<fabric::Network> network);

  /// The slices of a group of a chip have started their collective, the last of
  /// them in `lastStart`, and agree. `place` tells groups of a kind apart: the
  /// first slice of it. Not before they have seen the end of the one before.
  void arrive(uint32_t chip, uint32_t place, std::vector<NetPart> parts,
              uint64_t lastStart);

  RackTraffic traffic() const;
  uint64_t activations() const { return activationCount; }

private:
  /// A chip's part in an exchange.
  struct Side {
    uint32_t chip = 0;
    std::vector<NetPart> parts;
    std::vector<isa::Fault> faults;
    /// When what each chip has for this one is there, by round; and from how
    /// many it is.
    std::array<std::vector<uint64_t>, 2> there;
    std::array<uint32_t, 2> count{};
  };
  /// All that a group does together once.
  struct Exchange {
    RackTiming timing;
    std::vector<Side> sides; ///< in the order of chips
    uint32_t arrived = 0;
    bool disagrees = false;
  };
  using Key = std::array<uint32_t, 4>; ///< group, chips, first chip, place
  struct Message {
    std::shared_ptr<Exchange> exchange;
    uint32_t from = 0, to = 0; ///< places among the chips that take part
    unsigned round = 0;
  };

  const Machine &machine;
  bool values;
  std::unique_ptr<fabric::Network> network;
  RackClock clock;
  std::map<Key, std::shared_ptr<Exchange>> open; ///< not all chips have come
  std::vector<Message> messages;                 ///< by number
  RackTraffic total;
  CycleEvent wake;
  uint64_t activationCount = 0;

  void run();
  void schedule();
  void meet(Exchange &exchange);
  void send(const std::shared_ptr<Exchange> &exchange, uint32_t from,
            unsigned round, uint64_t cycle, llvm::ArrayRef<uint32_t> chips);
  void received(const std::shared_ptr<Exchange> &exchange, uint32_t from,
                uint32_t to, unsigned round, uint64_t cycle);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_RACKNET_H
