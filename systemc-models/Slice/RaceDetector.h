//===- RaceDetector.h - Races between commands ------------------*- C++ -*-===//
//
// Two commands of different engines race if they touch the same bytes, at least
// one writes, and nothing orders them: no chain of signals and waits, pushes
// behind a WAIT or FENCE of the sequencer, and commands of one engine leads
// from the end of one to the start of the other. The models move data at the
// start of a command, the machine in its course, so only programs without races
// have results that do not depend on times.
//
// Each engine has a vector clock: how many commands of every engine have ended
// before what it starts now. Tokens of a semaphore carry the clock of their
// signal, and are taken in the order in which they came, as xpu-verify-order
// counts them. Orders that hold only by times or by the claims of banks do not
// count (docs/decisions/0052).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_RACEDETECTOR_H
#define ACC_SYSTEMC_MODELS_SLICE_RACEDETECTOR_H

#include "systemc-models/Functional/Streams.h"
#include "systemc-models/Slice/SliceTypes.h"

#include <deque>
#include <set>

namespace acc {

class RaceDetector {
public:
  /// Commands that have ended, by engine; the last are words that LDS read.
  using Clock = std::array<uint64_t, numEngines + 1>;

  RaceDetector(const Target &target, std::vector<Race> &races)
      : target(target), races(races) {}

  /// What the sequencer knows now: what it pushes or signals starts behind it.
  const Clock &sequencerClock() const { return sequencer; }

  /// A token is added to each semaphore.
  void signal(uint32_t mask, const Clock &clock);
  /// The oldest command of the engine that has not ended does: the clock that
  /// its signal carries.
  Clock end(isa::Engine engine);

  /// The sequencer takes tokens, or finds all engines idle.
  void wait(uint32_t mask);
  void fence();

  /// A command starts, which was pushed when the sequencer had this clock.
  /// `indexOffsets` are those of an indexed DMA command.
  void start(const Command &command, const Clock &pushed, uint64_t cycle,
             llvm::ArrayRef<uint32_t> indexOffsets);
  /// LDS reads a word.
  void readWord(uint32_t pc, uint32_t address, uint64_t cycle);

private:
  /// What a command does to one memory.
  struct Access {
    Race::Memory memory;
    bool isWritten;
    ByteSet bytes;
  };
  struct Record {
    uint64_t number;
    Race::Side side;
    llvm::SmallVector<Access, 3> accesses;
  };

  const Target &target;
  std::vector<Race> &races;
  Clock sequencer{};
  Clock engines[numEngines] = {}; ///< at the last start
  std::array<uint64_t, numEngines + 1> started{};
  std::deque<Clock> tokens[isa::kNumSemaphores];
  /// Numbers of the commands that have not ended, and clocks at their starts.
  std::deque<std::pair<uint64_t, Clock>> running[numEngines];
  std::deque<Record> records[numEngines + 1];
  std::set<std::array<uint32_t, 3>> known; ///< instructions and memory

  void take(uint32_t mask, Clock &clock);
  void check(Record record, unsigned agent, const Clock &clock);
  void report(const Record &earlier, bool earlierWrites, const Record &later,
              bool laterWrites, Race::Memory memory, uint64_t address);
};

/// "race at byte 64 of the scratchpad: the Load command at word 4 (source),
/// started in cycle 3, writes; ..."; `sourceOf` says where an instruction is
/// from, or nothing.
std::string describeRace(const Race &race,
                         llvm::function_ref<std::string(uint32_t pc)> sourceOf);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_RACEDETECTOR_H
