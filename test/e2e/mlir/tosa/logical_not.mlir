// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 1, 1, 0, 0, 1, 1, 1]
// numpy: ~a
// out: [1, 0, 0, 1, 1, 0, 0, 0]
func.func @logical_not_i1(%a: tensor<8xi1>) -> tensor<8xi1> {
  %r = tosa.logical_not %a : (tensor<8xi1>) -> tensor<8xi1>
  return %r : tensor<8xi1>
}
