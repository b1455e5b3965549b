// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0, 1, 1, 0, 1, 0, 1], [0, 1, 0, 1, 1, 1, 0, 0]
// numpy: a & b
// out: [0, 0, 0, 1, 0, 1, 0, 0]
func.func @logical_and_i1(%a: tensor<8xi1>, %b: tensor<8xi1>) -> tensor<8xi1> {
  %r = tosa.logical_and %a, %b : (tensor<8xi1>, tensor<8xi1>) -> tensor<8xi1>
  return %r : tensor<8xi1>
}
