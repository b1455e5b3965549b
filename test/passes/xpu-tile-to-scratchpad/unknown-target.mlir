// RUN: not acc-opt %s --xpu-tile-to-scratchpad=target=nowhere 2>&1 | FileCheck %s
// CHECK: error: {{.*}}nowhere
func.func @f() {
  return
}
