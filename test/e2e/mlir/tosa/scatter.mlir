// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(16), [3, 0, 2, 1], [-1, -2, -3, -4, -5, -6, -7, -8]
// out: [-3, -4, 2, 3, 4, 5, -1, -2, 8, 9, -7, -8, -5, -6, 14, 15]
func.func @scatter_f32(%a: tensor<2x4x2xf32>, %b: tensor<2x2xi32>, %c: tensor<2x2x2xf32>) -> tensor<2x4x2xf32> {
  %r = tosa.scatter %a, %b, %c : (tensor<2x4x2xf32>, tensor<2x2xi32>, tensor<2x2x2xf32>) -> tensor<2x4x2xf32>
  return %r : tensor<2x4x2xf32>
}

// in: range(16), [3, 0, 2, 1], [-1, -2, -3, -4, -5, -6, -7, -8]
// out: [-3, -4, 2, 3, 4, 5, -1, -2, 8, 9, -7, -8, -5, -6, 14, 15]
func.func @scatter_i8(%a: tensor<2x4x2xi8>, %b: tensor<2x2xi32>, %c: tensor<2x2x2xi8>) -> tensor<2x4x2xi8> {
  %r = tosa.scatter %a, %b, %c : (tensor<2x4x2xi8>, tensor<2x2xi32>, tensor<2x2x2xi8>) -> tensor<2x4x2xi8>
  return %r : tensor<2x4x2xi8>
}

// in: range(16), [3, 0, 2, 1], [-1, -2, -3, -4, -5, -6, -7, -8]
// out: [-3, -4, 2, 3, 4, 5, -1, -2, 8, 9, -7, -8, -5, -6, 14, 15]
func.func @scatter_i32(%a: tensor<2x4x2xi32>, %b: tensor<2x2xi32>, %c: tensor<2x2x2xi32>) -> tensor<2x4x2xi32> {
  %r = tosa.scatter %a, %b, %c : (tensor<2x4x2xi32>, tensor<2x2xi32>, tensor<2x2x2xi32>) -> tensor<2x4x2xi32>
  return %r : tensor<2x4x2xi32>
}
