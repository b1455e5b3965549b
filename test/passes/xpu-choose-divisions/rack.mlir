// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny-4x2" | FileCheck %s
// RUN: acc-opt %s --split-input-file --xpu-choose-divisions="target=xpu-tiny-4x2 parallel=sums" | FileCheck %s --check-prefix=SUMS

// The grid of a rack has trays and chips of a tray before rows and columns of slices. What needs nothing of others is divided over all.
// CHECK: shard.grid @chip(shape = 1x2x2x2)
// CHECK: shard.sharding @chip split_axes = {{\[\[}}{{[^]]*}}1{{[^]]*}}]
// CHECK: linalg.exp
// SUMS: shard.grid @chip(shape = 1x2x2x2)
func.func @main(%a: tensor<64x32xf32>) -> tensor<64x32xf32> {
  %e = tensor.empty() : tensor<64x32xf32>
  %0 = linalg.exp ins(%a : tensor<64x32xf32>) outs(%e : tensor<64x32xf32>) -> tensor<64x32xf32>
  return %0 : tensor<64x32xf32>
}

// -----

// Terms over all slices of both chips.
// SUMS-DAG: shard.sharding @chip split_axes = {{\[\[}}], [1, 2, 3]]
// SUMS-DAG: shard.sharding @chip split_axes = {{\[\[}}1, 2, 3], []]
// SUMS: linalg.matmul
func.func @main(%a: tensor<16x64xf32>, %b: tensor<64x24xf32>) -> tensor<16x24xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16x24xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<16x24xf32>) -> tensor<16x24xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<16x64xf32>, tensor<64x24xf32>) outs(%f : tensor<16x24xf32>) -> tensor<16x24xf32>
  return %0 : tensor<16x24xf32>
}
