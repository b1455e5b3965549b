// RUN: not acc-opt %s --xpu-choose-divisions="target=xpu-tiny-4 parallel=diagonal" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not acc-opt %s --xpu-choose-divisions="target=xpu-tiny-5" 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not acc-opt %s --xpu-choose-divisions="target=xpu-tiny-4" 2>&1 | FileCheck %s --check-prefix=MAIN

// NAME: parallel: 'diagonal' in 'diagonal'; expects auto, none, rows, columns, grid or sums
// TARGET: unknown target 'xpu-tiny-5'
// MAIN: expects a function 'main' of one block
func.func @other() {
  return
}
