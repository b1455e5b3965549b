//===- GuardDivision.h - Integer division that never traps ------*- C++ -*-===//

#ifndef ACC_COMPILER_DRIVER_HOST_GUARDDIVISION_H
#define ACC_COMPILER_DRIVER_HOST_GUARDDIVISION_H

#include "mlir/Pass/Pass.h"

namespace acc {

/// Gives integer division and remainder the results of the RISC-V instruction
/// set (unprivileged specification, extension M) where the CPU would trap: x /
/// 0 is -1 and its remainder x; the smallest number by -1 is itself, remainder
/// 0.
std::unique_ptr<mlir::Pass> createGuardDivisionPass();

} // namespace acc

#endif // ACC_COMPILER_DRIVER_HOST_GUARDDIVISION_H
