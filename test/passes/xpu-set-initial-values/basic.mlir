// RUN: acc-opt %s --xpu-set-initial-values | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// The constant is an attribute; the fill is not read any more.
// CHECK-LABEL: func.func @reduction
func.func @reduction(%a: tensor<4x8xf32>) -> tensor<4xf32> {
  %z = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: linalg.fill
  // CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<4xf32>
  // CHECK-NEXT: linalg.generic {{.*}} outs(%[[EMPTY]] : {{.*}} attrs = {xpu.initial_value = 0xFF800000 : f32}
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<4x8xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %x, %o : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// A contraction that starts from a tensor starts from zero, and an addition follows.
// CHECK-LABEL: func.func @contraction
// CHECK-SAME: %[[C:[^ ]*]]: tensor<8x8xf32>) ->
func.func @contraction(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32> {
  // CHECK: %[[P:.*]] = linalg.generic {{.*}} attrs = {xpu.initial_value = 0.0{{.*}} : f32}
  // CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[P]], %[[C]] :
  // CHECK: arith.addf
  // CHECK: return %[[R]]
  %m = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%c : tensor<8x8xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x8xf32>
  return %m : tensor<8x8xf32>
}
