// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, 5, 5, 0, -4, -3, -2, -1, 9, 2, 5, 9]
// numpy: a.argmax(axis=1)
// out: [1, 3, 0]
func.func @argmax_f32(%a: tensor<3x4xf32>) -> tensor<3xi32> {
  %r = tosa.argmax %a {axis = 1 : i32} : (tensor<3x4xf32>) -> tensor<3xi32>
  return %r : tensor<3xi32>
}

// in: [1, 5, 5, 0, -4, -3, -2, -1, 9, 2, 5, 9]
// numpy: a.argmax(axis=1)
// out: [1, 3, 0]
func.func @argmax_f16(%a: tensor<3x4xf16>) -> tensor<3xi32> {
  %r = tosa.argmax %a {axis = 1 : i32} : (tensor<3x4xf16>) -> tensor<3xi32>
  return %r : tensor<3xi32>
}

// in: [1, 5, 5, 0, -4, -3, -2, -1, 9, 2, 5, 9]
// numpy: a.argmax(axis=1)
// out: [1, 3, 0]
func.func @argmax_i8(%a: tensor<3x4xi8>) -> tensor<3xi32> {
  %r = tosa.argmax %a {axis = 1 : i32} : (tensor<3x4xi8>) -> tensor<3xi32>
  return %r : tensor<3xi32>
}

// in: [1, 5, 5, 0, -4, -3, -2, -1, 9, 2, 5, 9]
// numpy: a.argmax(axis=0)
// out: [2, 0, 0, 2]
func.func @argmax_axis0(%a: tensor<3x4xf32>) -> tensor<4xi32> {
  %r = tosa.argmax %a {axis = 0 : i32} : (tensor<3x4xf32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}
