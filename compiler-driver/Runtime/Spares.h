//===- Spares.h - Spare chips of a rack -------------------------*- C++ -*-===//

#ifndef ACC_COMPILER_DRIVER_RUNTIME_SPARES_H
#define ACC_COMPILER_DRIVER_RUNTIME_SPARES_H

#include "systemc-models/Sim/Sim.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace xpu {

/// Runs a rack on the SystemC model with links that die. If a chip dies before
/// its slices have ended, all chips begin once more with a spare in its place
/// (docs/fabric.md, section 17). `run` is a run from the beginning with some of
/// the dead links, cycles counted from there; the host loads `bytes` into a
/// chip before it. Cycles and times of commands are those since the first
/// beginning; counters, traffic and statistics those of the last one. An error
/// names the chip that no spare is left for.
llvm::Expected<acc::ChipOutput>
runWithSpares(const acc::Machine &machine,
              std::vector<acc::fabric::DeadLinks> dead, uint64_t bytes,
              llvm::function_ref<llvm::Expected<acc::ChipOutput>(
                  llvm::ArrayRef<acc::fabric::DeadLinks>)>
                  run);

/// Counts cycles from `begin` on: what is dead by then is so from the start.
void startLater(std::vector<acc::fabric::DeadLinks> &dead, uint64_t begin);

/// "chip 1 died in cycle 1000; noticed in ...".
std::string describe(const acc::Restart &restart);

} // namespace xpu

#endif // ACC_COMPILER_DRIVER_RUNTIME_SPARES_H
