// RUN: acc-opt %s --xpu-lower-tensor-ops --xpu-widen-accumulators | FileCheck %s

// Products of bf16 numbers are summed in f32 and rounded once.
// CHECK-LABEL: func.func @bf16
// CHECK: %[[F:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<4x4xf32>)
// CHECK: %[[S:.*]] = linalg.generic {{.*}} outs(%[[F]] : tensor<4x4xf32>)
// CHECK: arith.mulf {{.*}} : f32
// CHECK: arith.addf {{.*}} : f32
// CHECK: linalg.generic {{.*}} ins(%[[S]] : tensor<4x4xf32>) outs(%{{.*}} : tensor<4x4xbf16>)
// CHECK: arith.truncf {{.*}} : f32 to bf16
func.func @bf16(%a: tensor<4x8xbf16>, %b: tensor<8x4xbf16>) -> tensor<4x4xbf16> {
  %z = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<4x4xbf16>
  %i = linalg.fill ins(%z : bf16) outs(%e : tensor<4x4xbf16>) -> tensor<4x4xbf16>
  %0 = linalg.matmul ins(%a, %b : tensor<4x8xbf16>, tensor<8x4xbf16>) outs(%i : tensor<4x4xbf16>) -> tensor<4x4xbf16>
  return %0 : tensor<4x4xbf16>
}

// A start that is data is widened, too.
// CHECK-LABEL: func.func @start
// CHECK-SAME: %[[C:[^ ]*]]: tensor<4x4xf16>)
// CHECK: linalg.generic {{.*}} ins(%[[C]] : tensor<4x4xf16>) outs(%{{.*}} : tensor<4x4xf32>)
// CHECK: arith.extf {{.*}} : f16 to f32
func.func @start(%a: tensor<4x8xf16>, %b: tensor<8x4xf16>, %c: tensor<4x4xf16>) -> tensor<4x4xf16> {
  %0 = linalg.matmul ins(%a, %b : tensor<4x8xf16>, tensor<8x4xf16>) outs(%c : tensor<4x4xf16>) -> tensor<4x4xf16>
  return %0 : tensor<4x4xf16>
}

// f32 stays.
// CHECK-LABEL: func.func @f32
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @f32(%a: tensor<4x8xbf16>, %b: tensor<8x4xbf16>, %c: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<4x8xbf16>, tensor<8x4xbf16>) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
