// RUN: acc-opt %s --xpu-set-precision=precision=int8 --canonicalize --cse | FileCheck %s

// An image is kept in bf16: its largest magnitude, its codes and other readers are of those numbers. Codes are the low bytes of a sum. Its scale and those of the
// filters are one input.
#x = affine_map<(n, m, y, x, c, i, j) -> (n, c, y + i, x + j)>
#w = affine_map<(n, m, y, x, c, i, j) -> (m, c, i, j)>
#r = affine_map<(n, m, y, x, c, i, j) -> (n, m, y, x)>
#id = affine_map<(n, c, y, x) -> (n, c, y, x)>
// CHECK-LABEL: func.func @convolution
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x8x8xf32>)
// CHECK-DAG: %[[W:.*]] = arith.constant dense_resource<quantized> : tensor<3x2x3x3xi8>
// CHECK-DAG: %[[WS:.*]] = arith.constant dense_resource<quantized_1> : tensor<3xf32>
// CHECK-DAG: %[[SHIFT:.*]] = arith.constant 0x4B400000 : f32
// CHECK: %[[B:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<1x2x8x8xf32>) outs({{.*}} : tensor<1x2x8x8xbf16>)
// CHECK: linalg.generic {{.*}} ins(%[[B]] : tensor<1x2x8x8xbf16>) outs({{.*}} : tensor<f32>)
// CHECK: math.absf
// CHECK: %[[Q:.*]] = linalg.generic {{.*}} ins(%[[B]], %{{.*}} : tensor<1x2x8x8xbf16>, tensor<f32>) outs({{.*}} : tensor<1x2x8x8xi8>)
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %[[SHIFT]] : f32
// CHECK-NEXT: %[[BITS:.*]] = arith.bitcast %[[SUM]] : f32 to i32
// CHECK-NEXT: arith.trunci %[[BITS]] : i32 to i8
// CHECK: %[[S:.*]] = linalg.generic {{.*}} ins(%[[Q]], %[[W]] : {{.*}}) outs({{.*}} : tensor<1x3x6x6xi32>)
// CHECK: %[[F:.*]] = linalg.generic {{.*}} ins(%[[WS]], %{{.*}} : tensor<3xf32>, tensor<f32>) outs({{.*}} : tensor<3xf32>)
// CHECK-NEXT: ^bb0
// CHECK-NEXT: arith.mulf
// CHECK: linalg.generic {{.*}} ins(%[[S]], %[[F]] : tensor<1x3x6x6xi32>, tensor<3xf32>)
// CHECK: arith.sitofp
// CHECK-NEXT: arith.mulf
// CHECK-NEXT: linalg.yield
// CHECK: linalg.generic {{.*}} ins(%[[B]] : tensor<1x2x8x8xbf16>)
// CHECK: arith.extf
func.func @convolution(%x: tensor<1x2x8x8xf32>) -> (tensor<1x3x6x6xf32>, tensor<1x2x8x8xf32>) {
  %w = arith.constant dense<1.5> : tensor<3x2x3x3xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x3x6x6xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<1x3x6x6xf32>) -> tensor<1x3x6x6xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x2x8x8xf32>, tensor<3x2x3x3xf32>) outs(%i : tensor<1x3x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<1x3x6x6xf32>
  %f = tensor.empty() : tensor<1x2x8x8xf32>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x : tensor<1x2x8x8xf32>) outs(%f : tensor<1x2x8x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<1x2x8x8xf32>
  return %r, %d : tensor<1x3x6x6xf32>, tensor<1x2x8x8xf32>
}

// Numbers that are multiplied by those of their own channel only are of bf16.
// CHECK-LABEL: func.func @depthwise
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<4x8x8xbf16>, tensor<4x1x3x3xbf16>) outs({{.*}} : tensor<4x1x6x6xf32>)
func.func @depthwise(%x: tensor<4x8x8xf32>) -> tensor<4x1x6x6xf32> {
  %w = arith.constant dense<1.5> : tensor<4x1x3x3xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x1x6x6xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4x1x6x6xf32>) -> tensor<4x1x6x6xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(c, m, y, x, i, j) -> (c, y + i, x + j)>, affine_map<(c, m, y, x, i, j) -> (c, m, i, j)>,
                                        affine_map<(c, m, y, x, i, j) -> (c, m, y, x)>],
                       iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<4x8x8xf32>, tensor<4x1x3x3xf32>) outs(%i : tensor<4x1x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<4x1x6x6xf32>
  return %r : tensor<4x1x6x6xf32>
}
