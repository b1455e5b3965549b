//===- NetworkPricer.h - Networks on off-the-shelf systems ------*- C++ -*-===//
//
// A network's operations as the kernels that a framework with a compiler
// launches: activations are part of the product before them, residual sums part
// of the normalisation after them.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_NETWORKPRICER_H
#define COMPILER_DRIVER_SCENARIO_NETWORKPRICER_H

#include "compiler-driver/Baselines/Network.h"
#include "compiler-driver/Scenario/SystemPricer.h"

namespace acc::scenario {

/// The kernels of one device for `blocks` of so many items; results of products
/// are divided over `ways` devices.
std::vector<systems::Kernel> kernelsOf(llvm::ArrayRef<systems::Block> blocks,
                                       double items, double context,
                                       systems::Format weights, double ways);

class NetworkPricer final : public FrameworkPricer {
public:
  NetworkPricer(const systems::KernelModel &kernels,
                const systems::System &system, const systems::Network &network,
                const Layout &layout);

  llvm::Expected<PricedStep> price(const StepWork &work) override;
  int64_t mostSequences(int64_t tokens) const override;
  std::string placement() const override;

private:
  const systems::Network network;
};

/// The class of kernels whose error stands for a network's: generation for
/// tokens, products for images.
systems::ErrorClass errorClassOf(const systems::Network &network);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_NETWORKPRICER_H
