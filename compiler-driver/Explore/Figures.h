//===- Figures.h - What a sweep looks at in reports -------------*- C++ -*-===//
//
// A figure is named by its place in acc-cc's report for scripts:
// `energy_j.total`, `layers.0.cycles`, `comparison.1.system`.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_EXPLORE_FIGURES_H
#define COMPILER_DRIVER_EXPLORE_FIGURES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace acc::explore {

/// The value at a place, or null.
const llvm::json::Value *findFigure(const llvm::json::Value &report,
                                    llvm::StringRef place);

/// The place of a number or text of the report that is most like this one.
std::string findNearest(const llvm::json::Value &report, llvm::StringRef place);

/// What a design is good for, and which way.
struct Objective {
  std::string place;
  bool isMore = false; ///< The more the better.
};

/// Reads `time_s,+throughput.tokens_per_s`.
std::vector<Objective> parseObjectives(llvm::StringRef text);

/// Those of a report of this kind if nobody asks for others.
std::vector<Objective> defaultObjectives(const llvm::json::Value &report);

/// Of each design whether no other is at least as good in everything and better
/// in something. A design without figures is never on the front.
std::vector<bool> findFront(llvm::ArrayRef<std::vector<double>> figures,
                            llvm::ArrayRef<Objective> objectives);

} // namespace acc::explore

#endif // COMPILER_DRIVER_EXPLORE_FIGURES_H
