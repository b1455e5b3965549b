func.func @main(%a: tensor<40x64xf32>, %b: tensor<64x48xf32>) -> tensor<40x48xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<40x48xf32>
  %s = linalg.fill ins(%zero : f32) outs(%e : tensor<40x48xf32>) -> tensor<40x48xf32>
  %p = linalg.matmul ins(%a, %b : tensor<40x64xf32>, tensor<64x48xf32>) outs(%s : tensor<40x48xf32>) -> tensor<40x48xf32>
  %r = linalg.exp ins(%p : tensor<40x48xf32>) outs(%e : tensor<40x48xf32>) -> tensor<40x48xf32>
  return %r : tensor<40x48xf32>
}
