// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: np.maximum(a, b) + 0 * (a == b)
// out: [1.5, 3, 0, 0, inf, inf, nan, 3.00000001e+38]
func.func @maximum_f32(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.maximum %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 6e4], [0.5, 3, -0.0, 0.0, 1, inf, 1, 6e4]
// numpy: np.maximum(a, b) + 0 * (a == b)
// out: [1.5, 3, 0, 0, inf, inf, nan, 60000]
func.func @maximum_f16(%a: tensor<8xf16>, %b: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.maximum %a, %b : (tensor<8xf16>, tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: np.maximum(a, b) + 0 * (a == b)
// out: [1.5, 3, 0, 0, inf, inf, nan, 3.00405527e+38]
func.func @maximum_bf16(%a: tensor<8xbf16>, %b: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.maximum %a, %b : (tensor<8xbf16>, tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}

// in: [1, -2, 2147483647, -2147483648, 0, 5, 70000, -70000], [3, 7, 1, -1, 0, -5, 70000, 70000]
// numpy: np.maximum(a, b) + 0 * (a == b)
// out: [3, 7, 2147483647, -1, 0, 5, 70000, 70000]
func.func @maximum_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.maximum %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, -3]
// numpy: np.fmax(a, b)
// out: [2, 1, nan, -3]
func.func @maximum_ignore_nan(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = tosa.maximum %a, %b {nan_mode = IGNORE} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
