// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.clip(a, -1.0, 2.5)
// out: [0, 0.5, -1, 1.25, -1, 2.5, -0.0, nan]
func.func @clamp_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.clamp %a {min_val = -1.0 : f32, max_val = 2.5 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.clip(a, -1.0, 2.5)
// out: [0, 0.5, -1, 1.25, -1, 2.5, -0.0, nan]
func.func @clamp_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.clamp %a {min_val = -1.0 : f16, max_val = 2.5 : f16} : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -5, 1.25, -inf, inf, -0.0, nan]
// numpy: np.clip(a, -1.0, 2.5)
// out: [0, 0.5, -1, 1.25, -1, 2.5, -0.0, nan]
func.func @clamp_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.clamp %a {min_val = -1.0 : bf16, max_val = 2.5 : bf16} : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}

// in: [0, 1, -11, 15, 100, -100, 127, -128]
// numpy: np.clip(a, -10, 20)
// out: [0, 1, -10, 15, 20, -10, 20, -10]
func.func @clamp_i8(%a: tensor<8xi8>) -> tensor<8xi8> {
  %r = tosa.clamp %a {min_val = -10 : i8, max_val = 20 : i8} : (tensor<8xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// in: [0, 1, -11, 15, 100, -100, 127, -128]
// numpy: np.clip(a, -10, 200)
// out: [0, 1, -10, 15, 100, -10, 127, -10]
func.func @clamp_i16(%a: tensor<8xi16>) -> tensor<8xi16> {
  %r = tosa.clamp %a {min_val = -10 : i16, max_val = 200 : i16} : (tensor<8xi16>) -> tensor<8xi16>
  return %r : tensor<8xi16>
}

// in: [nan, 7, -7, 0.5]
// out: [-1, 2.5, -1, 0.5]
func.func @clamp_ignore_nan(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = tosa.clamp %a {min_val = -1.0 : f32, max_val = 2.5 : f32, nan_mode = IGNORE} : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
