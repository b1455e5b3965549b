// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Data movement without arithmetic, so every output must be exact.
// CHECK-COUNT-7: largest error 0 against the host
// CHECK: check: memory, cycles, counters and command times agree

#id = affine_map<(i, j, k) -> (i, j, k)>
#kij = affine_map<(i, j, k) -> (k, i, j)>
#i = affine_map<(i, j, k) -> (i)>
func.func @main(%a: tensor<3x5x7xf32>, %b: tensor<3x5x7xi8>)
    -> (tensor<5x7x3xf32>, tensor<5x9x10xf32>, tensor<3x9x7xf32>, tensor<2x2x4xf32>, tensor<105xf32>, tensor<3x5x7xf32>, tensor<7x5x3xi8>) {
  %e0 = tensor.empty() : tensor<5x7x3xf32>
  %transpose = linalg.generic {indexing_maps = [#kij, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%a : tensor<3x5x7xf32>) outs(%e0 : tensor<5x7x3xf32>) {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  } -> tensor<5x7x3xf32>
  %c = arith.constant -1.25 : f32
  %pad = tensor.pad %a low[1, 0, 2] high[1, 4, 1] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %c : f32
  } : tensor<3x5x7xf32> to tensor<5x9x10xf32>
  %part = tensor.extract_slice %a[0, 1, 0] [3, 4, 7] [1, 1, 1] : tensor<3x5x7xf32> to tensor<3x4x7xf32>
  %e3 = tensor.empty() : tensor<3x9x7xf32>
  %upper = tensor.insert_slice %a into %e3[0, 0, 0] [3, 5, 7] [1, 1, 1] : tensor<3x5x7xf32> into tensor<3x9x7xf32>
  %concat = tensor.insert_slice %part into %upper[0, 5, 0] [3, 4, 7] [1, 1, 1] : tensor<3x4x7xf32> into tensor<3x9x7xf32>
  %slice = tensor.extract_slice %a[0, 1, 0] [2, 2, 4] [2, 2, 2] : tensor<3x5x7xf32> to tensor<2x2x4xf32>
  %flat = tensor.collapse_shape %a [[0, 1, 2]] : tensor<3x5x7xf32> into tensor<105xf32>
  %row = tensor.extract_slice %a[0, 0, 0] [3, 1, 1] [1, 1, 1] : tensor<3x5x7xf32> to tensor<3xf32>
  %e1 = tensor.empty() : tensor<3x5x7xf32>
  %broadcast = linalg.generic {indexing_maps = [#i, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%row : tensor<3xf32>) outs(%e1 : tensor<3x5x7xf32>) {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  } -> tensor<3x5x7xf32>
  %e2 = tensor.empty() : tensor<7x5x3xi8>
  %bytes = linalg.transpose ins(%b : tensor<3x5x7xi8>) outs(%e2 : tensor<7x5x3xi8>) permutation = [2, 1, 0]
  return %transpose, %pad, %concat, %slice, %flat, %broadcast, %bytes
    : tensor<5x7x3xf32>, tensor<5x9x10xf32>, tensor<3x9x7xf32>, tensor<2x2x4xf32>, tensor<105xf32>, tensor<3x5x7xf32>, tensor<7x5x3xi8>
}
