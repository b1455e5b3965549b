//===- CheckOutputs.h - Outputs beside references ---------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_CC_CHECKOUTPUTS_H
#define COMPILER_DRIVER_ACC_CC_CHECKOUTPUTS_H

#include "compiler-driver/Report/ValueReport.h"
#include "compiler-driver/Runtime/Steps.h"
#include "compiler-driver/Tools/acc-cc/Options.h"

namespace acccc {

/// Reference outputs of each step, by their number.
using References = std::vector<std::map<size_t, acc::HostTensor>>;

/// The tensors of --expect: one for each output, or, of several steps, those
/// that are there; none without it.
llvm::Expected<References> loadExpected(const Options &options,
                                        const acc::Boundary &boundary);

/// Compares with what --expect and --check-host ask for; an error for the first
/// output that differs. Appends to `checks`.
llvm::Error
checkOutputs(const Options &options, const xpu::Compilation &compiled,
             llvm::ArrayRef<xpu::Step> steps, const References &expected,
             std::vector<acc::HostTensor> inputs, const xpu::StepPlan &plan,
             std::vector<acc::report::OutputCheck> &checks);

} // namespace acccc

#endif // COMPILER_DRIVER_ACC_CC_CHECKOUTPUTS_H
