//===- Capability.h - What a slice has a form for ---------------*- C++ -*-===//
//
// Asked before anything is placed: what is not here goes to the host.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_LINALGTOXPU_CAPABILITY_H
#define PASSES_LINALGTOXPU_CAPABILITY_H

#include "mlir/IR/Operation.h"
#include <optional>
#include <string>

namespace xpu {

/// Why a slice cannot execute `op` (on tensors), if so. Operations on views,
/// constants and empty tensors are nothing to execute.
std::optional<std::string> whyNotOnSlice(mlir::Operation *op);

} // namespace xpu

#endif // PASSES_LINALGTOXPU_CAPABILITY_H
