// Four products and a value that skips one; constants of which slices have parts, and that one stage has.
func.func @main(%x: tensor<16x16xi32>, %w0: tensor<16x32xi32>, %w1: tensor<32x16xi32>) -> (tensor<16x16xi32>, tensor<16x16xi32>) {
  %zero = arith.constant 0 : i32
  %bias = arith.constant dense<[1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16]> : tensor<16xi32>
  %e0 = tensor.empty() : tensor<16x32xi32>
  %f0 = linalg.fill ins(%zero : i32) outs(%e0 : tensor<16x32xi32>) -> tensor<16x32xi32>
  %e1 = tensor.empty() : tensor<16x16xi32>
  %f1 = linalg.fill ins(%zero : i32) outs(%e1 : tensor<16x16xi32>) -> tensor<16x16xi32>
  %0 = linalg.matmul ins(%x, %w0 : tensor<16x16xi32>, tensor<16x32xi32>) outs(%f0 : tensor<16x32xi32>) -> tensor<16x32xi32>
  %1 = linalg.matmul ins(%0, %w1 : tensor<16x32xi32>, tensor<32x16xi32>) outs(%f1 : tensor<16x16xi32>) -> tensor<16x16xi32>
  %2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%1, %bias : tensor<16x16xi32>, tensor<16xi32>) outs(%e1 : tensor<16x16xi32>) {
  ^bb0(%p: i32, %q: i32, %r: i32):
    %s = arith.addi %p, %q : i32
    linalg.yield %s : i32
  } -> tensor<16x16xi32>
  %3 = linalg.matmul ins(%2, %w0 : tensor<16x16xi32>, tensor<16x32xi32>) outs(%f0 : tensor<16x32xi32>) -> tensor<16x32xi32>
  %4 = linalg.matmul ins(%3, %w1 : tensor<16x32xi32>, tensor<32x16xi32>) outs(%f1 : tensor<16x16xi32>) -> tensor<16x16xi32>
  %5 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%4, %1 : tensor<16x16xi32>, tensor<16x16xi32>) outs(%e1 : tensor<16x16xi32>) {
  ^bb0(%p: i32, %q: i32, %r: i32):
    %s = arith.subi %p, %q : i32
    linalg.yield %s : i32
  } -> tensor<16x16xi32>
  return %5, %2 : tensor<16x16xi32>, tensor<16x16xi32>
}
