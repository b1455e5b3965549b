// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, 2, 3]
// unsupported: tosa.custom
func.func @custom(%a: tensor<3xf32>) -> tensor<3xf32> {
  %r = tosa.custom %a {operator_name = "mine", domain_name = "d", implementation_attrs = ""} : (tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}
