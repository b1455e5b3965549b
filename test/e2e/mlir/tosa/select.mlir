// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 1, 1, 0], [nan, 2, -0.0, 4], [5, 6, 7, -0.0]
// numpy: np.where(a, b, c)
// out: [5, 2, -0.0, -0.0]
func.func @select_f32(%a: tensor<4xi1>, %b: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
  %r = tosa.select %a, %b, %c : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [0, 1, 1, 0], [nan, 2, -0.0, 4], [5, 6, 7, -0.0]
// numpy: np.where(a, b, c)
// out: [5, 2, -0.0, -0.0]
func.func @select_f16(%a: tensor<4xi1>, %b: tensor<4xf16>, %c: tensor<4xf16>) -> tensor<4xf16> {
  %r = tosa.select %a, %b, %c : (tensor<4xi1>, tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  return %r : tensor<4xf16>
}

// in: [0, 1, 1, 0], [nan, 2, -0.0, 4], [5, 6, 7, -0.0]
// numpy: np.where(a, b, c)
// out: [5, 2, -0.0, -0.0]
func.func @select_bf16(%a: tensor<4xi1>, %b: tensor<4xbf16>, %c: tensor<4xbf16>) -> tensor<4xbf16> {
  %r = tosa.select %a, %b, %c : (tensor<4xi1>, tensor<4xbf16>, tensor<4xbf16>) -> tensor<4xbf16>
  return %r : tensor<4xbf16>
}

// in: [0, 1, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]
// numpy: np.where(a, b, c)
// out: [0, 0, 1, 1]
func.func @select_i32(%a: tensor<4xi1>, %b: tensor<4xi32>, %c: tensor<4xi32>) -> tensor<4xi32> {
  %r = tosa.select %a, %b, %c : (tensor<4xi1>, tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [0, 1, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]
// numpy: np.where(a, b, c)
// out: [0, 0, 1, 1]
func.func @select_i8(%a: tensor<4xi1>, %b: tensor<4xi8>, %c: tensor<4xi8>) -> tensor<4xi8> {
  %r = tosa.select %a, %b, %c : (tensor<4xi1>, tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %r : tensor<4xi8>
}

// in: [0, 1, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]
// numpy: np.where(a, b, c)
// out: [0, 0, 1, 1]
func.func @select_i1(%a: tensor<4xi1>, %b: tensor<4xi1>, %c: tensor<4xi1>) -> tensor<4xi1> {
  %r = tosa.select %a, %b, %c : (tensor<4xi1>, tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return %r : tensor<4xi1>
}
