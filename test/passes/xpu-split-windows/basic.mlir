// RUN: acc-opt %s --xpu-split-windows --split-input-file | FileCheck %s

#x = affine_map<(n, c, y, x, i, j) -> (n, c, y * 2 + i, x * 2 + j)>
#w = affine_map<(n, c, y, x, i, j) -> (i, j)>
#r = affine_map<(n, c, y, x, i, j) -> (n, c, y, x)>

// Rows of windows first, along whole rows of the image; then along rows.
// CHECK: #[[ROWS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2 * 2 + d4, d3)>
// CHECK: #[[COLUMNS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3 * 2 + d4)>
// CHECK-LABEL: func.func @pool
// CHECK-SAME: (%[[X:.*]]: tensor<1x8x9x9xf32>,
// CHECK: linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<1x8x4x9xf32>)
// CHECK: %[[A:.*]] = linalg.generic {indexing_maps = [#[[ROWS]], {{.*}}iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME: ins(%[[X]], %{{.*}} : tensor<1x8x9x9xf32>, tensor<3xf32>)
// CHECK: arith.maximumf
// CHECK: %[[B:.*]] = linalg.generic {indexing_maps = [#[[COLUMNS]],
// CHECK-SAME: ins(%[[A]], %{{.*}} : tensor<1x8x4x9xf32>, tensor<3xf32>)
// CHECK: arith.maximumf
// CHECK: return %[[B]]
func.func @pool(%x: tensor<1x8x9x9xf32>, %w: tensor<3x3xf32>) -> tensor<1x8x4x4xf32> {
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<1x8x4x4xf32>
  %i = linalg.fill ins(%low : f32) outs(%e : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x8x9x9xf32>, tensor<3x3xf32>) outs(%i : tensor<1x8x4x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.maximumf %o, %a : f32
    linalg.yield %m : f32
  } -> tensor<1x8x4x4xf32>
  return %r : tensor<1x8x4x4xf32>
}

// -----

#x = affine_map<(c, y, x, i, j) -> (c, y + i * 2, x + j)>
#w = affine_map<(c, y, x, i, j) -> (i, j)>
#r = affine_map<(c, y, x, i, j) -> (c, y, x)>

// What is widened to be compared is compared as it is.
// CHECK-LABEL: func.func @widened
// CHECK: arith.constant 0x7F80 : bf16
// CHECK: arith.minimumf {{.*}} : bf16
// CHECK: arith.minimumf {{.*}} : bf16
// CHECK: arith.extf {{.*}} : bf16 to f32
func.func @widened(%x: tensor<8x9x9xbf16>, %w: tensor<3x2xf32>) -> tensor<8x5x8xf32> {
  %high = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<8x5x8xf32>
  %i = linalg.fill ins(%high : f32) outs(%e : tensor<8x5x8xf32>) -> tensor<8x5x8xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<8x9x9xbf16>, tensor<3x2xf32>) outs(%i : tensor<8x5x8xf32>) {
  ^bb0(%a: bf16, %b: f32, %o: f32):
    %wide = arith.extf %a : bf16 to f32
    %m = arith.minimumf %wide, %o : f32
    linalg.yield %m : f32
  } -> tensor<8x5x8xf32>
  return %r : tensor<8x5x8xf32>
}

// -----

#x = affine_map<(c, y, x, i, j) -> (c, y + i, x + j)>
#w = affine_map<(c, y, x, i, j) -> (i, j)>
#r = affine_map<(c, y, x, i, j) -> (c, y, x)>

// Sums have an order; a start that counts is combined once for each window.
// CHECK-LABEL: func.func @sum
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK-LABEL: func.func @start
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT: linalg.generic
// Four elements are inputs of one command.
// CHECK-LABEL: func.func @small
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT: linalg.generic
func.func @sum(%x: tensor<8x9x9xf32>, %w: tensor<3x3xf32>) -> tensor<8x7x7xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x7x7xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<8x7x7xf32>) -> tensor<8x7x7xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<8x9x9xf32>, tensor<3x3xf32>) outs(%i : tensor<8x7x7xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.addf %o, %a : f32
    linalg.yield %m : f32
  } -> tensor<8x7x7xf32>
  return %r : tensor<8x7x7xf32>
}
func.func @start(%x: tensor<8x9x9xf32>, %w: tensor<3x3xf32>) -> tensor<8x7x7xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x7x7xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<8x7x7xf32>) -> tensor<8x7x7xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<8x9x9xf32>, tensor<3x3xf32>) outs(%i : tensor<8x7x7xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.maximumf %o, %a : f32
    linalg.yield %m : f32
  } -> tensor<8x7x7xf32>
  return %r : tensor<8x7x7xf32>
}
func.func @small(%x: tensor<8x9x9xi32>, %w: tensor<2x2xi32>) -> tensor<8x8x8xi32> {
  %low = arith.constant -2147483648 : i32
  %e = tensor.empty() : tensor<8x8x8xi32>
  %i = linalg.fill ins(%low : i32) outs(%e : tensor<8x8x8xi32>) -> tensor<8x8x8xi32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<8x9x9xi32>, tensor<2x2xi32>) outs(%i : tensor<8x8x8xi32>) {
  ^bb0(%a: i32, %b: i32, %o: i32):
    %m = arith.maxsi %o, %a : i32
    linalg.yield %m : i32
  } -> tensor<8x8x8xi32>
  return %r : tensor<8x8x8xi32>
}
