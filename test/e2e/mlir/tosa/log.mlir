// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, 1, inf, 100, nan]
// numpy: np.log(a)
// out: [-inf, -0.693147182, nan, 0.223143548, 0, inf, 4.60517025, nan]
func.func @log_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.log %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, 1, inf, 100, nan]
// numpy: np.log(a)
// out: [-inf, -0.693359375, nan, 0.223144531, 0, inf, 4.60546875, nan]
func.func @log_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.log %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, 1, inf, 100, nan]
// numpy: np.log(a)
// out: [-inf, -0.69140625, nan, 0.22265625, 0, inf, 4.59375, nan]
func.func @log_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.log %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
