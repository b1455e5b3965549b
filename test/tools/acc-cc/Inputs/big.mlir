// More than a slice holds.
func.func @main(%w: tensor<20000x25000xf32> {acc.name = "weights"}, %x: tensor<40000x25000xf32>) -> (tensor<20000x25000xf32>, tensor<3000xf32>) {
  %t = arith.constant dense<[TABLE]> : tensor<3000xf32>
  %e = tensor.empty() : tensor<20000x25000xf32>
  %r = linalg.exp ins(%w : tensor<20000x25000xf32>) outs(%e : tensor<20000x25000xf32>) -> tensor<20000x25000xf32>
  return %r, %t : tensor<20000x25000xf32>, tensor<3000xf32>
}
