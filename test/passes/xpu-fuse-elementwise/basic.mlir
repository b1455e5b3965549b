// RUN: acc-opt %s --xpu-fuse-elementwise --split-input-file | FileCheck %s

#id = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func @chain
func.func @chain(%a: tensor<64xf32>, %b: tensor<64xf32>) -> tensor<64xf32> {
  %e = tensor.empty() : tensor<64xf32>
  // CHECK: linalg.generic
  // CHECK: arith.addf
  // CHECK: math.exp
  // CHECK-NOT: linalg.generic
  // CHECK: return
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%a, %b : tensor<64xf32>, tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%0 : tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = math.exp %x : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  return %1 : tensor<64xf32>
}

// -----

// Five streams are one too many: two operations, none with more than four inputs.
#id = affine_map<(i) -> (i)>
!t = tensor<64xf32>
// CHECK-LABEL: func.func @five_inputs
func.func @five_inputs(%a: !t, %b: !t, %c: !t, %d: !t, %f: !t) -> !t {
  %e = tensor.empty() : !t
  // CHECK: linalg.generic
  // CHECK: linalg.generic
  // CHECK-NOT: ins(%{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}} :
  // CHECK: return
  %0 = linalg.generic {indexing_maps = [#id, #id, #id, #id, #id, #id], iterator_types = ["parallel"]}
      ins(%a, %b, %c, %d, %f : !t, !t, !t, !t, !t) outs(%e : !t) {
  ^bb0(%x: f32, %y: f32, %z: f32, %w: f32, %v: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %t = arith.addf %s, %z : f32
    %u = arith.mulf %t, %w : f32
    %r = arith.mulf %u, %v : f32
    linalg.yield %r : f32
  } -> !t
  return %0 : !t
}

// -----

// An index counts as a stream: 3 + 1 + 1 inputs do not fuse.
#id = affine_map<(i) -> (i)>
!t = tensor<64xf32>
// CHECK-LABEL: func.func @index_is_a_stream
func.func @index_is_a_stream(%a: !t, %b: !t, %c: !t, %d: !t) -> !t {
  %e = tensor.empty() : !t
  // CHECK: linalg.generic
  // CHECK: linalg.generic
  // CHECK: linalg.index
  %0 = linalg.generic {indexing_maps = [#id, #id, #id, #id], iterator_types = ["parallel"]}
      ins(%a, %b, %c : !t, !t, !t) outs(%e : !t) {
  ^bb0(%x: f32, %y: f32, %z: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %t = arith.addf %s, %z : f32
    linalg.yield %t : f32
  } -> !t
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%0, %d : !t, !t) outs(%e : !t) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = arith.index_cast %i : index to i32
    %k = arith.sitofp %j : i32 to f32
    %s = arith.mulf %x, %k : f32
    %t = arith.mulf %s, %y : f32
    linalg.yield %t : f32
  } -> !t
  return %1 : !t
}

// -----

// Work is not done twice for two readers.
#id = affine_map<(i) -> (i)>
!t = tensor<64xf32>
// CHECK-LABEL: func.func @two_readers
func.func @two_readers(%a: !t) -> (!t, !t) {
  %e = tensor.empty() : !t
  // CHECK-COUNT-3: linalg.generic
  // CHECK-NOT: linalg.generic
  // CHECK: return
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : !t) outs(%e : !t) {
  ^bb0(%x: f32, %o: f32):
    %s = math.exp %x : f32
    %t = math.tanh %s : f32
    linalg.yield %t : f32
  } -> !t
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : !t) outs(%e : !t) {
  ^bb0(%x: f32, %o: f32):
    %s = math.sqrt %x : f32
    linalg.yield %s : f32
  } -> !t
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : !t) outs(%e : !t) {
  ^bb0(%x: f32, %o: f32):
    %s = math.absf %x : f32
    linalg.yield %s : f32
  } -> !t
  return %1, %2 : !t, !t
}

// -----

// A producer disappears in a reduction, but not in a contraction.
!t = tensor<8x8xf32>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
// CHECK-LABEL: func.func @reduction_and_contraction
func.func @reduction_and_contraction(%a: !t, %b: !t) -> (tensor<8xf32>, !t) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : !t
  %e1 = tensor.empty() : tensor<8xf32>
  // CHECK: linalg.generic {{.*}}"reduction"]
  // CHECK-NEXT: ^bb0
  // CHECK-NEXT: arith.mulf
  // CHECK-NEXT: arith.addf
  %sq = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : !t) outs(%e : !t) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.mulf %x, %x : f32
    linalg.yield %s : f32
  } -> !t
  %i1 = linalg.fill ins(%z : f32) outs(%e1 : tensor<8xf32>) -> tensor<8xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%sq : !t) outs(%i1 : tensor<8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %o : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  // CHECK: math.tanh
  // CHECK: linalg.generic {{.*}}"reduction"]
  // CHECK-NOT: math.tanh
  // CHECK: return
  %th = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%b : !t) outs(%e : !t) {
  ^bb0(%x: f32, %o: f32):
    %s = math.tanh %x : f32
    linalg.yield %s : f32
  } -> !t
  %i = linalg.fill ins(%z : f32) outs(%e : !t) -> !t
  %m = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %th : !t, !t) outs(%i : !t) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> !t
  return %sum, %m : tensor<8xf32>, !t
}
