// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(6)
// numpy: a[:, ::-1]
// out: [2, 1, 0, 5, 4, 3]
func.func @reverse_f32(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r = tosa.reverse %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: range(6)
// numpy: a[:, ::-1]
// out: [2, 1, 0, 5, 4, 3]
func.func @reverse_i8(%a: tensor<2x3xi8>) -> tensor<2x3xi8> {
  %r = tosa.reverse %a {axis = 1 : i32} : (tensor<2x3xi8>) -> tensor<2x3xi8>
  return %r : tensor<2x3xi8>
}
