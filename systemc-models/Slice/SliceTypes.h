//===- SliceTypes.h - Options and results of a slice run ----------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_SLICETYPES_H
#define ACC_SYSTEMC_MODELS_SLICE_SLICETYPES_H

#include "systemc-models/Memory/HbmModel.h"
#include "systemc-models/Memory/MemoryFlip.h"
#include "systemc-models/Timing/Command.h"

#include <vector>

namespace acc {

/// One command as it ran; busy from `start` to `end` inclusive.
struct CommandRecord {
  isa::Engine engine;
  uint32_t pc;
  uint64_t start;
  uint64_t end;
  bool operator==(const CommandRecord &o) const {
    return engine == o.engine && pc == o.pc && start == o.start && end == o.end;
  }
};

/// Two commands that nothing orders touch the same bytes (RaceDetector.h).
struct Race {
  enum class Memory { Scratchpad, Hbm, Accumulators };
  struct Side {
    isa::Engine engine; ///< Seq: LDS
    uint32_t pc;
    uint64_t start;
    bool isWriter;
  };
  Memory memory;
  uint64_t address;   ///< one of the bytes; of accumulators, a row
  Side first, second; ///< in the order of starts in this run
};

struct SliceOptions {
  uint64_t maxCycles = UINT64_MAX;
  /// If false only DMA moves data; arithmetic is skipped. Index lists and LDS
  /// then see what comes straight from HBM; indices that are out of range count
  /// up (Executor::readIndexOffsets).
  bool values = true;
  /// If false not even DMA moves data, and memory is not touched.
  bool moves = true;
  bool checkRaces = false; ///< finds SliceResult::races
};

struct SliceResult {
  bool done = false; ///< halted or stopped by a fault
  isa::Fault fault = isa::Fault::None;
  uint32_t faultPc = 0;
  uint32_t faultAddress = 0; ///< of SpmError, HbmError
  uint64_t cycles = 0;
  Counters counters{};
  /// In the order of their ends; ties in the order of engines.
  std::vector<CommandRecord> commands;
  HbmStatistics hbm;
  /// Those that happened, by the cycle in which they did (sortFlips).
  std::vector<MemoryFlip> flips;
  /// Errors that HBM has at the end, as flips of cycle 0.
  std::vector<MemoryFlip> hbmErrors;
  /// Each pair of instructions once.
  std::vector<Race> races;
  uint64_t events = 0; ///< activations of processes
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_SLICETYPES_H
