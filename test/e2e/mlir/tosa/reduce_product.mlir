// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, -2, 3, 0.5, -4, 5, 6, -7, 0.25, 2, -0.5, 1]
// numpy: a.prod(axis=0)
// out: [-1, -20, -9, -3.5]
func.func @reduce_product_f32_axis0(%a: tensor<3x4xf32>) -> tensor<1x4xf32> {
  %r = tosa.reduce_product %a {axis = 0 : i32} : (tensor<3x4xf32>) -> tensor<1x4xf32>
  return %r : tensor<1x4xf32>
}

// in: [1, -2, 3, 0.5, -4, 5, 6, -7, 0.25, 2, -0.5, 1]
// numpy: a.prod(axis=1)
// out: [-3, 840, -0.25]
func.func @reduce_product_f32_axis1(%a: tensor<3x4xf32>) -> tensor<3x1xf32> {
  %r = tosa.reduce_product %a {axis = 1 : i32} : (tensor<3x4xf32>) -> tensor<3x1xf32>
  return %r : tensor<3x1xf32>
}

// in: [1, -2, 3, 0.5, -4, 5, 6, -7, 0.25, 2, -0.5, 1]
// numpy: a.prod(axis=1)
// out: [-3, 840, -0.25]
func.func @reduce_product_f16_axis1(%a: tensor<3x4xf16>) -> tensor<3x1xf16> {
  %r = tosa.reduce_product %a {axis = 1 : i32} : (tensor<3x4xf16>) -> tensor<3x1xf16>
  return %r : tensor<3x1xf16>
}

// in: [1, -2, 3, 0.5, -4, 5, 6, -7, 0.25, 2, -0.5, 1]
// numpy: a.prod(axis=1)
// out: [-3, 840, -0.25]
func.func @reduce_product_bf16_axis1(%a: tensor<3x4xbf16>) -> tensor<3x1xbf16> {
  %r = tosa.reduce_product %a {axis = 1 : i32} : (tensor<3x4xbf16>) -> tensor<3x1xbf16>
  return %r : tensor<3x1xbf16>
}
