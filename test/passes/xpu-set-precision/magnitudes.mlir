// RUN: acc-opt %s --xpu-lower-tensor-ops --xpu-set-precision=precision=fp8 --canonicalize --cse | FileCheck %s

// What is known not to be negative is its own magnitude: behind a rectifier, also with zeros around it; a difference of such numbers is not, and neither is what is padded with less, or a quotient: of a negative zero it is.
#id = affine_map<(i, j) -> (i, j)>
// CHECK-LABEL: func.func @rectified
// CHECK-NOT: math.absf
// CHECK: linalg.generic {{.*}}f8E4M3FN
// CHECK-LABEL: func.func @difference
// CHECK: math.absf
// CHECK-LABEL: func.func @padded
// CHECK-NOT: math.absf
// CHECK: linalg.generic {{.*}}f8E4M3FN
// CHECK-LABEL: func.func @padded_with_less
// CHECK: math.absf
// CHECK-LABEL: func.func @quotient
// CHECK: math.absf
func.func @rectified(%x: tensor<8x16xf32>) -> tensor<8x4xf32> {
  %w = arith.constant dense<1.5> : tensor<16x4xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x16xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x16xf32>) outs(%e : tensor<8x16xf32>) {
  ^bb0(%v: f32, %o: f32):
    %m = arith.maximumf %v, %z : f32
    linalg.yield %m : f32
  } -> tensor<8x16xf32>
  %f = tensor.empty() : tensor<8x4xf32>
  %i = linalg.fill ins(%z : f32) outs(%f : tensor<8x4xf32>) -> tensor<8x4xf32>
  %r = linalg.matmul ins(%a, %w : tensor<8x16xf32>, tensor<16x4xf32>) outs(%i : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}
func.func @difference(%x: tensor<8x16xf32>) -> tensor<8x4xf32> {
  %w = arith.constant dense<1.5> : tensor<16x4xf32>
  %z = arith.constant 0.0 : f32
  %c = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<8x16xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x16xf32>) outs(%e : tensor<8x16xf32>) {
  ^bb0(%v: f32, %o: f32):
    %m = arith.maximumf %v, %z : f32
    %d = arith.subf %m, %c : f32
    linalg.yield %d : f32
  } -> tensor<8x16xf32>
  %f = tensor.empty() : tensor<8x4xf32>
  %i = linalg.fill ins(%z : f32) outs(%f : tensor<8x4xf32>) -> tensor<8x4xf32>
  %r = linalg.matmul ins(%a, %w : tensor<8x16xf32>, tensor<16x4xf32>) outs(%i : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}
func.func @padded(%x: tensor<6x16xf32>) -> tensor<8x4xf32> {
  %w = arith.constant dense<1.5> : tensor<16x4xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<6x16xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<6x16xf32>) outs(%e : tensor<6x16xf32>) {
  ^bb0(%v: f32, %o: f32):
    %s = arith.mulf %v, %v : f32
    linalg.yield %s : f32
  } -> tensor<6x16xf32>
  %p = tensor.empty() : tensor<8x16xf32>
  %q = linalg.fill ins(%z : f32) outs(%p : tensor<8x16xf32>) -> tensor<8x16xf32>
  %b = tensor.insert_slice %a into %q[1, 0] [6, 16] [1, 1] : tensor<6x16xf32> into tensor<8x16xf32>
  %f = tensor.empty() : tensor<8x4xf32>
  %i = linalg.fill ins(%z : f32) outs(%f : tensor<8x4xf32>) -> tensor<8x4xf32>
  %r = linalg.matmul ins(%b, %w : tensor<8x16xf32>, tensor<16x4xf32>) outs(%i : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}
func.func @padded_with_less(%x: tensor<6x16xf32>) -> tensor<8x4xf32> {
  %w = arith.constant dense<1.5> : tensor<16x4xf32>
  %z = arith.constant 0.0 : f32
  %n = arith.constant -2.0 : f32
  %e = tensor.empty() : tensor<6x16xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<6x16xf32>) outs(%e : tensor<6x16xf32>) {
  ^bb0(%v: f32, %o: f32):
    %s = arith.mulf %v, %v : f32
    linalg.yield %s : f32
  } -> tensor<6x16xf32>
  %p = tensor.empty() : tensor<8x16xf32>
  %q = linalg.fill ins(%n : f32) outs(%p : tensor<8x16xf32>) -> tensor<8x16xf32>
  %b = tensor.insert_slice %a into %q[1, 0] [6, 16] [1, 1] : tensor<6x16xf32> into tensor<8x16xf32>
  %f = tensor.empty() : tensor<8x4xf32>
  %i = linalg.fill ins(%z : f32) outs(%f : tensor<8x4xf32>) -> tensor<8x4xf32>
  %r = linalg.matmul ins(%b, %w : tensor<8x16xf32>, tensor<16x4xf32>) outs(%i : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}
func.func @quotient(%x: tensor<8x16xf32>) -> tensor<8x4xf32> {
  %w = arith.constant dense<1.5> : tensor<16x4xf32>
  %z = arith.constant 0.0 : f32
  %c = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<8x16xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x16xf32>) outs(%e : tensor<8x16xf32>) {
  ^bb0(%v: f32, %o: f32):
    %m = arith.maximumf %v, %z : f32
    %d = arith.divf %c, %m : f32
    linalg.yield %d : f32
  } -> tensor<8x16xf32>
  %f = tensor.empty() : tensor<8x4xf32>
  %i = linalg.fill ins(%z : f32) outs(%f : tensor<8x4xf32>) -> tensor<8x4xf32>
  %r = linalg.matmul ins(%a, %w : tensor<8x16xf32>, tensor<16x4xf32>) outs(%i : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}
