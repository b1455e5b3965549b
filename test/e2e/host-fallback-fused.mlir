// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s

// Work that would be done row by row together, and a product with its epilogue, if the host did not
// compute between them what the second half needs.
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

func.func @main(%x: tensor<256x256xf32>, %a: tensor<256x64xf32>, %b: tensor<64x256xf32>) -> (tensor<256x256xf32>, tensor<256x256xf32>) {
  %e = tensor.empty() : tensor<256x256xf32>
  %zero = arith.constant 0.0 : f32
  %fill = linalg.fill ins(%zero : f32) outs(%e : tensor<256x256xf32>) -> tensor<256x256xf32>
  %p = linalg.matmul ins(%a, %b : tensor<256x64xf32>, tensor<64x256xf32>) outs(%fill : tensor<256x256xf32>) -> tensor<256x256xf32>
  %exp = linalg.exp ins(%x : tensor<256x256xf32>) outs(%e : tensor<256x256xf32>) -> tensor<256x256xf32>
  %r = linalg.round ins(%exp : tensor<256x256xf32>) outs(%e : tensor<256x256xf32>) -> tensor<256x256xf32>
  %m = linalg.mul ins(%exp, %r : tensor<256x256xf32>, tensor<256x256xf32>) outs(%e : tensor<256x256xf32>) -> tensor<256x256xf32>
  %s = linalg.add ins(%p, %r : tensor<256x256xf32>, tensor<256x256xf32>) outs(%e : tensor<256x256xf32>) -> tensor<256x256xf32>
  return %m, %s : tensor<256x256xf32>, tensor<256x256xf32>
}
