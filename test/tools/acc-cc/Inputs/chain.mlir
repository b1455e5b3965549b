// A product, and a sum over each of its rows: two operations that no loop has in common.
func.func @main(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %p = linalg.matmul ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%init : tensor<8x8xf32>) -> tensor<8x8xf32>
  %r = tensor.empty() : tensor<8xf32>
  %start = linalg.fill ins(%zero : f32) outs(%r : tensor<8xf32>) -> tensor<8xf32>
  %s = linalg.reduce ins(%p : tensor<8x8xf32>) outs(%start : tensor<8xf32>) dimensions = [1]
    (%in: f32, %acc: f32) {
      %n = arith.addf %in, %acc : f32
      linalg.yield %n : f32
    }
  return %s : tensor<8xf32>
}
