// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: a == b
// out: [0, 0, 1, 1, 0, 0, 0, 1]
func.func @equal_f32(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xi1> {
  %r = tosa.equal %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  return %r : tensor<8xi1>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 6e4], [0.5, 3, -0.0, 0.0, 1, inf, 1, 6e4]
// numpy: a == b
// out: [0, 0, 1, 1, 0, 0, 0, 1]
func.func @equal_f16(%a: tensor<8xf16>, %b: tensor<8xf16>) -> tensor<8xi1> {
  %r = tosa.equal %a, %b : (tensor<8xf16>, tensor<8xf16>) -> tensor<8xi1>
  return %r : tensor<8xi1>
}

// in: [1, -2, 2147483647, -2147483648, 0, 5, 70000, -70000], [3, 7, 1, -1, 0, -5, 70000, 70000]
// numpy: a == b
// out: [0, 0, 0, 0, 1, 0, 1, 0]
func.func @equal_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi1> {
  %r = tosa.equal %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi1>
  return %r : tensor<8xi1>
}
