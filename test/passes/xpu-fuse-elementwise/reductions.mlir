// RUN: acc-opt %s --xpu-fuse-elementwise --split-input-file --verify-diagnostics | FileCheck %s

// A reduction of five inputs: an elementwise part first.
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
!t = tensor<4x8xf32>
// CHECK-LABEL: func.func @five_inputs
func.func @five_inputs(%a: !t, %b: !t, %c: !t, %d: !t, %f: !t) -> tensor<4xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  // CHECK: iterator_types = ["parallel", "parallel"]
  // CHECK: iterator_types = ["parallel", "reduction"]
  // CHECK-NOT: ins(%{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}} :
  // CHECK: return
  %0 = linalg.generic {indexing_maps = [#id, #id, #id, #id, #id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%a, %b, %c, %d, %f : !t, !t, !t, !t, !t) outs(%i : tensor<4xf32>) {
  ^bb0(%x: f32, %y: f32, %v: f32, %w: f32, %u: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %t = arith.addf %s, %v : f32
    %p = arith.mulf %t, %w : f32
    %q = arith.mulf %p, %u : f32
    %r = arith.addf %o, %q : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

#id = affine_map<(i) -> (i)>
#none = affine_map<(i) -> ()>
!t = tensor<8xf32>
func.func @not_a_reduction(%a: !t, %b: !t, %c: !t, %d: !t, %f: !t, %i: tensor<f32>) -> tensor<f32> {
  // expected-error @below {{unsupported: a reduction of this form with more inputs than the vector unit has streams}}
  %0 = linalg.generic {indexing_maps = [#id, #id, #id, #id, #id, #none], iterator_types = ["reduction"]}
      ins(%a, %b, %c, %d, %f : !t, !t, !t, !t, !t) outs(%i : tensor<f32>) {
  ^bb0(%x: f32, %y: f32, %v: f32, %w: f32, %u: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %t = arith.addf %s, %v : f32
    %p = arith.mulf %t, %w : f32
    %q = arith.mulf %p, %u : f32
    %r = arith.mulf %o, %o : f32
    %n = arith.addf %r, %q : f32
    linalg.yield %n : f32
  } -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

// A reduction without terms is what it starts from.
// CHECK-LABEL: func.func @no_terms
// CHECK-SAME: %{{.*}}: tensor<4x8xi32>, %[[INIT:.*]]: tensor<4xi32>
// CHECK-NEXT: return %[[INIT]]
func.func @no_terms(%a: tensor<4x8xi32>, %i: tensor<4xi32>) -> tensor<4xi32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<4x8xi32>) outs(%i : tensor<4xi32>) {
  ^bb0(%x: i32, %o: i32):
    %z = arith.constant 0 : i32
    %p = arith.muli %x, %z : i32
    %r = arith.addi %o, %p : i32
    linalg.yield %r : i32
  } -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----

// Terms may be nothing only when operations are one body, in which they are the same.
// CHECK-LABEL: func.func @same_terms
// CHECK-SAME: %{{.*}}: tensor<4x8xi32>, %[[INIT:.*]]: tensor<4xi32>
// CHECK-NEXT: return %[[INIT]]
func.func @same_terms(%a: tensor<4x8xi32>, %i: tensor<4xi32>) -> tensor<4xi32> {
  %e = tensor.empty() : tensor<4x8xi32>
  %c = arith.constant 3 : i32
  %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<4x8xi32>) outs(%e : tensor<4x8xi32>) {
  ^bb0(%v: i32, %o: i32):
    %s = arith.maxsi %v, %c : i32
    linalg.yield %s : i32
  } -> tensor<4x8xi32>
  %f = tensor.empty() : tensor<8x4xi32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xi32>) outs(%f : tensor<8x4xi32>) {
  ^bb0(%v: i32, %o: i32):
    linalg.yield %v : i32
  } -> tensor<8x4xi32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%x, %y : tensor<4x8xi32>, tensor<8x4xi32>) outs(%i : tensor<4xi32>) {
  ^bb0(%v: i32, %w: i32, %o: i32):
    %d = arith.subi %v, %w : i32
    %p = arith.muli %d, %v : i32
    %r = arith.addi %o, %p : i32
    linalg.yield %r : i32
  } -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----

// A body that reads nothing does not say how far a reduction goes, nor is its result one that somebody uses.
// CHECK-LABEL: func.func @constant
// CHECK: %{{[0-9]+}} = linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]} ins(
// CHECK: %[[MAX:.*]] = arith.maxsi
// CHECK-NEXT: linalg.yield %[[MAX]] : i32
func.func @constant(%a: tensor<8x16xi32>) -> (tensor<8xi32>, tensor<8x16xi32>) {
  %low = arith.constant -7 : i32
  %e = tensor.empty() : tensor<8x16xi32>
  %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<8x16xi32>) outs(%e : tensor<8x16xi32>) {
  ^bb0(%v: i32, %o: i32):
    %s = arith.subi %v, %v : i32
    linalg.yield %s : i32
  } -> tensor<8x16xi32>
  %e1 = tensor.empty() : tensor<8xi32>
  %f = linalg.fill ins(%low : i32) outs(%e1 : tensor<8xi32>) -> tensor<8xi32>
  %m = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<8x16xi32>) outs(%f : tensor<8xi32>) {
  ^bb0(%v: i32, %o: i32):
    %s = arith.maxsi %o, %v : i32
    linalg.yield %s : i32
  } -> tensor<8xi32>
  return %m, %x : tensor<8xi32>, tensor<8x16xi32>
}
