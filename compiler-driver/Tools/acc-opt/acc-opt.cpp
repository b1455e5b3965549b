//===- acc-opt.cpp - Runs any pass on MLIR --------------------------------===//

#include "compiler-driver/Tools/Registry/Registry.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  xpu::registerAllDialects(registry);
  xpu::registerAllPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "acc optimizer driver\n", registry));
}
