//===- ValueReport.h - What a run without time says -------------*- C++ -*-===//
//
// The functional model has values and counts, no time: what ran where, and how
// far the outputs are from a reference. No figure here is an estimate.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_VALUEREPORT_H
#define COMPILER_DRIVER_REPORT_VALUEREPORT_H

#include "compiler-driver/Object/Object.h"
#include "compiler-driver/Report/ReportData.h"
#include "compiler-driver/Tensor/Compare.h"
#include "systemc-models/Sim/Sim.h"

namespace acc::report {

/// An output beside a reference.
struct OutputCheck {
  std::string name;
  std::string dtype;
  int64_t elements = 0;
  std::string reference; ///< "the reference", "the host"
  double relative = 0;   ///< tolerance
  double absolute = 0;
  CompareResult result;
};

struct ValueReport {
  std::string inputFile;
  std::string precision;
  const ::xpu::Object &object;
  const SimOutput &run;
  std::vector<OutputCheck> checks;
  std::vector<StepInfo> steps;
};

/// Writes the kind of report that the name says, as writeReport does.
llvm::Error writeValueReport(const ValueReport &report, llvm::StringRef name);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_VALUEREPORT_H
