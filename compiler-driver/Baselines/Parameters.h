//===- Parameters.h - Parameters of the kernel model ------------*- C++ -*-===//
//
// What the model knows beyond data sheets: a few numbers per generation of
// devices, each with a unit, a meaning and bounds (Parameters.def). Their
// values are fitted on measurements and kept in targets/systems/model.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_PARAMETERS_H
#define COMPILER_DRIVER_SYSTEMS_PARAMETERS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <optional>

namespace acc::systems {

enum class Parameter {
#define PARAMETER(id, key, unit, prior, low, high, meaning) id,
#include "compiler-driver/Baselines/Parameters.def"
#undef PARAMETER
};

struct ParameterInfo {
  Parameter id;
  llvm::StringRef key;
  llvm::StringRef unit;
  double prior, low, high;
  llvm::StringRef meaning;
};

/// All parameters in the order of the enumeration.
llvm::ArrayRef<ParameterInfo> allParameters();
const ParameterInfo &parameterInfo(Parameter id);
/// By key, such as "gemm.start".
std::optional<Parameter> findParameter(llvm::StringRef key);

/// The values of one generation.
class Parameters {
public:
  /// The priors.
  Parameters();

  double operator[](Parameter id) const { return values[index(id)]; }
  void set(Parameter id, double value) { values[index(id)] = value; }

private:
  static constexpr unsigned count = 0
#define PARAMETER(id, key, unit, prior, low, high, meaning) +1
#include "compiler-driver/Baselines/Parameters.def"
#undef PARAMETER
      ;
  static unsigned index(Parameter id) { return static_cast<unsigned>(id); }

  std::array<double, count> values;
};

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_PARAMETERS_H
