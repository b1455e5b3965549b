// RUN: acc-opt %s --xpu-set-initial-values --xpu-bufferize --xpu-tile-to-scratchpad | FileCheck %s
// RUN: acc-opt %s --xpu-set-initial-values --xpu-bufferize --xpu-tile-to-scratchpad=target=%S/Inputs/small-spm.yaml | FileCheck %s --check-prefix=SMALL

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The array has eight columns: ten are two tiles, of which the second is partial. The
// accumulators are their own space, and leave it through the scratchpad.
// CHECK-LABEL: func.func @columns
// CHECK: %[[ACC:.*]] = memref.alloc(){{.*}} : memref<[[TILE:8x9|10x8]]xf32, #xpu.space<acc>>
// CHECK: linalg.fill {{.*}} outs(%[[ACC]]
// CHECK: linalg.generic {{.*}} outs(%[[ACC]] : {{.*}} attrs = {xpu.column_dim = {{[01]}} : i64, {{.*}}xpu.stationary = {{[01]}} : i64, xpu.stationary_banks
// CHECK: %[[PART:.*]] = memref.subview %[[ACC]]
// CHECK: %[[STAGE:.*]] = memref.alloc(){{.*}} : memref<[[TILE]]xf32, #xpu.space<spm>>
// CHECK: memref.copy %[[PART]], %[[STAGE]]
// CHECK: memref.copy %[[STAGE]], {{.*}}#xpu.space<hbm>>
// CHECK: linalg.generic {{.*}}xpu.stationary
// CHECK: return

// The contraction of 20 in three parts, into the same accumulators.
// SMALL-LABEL: func.func @columns
// SMALL: linalg.generic {{.*}} ins({{.*}}memref<{{8|10}}x7xf32{{.*}} outs(%[[ACC:[^ ]*]] : memref<{{8x9|10x8}}xf32, #xpu.space<acc>>)
// SMALL: linalg.generic {{.*}} ins({{.*}}memref<{{8|10}}x7xf32{{.*}} outs(%[[ACC]] :
// SMALL: linalg.generic {{.*}} ins({{.*}}memref<{{8|10}}x6xf32{{.*}} outs(%[[ACC]] :
// SMALL: memref.copy
func.func @columns(%a: tensor<10x20xf32>, %b: tensor<20x9xf32>) -> tensor<10x9xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<10x9xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<10x9xf32>) -> tensor<10x9xf32>
  %m = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<10x20xf32>, tensor<20x9xf32>) outs(%i : tensor<10x9xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<10x9xf32>
  return %m : tensor<10x9xf32>
}

// A start value that is not zero is added afterwards by the vector unit.
// CHECK-LABEL: func.func @initial_value
// CHECK-SAME: %[[C:[^ ]*]]: memref<8x8xf32, #xpu.space<hbm>>) ->
// CHECK: linalg.generic {{.*}}xpu.stationary
// CHECK: memref.subview %[[C]]
// CHECK: linalg.generic
// CHECK: arith.addf
func.func @initial_value(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %m = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%c : tensor<8x8xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x8xf32>
  return %m : tensor<8x8xf32>
}
