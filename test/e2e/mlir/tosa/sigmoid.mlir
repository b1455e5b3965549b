// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: special.expit(a)
// out: [0.5, 0.622459352, 0.377540678, 0.777299881, 0, 1, 0.5, nan]
func.func @sigmoid_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.sigmoid %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: special.expit(a)
// out: [0.5, 0.622558594, 0.377441406, 0.77734375, 0, 1, 0.5, nan]
func.func @sigmoid_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.sigmoid %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: special.expit(a)
// out: [0.5, 0.62109375, 0.376953125, 0.77734375, 0, 1, 0.5, nan]
func.func @sigmoid_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.sigmoid %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
