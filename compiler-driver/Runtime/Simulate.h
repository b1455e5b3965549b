//===- Simulate.h - Runs of an object on the models -------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_DRIVER_SIMULATE_H
#define COMPILER_DRIVER_DRIVER_SIMULATE_H

#include "compiler-driver/Object/Object.h"
#include "compiler-driver/Runtime/Boundary.h"
#include "compiler-driver/Runtime/FlipSchedule.h"
#include "compiler-driver/Runtime/Parts.h"
#include "compiler-driver/Tensor/HostTensor.h"
#include "dialects/Target/Target.h"
#include "systemc-models/Sim/Sim.h"
#include "llvm/Support/Error.h"

namespace xpu {

enum class Model { Functional, SystemC, Rtl };

llvm::StringRef getName(Model model);
std::optional<Model> parseModel(llvm::StringRef name);

struct SimulateOptions {
  std::string toolDirectory; ///< Where acc-rtl and acc-rtl-<target> are.
  std::string waves;         ///< FST file of an RTL run, or empty.
  bool values = true;
  FlipSchedule *flips = nullptr; ///< Errors of memories, of runs with time.
  /// Of a rack, in runs with time: errors on links (fabric::parseLinkErrors),
  /// which are simulated cycle by cycle then.
  std::string linkErrors;
  /// Of a rack, in runs of SystemC: links that die, by cycles from the first
  /// launch on.
  std::vector<acc::fabric::DeadLinks> deadLinks;
  /// Of an RTL run of a rack: the chips in RTL, if not all; the others are the
  /// SystemC model.
  std::vector<uint32_t> rtlChips;
  /// Of an RTL run of a chip: the slices in RTL, if not all; the others are the
  /// SystemC model.
  std::vector<uint32_t> rtlSlices;
  bool checkRaces = false; ///< Of SystemC runs: SimOutput::races.
};

/// Runs the slices of a chip. A fault is a result; whether values are computed
/// and when to give up is said by `input`.
llvm::Expected<acc::ChipOutput> runChip(Model model,
                                        const acc::ChipInput &input,
                                        const SimulateOptions &options);

/// Adds a run that came after `total`, whose memory is then that of `next`. All
/// slices begin it when the last has ended the one before.
void appendRun(acc::ChipOutput &total, acc::ChipOutput next);

/// The cycles until the last slice ends, and that slice.
uint64_t countCycles(const acc::ChipOutput &output);
const acc::SimOutput &findLast(const acc::ChipOutput &output);

/// A fault in any slice.
bool hasFault(const acc::ChipOutput &output);

/// The memories at the end of a run, from address 0 on.
std::vector<std::vector<uint8_t>> readImages(const acc::ChipOutput &output);

/// What an object's slices run first, with these memories, which have to
/// outlive it.
acc::ChipInput makeChipInput(const Object &object,
                             llvm::ArrayRef<std::vector<uint8_t>> images);

/// Runs all launches of an object and the calls of the host between them.
/// Cycles, counters, command times and statistics are those of the launches one
/// after the other; the host's time is not among them. Ends at a fault, which
/// is a result. `input` has the memory images of the first launch. The host
/// reads what it needs from the first slice, and writes to all. Spares take the
/// place of chips that die (Spares.h).
llvm::Expected<acc::ChipOutput> runLaunches(Model model, const Object &object,
                                            acc::ChipInput input,
                                            const SimulateOptions &options);

/// Where an error of a memory was found: " reading byte 77 (bank 0)"; nothing
/// for other faults.
std::string describeFaultPlace(const acc::Machine &machine,
                               const acc::SimOutput &slice);

/// An error for a run that ended at a fault: names the slice, if there are
/// several, instruction, source and, of an error of a memory, the place.
llvm::Error checkFault(const Object &object, const acc::ChipOutput &output);

/// An error for a run of SystemC in which commands race (acc::RaceDetector):
/// names up to eight pairs with their instructions, sources, engines and a byte
/// that both touch.
llvm::Error checkRaces(const Object &object, const acc::ChipOutput &output);
/// The same of a raw program, whose instructions have no sources.
llvm::Error checkRaces(const acc::ChipOutput &output,
                       llvm::function_ref<std::string(uint32_t pc)> sourceOf);

/// An error if an output lies in words of HBM that cannot be corrected.
llvm::Error checkOutputWords(const Object &object, const FlipSchedule &flips);

/// The program's outputs in the user's types: those of a graph on a chip, or of
/// the first slice.
std::vector<acc::HostTensor> readOutputs(const Object &object,
                                         const acc::Boundary &boundary,
                                         const acc::ChipOutput &output);

} // namespace xpu

#endif // COMPILER_DRIVER_DRIVER_SIMULATE_H
