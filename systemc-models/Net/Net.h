//===- Net.h - The collective network of a chip -------------------*- C++
//-*-===//
//
// Where the slices of a group meet (section 9 of docs/machine.md): when the
// last member has started, the rest of the collective is a closed form. Whether
// all have come is seen when everything of that cycle is known, two cycles
// later, as by the hardware. What goes on over other chips is handed to
// ChipsNet then.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_NET_NET_H
#define ACC_SYSTEMC_MODELS_NET_NET_H

#include "systemc-models/Functional/Collective.h"
#include "systemc-models/Net/BeatExchange.h"
#include "systemc-models/Slice/Cycles.h"

#include <memory>
#include <set>
#include <vector>

namespace acc {

/// A slice as the network sees it.
class NetMember {
public:
  virtual ~NetMember() = default;
  /// What the network reads and writes; nothing of a slice that gives and gets
  /// beats in their cycles.
  virtual Executor *scratchpadOf() = 0;
  /// The collective ends in `end`, or stops the slice with a fault.
  virtual void agreed(uint64_t end, isa::Fault fault) = 0;
  /// Members disagree; that is a fault in `cycle`, which is to come.
  virtual void disagreed(uint64_t cycle) = 0;
  /// With `agreed`, of one without scratchpad: its beats are those of a member
  /// of `exchange`.
  virtual void exchange(std::shared_ptr<BeatExchange>, size_t /*member*/) {}
};

/// What a member of a group has started.
struct NetPart {
  NetMember *member = nullptr;
  const Command *command = nullptr; ///< stays until the member's end
};

class ChipsNet;

struct NetOptions {
  /// Whether data are moved.
  bool values = true;
  /// The one slice that is there stands for all of its chip.
  bool standsForAll = false;
  uint32_t chip = 0;        ///< the chip's place among several
  ChipsNet *rack = nullptr; ///< where they meet; nothing for one by itself
};

const Collective &collectiveOf(const Command &command);

/// The parts as participants, and their own faults.
std::vector<Participant> makeParticipants(const Machine &machine,
                                          llvm::ArrayRef<NetPart> parts,
                                          std::vector<isa::Fault> &faults);

class Net : public sc_core::sc_module {
public:
  Net(sc_core::sc_module_name name, const Machine &machine,
      const NetOptions &options);

  /// Before the simulation; each slice once.
  void connect(uint32_t slice, NetMember &member) {
    places[slice].member = &member;
    hasBeats |= !member.scratchpadOf();
  }

  /// A slice starts a collective in the current cycle, or, without scratchpad,
  /// did so in the one before. The command stays where it is until it has
  /// ended.
  void arrive(uint32_t slice, const Command &command, uint64_t cycle);
  /// A slice stops in `cycle`, which is not the future.
  void leave(uint32_t slice, uint64_t cycle);

  /// Least cycles between a member's start and the end.
  uint64_t leastCycles() const;

  uint64_t activations() const { return activationCount; }

private:
  struct Place {
    NetMember *member = nullptr;
    const Command *command = nullptr; ///< it has started and not met
    uint64_t start = 0;
    uint64_t left = UINT64_MAX;
  };

  const Machine &machine;
  NetOptions options;
  std::vector<Place> places;
  bool hasBeats = false; ///< a member is without scratchpad
  std::multiset<uint64_t> agenda;
  CycleEvent wake;
  uint64_t activationCount = 0;

  void run();
  std::vector<uint32_t> groupOf(uint32_t slice) const;
  void meet(llvm::ArrayRef<uint32_t> members, uint64_t lastStart);
  void move(llvm::ArrayRef<NetPart> parts,
            llvm::ArrayRef<Participant> participants, uint64_t lastStart);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_NET_H
