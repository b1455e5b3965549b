//===- SystemPricer.h - Steps on off-the-shelf systems ----------*- C++ -*-===//
//
// A step of a serving framework by the fitted kernel model: tokens of prompts
// and of sequences share the products, as frameworks with chunked prefill have
// it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_SYSTEMPRICER_H
#define COMPILER_DRIVER_SCENARIO_SYSTEMPRICER_H

#include "compiler-driver/Baselines/KernelModel.h"
#include "compiler-driver/Baselines/Serving.h"
#include "compiler-driver/Scenario/Memory.h"
#include "compiler-driver/Scenario/Pricing.h"

namespace acc::scenario {

/// What both kinds of models have in common on a system: its figures, errors,
/// and time of the host.
class FrameworkPricer : public StepPricer {
public:
  FrameworkPricer(const systems::KernelModel &kernels,
                  const systems::System &system, systems::ErrorClass errors,
                  const Layout &layout);

  int64_t chips() const override { return layout.chips(); }
  std::pair<double, double> timeBand() const override { return band; }

protected:
  /// A whole step from the kernels of one device.
  PricedStep finish(const systems::StepKernels &kernels) const;

  const systems::Device device;
  const systems::Parameters parameters;
  Layout layout;

private:
  std::pair<double, double> band{1, 1};
  double energyLow = 1, energyHigh = 1;
};

/// Decoders.
class SystemPricer final : public FrameworkPricer {
public:
  SystemPricer(const systems::KernelModel &kernels,
               const systems::System &system, const systems::ModelShape &model,
               const Layout &layout);

  llvm::Expected<PricedStep> price(const StepWork &work) override;
  int64_t mostSequences(int64_t tokens) const override;
  std::string placement() const override;

private:
  /// The step of what proposes tokens, once for each of them.
  systems::StepKernels draftKernels(const StepWork &work) const;

  systems::Serving serving;
  std::map<std::array<int64_t, 6>, PricedStep> known;
};

/// The format that a system serves with if `asked` is: the narrowest not
/// narrower that it multiplies at a rate of its own, else its widest.
systems::Format servedFormat(systems::Format asked,
                             const systems::Device &device);

/// The placements that a framework would try on one scale-up domain.
std::vector<Layout> layoutsOf(const systems::ModelShape &model,
                              systems::Format weights, int64_t domain);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_SYSTEMPRICER_H
