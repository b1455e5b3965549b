// RUN: acc-opt %s --split-input-file --verify-diagnostics --xpu-bufferize | FileCheck %s

// Parts side by side in rows, of slices that differ in their column: the members of a row. A sum is one row.
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[A:.*]]: memref<4x2x3xf32, #xpu.space<hbm>>
// CHECK: %[[FROM:.*]] = memref.expand_shape %{{.*}} {{.*}} into memref<4x6xf32, #xpu.space<hbm>>
// CHECK: %[[TO:.*]] = memref.expand_shape %{{.*}} {{.*}} into memref<4x2x6xf32, #xpu.space<hbm>>
// CHECK: xpu.exchange <all_gather> over <row> of 2 %[[FROM]] to %[[TO]] :
// CHECK: xpu.exchange <all_reduce> by <fadd> over <chip> of 8 %{{.*}} to %{{.*}} : memref<1x48xf32, #xpu.space<hbm>>, memref<1x48xf32, #xpu.space<hbm>>
shard.grid @chip(shape = 4x2)
func.func @main(%a: tensor<4x2x3xf32>) -> tensor<4x4x3xf32> {
  %0 = shard.all_gather %a on @chip grid_axes = [1] gather_axis = 1 : tensor<4x2x3xf32> -> tensor<4x4x3xf32>
  %1 = shard.all_reduce %0 on @chip grid_axes = [0, 1] : tensor<4x4x3xf32> -> tensor<4x4x3xf32>
  return %1 : tensor<4x4x3xf32>
}

// -----

// A chip of one row: all its slices are that row.
// CHECK-LABEL: func.func @main
// CHECK: xpu.exchange <all_reduce> by <imin> over <row> of 3 %{{.*}} : memref<1x1xi32,
shard.grid @chip(shape = 1x3)
func.func @main(%a: tensor<i32>) -> tensor<i32> {
  %0 = shard.all_reduce %a on @chip grid_axes = [0, 1] reduction = min : tensor<i32> -> tensor<i32>
  return %0 : tensor<i32>
}

// -----

shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<4xi32>) -> tensor<4xi32> {
  // expected-error @+2 {{failed to bufferize op}}
  // expected-error @+1 {{unsupported: reductions between slices other than sum, max and min of one type}}
  %0 = shard.all_reduce %a on @chip grid_axes = [0, 1] reduction = product : tensor<4xi32> -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----

// Rows of parts, one for each member.
// CHECK-LABEL: func.func @main
// CHECK: xpu.exchange <reduce_scatter> by <fmax> over <column> of 4 %{{.*}} to %{{.*}} : memref<3x4x10xf32, #xpu.space<hbm>>, memref<3x10xf32, #xpu.space<hbm>>
shard.grid @chip(shape = 4x2)
func.func @main(%a: tensor<3x8x5xf32>) -> tensor<3x2x5xf32> {
  %0 = shard.reduce_scatter %a on @chip grid_axes = [0] reduction = max scatter_axis = 1 : tensor<3x8x5xf32> -> tensor<3x2x5xf32>
  return %0 : tensor<3x2x5xf32>
}

// -----

// A row of 2^17 elements is more than a command has columns.
// CHECK-LABEL: func.func @main
// CHECK: xpu.exchange <all_reduce> by <fadd> over <chip> of 8 %{{.*}} to %{{.*}} : memref<4x32768xf32, #xpu.space<hbm>>, memref<4x32768xf32, #xpu.space<hbm>>
shard.grid @chip(shape = 4x2)
func.func @main(%a: tensor<4x256x128xf32>) -> tensor<4x256x128xf32> {
  %0 = shard.all_reduce %a on @chip grid_axes = [0, 1] : tensor<4x256x128xf32> -> tensor<4x256x128xf32>
  return %0 : tensor<4x256x128xf32>
}

// -----

// Over chips of a tray and rows of slices; over trays by slices; over all chips, and over all slices.
// CHECK-LABEL: func.func @main
// CHECK: xpu.exchange <all_gather> over <column> in <tray> of 6 %{{.*}} to %{{.*}} : memref<4x10xf32, #xpu.space<hbm>>, memref<4x6x10xf32, #xpu.space<hbm>>
// CHECK: xpu.exchange <all_reduce> by <fadd> over <slice> in <peers> of 2 %
// CHECK: xpu.exchange <all_reduce> by <fadd> over <slice> in <rack> of 6 %
// CHECK: xpu.exchange <reduce_scatter> by <fadd> over <chip> in <rack> of 24 %{{.*}} : memref<4x24x30xf32, #xpu.space<hbm>>, memref<4x30xf32,
shard.grid @chip(shape = 2x3x2x2)
func.func @main(%a: tensor<4x2x5xf32>) -> (tensor<4x1x30xf32>, tensor<4x12x5xf32>) {
  %c = arith.constant 1.0 : f32
  %0 = shard.all_gather %a on @chip grid_axes = [1, 2] gather_axis = 1 : tensor<4x2x5xf32> -> tensor<4x12x5xf32>
  %1 = shard.all_reduce %0 on @chip grid_axes = [0] : tensor<4x12x5xf32> -> tensor<4x12x5xf32>
  %2 = shard.all_reduce %1 on @chip grid_axes = [0, 1] : tensor<4x12x5xf32> -> tensor<4x12x5xf32>
  %3 = tensor.empty() : tensor<4x24x30xf32>
  %4 = linalg.fill ins(%c : f32) outs(%3 : tensor<4x24x30xf32>) -> tensor<4x24x30xf32>
  %5 = shard.reduce_scatter %4 on @chip grid_axes = [0, 1, 2, 3] scatter_axis = 1 : tensor<4x24x30xf32> -> tensor<4x1x30xf32>
  return %5, %2 : tensor<4x1x30xf32>, tensor<4x12x5xf32>
}

// -----

// Two chips of one row in one tray: axes of one are nobody's.
// CHECK-LABEL: func.func @main
// CHECK: xpu.exchange <all_reduce> by <fadd> over <row> in <rack> of 8 %
shard.grid @chip(shape = 1x2x1x4)
func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = shard.all_reduce %a on @chip grid_axes = [0, 1, 2, 3] : tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
