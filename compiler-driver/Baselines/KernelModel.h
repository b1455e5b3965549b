//===- KernelModel.h - Time and energy of kernels on systems ----*- C++ -*-===//
//
// The whole model behind one question: how long does one device of a system
// take for a kernel, with what energy, what limits it, how wrong may that be,
// and which figures does it rest on.
//
//   Expected<KernelModel> model = KernelModel::load();
//   Expected<Estimate> answer = model->estimate(kernel, system);
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_KERNELMODEL_H
#define COMPILER_DRIVER_SYSTEMS_KERNELMODEL_H

#include "compiler-driver/Baselines/ErrorTable.h"
#include "compiler-driver/Baselines/ParameterSets.h"
#include "compiler-driver/Baselines/System.h"

namespace acc::systems {

class KernelModel {
public:
  /// Reads targets/systems/model.
  static llvm::Expected<KernelModel> load();

  /// Fails if the system lacks a figure that the kernel needs.
  llvm::Expected<Estimate> estimate(const Kernel &kernel,
                                    const System &system) const;

  /// The expected error of a class on a system.
  ErrorBand errorOf(ErrorClass errorClass, const System &system) const;

  const ParameterSet &parametersOf(const System &system) const;
  const ParameterSets &parameterSets() const { return sets; }

private:
  ParameterSets sets;
  ErrorTable errors;
};

/// The class whose error applies to a kernel.
ErrorClass classOf(const Kernel &kernel);

/// Fails with the name of the figure that the device lacks for this kernel.
llvm::Error checkFigures(const Kernel &kernel, const Device &device);

/// Figures and parameters that an estimate of this kernel reads.
std::vector<Basis> basisOf(const Kernel &kernel, const System &system,
                           const ParameterSet &set);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_KERNELMODEL_H
