// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, 2]
// out: [2.5, inf]
func.func @const_f32(%a: tensor<2xf32>) -> tensor<2xf32> {
  %k = "tosa.const"() <{values = dense<[1.5, 0x7F800000]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %r = tosa.add %a, %k : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// in: [1]
// out: [-7, 300]
func.func @const_alone(%a: tensor<1xf32>) -> tensor<2xi16> {
  %r = "tosa.const"() <{values = dense<[-7, 300]> : tensor<2xi16>}> : () -> tensor<2xi16>
  return %r : tensor<2xi16>
}
