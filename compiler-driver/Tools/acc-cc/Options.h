//===- Options.h - Command line of acc-cc -----------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_CC_OPTIONS_H
#define COMPILER_DRIVER_ACC_CC_OPTIONS_H

#include "compiler-driver/Report/Comparison.h"
#include "compiler-driver/Runtime/Simulate.h"
#include "compiler-driver/Scenario/Spec.h"
#include "compiler-driver/Tools/acc-cc/Compile.h"
#include <map>
#include <optional>

namespace acccc {

struct Options {
  bool done = false; ///< The request (--list-targets …) has been answered.
  std::string input;
  std::string output;
  std::string entry;                 ///< Function of an MLIR file, or empty.
  std::optional<std::string> target; ///< If one is asked for.
  std::optional<xpu::Stage> emit;
  bool emitKernels = false; ///< The graph as kernels of GPUs.
  unsigned kernelDevices = 1;
  std::string precision;
  unsigned optLevel = 2;
  std::optional<int64_t> bodyCommands;
  bool verbose = false;
  bool progress = false;          ///< Say on stderr what is being done.
  std::vector<xpu::Model> models; ///< Of --run or --check, in order.
  std::string inputs;
  std::string outputs; ///< Directory to write to, or empty.
  std::string expect;  ///< Directory to compare with, or empty.
  std::map<std::string, int64_t> dims;
  std::optional<acc::huggingface::Step> step; ///< Of a configuration.
  /// Of a configuration on machines above a slice, or of requests.
  std::optional<acc::scenario::Scenario> scenario;
  bool hasPrecision = false; ///< else a default
  acc::scenario::Placement placement;
  std::string division = "auto";      ///< Of a graph over the slices of a chip.
  std::string fleet;                  ///< As --fleet.
  std::optional<uint64_t> weightSeed; ///< Of weights that are made up.
  std::vector<xpu::Feed> feeds; ///< Outputs that are the next step's inputs.
  unsigned steps = 1;
  std::optional<std::pair<double, double>> tolerance; ///< relative, absolute
  std::string waves;
  std::string linkErrors;
  std::vector<uint32_t> rtlSlices; ///< As --rtl-slice.
  std::vector<std::string> faults; ///< As --fault.
  std::vector<std::string> reports;
  std::string trace;
  std::vector<acc::report::SystemRequest> compare; ///< Of the comparison.
  std::string energy; ///< Constants of the energy model.
  uint64_t seed = 1;
  bool checkHost = false;  ///< Compare outputs with an execution on the host.
  bool checkRaces = false; ///< Of systemc runs.

  /// A model that runs has time.
  bool isTimed() const;
};

/// Parses and checks the command line; impossible combinations are errors that
/// name the fix. Answers --list-targets, --print-target and --list-systems
/// itself.
llvm::Expected<Options> parseOptions(int argc, char **argv);

} // namespace acccc

#endif // COMPILER_DRIVER_ACC_CC_OPTIONS_H
