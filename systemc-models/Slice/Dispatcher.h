//===- Dispatcher.h - Queues, semaphores, claims and starts -------*- C++
//-*-===//
//
// Decides in which cycle each command starts (section 5 of docs/machine.md).
// All decisions of a cycle are taken in one activation, in the order: ends of
// the cycle before, starts and takers on the state before the cycle, claims,
// faults. It is activated only in cycles in which something can change.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_DISPATCHER_H
#define ACC_SYSTEMC_MODELS_SLICE_DISPATCHER_H

#include "systemc-models/Functional/Executor.h"
#include "systemc-models/Net/Net.h"
#include "systemc-models/Slice/Cycles.h"
#include "systemc-models/Slice/DmaUnit.h"
#include "systemc-models/Slice/RaceDetector.h"
#include "systemc-models/Slice/SliceTypes.h"
#include "systemc-models/Timing/Timing.h"

#include <deque>
#include <functional>
#include <optional>
#include <queue>

namespace acc {

class Dispatcher : public sc_core::sc_module, public NetMember {
public:
  Dispatcher(sc_core::sc_module_name name, const Machine &machine,
             Executor &executor, DmaUnit &dma, Net &net, uint32_t slice,
             const SliceOptions &options, SliceResult &result);

  /// What the sequencer waits for.
  struct Request {
    enum class Kind { None, Wait, Lds, Fence, Halt, Fault };
    Kind kind = Kind::None;
    uint64_t cycle = 0; ///< first cycle in which it can happen
    uint32_t pc = 0;
    uint32_t mask = 0;    ///< Wait
    uint32_t address = 0; ///< Lds
    isa::Fault fault = isa::Fault::None;
  };
  /// Called in the cycle in which the request is done; `word` is what LDS read.
  using Reply = std::function<void(uint64_t cycle, uint32_t word)>;
  /// Called when a command leaves a queue in the current cycle.
  using QueueMoved = std::function<void(isa::Engine)>;

  void connect(Reply onReply, QueueMoved onMoved) {
    reply = std::move(onReply);
    queueMoved = std::move(onMoved);
  }

  /// The first cycle from `cycle` on, which is now or later, in which the queue
  /// has a place; nothing if it is full until a command leaves it.
  std::optional<uint64_t> roomFrom(isa::Engine engine, uint64_t cycle) const;
  /// Pushes in `cycle`, which may lie ahead of now.
  void push(const Command &command, uint64_t cycle);
  /// SIGNAL in `cycle`, which may lie ahead of now.
  void postSignal(uint64_t cycle, uint32_t mask, uint32_t pc);
  void request(const Request &r);
  /// A bit of the scratchpad that turns over as soon as no command that has
  /// started claims its bank. Before the simulation, by cycle.
  void addFlip(const MemoryFlip &flip) { pendingFlips.push_back(flip); }

  uint64_t activations() const { return activationCount; }
  bool hasRequest() const { return pending.kind != Request::Kind::None; }
  /// The next cycle in which something is to be decided.
  uint64_t nextCycle() const { return wake.nextCycle(); }
  /// True if a collective waits for other slices.
  bool waitsForNet() const;
  /// True if a command is under way that does not wait for other slices (at the
  /// end: one that did not end in time).
  bool isBusy() const;
  /// Heads of the queues that have not started, for messages.
  std::string describeWaiting() const;

  void start_of_simulation() override;

  // NetMember
  Executor *scratchpadOf() override { return &executor; }
  void agreed(uint64_t end, isa::Fault fault) override;
  void disagreed(uint64_t cycle) override;

private:
  struct Entry {
    Command command;
    uint64_t visible;
    RaceDetector::Clock pushed; ///< if races are looked for
  };
  /// A command that has started and not ended.
  struct Active {
    Command command;
    uint64_t start;
    /// The first cycle in which the next may start beside it, if both are of a
    /// kind that can; unknown, as the end, while a DMA command has requests to
    /// make.
    uint64_t roomFrom = UINT64_MAX, end = UINT64_MAX;
    uint64_t packets = 0;
  };
  struct EngineState {
    std::deque<Entry> queue;
    std::deque<Active> active;  ///< in the order of starts, which is of ends
    uint64_t countedUntil = 0;  ///< BUSY has the cycles before this one
    uint64_t placeFreeFrom = 0; ///< of the command that started last
    MatmulPort port;            ///< of the matrix unit
    bool isBusy() const { return !active.empty(); }
  };
  struct Signal {
    uint64_t cycle;
    uint32_t mask;
    uint32_t pc;
    RaceDetector::Clock clock; ///< if races are looked for
  };
  /// The most important fault of a cycle.
  struct Worst {
    isa::Fault fault = isa::Fault::None;
    uint32_t pc = 0;
    uint32_t address = 0;
    void add(isa::Fault f, uint32_t at, uint32_t of = 0) {
      if (f != isa::Fault::None && (fault == isa::Fault::None || f < fault)) {
        fault = f;
        pc = at;
        address = of;
      }
    }
  };

  const Target &target;
  Executor &executor;
  DmaUnit &dma;
  Net &net;
  uint32_t slice;
  const SliceOptions &options;
  SliceResult &result;
  Reply reply;
  QueueMoved queueMoved;
  EngineState engines[numEngines];
  uint32_t semaphores[isa::kNumSemaphores] = {};
  std::deque<Signal> signals;
  Request pending;
  std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<uint64_t>>
      agenda;
  CycleEvent wake;
  uint64_t activationCount = 0;
  std::optional<RaceDetector> raceDetector;
  std::vector<MemoryFlip> pendingFlips;
  /// Errors of memories that are found in cycles to come.
  struct LateFault {
    uint64_t cycle;
    isa::Fault fault;
    isa::Engine engine;
    uint32_t pc, address;
  };
  std::vector<LateFault> lateFaults;
  uint64_t mismatchCycle = UINT64_MAX; ///< of the collective that has started

  void schedule(uint64_t cycle);
  void tick();
  void decide(uint64_t now);
  bool addSignals(uint64_t now);
  void finishCommands(uint64_t now);
  void applyFlips(uint64_t now);
  void addLateFault(const LateFault &fault);
  bool available(uint32_t mask) const;
  bool canStart(const EngineState &engine, uint64_t now) const;
  bool canJoin(const Command &next, const EngineState &engine) const;
  void take(uint32_t mask);
  Worst findFaults(uint64_t now, const bool (&starts)[numEngines],
                   bool waitTakes) const;
  void start(EngineState &engine, uint64_t now);
  void finishRequest(uint64_t now, bool waitTakes, bool idle);
  void stop(isa::Fault fault, uint32_t pc, uint64_t cycle,
            uint32_t address = 0);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_DISPATCHER_H
