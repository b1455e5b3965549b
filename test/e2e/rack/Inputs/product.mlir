func.func @main(%a: tensor<16x64xi32>, %b: tensor<64x24xi32>) -> tensor<16x24xi32> {
  %zero = arith.constant 0 : i32
  %empty = tensor.empty() : tensor<16x24xi32>
  %start = linalg.fill ins(%zero : i32) outs(%empty : tensor<16x24xi32>) -> tensor<16x24xi32>
  %r = linalg.matmul ins(%a, %b : tensor<16x64xi32>, tensor<64x24xi32>) outs(%start : tensor<16x24xi32>) -> tensor<16x24xi32>
  return %r : tensor<16x24xi32>
}
