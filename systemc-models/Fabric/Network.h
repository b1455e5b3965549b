//===- Network.h - Chips, links and switches, frame by frame ----*- C++ -*-===//
//
// The fast model of a fabric (docs/fabric.md, section 11): an event for each
// step of a frame and of a control ordered set, none for a cycle. Ports of
// chips do what Port does, in the same cycles; switches are defined here.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_NETWORK_H
#define ACC_SYSTEMC_MODELS_FABRIC_NETWORK_H

#include "systemc-models/Fabric/LinkPort.h"
#include "systemc-models/Fabric/Reduction.h"
#include "systemc-models/Fabric/SwitchState.h"
#include "systemc-models/Fabric/Transport.h"

#include <functional>
#include <memory>
#include <random>

namespace acc::fabric {

class Network {
public:
  using Delivered = std::function<void(uint32_t message, Cycle cycle)>;

  /// `framing` of all ports; a switch takes `switchCycles` from the first word
  /// that comes to the first that leaves, and has `switchWords` for each port
  /// and channel.
  struct Options {
    Chip::Port port;
    Framing framing = Framing::Sue;
    Cycle switchCycles = 0;
    uint32_t switchWords = 0;
    uint32_t chipsPerRack = UINT32_MAX;
    /// Of one rack whose switches add up: behind the chips as many units, the
    /// same ports each. 0: there are none.
    uint32_t units = 0;
    Cycle unitCycles = 0;    ///< of a switch, from a port to a unit, or back
    uint32_t unitWindow = 0; ///< transactions of a port that a unit holds
    Cycle addCycles = 0;     ///< for each chip but the first
    double bitErrors = 0;    ///< of a bit of a frame on a link
    uint64_t seed = 0;
  };
  explicit Network(const Options &options);
  Network(const Network &) = delete;
  Network &operator=(const Network &) = delete;

  /// Ports of a chip to the others of its rack, and to chips of the same number
  /// in other racks.
  enum class Reach { Near, Far };

  // Building: chips, then switches, then links.
  uint32_t addChip();
  uint32_t addSwitch();
  struct End {
    bool isChip = true;
    uint32_t node = 0;
  };
  /// A link between two nodes of so many cycles each way, with `lanes` lanes. A
  /// switch sends what is for `first` (a chip) to its port of this link.
  /// Returns the port of `first`; that of `second` is the next.
  uint32_t link(End first, End second, Cycle delay, unsigned lanes,
                Reach reach);
  /// At a switch, what is for the chip leaves by the port.
  void route(uint32_t switchId, uint32_t chip, uint32_t port);
  /// Of a chip.
  llvm::ArrayRef<uint32_t> portsOf(uint32_t chip, Reach reach) const {
    return chips[chip].ports[unsigned(reach)];
  }

  /// The link is dead from the cycle on, both ways: what is on it is lost, and
  /// its ends give up after pcs_timeout.
  void cut(uint32_t port, Cycle cycle);

  /// The frame that is sent over the port as this one, from 0 on, is damaged.
  void damage(uint32_t port, uint64_t frame) {
    ports[port].script.insert(frame);
  }

  // Use. Bytes are packed into transactions, which go round the ports.
  uint32_t send(Cycle from, uint32_t source, uint32_t destination,
                uint64_t bytes, unsigned channel);

  /// What the chips give in contribute is added up in the switches, in their
  /// order, and all get the sum. The chips begin sums that they have in common
  /// in one order. A plane on which a chip has no link is not used.
  uint32_t openReduction(llvm::ArrayRef<uint32_t> members, uint64_t bytes,
                         unsigned channel);
  /// The part of a member, by its place. Returns the message of the sum, which
  /// is delivered, or reported with those of all others.
  uint32_t contribute(uint32_t reduction, uint32_t member, Cycle from);

  /// Called when the last byte of a message is there, in the cycle behind.
  void onDelivered(Delivered function) { delivered = std::move(function); }
  /// Called for a message of which something may be lost: its chip has given a
  /// port up, or the far chip does not answer over one. Later messages go round
  /// that port.
  void onFault(Delivered function) { faulted = std::move(function); }
  /// Runs until nothing is on its way; the cycle of the last delivery.
  Cycle run(Cycle limit = kNever);
  /// While nothing is on its way, up to before a cycle: links die, and it is
  /// noticed.
  void idle(Cycle limit);
  Cycle now() const { return time; }
  /// The cycle of the next event, if something is on its way: to be run for a
  /// while, up to behind it, and then be given more to send.
  Cycle nextCycle() const { return undelivered == 0 ? kNever : events.next(); }

  struct Counters {
    uint64_t events = 0, frames = 0, acknowledgements = 0, replays = 0;
    uint64_t badFrames = 0, rewinds = 0;
    uint64_t faults = 0;       ///< messages that were given up
    uint64_t creditStalls = 0; ///< times that a frame was there and had none
    uint64_t sums = 0;         ///< transactions that units added up
  };
  const Counters &counters() const { return count; }
  /// Words that a port has sent, frames of all kinds.
  uint64_t wordsSent(uint32_t port) const { return ports[port].wordsSent; }
  uint32_t portCount() const { return uint32_t(ports.size()); }
  /// Data of messages that have not been delivered.
  uint64_t pending() const { return undelivered; }

private:
  enum class Kind : uint8_t {
    Arbitrate,
    Start,
    Pack,
    Header,
    Arrive,
    Control,
    ControlSlot,
    Scan,
    Forward,
    Tick,
    Deliver,
    Timeout,
    Retry,
    Cut,
    Flush,
    HandOver,
  };
  struct Payload {
    Kind kind;
    uint8_t channel = 0;
    uint32_t port = 0;
    uint32_t a = 0, b = 0;
    uint64_t wide = 0;
  };
  struct Message {
    uint32_t left = 0; ///< transactions
    Cycle last = 0;
    bool isFaulted = false;
    bool isPart = false;        ///< of a reduction, on the way to the unit
    uint32_t reduction = kNone; ///< whose part or sum it is
    uint32_t member = 0;
  };
  struct ChipState {
    std::array<std::vector<uint32_t>, 2> ports; ///< by reach
    std::array<uint32_t, 2> turn{}; ///< the port of the next transaction
    std::vector<UnitQueue> units;   ///< by near port
  };

  Options options;
  std::vector<std::unique_ptr<PortConfig>> configs; ///< by lanes
  Events<Payload> events;
  Cycle time = 0, lastDelivery = 0, lastStep = 0;
  bool ticks = false;
  uint64_t undelivered = 0;
  std::vector<LinkPort> ports;
  std::vector<std::unique_ptr<Transport>> transports; ///< by port; of chips
  std::vector<SwitchState> switches;
  std::vector<ChipState> chips;
  std::vector<Message> messages;
  std::vector<Reduction> reductions;
  FramePool frames;
  WaitingPool waiting;
  Delivered delivered, faulted;
  Counters count;
  std::mt19937_64 random;

  void handle(const Payload &event);
  uint32_t chipOf(uint32_t port, uint32_t peer) const;
  /// The number by which a port's transport knows a chip.
  uint32_t peerOf(uint32_t port, uint32_t chip) const {
    return ports[port].reach == unsigned(Reach::Near)
               ? chip % options.chipsPerRack
               : chip / options.chipsPerRack;
  }
  const PortConfig &configOf(unsigned lanes);
  bool isFar(uint32_t source, uint32_t destination) const {
    return options.units == 0 &&
           source / options.chipsPerRack != destination / options.chipsPerRack;
  }
  /// Whether messages to a chip can go by the port of a chip.
  bool isOpen(uint32_t port, uint32_t destination, unsigned channel);

  // NetworkReduction.cpp
  uint32_t unitOf(uint32_t chip) const { return chip + options.units; }
  bool isUnit(uint32_t node) const {
    return options.units != 0 && node >= options.units;
  }
  uint32_t addMessage(uint32_t reduction, uint32_t member, bool isPart);
  void offerParts(uint32_t chip, uint32_t plane);
  void offer(uint32_t port, unsigned channel, uint32_t destination,
             llvm::ArrayRef<TransactionRun> runs, Cycle from);
  void handOver(uint32_t port, uint32_t message, uint32_t transactions);
  void failReduction(uint32_t reduction);

  // NetworkLink.cpp: what chips and switches do alike.
  void kickArbiter(uint32_t port, Cycle cycle);
  void arbitrate(uint32_t port);
  bool takes(uint32_t port, unsigned channel, Cycle &later);
  void grant(uint32_t port, unsigned channel, uint32_t frame);
  void leave(uint32_t port, uint64_t sequence, bool isFirst);
  void arrive(const Payload &event);
  void forward(uint32_t port, uint32_t frame);
  void freeAtInput(uint32_t input, uint32_t frame);
  void replay(uint32_t port);
  void kickRetry(uint32_t port);
  void retry(uint32_t port);

  // NetworkControl.cpp
  void kickControl(uint32_t port, Cycle cycle);
  void sendControl(uint32_t port);
  void receiveControl(const Payload &event);
  void tick();

  // NetworkFaults.cpp
  void flush(uint32_t port);
  void giveUpPeer(uint32_t port, unsigned channel, uint32_t peer);
  void fault(llvm::ArrayRef<TransactionRun> runs);
  void discard(uint32_t input, uint32_t frame);

  // NetworkChip.cpp
  void kickStart(uint32_t port, unsigned channel, Cycle cycle);
  void start(uint32_t port, unsigned channel);
  void pack(uint32_t port, unsigned channel);
  uint32_t nextFrame(uint32_t port, unsigned channel);
  void header(uint32_t port, unsigned channel, uint32_t frame);
  void scan(uint32_t port, unsigned channel, uint32_t peer);
  void release(uint32_t port, unsigned channel, Cycle stalled);
  void owe(uint32_t port, unsigned channel, uint32_t peer);
  void receive(uint32_t port, uint32_t frame);
  void acknowledge(uint32_t port, unsigned channel, uint32_t peer,
                   uint16_t psn);
  void timeout(uint32_t port, unsigned channel);
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_NETWORK_H
