// One token against a 4096 x 14336 bf16 weight matrix (the feed-forward of Llama 3.1 8B).
// `run` adds the resource.
func.func @main(%a: tensor<1x4096xbf16>) -> tensor<1x14336xf32> {
  %b = arith.constant dense_resource<weights> : tensor<4096x14336xbf16>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x14336xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x14336xf32>) -> tensor<1x14336xf32>
  %c = linalg.matmul ins(%a, %b : tensor<1x4096xbf16>, tensor<4096x14336xbf16>)
                     outs(%init : tensor<1x14336xf32>) -> tensor<1x14336xf32>
  return %c : tensor<1x14336xf32>
}
