// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(16), [3, 0, 0, 2, 1, 3]
// numpy: np.stack([a[i, b[i]] for i in range(2)])
// out: [6, 7, 0, 1, 0, 1, 12, 13, 10, 11, 14, 15]
func.func @gather_f32(%a: tensor<2x4x2xf32>, %b: tensor<2x3xi32>) -> tensor<2x3x2xf32> {
  %r = tosa.gather %a, %b : (tensor<2x4x2xf32>, tensor<2x3xi32>) -> tensor<2x3x2xf32>
  return %r : tensor<2x3x2xf32>
}

// in: range(16), [3, 0, 0, 2, 1, 3]
// numpy: np.stack([a[i, b[i]] for i in range(2)])
// out: [6, 7, 0, 1, 0, 1, 12, 13, 10, 11, 14, 15]
func.func @gather_i8(%a: tensor<2x4x2xi8>, %b: tensor<2x3xi32>) -> tensor<2x3x2xi8> {
  %r = tosa.gather %a, %b : (tensor<2x4x2xi8>, tensor<2x3xi32>) -> tensor<2x3x2xi8>
  return %r : tensor<2x3x2xi8>
}

// in: range(16), [3, 0, 0, 2, 1, 3]
// numpy: np.stack([a[i, b[i]] for i in range(2)])
// out: [6, 7, 0, 1, 0, 1, 12, 13, 10, 11, 14, 15]
func.func @gather_i32(%a: tensor<2x4x2xi32>, %b: tensor<2x3xi32>) -> tensor<2x3x2xi32> {
  %r = tosa.gather %a, %b : (tensor<2x4x2xi32>, tensor<2x3xi32>) -> tensor<2x3x2xi32>
  return %r : tensor<2x3x2xi32>
}
