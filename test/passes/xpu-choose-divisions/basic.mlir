// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny-4" | FileCheck %s
// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny-4 parallel=rows" | FileCheck %s --check-prefix=ROWS
// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny-4 parallel=columns" | FileCheck %s --check-prefix=COLUMNS
// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny-4 parallel=grid" | FileCheck %s --check-prefix=GRID
// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny-4 parallel=sums" | FileCheck %s --check-prefix=SUMS
// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny-4 parallel=none" | FileCheck %s --check-prefix=NONE
// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny" | FileCheck %s --check-prefix=SLICE

// A product by two dimensions needs nothing of others. What reads it follows.
// CHECK: shard.grid @chip(shape = 2x2)
// CHECK-LABEL: func.func @main
// CHECK-DAG: %[[B:.*]] = shard.sharding @chip split_axes = {{\[\[}}], [1]]
// CHECK-DAG: %[[A:.*]] = shard.sharding @chip split_axes = {{\[\[}}0], []]
// CHECK-DAG: %[[C:.*]] = shard.sharding @chip split_axes = {{\[\[}}0], [1]]
// CHECK: shard.shard %arg0 to %[[A]] annotate_for_users
// CHECK: shard.shard %arg1 to %[[B]] annotate_for_users
// CHECK: %[[P:.*]] = linalg.matmul
// CHECK: %[[S:.*]] = shard.shard %[[P]] to %[[C]] :
// CHECK: linalg.exp ins(%[[S]]
// CHECK: shard.shard {{.*}} to %[[C]] :
// ROWS: shard.shard %arg0 to %[[A:.*]] annotate_for_users
// ROWS-NOT: shard.shard %arg1
// COLUMNS-NOT: shard.shard %arg0
// COLUMNS: shard.shard %arg1 to %{{.*}} annotate_for_users
// GRID: shard.sharding @chip split_axes = {{\[\[}}0], [1]]
// SUMS-DAG: shard.sharding @chip split_axes = {{\[\[}}], [0, 1]]
// SUMS-DAG: shard.sharding @chip split_axes = {{\[\[}}0, 1], []]
// NONE-NOT: shard.shard
// SLICE-NOT: shard.
func.func @main(%a: tensor<16x32xf32>, %b: tensor<32x24xf32>) -> tensor<16x24xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16x24xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<16x24xf32>) -> tensor<16x24xf32>
  %r = linalg.matmul ins(%a, %b : tensor<16x32xf32>, tensor<32x24xf32>) outs(%f : tensor<16x24xf32>) -> tensor<16x24xf32>
  %s = linalg.exp ins(%r : tensor<16x24xf32>) outs(%e : tensor<16x24xf32>) -> tensor<16x24xf32>
  return %s : tensor<16x24xf32>
}

// -----

// Elementwise work on inputs is done as its readers want it: here for each of them.
// CHECK-LABEL: func.func @main
// CHECK: linalg.exp
// CHECK: linalg.exp
// CHECK: linalg.matmul
// CHECK-NOT: linalg.exp
func.func @main(%a: tensor<16x16xf32>) -> tensor<16x16xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16x16xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<16x16xf32>) -> tensor<16x16xf32>
  %x = linalg.exp ins(%a : tensor<16x16xf32>) outs(%e : tensor<16x16xf32>) -> tensor<16x16xf32>
  %r = linalg.matmul ins(%x, %x : tensor<16x16xf32>, tensor<16x16xf32>) outs(%f : tensor<16x16xf32>) -> tensor<16x16xf32>
  return %r : tensor<16x16xf32>
}

// -----

// A loop that the body counts, and a sum that starts from an input: all slices do all of it. 7 columns over 4 slices are 2 each, but
// for the last.
// CHECK-LABEL: func.func @main
// CHECK: %[[D:.*]] = shard.sharding @chip split_axes = {{\[\[}}], [0, 1]] sharded_dims_offsets = [0, 2, 4, 6, 7]
// CHECK: shard.shard %arg0 to %[[D]] annotate_for_users : tensor<5x7xf32>
// CHECK-NOT: shard.shard %arg{{[1-4]}}
// COLUMNS-LABEL: func.func @main(%arg0: tensor<5x7xf32>
// COLUMNS: sharded_dims_offsets = [0, 2, 4, 6, 7]
// SUMS-LABEL: func.func @main(%arg0: tensor<5x7xf32>
// SUMS-NOT: shard.shard %arg{{[1-4]}}
func.func @main(%a: tensor<5x7xf32>, %i: tensor<8xi32>, %b: tensor<1x8xf32>, %c: tensor<8x1xf32>, %d: tensor<1x1xf32>) -> (tensor<5x7xf32>, tensor<8xi32>, tensor<1x1xf32>) {
  %e = tensor.empty() : tensor<5x7xf32>
  %x = linalg.exp ins(%a : tensor<5x7xf32>) outs(%e : tensor<5x7xf32>) -> tensor<5x7xf32>
  %e1 = tensor.empty() : tensor<8xi32>
  %n = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%i : tensor<8xi32>) outs(%e1 : tensor<8xi32>) {
  ^bb0(%v: i32, %o: i32):
    %k = linalg.index 0 : index
    %l = arith.index_cast %k : index to i32
    %m = arith.addi %v, %l : i32
    linalg.yield %m : i32
  } -> tensor<8xi32>
  %r = linalg.matmul ins(%b, %c : tensor<1x8xf32>, tensor<8x1xf32>) outs(%d : tensor<1x1xf32>) -> tensor<1x1xf32>
  return %x, %n, %r : tensor<5x7xf32>, tensor<8xi32>, tensor<1x1xf32>
}

// -----

// Indices are not carried by the network, and what is inserted into the middle has to be whole: they are made in every slice.
// CHECK-LABEL: func.func @main(%arg0: tensor<8x8xi32>
// SUMS-LABEL: func.func @main(%arg0: tensor<8x8xi32>
// CHECK: %[[I:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<8x8xindex>)
// CHECK: tensor.insert_slice %[[I]] into %
func.func @main(%a: tensor<8x8xi32>, %b: tensor<8x8xi32>) -> tensor<16x16xindex> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<8x8xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<8x8xi32>) -> tensor<8x8xi32>
  %r = linalg.matmul ins(%a, %b : tensor<8x8xi32>, tensor<8x8xi32>) outs(%f : tensor<8x8xi32>) -> tensor<8x8xi32>
  %ie = tensor.empty() : tensor<8x8xindex>
  %i = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%r : tensor<8x8xi32>) outs(%ie : tensor<8x8xindex>) {
  ^bb0(%v: i32, %o: index):
    %n = arith.index_cast %v : i32 to index
    linalg.yield %n : index
  } -> tensor<8x8xindex>
  %we = tensor.empty() : tensor<16x16xindex>
  %w = tensor.insert_slice %i into %we[4, 4] [8, 8] [1, 1] : tensor<8x8xindex> into tensor<16x16xindex>
  return %w : tensor<16x16xindex>
}
