// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, 1, inf, -0.0, nan]
// numpy: 1 / a
// out: [inf, 2, -2, 0.800000012, 1, 0, -inf, nan]
func.func @reciprocal_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.reciprocal %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, 1, inf, -0.0, nan]
// numpy: 1 / a
// out: [inf, 2, -2, 0.799804688, 1, 0, -inf, nan]
func.func @reciprocal_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.reciprocal %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, 1, inf, -0.0, nan]
// numpy: 1 / a
// out: [inf, 2, -2, 0.80078125, 1, 0, -inf, nan]
func.func @reciprocal_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.reciprocal %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
