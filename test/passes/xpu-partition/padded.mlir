// RUN: acc-opt %s --split-input-file --xpu-partition | FileCheck %s

// Places of three rows for ten: what is gathered is cut to the whole, and so is what the host reads.
// CHECK-LABEL: func.func @main
// CHECK-SAME: tensor<3x6xf32> {xpu.split = #shard<axisarray{{\[\[}}0, 1], []]>, xpu.whole = array<i64: 10, 6>}
// CHECK-SAME: -> (tensor<10x6xf32>, tensor<3x6xf32> {xpu.split = #shard<axisarray{{\[\[}}0, 1], []]>, xpu.whole = array<i64: 10, 6>})
// CHECK: %[[X:.*]] = linalg.exp {{.*}} -> tensor<3x6xf32>
// CHECK: %[[G:.*]] = shard.all_gather %[[X]] on @chip grid_axes = [0, 1] gather_axis = 0 : tensor<3x6xf32> -> tensor<12x6xf32>
// CHECK: tensor.extract_slice %[[G]][0, 0] [10, 6] [1, 1]
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<10x6xf32>) -> (tensor<10x6xf32>, tensor<10x6xf32>) {
  %s = shard.sharding @chip split_axes = [[0, 1], []] sharded_dims_offsets = [0, 3, 6, 9, 10] : !shard.sharding
  %w = shard.sharding @chip split_axes = [[]] : !shard.sharding
  %as = shard.shard %a to %s annotate_for_users : tensor<10x6xf32>
  %e = tensor.empty() : tensor<10x6xf32>
  %es = shard.shard %e to %s annotate_for_users : tensor<10x6xf32>
  %x = linalg.exp ins(%as : tensor<10x6xf32>) outs(%es : tensor<10x6xf32>) -> tensor<10x6xf32>
  %xs = shard.shard %x to %s : tensor<10x6xf32>
  %g = shard.shard %xs to %w annotate_for_users : tensor<10x6xf32>
  return %g, %xs : tensor<10x6xf32>, tensor<10x6xf32>
}

// -----

// Terms beyond a sum: of a product, what was computed becomes zero (the host writes zeros beyond an input); a maximum chooses by element.
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[M:[a-z0-9]+]]: tensor<3xi1> {xpu.split = #shard<axisarray{{\[\[}}0]]>, xpu.value = dense<true> : tensor<5xi1>, xpu.whole = array<i64: 5>}
// CHECK: %[[X:.*]] = linalg.exp {{.*}} -> tensor<4x3xf32>
// CHECK: %[[Z:.*]] = linalg.generic {{.*}} ins(%[[M]], %[[X]] : tensor<3xi1>, tensor<4x3xf32>)
// CHECK: arith.select %{{.*}}, %{{.*}}, %{{.*}} : f32
// CHECK: linalg.matmul ins(%[[Z]], %arg1 : tensor<4x3xf32>, tensor<3x4xf32>)
// CHECK: shard.all_reduce {{.*}} grid_axes = [0]
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[M]] : tensor<4x3xf32>, tensor<3xi1>)
// CHECK: %[[K:.*]] = arith.select %{{.*}}, %{{.*}}, %{{.*}} : f32
// CHECK: arith.maximumf %[[K]], %{{.*}} : f32
// CHECK: shard.all_reduce {{.*}} grid_axes = [0] reduction = max
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<4x5xf32>, %b: tensor<5x4xf32>, %low: tensor<4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>) {
  %k = shard.sharding @chip split_axes = [[], [0]] sharded_dims_offsets = [0, 3, 5] : !shard.sharding
  %t = shard.sharding @chip split_axes = [[0], []] sharded_dims_offsets = [0, 3, 5] : !shard.sharding
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x5xf32>
  %as = shard.shard %a to %k annotate_for_users : tensor<4x5xf32>
  %es = shard.shard %e to %k annotate_for_users : tensor<4x5xf32>
  %x = linalg.exp ins(%as : tensor<4x5xf32>) outs(%es : tensor<4x5xf32>) -> tensor<4x5xf32>
  %xs = shard.shard %x to %k : tensor<4x5xf32>
  %bs = shard.shard %b to %t annotate_for_users : tensor<5x4xf32>
  %pe = tensor.empty() : tensor<4x4xf32>
  %pf = linalg.fill ins(%zero : f32) outs(%pe : tensor<4x4xf32>) -> tensor<4x4xf32>
  %p = linalg.matmul ins(%xs, %bs : tensor<4x5xf32>, tensor<5x4xf32>) outs(%pf : tensor<4x4xf32>) -> tensor<4x4xf32>
  %m = linalg.reduce ins(%xs : tensor<4x5xf32>) outs(%low : tensor<4xf32>) dimensions = [1]
    (%in: f32, %acc: f32) {
      %r = arith.maximumf %in, %acc : f32
      linalg.yield %r : f32
    }
  return %p, %m : tensor<4x4xf32>, tensor<4xf32>
}

// -----

// Blocks stay together; there are places of three rows of them for five rows.
// CHECK-LABEL: func.func @main
// CHECK: xpu.blocks %arg0 : tensor<3x2x32xf8E4M3FN> -> tensor<3x2xvector<32xf8E4M3FN>>
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<5x2x32xf8E4M3FN>) -> tensor<5x2xvector<32xf8E4M3FN>> {
  %s = shard.sharding @chip split_axes = [[0], [], []] sharded_dims_offsets = [0, 3, 5] : !shard.sharding
  %r = shard.sharding @chip split_axes = [[0], []] sharded_dims_offsets = [0, 3, 5] : !shard.sharding
  %as = shard.shard %a to %s annotate_for_users : tensor<5x2x32xf8E4M3FN>
  %b = xpu.blocks %as : tensor<5x2x32xf8E4M3FN> -> tensor<5x2xvector<32xf8E4M3FN>>
  %bs = shard.shard %b to %r : tensor<5x2xvector<32xf8E4M3FN>>
  return %bs : tensor<5x2xvector<32xf8E4M3FN>>
}
