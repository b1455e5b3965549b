// RUN: acc-opt --pass-pipeline='builtin.module(func.func(xpu-scalars-to-tensors))' %s | FileCheck %s

// A scalar of the signature is a tensor of rank 0, and an input of its reader.
// CHECK-LABEL: @scale(
// CHECK-SAME: %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<f32>)
// CHECK: linalg.generic {{.*}} ins(%[[A]], %[[B]] : tensor<4xf32>, tensor<f32>)
func.func @scale(%a: tensor<4xf32>, %b: f32) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%x: f32, %p: f32):
    %s = arith.mulf %x, %b : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: @sum(
// CHECK-SAME: -> tensor<f32>
// CHECK: tensor.from_elements
func.func @sum(%a: f32, %b: f32) -> f32 {
  %0 = arith.addf %a, %b : f32
  return %0 : f32
}

// An index has 64 bits in memory.
// CHECK-LABEL: @index(
// CHECK-SAME: tensor<i64>) -> tensor<i64>
func.func @index(%a: index) -> index {
  return %a : index
}
