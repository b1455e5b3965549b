// RUN: acc-opt %s --xpu-lower-tensor-ops | FileCheck %s

// CHECK-LABEL: func.func @pad
// CHECK-SAME: (%[[A:.*]]: tensor<3x4xf32>)
func.func @pad(%a: tensor<3x4xf32>) -> tensor<5x7xf32> {
  %c = arith.constant 1.5 : f32
  // CHECK: %[[C:.*]] = arith.constant 1.5
  // CHECK: %[[FILL:.*]] = linalg.fill ins(%{{.*}} : f32) {{.*}} -> tensor<5x7xf32>
  // CHECK: %[[R:.*]] = tensor.insert_slice %[[A]] into %[[FILL]][1, 2] [3, 4] [1, 1]
  // CHECK: return %[[R]]
  %p = tensor.pad %a low[1, 2] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %c : f32
  } : tensor<3x4xf32> to tensor<5x7xf32>
  return %p : tensor<5x7xf32>
}

// CHECK-LABEL: func.func @named
func.func @named(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: linalg.generic
  // CHECK: arith.addf
  // CHECK-NOT: linalg.add
  // CHECK: return
  %r = linalg.add ins(%a, %b : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// A fill stays: it is what tiles start from.
// CHECK-LABEL: func.func @fill
func.func @fill() -> tensor<4xf32> {
  %c = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: linalg.fill
  %r = linalg.fill ins(%c : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
