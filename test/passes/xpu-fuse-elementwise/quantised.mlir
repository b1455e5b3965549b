// RUN: acc-opt %s --xpu-fuse-elementwise | FileCheck %s

// What is quantised and dequantised by one command is an integer as a float in between; 24 operations are one command where the result has 8 bits.
#id = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func @lane
// CHECK-COUNT-1: linalg.generic
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %[[SHIFT:.*]] : f32
// CHECK-NEXT: %[[NUMBER:.*]] = arith.subf %[[SUM]], %[[SHIFT]] : f32
// CHECK-NEXT: arith.mulf %[[NUMBER]], %{{.*}} : f32
// CHECK-NOT: arith.sitofp
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @lane(%x: tensor<9xf32>) -> tensor<9xi8> {
  %shift = arith.constant 0x4B400000 : f32
  %low = arith.constant -8.75 : f32
  %high = arith.constant 7.125 : f32
  %eight = arith.constant 8.0 : f32
  %eighth = arith.constant 0.125 : f32
  %z = arith.constant 7 : i32
  %b = tensor.empty() : tensor<9xi8>
  %f = tensor.empty() : tensor<9xf32>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<9xf32>) outs(%b : tensor<9xi8>) {
  ^bb0(%a: f32, %o: i8):
    %0 = arith.maximumf %a, %low : f32
    %1 = arith.minimumf %0, %high : f32
    %2 = arith.mulf %1, %eight : f32
    %3 = arith.addf %2, %shift : f32
    %4 = arith.bitcast %3 : f32 to i32
    %5 = arith.addi %4, %z : i32
    %6 = arith.trunci %5 : i32 to i8
    linalg.yield %6 : i8
  } -> tensor<9xi8>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%q : tensor<9xi8>) outs(%f : tensor<9xf32>) {
  ^bb0(%a: i8, %o: f32):
    %0 = arith.extsi %a : i8 to i32
    %1 = arith.subi %0, %z : i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = arith.mulf %2, %eighth : f32
    linalg.yield %3 : f32
  } -> tensor<9xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%d : tensor<9xf32>) outs(%b : tensor<9xi8>) {
  ^bb0(%a: f32, %o: i8):
    %n0 = arith.addf %a, %a : f32
    %n1 = arith.mulf %n0, %a : f32
    %n2 = arith.addf %n1, %a : f32
    %n3 = arith.mulf %n2, %a : f32
    %n4 = arith.addf %n3, %a : f32
    %n5 = arith.mulf %n4, %a : f32
    %n6 = arith.addf %n5, %a : f32
    %n7 = arith.mulf %n6, %a : f32
    %n8 = arith.addf %n7, %a : f32
    %0 = arith.maximumf %n8, %low : f32
    %1 = arith.minimumf %0, %high : f32
    %2 = arith.mulf %1, %eight : f32
    %3 = arith.addf %2, %shift : f32
    %4 = arith.bitcast %3 : f32 to i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<9xi8>
  return %r : tensor<9xi8>
}

// A code beyond 8 bits would wrap: 16 · 8 = 128.
// CHECK-LABEL: func.func @wraps
// CHECK: arith.trunci
// CHECK: arith.sitofp
func.func @wraps(%x: tensor<9xf32>) -> tensor<9xf32> {
  %shift = arith.constant 0x4B400000 : f32
  %low = arith.constant -16.0 : f32
  %high = arith.constant 16.0 : f32
  %eight = arith.constant 8.0 : f32
  %f = tensor.empty() : tensor<9xf32>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<9xf32>) outs(%f : tensor<9xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.maximumf %a, %low : f32
    %1 = arith.minimumf %0, %high : f32
    %2 = arith.mulf %1, %eight : f32
    %3 = arith.addf %2, %shift : f32
    %4 = arith.bitcast %3 : f32 to i32
    %5 = arith.trunci %4 : i32 to i8
    %6 = arith.sitofp %5 : i8 to f32
    linalg.yield %6 : f32
  } -> tensor<9xf32>
  return %q : tensor<9xf32>
}

// A product of scales is made once, not for each element.
#s = affine_map<(i, j) -> (i)>
#none = affine_map<(i) -> ()>
#m = affine_map<(i, j) -> (i, j)>
// CHECK-LABEL: func.func @scales
// CHECK: %[[S:.*]] = linalg.generic {{.*}} outs({{.*}} : tensor<4xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[S]] : tensor<4x9xf32>, tensor<4xf32>)
func.func @scales(%x: tensor<4x9xf32>, %a: tensor<4xf32>, %b: tensor<f32>) -> tensor<4x9xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel"]} ins(%a, %b : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%u: f32, %v: f32, %o: f32):
    %0 = arith.mulf %u, %v : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %f = tensor.empty() : tensor<4x9xf32>
  %r = linalg.generic {indexing_maps = [#m, #s, #m], iterator_types = ["parallel", "parallel"]} ins(%x, %s : tensor<4x9xf32>, tensor<4xf32>) outs(%f : tensor<4x9xf32>) {
  ^bb0(%u: f32, %v: f32, %o: f32):
    %0 = arith.mulf %u, %v : f32
    linalg.yield %0 : f32
  } -> tensor<4x9xf32>
  return %r : tensor<4x9xf32>
}
