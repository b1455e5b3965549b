//===- Sweep.h - acc-cc on many designs -------------------------*- C++ -*-===//
//
// Each design is a target file of its own and a run of acc-cc on it, so that a
// sweep can ask whatever acc-cc answers, and any row of its table can be asked
// again by hand.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_EXPLORE_SWEEP_H
#define COMPILER_DRIVER_EXPLORE_SWEEP_H

#include "compiler-driver/Explore/Axis.h"
#include "dialects/Target/Machine.h"

#include <functional>

namespace acc::explore {

struct Sweep {
  std::string compiler; ///< the program acc-cc
  std::string input;
  std::vector<std::string> arguments; ///< of acc-cc, but for target and report
  Machine base;
  std::vector<Settings> designs;
  unsigned jobs = 1;  ///< that run at once
  std::string folder; ///< where files of designs are written
  /// Called when so many designs are done; never by two threads at once.
  std::function<void(size_t)> progress;
};

/// What became of a design.
struct Outcome {
  std::string report;  ///< the file for scripts, if acc-cc wrote one
  std::string problem; ///< else why not: the last line of the message
};

/// Path of the target file of a design by its number.
std::string targetPath(llvm::StringRef folder, size_t design);

/// An error if a name or a value can be known to be wrong before anything runs.
llvm::Error checkAxes(const Machine &base, llvm::ArrayRef<Axis> axes);

/// An error only if nothing can be run; what is wrong with one design is its
/// outcome.
llvm::Expected<std::vector<Outcome>> run(const Sweep &sweep);

} // namespace acc::explore

#endif // COMPILER_DRIVER_EXPLORE_SWEEP_H
