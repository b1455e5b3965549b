//===- HostFallback.h - What the host did, and its price --------*- C++ -*-===//

#ifndef COMPILER_DRIVER_REPORT_HOSTFALLBACK_H
#define COMPILER_DRIVER_REPORT_HOSTFALLBACK_H

#include "compiler-driver/Object/Object.h"
#include "dialects/Target/Target.h"

namespace acc::report {

/// A call of the host between two launches. Estimates, never measurements of
/// the machine that the report is made on.
struct HostOp {
  std::string op;        ///< the model's nodes
  std::string why;       ///< why the machine does not
  double bytes = 0;      ///< over the link, both ways
  double operations = 0; ///< scalar operations
  double seconds = 0;
  double joules = 0;
};

/// Inputs go over the link, the host computes, results come back: two
/// latencies, bytes at the link's rate, operations at the host's rate, one
/// after the other; energy is the host's power over that time. Rates are the
/// target's. Each step of a run makes each call.
std::vector<HostOp> priceHostCalls(const ::xpu::Object &object,
                                   const Target &target, size_t steps = 1);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_HOSTFALLBACK_H
