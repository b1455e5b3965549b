//===- Registry.cpp - All dialects and passes of the tools ----------------===//

#include "compiler-driver/Tools/Registry/Registry.h"

#include "dialects/Model/IR/Model.h"
#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "passes/Input/Passes.h"
#include "passes/LinalgToXPU/LinalgToXPU.h"
#include "passes/Partition/Passes.h"
#include "passes/Pipelines/Pipelines.h"
#include "passes/Rack/Passes.h"
#include "passes/Tiling/Passes.h"
#include "passes/XPU/Passes.h"

namespace xpu {

void registerAllDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry
      .insert<XPUDialect, acc::model::ModelDialect, acc::rack::RackDialect>();
  acc::model::registerBufferizableOpInterfaceExternalModels(registry);
  registerBufferizableOpInterfaceExternalModels(registry);
  registerCollectiveBufferization(registry);
}

void registerAllPasses() {
  mlir::registerAllPasses();
  acc::rack::registerRackPasses();
  registerInputPasses();
  registerPartitionPasses();
  registerTilingPasses();
  registerXPUPasses();
  registerLinalgToXPUPasses();
  registerPipelines();
}

} // namespace xpu
