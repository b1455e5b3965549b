// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -3, 3.5, 0.1, nan]
// numpy: np.sin(a)
// out: [0, 0.47942555, -0.47942555, 0.948984623, -0.141120002, -0.350783229, 0.0998334214, nan]
func.func @sin_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.sin %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -3, 3.5, 0.1, nan]
// numpy: np.sin(a)
// out: [0, 0.479492188, -0.479492188, 0.94921875, -0.141113281, -0.350830078, 0.0997924805, nan]
func.func @sin_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.sin %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -3, 3.5, 0.1, nan]
// numpy: np.sin(a)
// out: [0, 0.478515625, -0.478515625, 0.94921875, -0.141601562, -0.3515625, 0.100097656, nan]
func.func @sin_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.sin %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
