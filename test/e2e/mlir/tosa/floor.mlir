// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -2.75, 3.5, -0.0, nan]
// numpy: np.floor(a)
// out: [0, 0, -1, 1, -3, 3, -0.0, nan]
func.func @floor_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.floor %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -2.75, 3.5, -0.0, nan]
// numpy: np.floor(a)
// out: [0, 0, -1, 1, -3, 3, -0.0, nan]
func.func @floor_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.floor %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -2.75, 3.5, -0.0, nan]
// numpy: np.floor(a)
// out: [0, 0, -1, 1, -3, 3, -0.0, nan]
func.func @floor_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.floor %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
