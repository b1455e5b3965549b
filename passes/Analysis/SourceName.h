//===- SourceName.h - The model's node behind an operation ------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_SOURCENAME_H
#define PASSES_ANALYSIS_SOURCENAME_H

#include "mlir/IR/Location.h"
#include <string>

namespace xpu {

/// The model's nodes that an operation comes from, joined by '+'; without
/// names, file and line.
std::string getSourceName(mlir::Location loc);

/// The same for messages: without names file, line and column; empty if the
/// location is unknown.
std::string getSourcePlace(mlir::Location loc);

} // namespace xpu

#endif // PASSES_ANALYSIS_SOURCENAME_H
