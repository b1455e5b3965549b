// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 1, -1, 5, 100, -100, 2147483647, -128]
// numpy: np.array([32, 31, 0, 29, 25, 0, 1, 0])
// out: [32, 31, 0, 29, 25, 0, 1, 0]
func.func @clz_i32(%a: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.clz %a : (tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
