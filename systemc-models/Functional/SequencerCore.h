//===- SequencerCore.h - The scalar machine of the sequencer ------*- C++
//-*-===//
//
// Executes scalar instructions and hardware loops, and hands everything that
// touches the rest of the slice to its owner as a Step. Knows the cost of each
// step in cycles but keeps no time.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_SEQUENCERCORE_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_SEQUENCERCORE_H

#include "dialects/Target/Target.h"
#include "systemc-models/Timing/Command.h"

#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <vector>

namespace acc {

/// One instruction as the rest of the slice sees it.
struct Step {
  enum class Kind { Scalar, Push, Wait, Signal, Lds, Fence, Halt, Fault };
  Kind kind = Kind::Scalar;
  uint32_t pc = 0;
  /// Cycles that the instruction takes if nothing holds it up.
  uint32_t cycles = 1;
  uint32_t mask = 0;    ///< Wait, Signal
  uint32_t address = 0; ///< Lds
  uint8_t rd = 0;       ///< Lds
  isa::Fault fault = isa::Fault::None;
};

/// A program, decoded where it is executed. Sequencers that run the same share
/// it.
class DecodedProgram {
public:
  struct Instruction {
    enum class State : uint8_t { Unknown, Scalar, Command, Fault };
    State state = State::Unknown;
    uint8_t words = 1;
    isa::Fault fault = isa::Fault::None;
    isa::Scalar scalar;
    std::unique_ptr<Command> command;
  };

  /// `program` fits the instruction memory and outlives this.
  DecodedProgram(const Target &target, llvm::ArrayRef<isa::Word> program)
      : imemWords(target.seq.imemWords), program(program),
        cache(program.size()) {}

  /// Words.
  uint32_t size() const { return uint32_t(program.size()); }
  /// The instruction at a word, which may be beyond the program.
  const Instruction &at(uint32_t pc);

private:
  uint32_t imemWords;
  llvm::ArrayRef<isa::Word> program;
  std::vector<Instruction> cache;
};

class SequencerCore {
public:
  /// Starts at word `entry`.
  SequencerCore(const Target &target, std::shared_ptr<DecodedProgram> program,
                uint32_t entry, const SliceId &id);
  /// A slice by itself; `program` outlives the sequencer.
  SequencerCore(const Target &target, llvm::ArrayRef<isa::Word> program,
                uint32_t entry = 0);

  /// Executes the instruction at the program counter and moves on.
  Step step();

  /// The command of the last step of kind Push, base registers added.
  const Command &command() const { return pushed; }

  /// Ends a step of kind Lds.
  void writeRegister(unsigned r, uint32_t value) {
    if (r != 0) {
      regs[r] = value;
    }
  }

  uint32_t programCounter() const { return pc; }

private:
  struct Loop {
    uint32_t begin, end, left;
  };

  const Target &target;
  std::shared_ptr<DecodedProgram> program;
  SliceId id;
  Registers regs{};
  uint32_t pc;
  std::vector<Loop> loops;
  Command pushed;

  void executeScalar(const isa::Scalar &s, Step &step);
  void fallThrough(uint32_t next);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_SEQUENCERCORE_H
