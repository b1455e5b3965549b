// RUN: %{python} %inputs/run_functions.py %s %t

// in: [7, -7, 7, -7, 2147483647, 5, 0, -2147483648], [2, 2, -2, -2, 3, 7, 3, 1]
// numpy: np.trunc(a.astype(np.float64) / b)
// out: [3, -3, -3, 3, 715827882, 0, 0, -2147483648]
func.func @intdiv_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.intdiv %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
