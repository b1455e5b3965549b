//===- Parameters.cpp - Parameters of the kernel model --------------------===//

#include "compiler-driver/Baselines/Parameters.h"

namespace acc::systems {

namespace {

constexpr ParameterInfo infos[] = {
#define PARAMETER(id, key, unit, prior, low, high, meaning)                    \
  {Parameter::id, key, unit, prior, low, high, meaning},
#include "compiler-driver/Baselines/Parameters.def"
#undef PARAMETER
};

} // namespace

llvm::ArrayRef<ParameterInfo> allParameters() { return infos; }

const ParameterInfo &parameterInfo(Parameter id) {
  return infos[static_cast<unsigned>(id)];
}

std::optional<Parameter> findParameter(llvm::StringRef key) {
  for (const ParameterInfo &info : infos) {
    if (info.key == key) {
      return info.id;
    }
  }
  return std::nullopt;
}

Parameters::Parameters() {
  for (const ParameterInfo &info : infos) {
    values[index(info.id)] = info.prior;
  }
}

} // namespace acc::systems
