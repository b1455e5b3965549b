//===- Simulate.h - Runs of an object on the models -------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_DRIVER_SIMULATE_H
#define COMPILER_DRIVER_DRIVER_SIMULATE_H

#include "compiler-driver/Object/Object.h"
#include "compiler-driver/Runtime/Boundary.h"
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
};

/// HBM from address 0: constants and inputs (in machine types).
std::vector<uint8_t> makeHbmImage(const Object &object,
                                  llvm::ArrayRef<acc::HostTensor> inputs);

/// Runs a program. A fault is a result; whether values are computed and when to
/// give up is said by `input`.
llvm::Expected<acc::SimOutput> runModel(Model model, const acc::SimInput &input,
                                        const SimulateOptions &options);

/// The same for the slices of a chip.
llvm::Expected<acc::ChipOutput> runChip(Model model,
                                        const acc::ChipInput &input,
                                        const SimulateOptions &options);

/// Adds a run that came after `total`, whose memory is then that of `next`.
void appendRun(acc::SimOutput &total, acc::SimOutput next);

/// Runs all launches of an object and the calls of the host between them.
/// Cycles, counters, command times and statistics are those of the launches one
/// after the other; the host's time is not among them. Ends at a fault, which
/// is a result. `input` has the first launch's memory image.
llvm::Expected<acc::SimOutput> runLaunches(Model model, const Object &object,
                                           acc::SimInput input,
                                           const SimulateOptions &options);

/// An error for a run that ended at a fault: names instruction and source.
llvm::Error checkFault(const Object &object, const acc::SimOutput &output);

/// The program's outputs in the user's types.
std::vector<acc::HostTensor> readOutputs(const Object &object,
                                         const acc::Boundary &boundary,
                                         const acc::SimOutput &output);

} // namespace xpu

#endif // COMPILER_DRIVER_DRIVER_SIMULATE_H
