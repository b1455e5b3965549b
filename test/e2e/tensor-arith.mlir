// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Operations of arith and math on whole tensors are elementwise work as well.
// CHECK: largest error {{.*}} against the host

func.func @main(%a: tensor<3x20xf32>, %b: tensor<3x20xf32>) -> tensor<3x20xf32> {
  %0 = arith.addf %a, %b : tensor<3x20xf32>
  %1 = math.tanh %0 : tensor<3x20xf32>
  return %1 : tensor<3x20xf32>
}
