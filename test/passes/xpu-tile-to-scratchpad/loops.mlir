// RUN: acc-opt %s --xpu-set-initial-values --xpu-bufferize --xpu-tile-to-scratchpad="target=%S/Inputs/small-spm.yaml body-commands=6" --cse --split-input-file | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
// 25 rows in tiles of two, two tiles an iteration: six iterations, and one row behind them.
// CHECK-LABEL: func.func @vector
// CHECK: %[[N:.*]] = arith.constant 6 : index
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[N]] step
// CHECK:   %[[FIRST:.*]] = affine.apply {{.*}}(%[[I]])
// CHECK:   memref.subview %{{.*}}[%[[FIRST]], 0] [2, 16]
// CHECK:   linalg.generic
// CHECK:   %[[SECOND:.*]] = affine.apply {{.*}}(%[[I]])
// CHECK:   memref.subview %{{.*}}[%[[SECOND]], 0] [2, 16]
// CHECK:   linalg.generic
// CHECK: }
// CHECK: memref.subview %{{.*}}[24, 0] [1, 16]
// CHECK: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @vector(%a: tensor<25x16xf32>) -> tensor<25x16xf32> {
  %e = tensor.empty() : tensor<25x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<25x16xf32>) outs(%e : tensor<25x16xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<25x16xf32>
  return %0 : tensor<25x16xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>
// A body that uses the row as a number: no loop over rows.
// CHECK-LABEL: func.func @counted
// CHECK-NOT: scf.for
// CHECK: return
func.func @counted(%a: tensor<25x16xi32>) -> tensor<25x16xi32> {
  %e = tensor.empty() : tensor<25x16xi32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<25x16xi32>) outs(%e : tensor<25x16xi32>) {
  ^bb0(%x: i32, %o: i32):
    %row = linalg.index 0 : index
    %number = arith.index_cast %row : index to i32
    %s = arith.addi %x, %number : i32
    linalg.yield %s : i32
  } -> tensor<25x16xi32>
  return %0 : tensor<25x16xi32>
}

// -----

// The first step of a product starts the accumulators, so it is before the loop over the others; the accumulators are of the
// tile of the result, outside.
// CHECK-LABEL: func.func @contraction
// CHECK: %[[ACC:.*]] = memref.alloc(){{.*}} : memref<{{.*}}, #xpu.space<acc>>
// CHECK: linalg.generic {{.*}} outs(%[[ACC]] :
// CHECK: scf.for
// CHECK:   linalg.generic {{.*}} outs(%[[ACC]] :
// CHECK: %[[ALL:.*]] = memref.subview %[[ACC]][
// CHECK: memref.copy %[[ALL]]
func.func @contraction(%a: tensor<4x512xf32>, %b: tensor<512x8xf32>) -> tensor<4x8xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x512xf32>, tensor<512x8xf32>) outs(%i : tensor<4x8xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// -----

// HBM to HBM, through the scratchpad.
// CHECK-LABEL: func.func @copy
// CHECK: scf.for
// CHECK:   %[[PLACE:.*]] = memref.alloc(){{.*}} : memref<{{.*}}, #xpu.space<spm>>
// CHECK:   memref.copy %{{.*}}, %[[PLACE]]
// CHECK:   memref.copy %[[PLACE]], %{{.*}}
// CHECK: return
func.func @copy(%a: memref<400x16xf32, #xpu.space<hbm>>, %b: memref<400x16xf32, #xpu.space<hbm>>) {
  memref.copy %a, %b : memref<400x16xf32, #xpu.space<hbm>> to memref<400x16xf32, #xpu.space<hbm>>
  return
}

// -----

// One tile of columns: its weights are fetched before the loop over rows, not again in each iteration.
// CHECK-LABEL: func.func @once
// CHECK: memref.copy {{.*}} to memref<8x8xbf16, #xpu.space<spm>>
// CHECK: scf.for
// CHECK-NOT: to memref<8x8xbf16, #xpu.space<spm>>
// CHECK: return
func.func @once(%a: memref<512x8xbf16, #xpu.space<hbm>>, %b: memref<8x8xbf16, #xpu.space<hbm>>, %c: memref<512x8xf32, #xpu.space<hbm>>) {
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<512x8xbf16, #xpu.space<hbm>>, memref<8x8xbf16, #xpu.space<hbm>>) outs(%c : memref<512x8xf32, #xpu.space<hbm>>)
  return
}
