func.func @main(%a: tensor<16x2048xf32>, %b: tensor<2048x3001xf32>) -> tensor<16x3001xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16x3001xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<16x3001xf32>) -> tensor<16x3001xf32>
  %r = linalg.matmul ins(%a, %b : tensor<16x2048xf32>, tensor<2048x3001xf32>) outs(%f : tensor<16x3001xf32>) -> tensor<16x3001xf32>
  return %r : tensor<16x3001xf32>
}
