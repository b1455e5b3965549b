// RUN: acc-opt %s --xpu-partition | FileCheck %s

// Sums that are divided once more: by rows between slices of a column of the grid, whose terms they are.
// CHECK-LABEL: func.func @main
// CHECK-SAME: -> (tensor<4x3xf32> {xpu.split = #shard<axisarray{{\[\[}}0], [1]]>})
// CHECK: %[[P:.*]] = linalg.matmul {{.*}} -> tensor<8x3xf32>
// CHECK: %[[S:.*]] = shard.reduce_scatter %[[P]] on @chip grid_axes = [0] scatter_axis = 0 : tensor<8x3xf32> -> tensor<4x3xf32>
// CHECK-NOT: shard.all_
// CHECK: return %[[S]]
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<8x10xf32>, %b: tensor<10x6xf32>) -> tensor<8x6xf32> {
  %terms = shard.sharding @chip split_axes = [[], [0]] : !shard.sharding
  %weights = shard.sharding @chip split_axes = [[0], [1]] : !shard.sharding
  %both = shard.sharding @chip split_axes = [[0], [1]] : !shard.sharding
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x6xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x6xf32>) -> tensor<8x6xf32>
  %as = shard.shard %a to %terms annotate_for_users : tensor<8x10xf32>
  %bs = shard.shard %b to %weights annotate_for_users : tensor<10x6xf32>
  %p = linalg.matmul ins(%as, %bs : tensor<8x10xf32>, tensor<10x6xf32>) outs(%f : tensor<8x6xf32>) -> tensor<8x6xf32>
  %ps = shard.shard %p to %both : tensor<8x6xf32>
  return %ps : tensor<8x6xf32>
}
