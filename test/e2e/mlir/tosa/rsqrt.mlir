// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, 1, inf, 100, nan]
// numpy: 1 / np.sqrt(a)
// out: [inf, 1.41421354, nan, 0.89442718, 1, 0, 0.100000001, nan]
func.func @rsqrt_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.rsqrt %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, 1, inf, 100, nan]
// numpy: 1 / np.sqrt(a)
// out: [inf, 1.4140625, nan, 0.89453125, 1, 0, 0.0999755859, nan]
func.func @rsqrt_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.rsqrt %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, 1, inf, 100, nan]
// numpy: 1 / np.sqrt(a)
// out: [inf, 1.4140625, nan, 0.89453125, 1, 0, 0.100097656, nan]
func.func @rsqrt_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.rsqrt %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
