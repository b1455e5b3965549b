//===- BeatExchange.h - A collective beat by beat -----------------*- C++
//-*-===//
//
// A collective (section 9 of docs/machine.md) of a group in which some members
// are simulated cycle by cycle. Those give and get beats in their cycles; of
// the others the network reads the scratchpads when all have come, and writes
// each beat in the cycle in which it has passed the stages.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_NET_BEATEXCHANGE_H
#define ACC_SYSTEMC_MODELS_NET_BEATEXCHANGE_H

#include "systemc-models/Functional/Collective.h"

#include <deque>

namespace acc {

class BeatExchange {
public:
  /// Members in their order, which agree; those without an executor give and
  /// get beats. The last of them started in `lastStart`.
  BeatExchange(const Machine &machine, llvm::ArrayRef<Participant> members,
               uint64_t lastStart);

  /// A member gives its next beat, whose words are those of xpu_net_pkg.
  void give(size_t member, llvm::ArrayRef<uint32_t> words);

  /// The network in `cycle`, once for each cycle and in their order: writes
  /// what members without beats of their own get, and keeps `words`.
  void advance(uint64_t cycle);
  /// What the others get in that cycle; nothing if no beat comes.
  llvm::ArrayRef<uint32_t> words() const { return current; }
  /// No beat is to come.
  bool isDone() const { return part == parts; }

private:
  struct Member {
    Collective collective;
    Executor *executor; ///< nothing: gives and gets beats
    bool isOut;
    std::vector<uint8_t> given; ///< rows of all parts, without gaps
    std::deque<std::vector<uint32_t>> beats;
  };
  Chip::Grid grid;
  uint32_t width;
  std::vector<Member> members;
  uint64_t next; ///< cycle of the next beat
  uint32_t parts, part = 0, row = 0, at = 0;
  std::vector<uint32_t> current;

  std::vector<uint32_t> takeFrom(Member &member, uint32_t bytes);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_BEATEXCHANGE_H
