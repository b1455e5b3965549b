//===- SourceName.h - The model's node behind an operation ------*- C++ -*-===//

#ifndef PASSES_SUPPORT_SOURCENAME_H
#define PASSES_SUPPORT_SOURCENAME_H

#include "mlir/IR/Location.h"
#include <string>

namespace xpu {

/// The model's nodes that an operation comes from, joined by '+'; without
/// names, file and line.
std::string getSourceName(mlir::Location loc);

} // namespace xpu

#endif // PASSES_SUPPORT_SOURCENAME_H
