// RUN: acc-opt %s --xpu-split-buffers | FileCheck %s

#id = affine_map<(i) -> (i)>
!m = memref<8xf32, #xpu.space<hbm>>
!v = memref<2x4xf32, #xpu.space<hbm>>

// The second write is of a new value, but for its name; the third is in place. The result is the last.
// CHECK-LABEL: func.func @twice
// CHECK-SAME: %[[X:[^ ]*]]: memref
// CHECK: %[[A:.*]] = memref.alloc
// CHECK: linalg.generic {{.*}} ins(%[[X]] : {{.*}} outs(%[[A]] :
// CHECK: %[[V:.*]] = memref.expand_shape %[[A]]
// CHECK: memref.copy %[[V]],
// CHECK: %[[B:.*]] = memref.alloc
// CHECK: linalg.generic {{.*}} ins(%[[X]] : {{.*}} outs(%[[B]] :
// CHECK: linalg.generic {{.*}} ins(%[[B]] : {{.*}} outs(%[[B]] :
// CHECK: return %[[B]]
func.func @twice(%x: !m, %y: !v) -> !m {
  %t = memref.alloc() : !m
  %v = memref.expand_shape %t [[0, 1]] output_shape [2, 4] : !m into !v
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : !m) outs(%t : !m) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  memref.copy %v, %y : !v to !v
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : !m) outs(%t : !m) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.tanh %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : !m) outs(%t : !m) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.sin %a : f32
    linalg.yield %0 : f32
  }
  return %t : !m
}

// What is not written as a whole is not new.
// CHECK-LABEL: func.func @part
// CHECK-COUNT-1: memref.alloc
// CHECK-NOT: memref.alloc
// CHECK: return
func.func @part(%x: !m, %y: memref<4xf32, #xpu.space<hbm>>) -> !m {
  %t = memref.alloc() : !m
  memref.copy %x, %t : !m to !m
  %half = memref.subview %t[4] [4] [1] : !m to memref<4xf32, strided<[1], offset: 4>, #xpu.space<hbm>>
  memref.copy %y, %half : memref<4xf32, #xpu.space<hbm>> to memref<4xf32, strided<[1], offset: 4>, #xpu.space<hbm>>
  return %t : !m
}
