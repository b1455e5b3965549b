// RUN: acc-cc %s --loop-body=1 --check=functional,systemc,rtl --check-host --tolerance=1e-3,1e-3 | FileCheck %s
// REQUIRES: rtl
// A sum of more steps than one: the first starts the accumulators, a loop over the others adds to them.
// CHECK: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

func.func @main(%a: tensor<4x12000xf32>, %b: tensor<12000x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %c = linalg.matmul ins(%a, %b : tensor<4x12000xf32>, tensor<12000x8xf32>) outs(%i : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}
