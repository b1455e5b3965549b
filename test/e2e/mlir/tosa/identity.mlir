// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, nan, -0.0, inf]
// numpy: a
// out: [1, nan, -0.0, inf]
func.func @identity_f32(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = tosa.identity %a : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
