// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -2.75, 3.5, -0.0, nan]
// numpy: np.ceil(a)
// out: [0, 1, -0.0, 2, -2, 4, -0.0, nan]
func.func @ceil_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.ceil %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -2.75, 3.5, -0.0, nan]
// numpy: np.ceil(a)
// out: [0, 1, -0.0, 2, -2, 4, -0.0, nan]
func.func @ceil_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.ceil %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -2.75, 3.5, -0.0, nan]
// numpy: np.ceil(a)
// out: [0, 1, -0.0, 2, -2, 4, -0.0, nan]
func.func @ceil_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.ceil %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
