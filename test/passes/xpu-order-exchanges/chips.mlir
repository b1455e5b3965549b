// RUN: acc-opt %s --xpu-order-exchanges | FileCheck %s

// Over chips keys and values are gathered together, behind the products that both are made of and before queries.
// CHECK-LABEL: func.func @together
// CHECK-DAG: %[[V:.*]] = linalg.matmul ins(%{{.*}}, %arg3
// CHECK-DAG: %[[K:.*]] = linalg.matmul ins(%{{.*}}, %arg2
// CHECK: shard.all_gather %[[V]]
// CHECK-NEXT: shard.all_gather %[[K]]
// CHECK-NEXT: linalg.matmul ins(%{{.*}}, %arg1
module {
  shard.grid @chip(shape = 1x2x2x2)
  func.func @together(%x: tensor<8x16xf32>, %wq: tensor<16x8xf32>, %wk: tensor<16x8xf32>, %wv: tensor<16x8xf32>, %zero: tensor<8x8xf32>, %scores: tensor<8x64xf32>) -> tensor<8x8xf32> {
    %q = linalg.matmul ins(%x, %wq : tensor<8x16xf32>, tensor<16x8xf32>) outs(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
    %kpart = linalg.matmul ins(%x, %wk : tensor<8x16xf32>, tensor<16x8xf32>) outs(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
    %vpart = linalg.matmul ins(%x, %wv : tensor<8x16xf32>, tensor<16x8xf32>) outs(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
    %k = shard.all_gather %kpart on @chip grid_axes = [1, 2, 3] gather_axis = 1 : tensor<8x8xf32> -> tensor<8x64xf32>
    %v = shard.all_gather %vpart on @chip grid_axes = [1, 2, 3] gather_axis = 0 : tensor<8x8xf32> -> tensor<64x8xf32>
    %s = linalg.matmul ins(%q, %k : tensor<8x8xf32>, tensor<8x64xf32>) outs(%scores : tensor<8x64xf32>) -> tensor<8x64xf32>
    %r = linalg.matmul ins(%s, %v : tensor<8x64xf32>, tensor<64x8xf32>) outs(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
    return %r : tensor<8x8xf32>
  }
}
