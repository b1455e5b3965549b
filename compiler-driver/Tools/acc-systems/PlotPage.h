//===- PlotPage.h - Predicted against measured ------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_SYSTEMS_PLOTPAGE_H
#define COMPILER_DRIVER_ACC_SYSTEMS_PLOTPAGE_H

#include "compiler-driver/Tools/acc-systems/Rows.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::systems {

/// One page without scripts: a panel for each family, logarithmic on both
/// axes, coloured by GPU, with the errors under it. `origin` is the file of
/// the rows.
void writePlotPage(const PredictedRows &rows, llvm::StringRef origin,
                   llvm::raw_ostream &os);

} // namespace acc::systems

#endif // COMPILER_DRIVER_ACC_SYSTEMS_PLOTPAGE_H
