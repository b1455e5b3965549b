// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0, 0, 1, 1, 1, 0, 1, 0]
// numpy: a.all(axis=1)
// out: [0, 1, 0]
func.func @reduce_all(%a: tensor<3x3xi1>) -> tensor<3x1xi1> {
  %r = tosa.reduce_all %a {axis = 1 : i32} : (tensor<3x3xi1>) -> tensor<3x1xi1>
  return %r : tensor<3x1xi1>
}
