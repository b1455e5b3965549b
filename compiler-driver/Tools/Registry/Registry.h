//===- Registry.h - All dialects and passes of the tools --------*- C++ -*-===//

#ifndef COMPILER_DRIVER_REGISTRY_REGISTRY_H
#define COMPILER_DRIVER_REGISTRY_REGISTRY_H

namespace mlir {
class DialectRegistry;
}

namespace xpu {

/// Every dialect, extension and external interface that the compiler uses.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Every pass and pipeline, so that acc-opt can run whatever acc-cc runs.
void registerAllPasses();

} // namespace xpu

#endif // COMPILER_DRIVER_REGISTRY_REGISTRY_H
