//===- DmaUnit.h - The LOAD and STORE engines ---------------------*- C++
//-*-===//
//
// Sends the packets of LOAD and STORE commands to memory with the cycle of each
// request as delay. Requests are sent ahead of time, in trains, as far as
// nothing that is still to happen can put a request of the other engine before
// them: a command that starts in cycle s sends its first request in s + setup
// or later, and no command starts before the slice's next event. What an
// engine knows of its earlier packets outlives their command: packets arrive in
// order, and the window of outstanding ones counts those of both commands.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_DMAUNIT_H
#define ACC_SYSTEMC_MODELS_SLICE_DMAUNIT_H

#include "dialects/Target/Target.h"
#include "systemc-models/Slice/Cycles.h"
#include "systemc-models/Timing/Packets.h"

#include <functional>
#include <optional>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <vector>

namespace acc {

class DmaUnit : public sc_core::sc_module {
public:
  tlm_utils::simple_initiator_socket<DmaUnit> socket;

  /// Called with the last request of a command, before its cycle; from the
  /// cycle behind it on the engine may get another command.
  using EndCallback = std::function<void(isa::Engine, uint64_t lastRequest,
                                         uint64_t endCycle, uint64_t packets)>;

  /// Nothing is sent after cycle `lastCycle`.
  DmaUnit(sc_core::sc_module_name name, const Target &target,
          uint64_t lastCycle);
  void setEndCallback(EndCallback callback) { onEnd = std::move(callback); }
  /// The first cycle, now or later, in which a command of the slice may start.
  void setHorizon(std::function<uint64_t()> callback) {
    nextEvent = std::move(callback);
  }

  /// Makes no more requests.
  void stop();

  /// Starts a command in the current cycle. `indexOffsets` are what the indices
  /// add to HBM addresses; empty if the command is not indexed.
  void start(const Command &command, std::vector<uint32_t> indexOffsets);

  uint64_t activations() const { return activationCount; }

private:
  /// One engine: the command that still has requests to make, and its next one.
  struct Stream {
    Dma dma;
    std::vector<uint32_t> offsets;
    std::optional<PacketWalker> walker; ///< empty: nothing to request
    uint64_t request = 0;               ///< cycle of the next request
    uint64_t lastArrival = 0;
    std::vector<uint64_t> arrivals; ///< ring of the last `outstanding` ones
    size_t slot = 0;
    uint64_t packets = 0;
  };

  const Target &target;
  uint64_t lastCycle;
  Stream streams[2]; ///< LOAD, STORE
  EndCallback onEnd;
  std::function<uint64_t()> nextEvent;
  CycleEvent wake;
  tlm::tlm_generic_payload payload;
  uint64_t activationCount = 0;

  void run();
  Stream *earliest();
  uint64_t send(Stream &stream, bool isWrite);
  void prepare(Stream &stream);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_DMAUNIT_H
