// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Pooling: maximum and average, with strides and dilation.
// CHECK-COUNT-3: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

func.func @main(%a: tensor<1x3x11x9xf32>) -> (tensor<1x3x5x4xf32>, tensor<1x3x9x7xf32>, tensor<1x3x7x5xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %w = tensor.empty() : tensor<3x3xf32>
  %e0 = tensor.empty() : tensor<1x3x5x4xf32>
  %e1 = tensor.empty() : tensor<1x3x9x7xf32>
  %e2 = tensor.empty() : tensor<1x3x7x5xf32>
  %i0 = linalg.fill ins(%low : f32) outs(%e0 : tensor<1x3x5x4xf32>) -> tensor<1x3x5x4xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<1x3x9x7xf32>) -> tensor<1x3x9x7xf32>
  %i2 = linalg.fill ins(%low : f32) outs(%e2 : tensor<1x3x7x5xf32>) -> tensor<1x3x7x5xf32>
  %0 = linalg.pooling_nchw_max {strides = dense<2> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%a, %w : tensor<1x3x11x9xf32>, tensor<3x3xf32>) outs(%i0 : tensor<1x3x5x4xf32>) -> tensor<1x3x5x4xf32>
  %1 = linalg.pooling_nchw_sum {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%a, %w : tensor<1x3x11x9xf32>, tensor<3x3xf32>) outs(%i1 : tensor<1x3x9x7xf32>) -> tensor<1x3x9x7xf32>
  %2 = linalg.pooling_nchw_max {strides = dense<1> : tensor<2xi64>, dilations = dense<2> : tensor<2xi64>}
      ins(%a, %w : tensor<1x3x11x9xf32>, tensor<3x3xf32>) outs(%i2 : tensor<1x3x7x5xf32>) -> tensor<1x3x7x5xf32>
  return %0, %1, %2 : tensor<1x3x5x4xf32>, tensor<1x3x9x7xf32>, tensor<1x3x7x5xf32>
}
