// A product of blocks is divided by its terms: slices add up sums over blocks.
// RUN: acc-cc %s --target=xpu-tiny-4 --precision=mixed -v --check=functional,systemc --check-host --tolerance=0.05,1.5 2>&1 | FileCheck %s
// CHECK: xpu-partition: {{.*}}block-sums.mlir:12: {{.*}}loop 2 of 8 over
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
func.func @main(%a: tensor<16x256xf32>) -> tensor<16x96xf32> {
  %w = arith.constant dense<0.75> : tensor<256x96xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16x96xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<16x96xf32>) -> tensor<16x96xf32>
  // Each slice has two of eight blocks.
  %m = linalg.matmul ins(%a, %w : tensor<16x256xf32>, tensor<256x96xf32>) outs(%i : tensor<16x96xf32>) -> tensor<16x96xf32>
  return %m : tensor<16x96xf32>
}
