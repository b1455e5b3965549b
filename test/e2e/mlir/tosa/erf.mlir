// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: special.erf(a)
// out: [0, 0.520499885, -0.520499885, 0.92290014, -1, 1, -0.0, nan]
func.func @erf_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.erf %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: special.erf(a)
// out: [0, 0.520507812, -0.520507812, 0.922851562, -1, 1, -0.0, nan]
func.func @erf_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.erf %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -inf, inf, -0.0, nan]
// numpy: special.erf(a)
// out: [0, 0.51953125, -0.51953125, 0.921875, -1, 1, -0.0, nan]
func.func @erf_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.erf %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
