//===- CycleNet.h - Where the chips of a rack meet, cycle by cycle - C++
//-*-===//
//
// Collectives over chips (section 11 of docs/machine.md) as RackNet has them,
// but each chip knows of the others what their messages tell it, and messages
// go over ports, wires and a switch that exist word by word. So links may err,
// and chips may be RTL: they are clocked by the same process.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_NET_CYCLENET_H
#define ACC_SYSTEMC_MODELS_NET_CYCLENET_H

#include "systemc-models/Net/ChipsNet.h"
#include "systemc-models/Net/MessagePort.h"
#include "systemc-models/Net/Net.h"

#include <deque>

namespace acc {

class CycleNet final : public sc_core::sc_module, public ChipsNet {
public:
  /// The rack passes `checkCycleRack`.
  CycleNet(sc_core::sc_module_name name, const Machine &machine, bool values,
           const CycleRackOptions &options);

  void arrive(uint32_t chip, uint32_t place, std::vector<NetPart> parts,
              uint64_t lastStart) override;
  RackTraffic traffic() const override;

private:
  /// A chip's collectives with this first slice, one at a time.
  struct Lane {
    std::vector<NetPart> parts; ///< of the one that is under way
    std::vector<Participant> participants;
    std::vector<isa::Fault> faults;
    std::vector<uint8_t> given;
    uint64_t ready = 0; ///< cycle in which the edge has it
    struct Message {
      EdgeMessage message;
      uint64_t there = 0;
    };
    std::deque<Message> messages; ///< of the other chip
  };
  /// A chip that is the SystemC model.
  struct Side {
    std::unique_ptr<MessagePort> port;
    std::map<uint32_t, Lane> lanes; ///< by first slice
  };

  const Machine &machine;
  bool values;
  RackClock clock;
  std::vector<Side> sides; ///< by chip
  std::unique_ptr<CycleRack> rack;
  CycleEvent wake;

  void run();
  void finish(uint32_t chip, Lane &lane);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_CYCLENET_H
