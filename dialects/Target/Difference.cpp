//===- Difference.cpp - What two targets do not share ---------------------===//

#include "dialects/Target/Parameters.h"
#include "llvm/ADT/STLExtras.h"

using namespace acc;

static std::optional<TargetDifference>
compare(llvm::ArrayRef<Parameter> first, llvm::ArrayRef<Parameter> second) {
  for (auto [a, b] : llvm::zip_equal(first, second)) {
    if (a.value != b.value) {
      return TargetDifference{a.name, a.value, b.value};
    }
  }
  return std::nullopt;
}

std::optional<TargetDifference> acc::findDifference(const Target &first,
                                                    const Target &second) {
  return compare(listParameters(first), listParameters(second));
}

std::optional<TargetDifference> acc::findDifference(const Machine &first,
                                                    const Machine &second) {
  return compare(listProgramParameters(first), listProgramParameters(second));
}
