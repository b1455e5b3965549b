// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.tanh(a)
// out: [0, 0.462117195, -0.462117195, 0.848283648, -1, 1, -0.0, nan]
func.func @tanh_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.tanh %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.tanh(a)
// out: [0, 0.462158203, -0.462158203, 0.848144531, -1, 1, -0.0, nan]
func.func @tanh_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.tanh %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.tanh(a)
// out: [0, 0.462890625, -0.462890625, 0.84765625, -1, 1, -0.0, nan]
func.func @tanh_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.tanh %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
