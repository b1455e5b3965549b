// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.exp(a)
// out: [1, 1.64872122, 0.606530666, 3.49034286, 0, inf, 1, nan]
func.func @exp_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.exp %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.exp(a)
// out: [1, 1.6484375, 0.606445312, 3.49023438, 0, inf, 1, nan]
func.func @exp_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.exp %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.exp(a)
// out: [1, 1.6484375, 0.60546875, 3.484375, 0, inf, 1, nan]
func.func @exp_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.exp %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
