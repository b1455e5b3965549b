// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, -2, 3, 0.5, -4, 5, 6, -7, 0.25, 2, -0.5, 1]
// numpy: a.min(axis=0)
// out: [-4, -2, -0.5, -7]
func.func @reduce_min_f32_axis0(%a: tensor<3x4xf32>) -> tensor<1x4xf32> {
  %r = tosa.reduce_min %a {axis = 0 : i32} : (tensor<3x4xf32>) -> tensor<1x4xf32>
  return %r : tensor<1x4xf32>
}

// in: [1, -2, 3, 0.5, -4, 5, 6, -7, 0.25, 2, -0.5, 1]
// numpy: a.min(axis=1)
// out: [-2, -7, -0.5]
func.func @reduce_min_f32_axis1(%a: tensor<3x4xf32>) -> tensor<3x1xf32> {
  %r = tosa.reduce_min %a {axis = 1 : i32} : (tensor<3x4xf32>) -> tensor<3x1xf32>
  return %r : tensor<3x1xf32>
}

// in: [1, -2, 3, 0.5, -4, 5, 6, -7, 0.25, 2, -0.5, 1]
// numpy: a.min(axis=1)
// out: [-2, -7, -0.5]
func.func @reduce_min_f16_axis1(%a: tensor<3x4xf16>) -> tensor<3x1xf16> {
  %r = tosa.reduce_min %a {axis = 1 : i32} : (tensor<3x4xf16>) -> tensor<3x1xf16>
  return %r : tensor<3x1xf16>
}

// in: [1, -2, 3, 0.5, -4, 5, 6, -7, 0.25, 2, -0.5, 1]
// numpy: a.min(axis=1)
// out: [-2, -7, -0.5]
func.func @reduce_min_bf16_axis1(%a: tensor<3x4xbf16>) -> tensor<3x1xbf16> {
  %r = tosa.reduce_min %a {axis = 1 : i32} : (tensor<3x4xbf16>) -> tensor<3x1xbf16>
  return %r : tensor<3x1xbf16>
}

// in: [1, -2, 3, 0, -4, 5, 6, -7, 2147483647, 2, -5, 1]
// numpy: a.min(axis=1)
// out: [-2, -7, -5]
func.func @reduce_min_i32_axis1(%a: tensor<3x4xi32>) -> tensor<3x1xi32> {
  %r = tosa.reduce_min %a {axis = 1 : i32} : (tensor<3x4xi32>) -> tensor<3x1xi32>
  return %r : tensor<3x1xi32>
}

// in: [1, nan, 3, -inf, 5, inf]
// numpy: a.min(axis=1)
// out: [nan, -inf]
func.func @reduce_min_nan(%a: tensor<2x3xf32>) -> tensor<2x1xf32> {
  %r = tosa.reduce_min %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %r : tensor<2x1xf32>
}

// in: [1, nan, 3, nan, nan, nan]
// numpy: np.nanmin(a, axis=1)
// out: [1, nan]
func.func @reduce_min_ignore_nan(%a: tensor<2x3xf32>) -> tensor<2x1xf32> {
  %r = tosa.reduce_min %a {axis = 1 : i32, nan_mode = IGNORE} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %r : tensor<2x1xf32>
}
