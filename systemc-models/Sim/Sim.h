//===- Sim.h - One interface to the models ------------------------*- C++
//-*-===//
//
// Runs a program on a model and compares runs. The RTL bench writes the same
// result file, so that its runs can be compared, too.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SIM_SIM_H
#define ACC_SYSTEMC_MODELS_SIM_SIM_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Fabric/DeadLinks.h"
#include "systemc-models/Memory/SparseMemory.h"
#include "systemc-models/Net/CycleRack.h"
#include "systemc-models/Net/CycleSlice.h"
#include "systemc-models/Net/RackTraffic.h"
#include "systemc-models/Slice/SliceTypes.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace acc {

struct SimInput {
  const Target &target;
  std::vector<isa::Word> program;
  std::vector<uint8_t> hbm;               ///< from address 0; the rest is zero
  uint64_t maxCycles = uint64_t(1) << 40; ///< functional: instructions
  bool values = true; ///< systemc: false skips arithmetic, see SliceOptions
  uint32_t entry = 0; ///< word to start at
  std::vector<MemoryFlip> flips = {}; ///< not of the functional model
  bool checkRaces = false;            ///< systemc: finds SimOutput::races
};

struct SimOutput {
  std::string model; ///< "functional", "systemc" or "rtl"
  isa::Fault fault = isa::Fault::None;
  uint32_t faultPc = 0;
  uint32_t faultAddress = 0; ///< of SpmError, HbmError
  uint64_t cycles = 0;       ///< 0: the model has no time
  Counters counters{};
  std::vector<CommandRecord> commands; ///< empty if the model has no time
  SparseMemory hbm;
  HbmStatistics hbmStatistics;
  std::vector<MemoryFlip> flips;     ///< see SliceResult
  std::vector<MemoryFlip> hbmErrors; ///< see SliceResult
  std::vector<Race> races;           ///< see SliceResult
  double wallSeconds = 0;
  uint64_t events = 0;
};

/// Errors are a program that does not fit, a deadlock, or no halt in time; a
/// fault is a result.
llvm::Expected<SimOutput> runFunctional(const SimInput &input);
llvm::Expected<SimOutput> runSystemC(const SimInput &input);

/// What the slices of a machine run, those of all chips of a rack by their
/// numbers there. A list has one entry for all slices or one
/// for each; all are views.
struct ChipInput {
  const Machine &machine;
  std::vector<llvm::ArrayRef<isa::Word>> programs;
  std::vector<llvm::ArrayRef<uint8_t>> hbm; ///< from address 0
  std::vector<uint32_t> entries = {0};
  uint64_t maxCycles = uint64_t(1) << 40; ///< functional: instructions
  bool values = true;
  bool symmetry = true; ///< systemc: see ChipOptions
  uint32_t chip = 0;    ///< CHIP_ID of the only chip
  /// Bits of memories that turn over, in any order; not of the functional
  /// model, which has no cycles.
  std::vector<MemoryFlip> flips = {};
  bool checkRaces = false; ///< systemc: finds SimOutput::races
  std::vector<fabric::DeadLinks> deadLinks = {}; ///< systemc, of a rack

  uint32_t slices() const { return machine.slices(); }
  /// The entry of a list that is a slice's.
  template <typename T>
  static const T &of(const std::vector<T> &list, uint32_t slice) {
    return list.size() == 1 ? list.front() : list[slice];
  }
};

/// An error if lists have wrong sizes or something does not fit.
llvm::Error checkInput(const ChipInput &input);

/// A chip that died, and the spare in its place (docs/fabric.md, section 17).
struct Restart {
  uint32_t chip = 0;
  uint64_t died = 0;    ///< cycle
  uint64_t noticed = 0; ///< by the host, which stops all chips in this cycle
  uint64_t bytes = 0;   ///< that the host loads into a chip, at most
  uint64_t started = 0; ///< cycle in which all chips began once more
};

/// One result a slice, in the order of their numbers; `wallSeconds` is that of
/// all. `simulated` are the slices of which a run was made.
struct ChipOutput {
  std::vector<SimOutput> slices;
  uint32_t simulated = 0;
  uint32_t chips = 1; ///< each with as many of the slices
  /// Between chips, if they are several and the model has time.
  std::optional<RackTraffic> traffic;
  std::vector<Restart> restarts; ///< in the order of time
};
llvm::Expected<ChipOutput> runFunctionalChip(const ChipInput &input);
llvm::Expected<ChipOutput> runSystemCChip(const ChipInput &input);
/// A rack whose links are simulated cycle by cycle. Chips that are others than
/// the SystemC model have no results.
llvm::Expected<ChipOutput> runSystemCRack(const ChipInput &input,
                                          const CycleRackOptions &cycles);

/// A chip of which slices are others than the SystemC model (ChipOptions);
/// these have no results.
llvm::Expected<ChipOutput> runSystemCSlices(const ChipInput &input,
                                            std::vector<CycleSlice *> others);

/// Runs a slice by itself on a model of chips.
llvm::Expected<SimOutput>
runAlone(const SimInput &input,
         llvm::function_ref<llvm::Expected<ChipOutput>(const ChipInput &)> run);

/// The counter counts cycles, or errors that happen in cycles: the functional
/// model has none.
bool isTimed(isa::Counter counter);

/// {"fault":{"code":"None","pc":0,"address":0},"cycles":N,
///  "counters":{"CYCLES":N,...},"commands":[["Load",pc,start,end],...]}, and,
/// of a run with flips, "flips" and "hbm_errors", lists of
/// [slice,"scratchpad" or "hbm",address,bit,cycle]; or {"slices":[...]} of them
/// if they are several; memory is not part of it. Of a rack also "links" and
/// "restarts", which are only written.
llvm::Error writeResultJson(const ChipOutput &output, llvm::StringRef path);
llvm::Expected<ChipOutput> readResultJson(llvm::StringRef path);

/// Writes the memory of the only slice to a file, or those of several to
/// FILE.0, FILE.1, ...; trailing zeros are dropped.
llvm::Error writeMemories(const ChipOutput &output, llvm::StringRef path);
/// Where the memory of a slice is.
std::string memoryFileOf(llvm::StringRef path, uint32_t slice, uint32_t slices);

/// What compareResults looks at.
struct CompareOptions {
  bool timing = true; ///< cycles, commands, CYCLES and BUSY counters
  bool memory = true; ///< HBM contents
};

/// Success if both runs agree; else an error that names the first difference:
/// fault, command, counters, cycles, memory, in this order. After a fault only
/// fault code, address and (with timing, for faults at a start) cycles count.
llvm::Error compareResults(const SimOutput &a, const SimOutput &b,
                           const CompareOptions &options = {});

/// The same for all slices of a machine. What the others do after a fault
/// inside a command of one is not part of the contract, nor is what they
/// receive after any fault.
llvm::Error compareChips(const ChipOutput &a, const ChipOutput &b,
                         const CompareOptions &options = {});

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SIM_SIM_H
