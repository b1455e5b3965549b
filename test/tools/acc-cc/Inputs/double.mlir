// The machine has no doubles.
func.func @main(%a: tensor<8xf64>) -> tensor<8xf64> {
  %e = tensor.empty() : tensor<8xf64>
  %r = linalg.exp ins(%a : tensor<8xf64>) outs(%e : tensor<8xf64>) -> tensor<8xf64>
  return %r : tensor<8xf64>
}
