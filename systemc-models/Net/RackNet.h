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
#include "systemc-models/Net/ChipsNet.h"
#include "systemc-models/Net/Net.h"
#include "systemc-models/Net/RackTiming.h"

#include <map>
#include <memory>
#include <tuple>

namespace acc {

class RackNet final : public sc_core::sc_module, public ChipsNet {
public:
  /// `network` has the chips of the machine's rack.
  RackNet(sc_core::sc_module_name name, const Machine &machine, bool values,
          std::unique_ptr<fabric::Network> network);

  void arrive(uint32_t chip, uint32_t place, std::vector<NetPart> parts,
              uint64_t lastStart) override;
  RackTraffic traffic() const override;
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
    uint32_t place = 0;      ///< first slice of the group
    uint32_t arrived = 0;
    bool disagrees = false;
  };
  using Key = std::array<uint32_t, 4>; ///< group, chips, first chip, place
  struct Message {
    std::shared_ptr<Exchange> exchange;
    uint32_t from = 0, to = 0; ///< places among the chips that take part
    unsigned round = 0;
    // Once it has been sent. The sender's command may have ended by the time
    // that it is sent again.
    uint32_t source = 0, destination = 0; ///< chips
    uint64_t bytes = 0;
  };

  const Machine &machine;
  bool values;
  std::unique_ptr<fabric::Network> network;
  RackClock clock;
  std::map<Key, std::shared_ptr<Exchange>> open; ///< not all chips have come
  std::vector<Message> messages;                 ///< by number
  /// Messages that are on their way to the ports, which get them by port cycle,
  /// place of the group, and then in their own order.
  using Turn = std::tuple<uint64_t, uint32_t, uint32_t, uint32_t>;
  std::map<Turn, Message> posted; ///< with the chip between
  RackTraffic total;
  bool isRefused = false; ///< what is being sent: there is no link
  CycleEvent wake;
  uint64_t activationCount = 0;

  void run();
  void schedule();
  void sendPosted(uint64_t now);
  void meet(Exchange &exchange);
  void post(const std::shared_ptr<Exchange> &exchange, uint32_t from,
            unsigned round, uint64_t cycle);
  void sendAgain(uint32_t number, uint64_t cycle);
  void received(const std::shared_ptr<Exchange> &exchange, uint32_t from,
                uint32_t to, unsigned round, uint64_t cycle);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_RACKNET_H
