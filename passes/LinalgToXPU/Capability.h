//===- Capability.h - What a slice has a form for ---------------*- C++ -*-===//
//
// Asked before anything is placed: what is not here goes to the host.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_LINALGTOXPU_CAPABILITY_H
#define PASSES_LINALGTOXPU_CAPABILITY_H

#include "dialects/ISA/Isa.h"
#include "mlir/IR/Block.h"
#include <optional>
#include <string>

namespace xpu {

/// The last step of a reduction: running = uop(running, other).
struct ReductionStep {
  isa::Uop uop;
  mlir::Value other;
};

/// Matches a body that does nothing with `running` but one combination that
/// the vector unit reduces by, and yields that.
std::optional<ReductionStep> matchReductionStep(mlir::Block &body,
                                                mlir::Value running);

/// Why a slice cannot execute `op` (on tensors), if so. Operations on views,
/// constants and empty tensors are nothing to execute.
std::optional<std::string> whyNotOnSlice(mlir::Operation *op);

} // namespace xpu

#endif // PASSES_LINALGTOXPU_CAPABILITY_H
