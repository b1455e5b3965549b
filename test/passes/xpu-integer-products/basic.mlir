// RUN: acc-opt %s --xpu-integer-products --canonicalize --cse --split-input-file | FileCheck %s

// A convolution of bytes with a zero point, padded by it: integers, the sums of the filters times the zero point (9 · -3 · 2 = -54 and 9 · -3 · -1 = 27), and a
// scale for each filter times that of the image.
#x = affine_map<(n, m, y, x, c, i, j) -> (n, c, y + i, x + j)>
#w = affine_map<(n, m, y, x, c, i, j) -> (m, c, i, j)>
#r = affine_map<(n, m, y, x, c, i, j) -> (n, m, y, x)>
#id = affine_map<(n, c, y, x) -> (n, c, y, x)>
#m = affine_map<(n, c, y, x) -> (n)>
// CHECK-LABEL: func.func @convolution
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x6x6xi8>)
// CHECK-DAG: %[[SCALES:.*]] = arith.constant dense<[1.250000e-01, 2.500000e-01]> : tensor<2xf32>
// CHECK-DAG: %[[SUMS:.*]] = arith.constant dense_resource<quantized> : tensor<2xi32>
// CHECK-DAG: %[[THREE:.*]] = arith.constant 3 : i8
// CHECK: %[[F:.*]] = linalg.fill ins(%[[THREE]] : i8)
// CHECK: %[[P:.*]] = tensor.insert_slice %[[X]] into %[[F]][0, 0, 1, 1]
// CHECK: %[[S:.*]] = linalg.generic {{.*}} ins(%[[P]], %{{.*}} : tensor<1x1x8x8xi8>, tensor<2x1x3x3xi8>) outs(%{{.*}} : tensor<1x2x6x6xi32>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: i8, %[[B:.*]]: i8, %{{.*}}: i32):
// CHECK-NEXT: arith.extui %[[A]]
// CHECK-NEXT: arith.extsi %[[B]]
// CHECK: linalg.generic {{.*}} ins(%[[S]], %[[SCALES]], %[[SUMS]] :
// CHECK: arith.addi
// CHECK-NEXT: arith.sitofp
// CHECK-NEXT: arith.mulf
// CHECK: quantized: "0x{{........}}CAFFFFFF1B000000"
func.func @convolution(%x: tensor<1x1x6x6xi8>) -> tensor<1x2x6x6xf32> {
  %w = arith.constant dense<[[[[2, 2, 2], [2, 2, 2], [2, 2, 2]]], [[[-1, -1, -1], [-1, -1, -1], [-1, -1, -1]]]]> : tensor<2x1x3x3xi8>
  %s = arith.constant dense<[0.25, 0.5]> : tensor<2xf32>
  %z = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<1x1x6x6xf32>
  %dx = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x : tensor<1x1x6x6xi8>) outs(%e0 : tensor<1x1x6x6xf32>) {
  ^bb0(%a: i8, %o: f32):
    %three = arith.constant 3 : i32
    %half = arith.constant 0.5 : f32
    %0 = arith.extui %a : i8 to i32
    %1 = arith.subi %0, %three : i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = arith.mulf %2, %half : f32
    linalg.yield %3 : f32
  } -> tensor<1x1x6x6xf32>
  %e1 = tensor.empty() : tensor<2x1x3x3xf32>
  %dw = linalg.generic {indexing_maps = [#id, #m, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%w, %s : tensor<2x1x3x3xi8>, tensor<2xf32>) outs(%e1 : tensor<2x1x3x3xf32>) {
  ^bb0(%a: i8, %b: f32, %o: f32):
    %0 = arith.extsi %a : i8 to i32
    %1 = arith.sitofp %0 : i32 to f32
    %2 = arith.mulf %1, %b : f32
    linalg.yield %2 : f32
  } -> tensor<2x1x3x3xf32>
  %e2 = tensor.empty() : tensor<1x1x8x8xf32>
  %around = linalg.fill ins(%z : f32) outs(%e2 : tensor<1x1x8x8xf32>) -> tensor<1x1x8x8xf32>
  %p = tensor.insert_slice %dx into %around[0, 0, 1, 1] [1, 1, 6, 6] [1, 1, 1, 1] : tensor<1x1x6x6xf32> into tensor<1x1x8x8xf32>
  %e3 = tensor.empty() : tensor<1x2x6x6xf32>
  %i = linalg.fill ins(%z : f32) outs(%e3 : tensor<1x2x6x6xf32>) -> tensor<1x2x6x6xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %dw : tensor<1x1x8x8xf32>, tensor<2x1x3x3xf32>) outs(%i : tensor<1x2x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<1x2x6x6xf32>
  return %r : tensor<1x2x6x6xf32>
}

// -----

// The largest of dequantised numbers is that of codes, around which is the least code; quantised by the same scale it is what it was.
#x = affine_map<(c, y, i) -> (c, y + i)>
#w = affine_map<(c, y, i) -> (i)>
#r = affine_map<(c, y, i) -> (c, y)>
#id = affine_map<(c, y) -> (c, y)>
// CHECK-LABEL: func.func @pool
// CHECK-SAME: (%[[X:.*]]: tensor<4x7xi8>,
// CHECK: %[[Z:.*]] = arith.constant 0 : i8
// CHECK: linalg.fill ins(%[[Z]] : i8)
// CHECK: %[[P:.*]] = tensor.insert_slice %[[X]]
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[P]], {{.*}} outs({{.*}} : tensor<4x7xi8>)
// CHECK: arith.maxui
// CHECK-NOT: linalg.generic
// CHECK: return %[[R]] : tensor<4x7xi8>
func.func @pool(%x: tensor<4x7xi8>, %window: tensor<3xf32>) -> tensor<4x7xi8> {
  %low = arith.constant 0xFF800000 : f32
  %e0 = tensor.empty() : tensor<4x7xf32>
  %dx = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x7xi8>) outs(%e0 : tensor<4x7xf32>) {
  ^bb0(%a: i8, %o: f32):
    %s = arith.constant 0.3 : f32
    %0 = arith.uitofp %a : i8 to f32
    %1 = arith.mulf %0, %s : f32
    linalg.yield %1 : f32
  } -> tensor<4x7xf32>
  %n = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%dx : tensor<4x7xf32>) outs(%e0 : tensor<4x7xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.cmpf oeq, %a, %a : f32
    %1 = arith.select %0, %a, %low : f32
    linalg.yield %1 : f32
  } -> tensor<4x7xf32>
  %e1 = tensor.empty() : tensor<4x9xf32>
  %around = linalg.fill ins(%low : f32) outs(%e1 : tensor<4x9xf32>) -> tensor<4x9xf32>
  %p = tensor.insert_slice %n into %around[0, 1] [4, 7] [1, 1] : tensor<4x7xf32> into tensor<4x9xf32>
  %i = linalg.fill ins(%low : f32) outs(%e0 : tensor<4x7xf32>) -> tensor<4x7xf32>
  %m = linalg.generic {indexing_maps = [#x, #w, #r], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%p, %window : tensor<4x9xf32>, tensor<3xf32>) outs(%i : tensor<4x7xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.maximumf %o, %a : f32
    linalg.yield %0 : f32
  } -> tensor<4x7xf32>
  %e2 = tensor.empty() : tensor<4x7xi8>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%m : tensor<4x7xf32>) outs(%e2 : tensor<4x7xi8>) {
  ^bb0(%a: f32, %o: i8):
    %s = arith.constant 0.3 : f32
    %least = arith.constant 0.0 : f32
    %largest = arith.constant 255.0 : f32
    %0 = arith.divf %a, %s : f32
    %1 = math.roundeven %0 : f32
    %2 = arith.maximumf %1, %least : f32
    %3 = arith.minimumf %2, %largest : f32
    %4 = arith.fptosi %3 : f32 to i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<4x7xi8>
  return %q : tensor<4x7xi8>
}

// -----

// A quotient by a power of two is a product; by another number it is corrected by its remainder. Zero points are added as integers, as ties go to even numbers before.
#id = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func @quantise
// CHECK-DAG: %[[SHIFT:.*]] = arith.constant 0x4B400000 : f32
// CHECK-DAG: %[[EIGHT:.*]] = arith.constant 8.000000e+00 : f32
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 7 : i32
// CHECK: arith.maximumf
// CHECK-NEXT: arith.minimumf
// CHECK-NEXT: %[[Q:.*]] = arith.mulf %{{.*}}, %[[EIGHT]]
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[Q]], %[[SHIFT]]
// CHECK-NEXT: %[[B:.*]] = arith.bitcast %[[S]] : f32 to i32
// CHECK-NEXT: %[[C:.*]] = arith.addi %[[B]], %[[ZERO]]
// CHECK-NEXT: arith.trunci %[[C]] : i32 to i8
// CHECK: arith.maximumf
// CHECK-NEXT: %[[X:.*]] = arith.minimumf
// CHECK-NEXT: %[[P:.*]] = arith.mulf %[[X]], %[[R:.*]] : f32
// CHECK-NEXT: %[[REST:.*]] = math.fma %[[P]], %{{.*}}, %[[X]]
// CHECK-NEXT: %[[Q:.*]] = math.fma %[[REST]], %[[R]], %[[P]]
// CHECK-NEXT: arith.addf %[[Q]], %[[SHIFT]]
func.func @quantise(%x: tensor<9xf32>) -> (tensor<9xi8>, tensor<9xi8>) {
  %least = arith.constant -128.0 : f32
  %largest = arith.constant 127.0 : f32
  %e = tensor.empty() : tensor<9xi8>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<9xf32>) outs(%e : tensor<9xi8>) {
  ^bb0(%a: f32, %o: i8):
    %s = arith.constant 0.125 : f32
    %z = arith.constant 7.0 : f32
    %0 = arith.divf %a, %s : f32
    %1 = math.roundeven %0 : f32
    %2 = arith.addf %1, %z : f32
    %3 = arith.maximumf %2, %least : f32
    %4 = arith.minimumf %3, %largest : f32
    %5 = arith.fptosi %4 : f32 to i32
    %6 = arith.trunci %5 : i32 to i8
    linalg.yield %6 : i8
  } -> tensor<9xi8>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<9xf32>) outs(%e : tensor<9xi8>) {
  ^bb0(%a: f32, %o: i8):
    %s = arith.constant 0.3 : f32
    %0 = arith.divf %a, %s : f32
    %1 = math.roundeven %0 : f32
    %2 = arith.maximumf %1, %least : f32
    %3 = arith.minimumf %2, %largest : f32
    %4 = arith.fptosi %3 : f32 to i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<9xi8>
  return %q, %p : tensor<9xi8>, tensor<9xi8>
}

// -----

// Not multiplied as integers: scales along the sum, a zero point beside an operand that is not constant.
#id = affine_map<(i, j) -> (i, j)>
#j = affine_map<(i, j) -> (j)>
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @not
// CHECK-COUNT-2: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<4x4xf32>, tensor<4x4xf32>)
func.func @not(%x: tensor<4x4xi8>, %y: tensor<4x4xi8>, %s: tensor<4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %e = tensor.empty() : tensor<4x4xf32>
  %z = arith.constant 0.0 : f32
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %along = linalg.generic {indexing_maps = [#id, #j, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %s : tensor<4x4xi8>, tensor<4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%u: i8, %v: f32, %o: f32):
    %0 = arith.sitofp %u : i8 to f32
    %1 = arith.mulf %0, %v : f32
    linalg.yield %1 : f32
  } -> tensor<4x4xf32>
  %zero = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x4xi8>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%u: i8, %o: f32):
    %c5 = arith.constant 5 : i32
    %0 = arith.extsi %u : i8 to i32
    %1 = arith.subi %0, %c5 : i32
    %2 = arith.sitofp %1 : i32 to f32
    linalg.yield %2 : f32
  } -> tensor<4x4xf32>
  %plain = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : tensor<4x4xi8>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%u: i8, %o: f32):
    %0 = arith.sitofp %u : i8 to f32
    linalg.yield %0 : f32
  } -> tensor<4x4xf32>
  %r0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%along, %plain : tensor<4x4xf32>, tensor<4x4xf32>) outs(%i : tensor<4x4xf32>) {
  ^bb0(%u: f32, %v: f32, %o: f32):
    %0 = arith.mulf %u, %v : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4x4xf32>
  %r1 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%zero, %plain : tensor<4x4xf32>, tensor<4x4xf32>) outs(%i : tensor<4x4xf32>) {
  ^bb0(%u: f32, %v: f32, %o: f32):
    %0 = arith.mulf %u, %v : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4x4xf32>
  return %r0, %r1 : tensor<4x4xf32>, tensor<4x4xf32>
}
