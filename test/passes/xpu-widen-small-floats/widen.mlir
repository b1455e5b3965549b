// RUN: acc-opt %s --xpu-widen-small-floats --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @named
// CHECK:       linalg.generic
// CHECK:         %[[X:.*]] = arith.extf %{{.*}} : f8E5M2 to f32
// CHECK:         %[[Y:.*]] = arith.extf %{{.*}} : f8E5M2 to f32
// CHECK:         %[[S:.*]] = arith.addf %[[Y]], %[[X]] : f32
// CHECK:         arith.truncf %[[S]] : f32 to f8E5M2
func.func @named(%a: tensor<8xf8E5M2>, %b: tensor<8xf8E5M2>) -> tensor<8xf8E5M2> {
  %e = tensor.empty() : tensor<8xf8E5M2>
  %r = linalg.add ins(%a, %b : tensor<8xf8E5M2>, tensor<8xf8E5M2>) outs(%e : tensor<8xf8E5M2>) -> tensor<8xf8E5M2>
  return %r : tensor<8xf8E5M2>
}

// A product of small floats into f32 is what the matrix unit does.
// CHECK-LABEL: func.func @product
// CHECK:       linalg.matmul
func.func @product(%a: tensor<4x4xf8E5M2>, %b: tensor<4x4xf8E5M2>, %c: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<4x4xf8E5M2>, tensor<4x4xf8E5M2>) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %r : tensor<4x4xf32>
}

// CHECK-LABEL: func.func @function
// CHECK:       math.exp %{{.*}} : tensor<8xf32>
func.func @function(%a: tensor<8xf8E4M3FN>) -> tensor<8xf8E4M3FN> {
  %r = math.exp %a : tensor<8xf8E4M3FN>
  return %r : tensor<8xf8E4M3FN>
}

// CHECK-LABEL: func.func @scaled
// CHECK:       arith.extf %{{.*}} : f8E8M0FNU to f32
// CHECK:       arith.mulf %{{.*}} : f32
func.func @scaled(%x: f4E2M1FN, %s: f8E8M0FNU) -> f32 {
  %r = arith.scaling_extf %x, %s : f4E2M1FN, f8E8M0FNU to f32
  return %r : f32
}

// Each sum is rounded.
// CHECK-LABEL: func.func @twice
// CHECK:         arith.addf
// CHECK-NEXT:    arith.truncf
// CHECK-NEXT:    arith.extf
// CHECK:         arith.addf
func.func @twice(%a: f8E4M3FN, %b: f8E4M3FN) -> f8E4M3FN {
  %s = arith.addf %a, %b : f8E4M3FN
  %r = arith.addf %s, %b : f8E4M3FN
  return %r : f8E4M3FN
}

// Wider floats are left as they are.
// CHECK-LABEL: func.func @half
// CHECK-NEXT:  arith.addf %{{.*}} : tensor<8xf16>
func.func @half(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = arith.addf %a, %a : tensor<8xf16>
  return %r : tensor<8xf16>
}
