// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Convolutions: strides, dilation, groups that are channels, one dimension.
// CHECK-COUNT-4: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

func.func @main(%a: tensor<2x3x9x8xf32>, %w: tensor<10x3x3x2xf32>, %d: tensor<3x3x3xf32>, %s: tensor<1x5x20xf32>, %t: tensor<6x5x3xf32>)
    -> (tensor<2x10x4x4xf32>, tensor<2x10x5x6xf32>, tensor<2x3x7x6xf32>, tensor<1x6x18xf32>) {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<2x10x4x4xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<2x10x4x4xf32>) -> tensor<2x10x4x4xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%a, %w : tensor<2x3x9x8xf32>, tensor<10x3x3x2xf32>) outs(%i0 : tensor<2x10x4x4xf32>) -> tensor<2x10x4x4xf32>
  %e1 = tensor.empty() : tensor<2x10x5x6xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<2x10x5x6xf32>) -> tensor<2x10x5x6xf32>
  %1 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<2> : tensor<2xi64>}
      ins(%a, %w : tensor<2x3x9x8xf32>, tensor<10x3x3x2xf32>) outs(%i1 : tensor<2x10x5x6xf32>) -> tensor<2x10x5x6xf32>
  %e2 = tensor.empty() : tensor<2x3x7x6xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<2x3x7x6xf32>) -> tensor<2x3x7x6xf32>
  %2 = linalg.depthwise_conv_2d_nchw_chw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%a, %d : tensor<2x3x9x8xf32>, tensor<3x3x3xf32>) outs(%i2 : tensor<2x3x7x6xf32>) -> tensor<2x3x7x6xf32>
  %e3 = tensor.empty() : tensor<1x6x18xf32>
  %i3 = linalg.fill ins(%zero : f32) outs(%e3 : tensor<1x6x18xf32>) -> tensor<1x6x18xf32>
  %3 = linalg.conv_1d_ncw_fcw {strides = dense<1> : tensor<1xi64>, dilations = dense<1> : tensor<1xi64>}
      ins(%s, %t : tensor<1x5x20xf32>, tensor<6x5x3xf32>) outs(%i3 : tensor<1x6x18xf32>) -> tensor<1x6x18xf32>
  return %0, %1, %2, %3 : tensor<2x10x4x4xf32>, tensor<2x10x5x6xf32>, tensor<2x3x7x6xf32>, tensor<1x6x18xf32>
}
