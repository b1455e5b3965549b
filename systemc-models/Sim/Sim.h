//===- Sim.h - One interface to the models of a slice -------------*- C++
//-*-===//
//
// Runs a program on a model and compares runs. The RTL bench writes the same
// result file, so that its runs can be compared, too.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SIM_SIM_H
#define ACC_SYSTEMC_MODELS_SIM_SIM_H

#include "dialects/Target/Target.h"
#include "systemc-models/Memory/SparseMemory.h"
#include "systemc-models/Slice/SliceTypes.h"

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
};

struct SimOutput {
  std::string model; ///< "functional", "systemc" or "rtl"
  isa::Fault fault = isa::Fault::None;
  uint32_t faultPc = 0;
  uint64_t cycles = 0; ///< 0: the model has no time
  Counters counters{};
  std::vector<CommandRecord> commands; ///< empty if the model has no time
  SparseMemory hbm;
  HbmStatistics hbmStatistics;
  double wallSeconds = 0;
  uint64_t events = 0;
};

/// Errors are a program that does not fit, a deadlock, or no halt in time; a
/// fault is a result.
llvm::Expected<SimOutput> runFunctional(const SimInput &input);
llvm::Expected<SimOutput> runSystemC(const SimInput &input);

/// The counter counts cycles, so the functional model has none.
bool isTimed(isa::Counter counter);

/// {"fault":{"code":"None","pc":0},"cycles":N,"counters":{"CYCLES":N,...},
///  "commands":[["Load",pc,start,end],...]}; memory is not part of it.
llvm::Error writeResultJson(const SimOutput &output, llvm::StringRef path);
llvm::Expected<SimOutput> readResultJson(llvm::StringRef path);

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

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SIM_SIM_H
