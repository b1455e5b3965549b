// RUN: acc-opt %s --xpu-collapse-loops --split-input-file | FileCheck %s

#x = affine_map<(n, f, h, w, c, i, j) -> (n, c, h + i, w + j)>
#w = affine_map<(n, f, h, w, c, i, j) -> (f, c, i, j)>
#y = affine_map<(n, f, h, w, c, i, j) -> (n, f, h, w)>

// By single elements: rows of an image are one row, and windows go.
// CHECK-LABEL: func.func @pointwise
// CHECK-SAME: (%[[X:.*]]: tensor<2x8x5x7xf32>)
// CHECK-DAG: %[[W:.*]] = arith.constant dense_resource<w> : tensor<16x8xf32>
// CHECK-DAG: %[[IN:.*]] = tensor.collapse_shape %[[X]] {{\[\[}}0], [1], [2, 3]] : tensor<2x8x5x7xf32> into tensor<2x8x35xf32>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%[[IN]], %[[W]] : tensor<2x8x35xf32>, tensor<16x8xf32>)
// CHECK: tensor.expand_shape {{.*}} : tensor<2x16x35xf32> into tensor<2x16x5x7xf32>
func.func @pointwise(%x: tensor<2x8x5x7xf32>) -> tensor<2x16x5x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<16x8x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x16x5x7xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x16x5x7xf32>) -> tensor<2x16x5x7xf32>
  %y = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<2x8x5x7xf32>, tensor<16x8x1x1xf32>) outs(%i : tensor<2x16x5x7xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x16x5x7xf32>
  return %y : tensor<2x16x5x7xf32>
}

// -----

#x = affine_map<(n, f, h, w, c, i, j) -> (n, c, h + i, w + j)>
#w = affine_map<(n, f, h, w, c, i, j) -> (f, c, i, j)>
#y = affine_map<(n, f, h, w, c, i, j) -> (n, f, h, w)>

// Windows that go over borders of rows stay; those of one row go with its loop.
// CHECK-LABEL: func.func @windows
// CHECK-NOT: tensor.collapse_shape
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<2x8x5x7xf32>, tensor<16x8x3x3xf32>) outs(%{{.*}} : tensor<2x16x3x5xf32>)
func.func @windows(%x: tensor<2x8x5x7xf32>, %w: tensor<16x8x3x3xf32>, %i: tensor<2x16x3x5xf32>) -> tensor<2x16x3x5xf32> {
  %y = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<2x8x5x7xf32>, tensor<16x8x3x3xf32>) outs(%i : tensor<2x16x3x5xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x16x3x5xf32>
  return %y : tensor<2x16x3x5xf32>
}

// -----

// Rows of a product of matrices are not innermost: they stay as they are, also with a batch around them.
// CHECK-LABEL: func.func @matmul
// CHECK-NOT: tensor.collapse_shape
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "reduction"]
func.func @matmul(%x: tensor<2x5x8xf32>, %w: tensor<8x4xf32>, %i: tensor<2x5x4xf32>) -> tensor<2x5x4xf32> {
  %y = linalg.generic {indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (k, n)>, affine_map<(b, m, n, k) -> (b, m, n)>],
                       iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<2x5x8xf32>, tensor<8x4xf32>) outs(%i : tensor<2x5x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x5x4xf32>
  return %y : tensor<2x5x4xf32>
}

// -----

#x = affine_map<(n, f, h, w, c, i, j) -> (n, c, h * 2 + i, w * 3 + j)>
#w = affine_map<(n, f, h, w, c, i, j) -> (f, c, i, j)>
#y = affine_map<(n, f, h, w, c, i, j) -> (n, f, h, w)>

// Strides over short rows: what is read is copied, and positions are one row. Long rows are read where they are.
// CHECK-DAG: #[[STRIDES:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2 * 2, d3 * 3)>
// CHECK-LABEL: func.func @strides
// CHECK-SAME: (%[[X:.*]]: tensor<2x8x9x19xf32>, %[[LONG:.*]]: tensor<2x8x9x190xf32>
// CHECK: %[[COPY:.*]] = linalg.generic {indexing_maps = [#[[STRIDES]], {{.*}}} ins(%[[X]] : tensor<2x8x9x19xf32>) outs(%{{.*}} : tensor<2x8x5x7xf32>)
// CHECK: %[[IN:.*]] = tensor.collapse_shape %[[COPY]] {{\[\[}}0], [1], [2, 3]] : tensor<2x8x5x7xf32> into tensor<2x8x35xf32>
// CHECK: linalg.generic {{.*}} ins(%[[IN]], %{{.*}} : tensor<2x8x35xf32>, tensor<16x8xf32>)
// CHECK: linalg.generic {{.*}} ins(%[[LONG]], %{{.*}} : tensor<2x8x9x190xf32>, tensor<16x8xf32>)
func.func @strides(%x: tensor<2x8x9x19xf32>, %long: tensor<2x8x9x190xf32>, %w: tensor<16x8x1x1xf32>, %i: tensor<2x16x5x7xf32>, %il: tensor<2x16x5x64xf32>)
    -> (tensor<2x16x5x7xf32>, tensor<2x16x5x64xf32>) {
  %y = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<2x8x9x19xf32>, tensor<16x8x1x1xf32>) outs(%i : tensor<2x16x5x7xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x16x5x7xf32>
  %z = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%long, %w : tensor<2x8x9x190xf32>, tensor<16x8x1x1xf32>) outs(%il : tensor<2x16x5x64xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x16x5x64xf32>
  return %y, %z : tensor<2x16x5x7xf32>, tensor<2x16x5x64xf32>
}

// -----

#x = affine_map<(n, f, h, w, c) -> (n, c, h, w)>
#w = affine_map<(n, f, h, w, c) -> (f, c)>
#y = affine_map<(n, f, h, w, c) -> (n, f, h, w)>
#id = affine_map<(n, f, h, w) -> (n, f, h, w)>

// What is put into a larger image is written there, row by row.
// CHECK-LABEL: func.func @padded
// CHECK-NOT: tensor.collapse_shape
// CHECK: return
func.func @padded(%x: tensor<2x8x5x12xf32>, %w: tensor<16x8xf32>) -> tensor<2x16x7x14xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x16x5x12xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x16x5x12xf32>) -> tensor<2x16x5x12xf32>
  %y = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<2x8x5x12xf32>, tensor<16x8xf32>) outs(%i : tensor<2x16x5x12xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x16x5x12xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%y : tensor<2x16x5x12xf32>) outs(%e : tensor<2x16x5x12xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    linalg.yield %m : f32
  } -> tensor<2x16x5x12xf32>
  %p = tensor.empty() : tensor<2x16x7x14xf32>
  %f = linalg.fill ins(%zero : f32) outs(%p : tensor<2x16x7x14xf32>) -> tensor<2x16x7x14xf32>
  %z = tensor.insert_slice %r into %f[0, 0, 1, 1] [2, 16, 5, 12] [1, 1, 1, 1] : tensor<2x16x5x12xf32> into tensor<2x16x7x14xf32>
  return %z : tensor<2x16x7x14xf32>
}

// -----

// A constant that is read in two shapes is one constant: its bytes are given back with the first that is packed.
// CHECK-LABEL: func.func @two_shapes
// CHECK: tensor.collapse_shape %{{.*}} : tensor<4x2x1xf32> into tensor<4x2xf32>
func.func @two_shapes() -> (tensor<4x2x1xf32>, tensor<4x2xf32>) {
  %w = arith.constant dense_resource<v> : tensor<4x2x1xf32>
  %c = tensor.collapse_shape %w [[0], [1, 2]] : tensor<4x2x1xf32> into tensor<4x2xf32>
  return %w, %c : tensor<4x2x1xf32>, tensor<4x2xf32>
}
