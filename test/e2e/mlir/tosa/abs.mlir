// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -inf, 3.5, -0.0, nan]
// numpy: np.abs(a)
// out: [0, 0.5, 0.5, 1.25, inf, 3.5, 0, nan]
func.func @abs_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.abs %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -inf, 3.5, -0.0, nan]
// numpy: np.abs(a)
// out: [0, 0.5, 0.5, 1.25, inf, 3.5, 0, nan]
func.func @abs_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.abs %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -inf, 3.5, -0.0, nan]
// numpy: np.abs(a)
// out: [0, 0.5, 0.5, 1.25, inf, 3.5, 0, nan]
func.func @abs_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.abs %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}

// in: [0, 1, -1, 5, -2147483647, 7, -70000, 3]
// numpy: np.abs(a)
// out: [0, 1, 1, 5, 2147483647, 7, 70000, 3]
func.func @abs_i32(%a: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.abs %a : (tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
