// RUN: %{python} %inputs/run_functions.py %s %t

// in: [2, 0.5, 4, 0, 1, 9, 2, 1.5], [3, 2, -0.5, 2, nan, 0.5, -2, 10]
// numpy: np.power(a, b)
// out: [8, 0.25, 0.5, 0, 1, 3, 0.25, 57.6650391]
func.func @pow_f32(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.pow %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [2, 0.5, 4, 0, 1, 9, 2, 1.5], [3, 2, -0.5, 2, nan, 0.5, -2, 10]
// numpy: np.power(a, b)
// out: [8, 0.25, 0.5, 0, 1, 3, 0.25, 57.65625]
func.func @pow_f16(%a: tensor<8xf16>, %b: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.pow %a, %b : (tensor<8xf16>, tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [2, 0.5, 4, 0, 1, 9, 2, 1.5], [3, 2, -0.5, 2, nan, 0.5, -2, 10]
// numpy: np.power(a, b)
// out: [8, 0.25, 0.5, 0, 1, 3, 0.25, 57.75]
func.func @pow_bf16(%a: tensor<8xbf16>, %b: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.pow %a, %b : (tensor<8xbf16>, tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
