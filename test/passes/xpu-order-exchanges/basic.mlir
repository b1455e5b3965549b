// RUN: acc-opt %s --xpu-order-exchanges | FileCheck %s

// Keys are made, and gathered, before queries: these are computed meanwhile.
// CHECK-LABEL: func.func @before
// CHECK: linalg.matmul ins(%{{.*}}, %arg2
// CHECK: %[[KEYS:.*]] = shard.all_gather
// CHECK: linalg.matmul ins(%{{.*}}, %arg1
// CHECK: linalg.matmul ins(%{{.*}}, %[[KEYS]]
module {
  shard.grid @chip(shape = 2x2)
  func.func @before(%x: tensor<8x16xf32>, %wq: tensor<16x8xf32>, %wk: tensor<16x8xf32>, %zero: tensor<8x8xf32>, %scores: tensor<8x32xf32>) -> tensor<8x32xf32> {
    %q = linalg.matmul ins(%x, %wq : tensor<8x16xf32>, tensor<16x8xf32>) outs(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
    %part = linalg.matmul ins(%x, %wk : tensor<8x16xf32>, tensor<16x8xf32>) outs(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
    %k = shard.all_gather %part on @chip grid_axes = [0, 1] gather_axis = 1 : tensor<8x8xf32> -> tensor<8x32xf32>
    %s = linalg.matmul ins(%q, %k : tensor<8x8xf32>, tensor<8x32xf32>) outs(%scores : tensor<8x32xf32>) -> tensor<8x32xf32>
    return %s : tensor<8x32xf32>
  }

  // A product that the reader does not need stays, and so does what has none before it.
  // CHECK-LABEL: func.func @others
  // CHECK: linalg.matmul ins(%{{.*}}, %arg1
  // CHECK: linalg.matmul ins(%{{.*}}, %arg2
  // CHECK: shard.all_gather
  func.func @others(%x: tensor<8x16xf32>, %wq: tensor<16x8xf32>, %wk: tensor<16x8xf32>, %zero: tensor<8x8xf32>, %scores: tensor<8x32xf32>) -> (tensor<8x8xf32>, tensor<8x32xf32>) {
    %q = linalg.matmul ins(%x, %wq : tensor<8x16xf32>, tensor<16x8xf32>) outs(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
    %part = linalg.matmul ins(%x, %wk : tensor<8x16xf32>, tensor<16x8xf32>) outs(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
    %k = shard.all_gather %part on @chip grid_axes = [0, 1] gather_axis = 1 : tensor<8x8xf32> -> tensor<8x32xf32>
    %s = linalg.exp ins(%k : tensor<8x32xf32>) outs(%scores : tensor<8x32xf32>) -> tensor<8x32xf32>
    return %q, %s : tensor<8x8xf32>, tensor<8x32xf32>
  }
}
