// RUN: acc-opt %s --split-input-file --xpu-cut-stages="target=xpu-tiny-4x2 parallel=pp=2" | FileCheck %s
// RUN: acc-opt %s --split-input-file --xpu-cut-stages="target=xpu-tiny-4x2 parallel=rows" | FileCheck %s --check-prefix=NONE
// RUN: acc-opt %s --split-input-file --xpu-cut-stages="target=xpu-tiny-4x2x2 parallel=pp=4" | FileCheck %s --check-prefix=FOUR

// A narrow value crosses, not the wide ones. Weights go where they are used, and so does elementwise work on them. What is returned says its number.
// CHECK: module attributes {xpu.stage_axes = array<i16: 1>} {
// CHECK: module @stage_0 attributes {xpu.stage = 0 : i64, xpu.stage_axes = array<i16: 1>} {
// CHECK-NEXT: func.func @main(%{{.*}}: tensor<16x32xf32> {xpu.of_graph = 0 : i64}, %{{.*}}: tensor<32x128xf32> {xpu.of_graph = 1 : i64}, %{{.*}}: tensor<128x8xf32> {xpu.of_graph = 2 : i64}, %{{.*}}: tensor<8xf32> {xpu.of_graph = 4 : i64}) -> (tensor<16x8xf32> {xpu.of_graph = 1 : i64}) {
// CHECK: linalg.exp
// CHECK: linalg.matmul
// CHECK: linalg.matmul
// CHECK-NOT: linalg.matmul
// CHECK: rack.send %{{.*}} from 0 of 2 in <rack> : tensor<16x8xf32>
// CHECK-NEXT: return
// CHECK: module @stage_1
// CHECK-NEXT: func.func @main(%{{.*}}: tensor<8x128xf32> {xpu.of_graph = 3 : i64}, %{{.*}}: tensor<128x32xf32> {xpu.of_graph = 5 : i64}) -> (tensor<16x32xf32> {xpu.of_graph = 0 : i64}) {
// CHECK: %[[RECEIVED:.*]] = rack.receive from 0 of 2 in <rack> -> tensor<16x8xf32>
// CHECK-NOT: linalg.exp
// CHECK: linalg.matmul ins(%[[RECEIVED]],
// CHECK: linalg.matmul
// CHECK-NOT: rack.send

// NONE-NOT: rack.send
// NONE: func.func @main
// NONE-NOT: module @stage_0

// Stages meet for every value in one order, whoever needs it.
// FOUR: module @stage_0
// FOUR: rack.send {{.*}} from 0 of 4
// FOUR-NEXT: %{{.*}} = rack.receive from 1 of 4
// FOUR-NEXT: %{{.*}} = rack.receive from 2 of 4
// FOUR: module @stage_3
// FOUR: rack.receive from 0 of 4
// FOUR-NEXT: %{{.*}} = rack.receive from 1 of 4
// FOUR-NEXT: %{{.*}} = rack.receive from 2 of 4
func.func @main(%x: tensor<16x32xf32>, %w1: tensor<32x128xf32>, %w2: tensor<128x8xf32>, %w3: tensor<8x128xf32>, %b: tensor<8xf32>, %w4: tensor<128x32xf32>) -> (tensor<16x32xf32>, tensor<16x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %e1 = tensor.empty() : tensor<16x128xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<16x128xf32>) -> tensor<16x128xf32>
  %e2 = tensor.empty() : tensor<16x8xf32>
  %f2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %e3 = tensor.empty() : tensor<8xf32>
  %c = linalg.exp ins(%b : tensor<8xf32>) outs(%e3 : tensor<8xf32>) -> tensor<8xf32>
  %0 = linalg.matmul ins(%x, %w1 : tensor<16x32xf32>, tensor<32x128xf32>) outs(%f1 : tensor<16x128xf32>) -> tensor<16x128xf32>
  %1 = linalg.matmul ins(%0, %w2 : tensor<16x128xf32>, tensor<128x8xf32>) outs(%f2 : tensor<16x8xf32>) -> tensor<16x8xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%1, %c : tensor<16x8xf32>, tensor<8xf32>) outs(%e2 : tensor<16x8xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32):
    %s = arith.addf %p, %q : f32
    linalg.yield %s : f32
  } -> tensor<16x8xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%1, %c : tensor<16x8xf32>, tensor<8xf32>) outs(%e2 : tensor<16x8xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32):
    %s = arith.mulf %p, %q : f32
    linalg.yield %s : f32
  } -> tensor<16x8xf32>
  %4 = linalg.matmul ins(%3, %w3 : tensor<16x8xf32>, tensor<8x128xf32>) outs(%f1 : tensor<16x128xf32>) -> tensor<16x128xf32>
  %e4 = tensor.empty() : tensor<16x32xf32>
  %f4 = linalg.fill ins(%zero : f32) outs(%e4 : tensor<16x32xf32>) -> tensor<16x32xf32>
  %5 = linalg.matmul ins(%4, %w4 : tensor<16x128xf32>, tensor<128x32xf32>) outs(%f4 : tensor<16x32xf32>) -> tensor<16x32xf32>
  return %5, %2 : tensor<16x32xf32>, tensor<16x8xf32>
}
