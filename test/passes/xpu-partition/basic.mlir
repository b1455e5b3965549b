// RUN: acc-opt %s --split-input-file --xpu-partition | FileCheck %s

// Parts of K in all slices: their sums are added up. The constant of which slices have parts is an argument.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[A:.*]]: tensor<4x2xf32> {xpu.split = #shard<axisarray{{\[\[}}], [0, 1]]>}
// CHECK-SAME: %[[W:.*]]: tensor<2x2xf32> {xpu.split = #shard<axisarray{{\[\[}}0, 1], []]>, xpu.value = dense<{{.*}}> : tensor<8x2xf32>}
// CHECK-SAME: -> tensor<4x2xf32> {
// CHECK: %[[P:.*]] = linalg.matmul ins(%[[A]], %[[W]] : tensor<4x2xf32>, tensor<2x2xf32>)
// CHECK: %[[S:.*]] = shard.all_reduce %[[P]] on @chip grid_axes = [0, 1] : tensor<4x2xf32>
// CHECK: return %[[S]]
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<4x8xf32>) -> tensor<4x2xf32> {
  %columns = shard.sharding @chip split_axes = [[], [0, 1]] : !shard.sharding
  %rows = shard.sharding @chip split_axes = [[0, 1]] : !shard.sharding
  %w = arith.constant dense<[[0., 1.], [2., 3.], [4., 5.], [6., 7.], [8., 9.], [10., 11.], [12., 13.], [14., 15.]]> : tensor<8x2xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x2xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x2xf32>) -> tensor<4x2xf32>
  %as = shard.shard %a to %columns annotate_for_users : tensor<4x8xf32>
  %ws = shard.shard %w to %rows annotate_for_users : tensor<8x2xf32>
  %r = linalg.matmul ins(%as, %ws : tensor<4x8xf32>, tensor<8x2xf32>) outs(%f : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %r : tensor<4x2xf32>
}

// -----

// Divided in two dimensions, and needed whole: gathered in both, the last one first. (Upstream's shard-partition gathers
// one of them only.)
// CHECK-LABEL: func.func @main
// CHECK: %[[X:.*]] = linalg.exp {{.*}} -> tensor<2x3xf32>
// CHECK: %[[G:.*]] = shard.all_gather %[[X]] on @chip grid_axes = [1] gather_axis = 1 : tensor<2x3xf32> -> tensor<2x6xf32>
// CHECK: %[[H:.*]] = shard.all_gather %[[G]] on @chip grid_axes = [0] gather_axis = 0 : tensor<2x6xf32> -> tensor<4x6xf32>
// CHECK: return %[[H]]
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<4x6xf32>) -> tensor<4x6xf32> {
  %both = shard.sharding @chip split_axes = [[0], [1]] : !shard.sharding
  %none = shard.sharding @chip split_axes = [[]] : !shard.sharding
  %e = tensor.empty() : tensor<4x6xf32>
  %as = shard.shard %a to %both annotate_for_users : tensor<4x6xf32>
  %es = shard.shard %e to %both annotate_for_users : tensor<4x6xf32>
  %x = linalg.exp ins(%as : tensor<4x6xf32>) outs(%es : tensor<4x6xf32>) -> tensor<4x6xf32>
  %xs = shard.shard %x to %both : tensor<4x6xf32>
  %w = shard.shard %xs to %none annotate_for_users : tensor<4x6xf32>
  return %w : tensor<4x6xf32>
}

// -----

// An input in two divisions lies in two places. Maxima of parts may start from any value.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[A:.*]]: tensor<2x8xi32> {acc.name = "x", xpu.split = #shard<axisarray{{\[\[}}0, 1], []]>}
// CHECK-SAME: %[[B:.*]]: tensor<8xi32>
// CHECK-SAME: %[[C:.*]]: tensor<8x4xi32> {xpu.copy_of = 0 : i64, xpu.split = #shard<axisarray{{\[\[}}], [1]]>}
// CHECK-SAME: -> (tensor<2x8xi32> {xpu.split = #shard<axisarray{{\[\[}}0, 1], []]>}, tensor<8xi32>)
// CHECK: linalg.add ins(%[[A]], %[[A]]
// CHECK: %[[P:.*]] = linalg.reduce { arith.maxsi } ins(%[[C]] : tensor<8x4xi32>) outs(%[[B]] : tensor<8xi32>)
// CHECK: shard.all_reduce %[[P]] on @chip grid_axes = [1] reduction = max : tensor<8xi32>
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<8x8xi32> {acc.name = "x"}, %b: tensor<8xi32>) -> (tensor<8x8xi32>, tensor<8xi32>) {
  %rows = shard.sharding @chip split_axes = [[0, 1]] : !shard.sharding
  %columns = shard.sharding @chip split_axes = [[], [1]] : !shard.sharding
  %e = tensor.empty() : tensor<8x8xi32>
  %as = shard.shard %a to %rows annotate_for_users : tensor<8x8xi32>
  %x = linalg.add ins(%as, %as : tensor<8x8xi32>, tensor<8x8xi32>) outs(%e : tensor<8x8xi32>) -> tensor<8x8xi32>
  %cs = shard.shard %a to %columns annotate_for_users : tensor<8x8xi32>
  %m = linalg.reduce ins(%cs : tensor<8x8xi32>) outs(%b : tensor<8xi32>) dimensions = [1]
      (%in: i32, %acc: i32) {
        %0 = arith.maxsi %acc, %in : i32
        linalg.yield %0 : i32
      }
  return %x, %m : tensor<8x8xi32>, tensor<8xi32>
}

// -----

// Views keep the first dimension of a group, and dimensions that are seen as a whole.
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[A:.*]]: tensor<2x6x4xf32>
// CHECK: %[[C:.*]] = tensor.collapse_shape %[[A]] {{\[\[}}0, 1], [2]] : tensor<2x6x4xf32> into tensor<12x4xf32>
// CHECK: %[[S:.*]] = tensor.extract_slice %[[C]][0, 1] [12, 2] [1, 1] : tensor<12x4xf32> to tensor<12x2xf32>
// CHECK: %[[I:.*]] = tensor.insert_slice %[[S]] into %{{.*}}[0, 0] [12, 2] [1, 1] : tensor<12x2xf32> into tensor<12x8xf32>
// CHECK: tensor.expand_shape %[[I]] {{\[\[}}0, 1], [2]] output_shape [2, 6, 8] : tensor<12x8xf32> into tensor<2x6x8xf32>
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<4x6x4xf32>) -> tensor<4x6x8xf32> {
  %three = shard.sharding @chip split_axes = [[0]] : !shard.sharding
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<24x8xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<24x8xf32>) -> tensor<24x8xf32>
  %as = shard.shard %a to %three annotate_for_users : tensor<4x6x4xf32>
  %c = tensor.collapse_shape %as [[0, 1], [2]] : tensor<4x6x4xf32> into tensor<24x4xf32>
  %s = tensor.extract_slice %c[0, 1] [24, 2] [1, 1] : tensor<24x4xf32> to tensor<24x2xf32>
  %fs = shard.shard %f to %three annotate_for_users : tensor<24x8xf32>
  %i = tensor.insert_slice %s into %fs[0, 0] [24, 2] [1, 1] : tensor<24x2xf32> into tensor<24x8xf32>
  %r = tensor.expand_shape %i [[0, 1], [2]] output_shape [4, 6, 8] : tensor<24x8xf32> into tensor<4x6x8xf32>
  return %r : tensor<4x6x8xf32>
}

// -----

// Of four parts, two: gathered over the last axis, whose parts are next to each other.
// CHECK-LABEL: func.func @main
// CHECK: %[[X:.*]] = linalg.exp {{.*}} -> tensor<4x2xf32>
// CHECK: shard.all_gather %[[X]] on @chip grid_axes = [1] gather_axis = 1 : tensor<4x2xf32> -> tensor<4x4xf32>
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %four = shard.sharding @chip split_axes = [[], [0, 1]] : !shard.sharding
  %two = shard.sharding @chip split_axes = [[], [0]] : !shard.sharding
  %e = tensor.empty() : tensor<4x8xf32>
  %as = shard.shard %a to %four annotate_for_users : tensor<4x8xf32>
  %x = linalg.exp ins(%as : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %w = shard.shard %x to %two annotate_for_users : tensor<4x8xf32>
  return %w : tensor<4x8xf32>
}
