//===- DmaUnit.h - The LOAD and STORE engines ---------------------*- C++
//-*-===//
//
// Sends the packets of LOAD and STORE commands to memory with the cycle of each
// request. Requests are sent ahead of time, in trains, as far as nothing that
// is still to happen can put a request of the other engine before them: a
// command that starts in cycle s sends its first request in s + setup or later,
// and no command starts before the slice's next event, nor before the end of a
// command whose answers the memory has not decided. What an engine knows of its
// earlier packets outlives their command: packets arrive in order, and the
// window of outstanding ones counts those of both commands.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_DMAUNIT_H
#define ACC_SYSTEMC_MODELS_SLICE_DMAUNIT_H

#include "dialects/Target/Target.h"
#include "systemc-models/Memory/CodeErrors.h"
#include "systemc-models/Memory/HbmModel.h"
#include "systemc-models/Memory/MemoryFlip.h"
#include "systemc-models/Slice/Cycles.h"
#include "systemc-models/Timing/Packets.h"

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace acc {

class DmaUnit : public sc_core::sc_module {
public:
  /// Called with the last request of a command, before its cycle; from the
  /// cycle behind it on the engine may get another command.
  using RequestedCallback =
      std::function<void(isa::Engine, uint64_t lastRequest)>;
  /// Called before `endCycle`, for the commands of an engine in their order.
  using EndCallback =
      std::function<void(isa::Engine, uint64_t endCycle, uint64_t packets)>;

  /// Called before `cycle`, in which it shows that a packet has an error that
  /// cannot be corrected.
  using FaultCallback = std::function<void(isa::Engine, uint64_t cycle,
                                           uint32_t pc, uint32_t address)>;

  /// Nothing is sent after cycle `lastCycle`.
  DmaUnit(sc_core::sc_module_name name, const Target &target,
          uint64_t lastCycle);
  void connect(RequestedCallback requested, EndCallback ended,
               FaultCallback failed) {
    onRequested = std::move(requested);
    onEnd = std::move(ended);
    onFault = std::move(failed);
  }
  /// A bit that turns over; packets that are requested in that cycle see it.
  /// Before the simulation, by cycle.
  void addFlip(const MemoryFlip &flip) { pendingFlips.push_back(flip); }
  /// Turns over what is left before `cycle`.
  void flipBefore(uint64_t cycle);
  /// The first cycle, now or later, in which a command of the slice may start.
  void setHorizon(std::function<uint64_t()> callback) {
    nextEvent = std::move(callback);
  }

  /// Makes no more requests.
  void stop();

  /// Starts a command in the current cycle. `indexOffsets` are what the indices
  /// add to HBM addresses; empty if the command is not indexed.
  void start(const Command &command, std::vector<uint32_t> indexOffsets);

  const HbmModel &memory() const { return hbm; }
  const HbmErrors &errors() const { return hbmErrors; }
  uint64_t correctedWords() const { return corrected; }
  /// Those that have happened.
  llvm::ArrayRef<MemoryFlip> flips() const { return doneFlips; }
  uint64_t activations() const { return activationCount; }

private:
  /// One engine: the command that still has requests to make, and its next one.
  struct Stream {
    Dma dma;
    uint32_t pc = 0;
    std::vector<uint32_t> offsets;
    std::optional<PacketWalker> walker; ///< empty: nothing to request
    uint64_t request = 0;               ///< cycle of the next request
    bool isPrepared = false;            ///< `request` is known
    uint64_t lastArrival = 0;
    std::vector<uint64_t> arrivals; ///< ring of the last `outstanding` ones
    size_t sentSlot = 0, receivedSlot = 0;
    uint64_t sent = 0, received = 0; ///< packets
    uint64_t packets = 0;            ///< sent of the command
    /// A command with no more requests to make.
    struct Rest {
      uint64_t sent; ///< packets of the engine up to its last one
      uint64_t packets;
    };
    std::deque<Rest> rests;
    /// A packet with an error that cannot be corrected.
    struct Failure {
      uint64_t packet; ///< of the engine, from 1 on
      uint32_t pc, address;
    };
    std::deque<Failure> failures;
  };

  const Target &target;
  uint64_t lastCycle;
  HbmModel hbm;
  Stream streams[2]; ///< LOAD, STORE
  RequestedCallback onRequested;
  EndCallback onEnd;
  FaultCallback onFault;
  std::function<uint64_t()> nextEvent;
  CycleEvent wake;
  uint64_t activationCount = 0;
  HbmErrors hbmErrors;
  uint64_t corrected = 0;
  std::deque<MemoryFlip> pendingFlips;
  std::vector<MemoryFlip> doneFlips;

  void findErrors(Stream &stream, const Packet &packet);
  void run();
  bool isFull(const Stream &s) const {
    return s.sent - s.received >= target.dma.outstanding;
  }
  bool waitsForMemory() const;
  Stream *earliest();
  uint64_t send(Stream &stream);
  uint64_t receive();
  void prepare(Stream &stream);
  isa::Engine engineOf(const Stream &s) const {
    return &s == &streams[0] ? isa::Engine::Load : isa::Engine::Store;
  }
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_DMAUNIT_H
