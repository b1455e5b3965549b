//===- Optimiser.h - Minimum of a function in a box -------------*- C++ -*-===//
//
// The downhill simplex of Nelder and Mead (Computer Journal 7, 1965, pages
// 308-313), between sweeps along single coordinates, restarted from its result
// with smaller simplexes until that no longer helps. Deterministic. Fits here
// have few unknowns and kinks (whole waves of tiles), for which methods with
// derivatives are no better.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_OPTIMISER_H
#define COMPILER_DRIVER_SYSTEMS_OPTIMISER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <vector>

namespace acc::systems {

/// Minimises over the unit cube from `start`. `budget` bounds the evaluations.
std::vector<double>
minimise(llvm::function_ref<double(llvm::ArrayRef<double>)> objective,
         std::vector<double> start, unsigned budget);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_OPTIMISER_H
