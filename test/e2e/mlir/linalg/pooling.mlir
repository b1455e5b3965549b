// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).max(axis=(3, 4))
// out: [5, 0, 4, 5, 5, 3, 3, 1]
func.func @pooling_nhwc_max(%a: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = tensor.empty() : tensor<2x2xf32>
  %e = tensor.empty() : tensor<1x2x2x2xf32>
  %k = arith.constant 0xFF800000 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %r = linalg.pooling_nhwc_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%a, %w : tensor<1x4x4x2xf32>, tensor<2x2xf32>) outs(%o : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).sum(axis=(3, 4))
// out: [3, -10, 6, 4, 4, 2, -4, -6]
func.func @pooling_nhwc_sum(%a: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = tensor.empty() : tensor<2x2xf32>
  %e = tensor.empty() : tensor<1x2x2x2xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %r = linalg.pooling_nhwc_sum {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%a, %w : tensor<1x4x4x2xf32>, tensor<2x2xf32>) outs(%o : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).min(axis=(3, 4))
// out: [-5, -5, -1, -3, -3, -2, -5, -4]
func.func @pooling_nhwc_min(%a: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = tensor.empty() : tensor<2x2xf32>
  %e = tensor.empty() : tensor<1x2x2x2xf32>
  %k = arith.constant 0x7F800000 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %r = linalg.pooling_nhwc_min {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%a, %w : tensor<1x4x4x2xf32>, tensor<2x2xf32>) outs(%o : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}
