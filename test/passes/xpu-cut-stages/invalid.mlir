// RUN: not acc-opt %s --xpu-cut-stages="target=xpu-tiny-4x2 parallel=diagonal" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not acc-opt %s --xpu-cut-stages="target=xpu-tiny-4x2 parallel=pp=0" 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not acc-opt %s --xpu-cut-stages="target=xpu-tiny-4x2 parallel=pp=2,pp=2" 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not acc-opt %s --xpu-cut-stages="target=xpu-tiny-4 parallel=pp=2" 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not acc-opt %s --xpu-cut-stages="target=xpu-tiny-4x2x2 parallel=pp=3" 2>&1 | FileCheck %s --check-prefix=THREE
// RUN: not acc-opt %s --xpu-cut-stages="target=xpu-tiny-4x2 parallel=pp=2" 2>&1 | FileCheck %s --check-prefix=FEW
// RUN: not acc-opt %s --xpu-cut-stages="target=missing" 2>&1 | FileCheck %s --check-prefix=TARGET
// NAME: error: parallel: 'diagonal' in 'diagonal'; expects auto, none, rows, columns, grid or sums, and of chips of a rack pp=N
// ZERO: error: parallel: 'pp=0' in 'pp=0'; expects
// TWICE: error: parallel: 'pp=2' in 'pp=2,pp=2'; expects {{.*}}, each once
// CHIP: error: parallel: pp=2: xpu-tiny-4 is one chip; expects a rack, such as xpu-tiny-4x2
// THREE: error: parallel: pp=3: expects the trays of xpu-tiny-4x2x2 (2), the chips of a tray (2) or all 4 chips
// FEW: invalid.mlir:[[@LINE+2]]:1: error: expects no more stages than there are operations to divide, but got 2 stages of 1 operations
// TARGET: unknown target 'missing'
func.func @main(%a: tensor<8x8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %zero = arith.constant 0.0 : f32
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %0 = linalg.reduce ins(%a : tensor<8x8xf32>) outs(%f : tensor<8xf32>) dimensions = [1] (%in: f32, %out: f32) {
    %s = arith.addf %in, %out : f32
    linalg.yield %s : f32
  }
  return %0 : tensor<8xf32>
}
