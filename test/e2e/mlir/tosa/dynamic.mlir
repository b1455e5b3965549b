// RUN: %{python} %inputs/run_functions.py %s %t

// in: [[1, 2, 3], [4, 5, 6]], [10, 20, 30]
// numpy: a + b
// out: [11, 22, 33, 14, 25, 36]
func.func @dynamic_add(%a: tensor<?x3xf32>, %b: tensor<1x3xf32>) -> tensor<?x3xf32> {
  %r = tosa.add %a, %b : (tensor<?x3xf32>, tensor<1x3xf32>) -> tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}

// in: [[[1, 2, 3, 4], [5, 6, 7, 8]]], [[[1, 2], [3, 4], [5, 6], [7, 8]]]
// numpy: a @ b
// out: [50, 60, 114, 140]
func.func @dynamic_matmul(%a: tensor<1x?x4xf32>, %b: tensor<1x4x?xf32>) -> tensor<1x?x?xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.matmul %a, %b, %z, %z : (tensor<1x?x4xf32>, tensor<1x4x?xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x?x?xf32>
  return %r : tensor<1x?x?xf32>
}
