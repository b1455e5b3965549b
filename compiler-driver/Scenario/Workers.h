//===- Workers.h - Independent jobs in processes of their own ---*- C++ -*-===//
//
// SystemC's kernel is one to a process, so simulations that run together need
// several.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_WORKERS_H
#define COMPILER_DRIVER_SCENARIO_WORKERS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace acc::scenario {

/// The texts that `run` gives for the jobs 0 to count - 1, in order. As many
/// run at once as there are cores, in copies of this process, which must have
/// no other threads. The first error by number is the result's.
llvm::Expected<std::vector<std::string>>
runInProcesses(size_t count,
               llvm::function_ref<llvm::Expected<std::string>(size_t)> run);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_WORKERS_H
