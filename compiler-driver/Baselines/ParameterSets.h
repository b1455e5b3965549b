//===- ParameterSets.h - Fitted parameters as data --------------*- C++ -*-===//
//
// A file of targets/systems/model: the parameters of the devices of one
// generation. `architectures` were measured; `stand_in_for` names others that
// take these values because nothing nearer was measured. Everything else takes
// the set "pooled".
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_PARAMETERSETS_H
#define COMPILER_DRIVER_SYSTEMS_PARAMETERSETS_H

#include "compiler-driver/Baselines/Fit.h"
#include "compiler-driver/Data/DataFile.h"

namespace acc::systems {

struct ParameterSet {
  std::string name, title;
  std::vector<std::string> architectures, standInFor;
  Parameters values;
  data::DataFile file; ///< the figures with their sources
};

class ParameterSets {
public:
  /// Reads all files; without `complete` only which sets there are, with priors
  /// as values: what a fit starts from.
  static llvm::Expected<ParameterSets> load(bool complete = true);

  const ParameterSet &pooled() const;
  /// The set for an architecture.
  const ParameterSet &of(llvm::StringRef architecture) const;
  llvm::ArrayRef<ParameterSet> all() const { return sets; }

private:
  std::vector<ParameterSet> sets;
};

/// Text of a set's file. `spread` gives the lowest and highest value over the
/// folds of the cross-validation.
std::string
writeParameterSet(const ParameterSet &set, const FittedSet &fitted,
                  const std::map<Parameter, std::pair<double, double>> &spread);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_PARAMETERSETS_H
