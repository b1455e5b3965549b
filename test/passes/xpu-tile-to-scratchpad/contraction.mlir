// RUN: acc-opt %s --xpu-tile-to-scratchpad | FileCheck %s
// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=%S/Inputs/small-spm.yaml | FileCheck %s --check-prefix=SMALL

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The array has eight columns: ten are two tiles, of which the second is partial. The
// accumulators are their own space, and leave it through the scratchpad.
// CHECK-LABEL: func.func @columns
// CHECK: %[[ACC:.*]] = bufferization.alloc_tensor() {memory_space = #xpu.space<acc>} : tensor<[[TILE:.*]]xf32>
// CHECK: %[[ZERO:.*]] = linalg.fill {{.*}} outs(%[[ACC]]
// CHECK: %[[R:.*]] = linalg.generic {{.*}} outs(%[[ZERO]] : {{.*}} attrs = {xpu.column_dim = {{[01]}} : i64, xpu.stationary = {{[01]}} : i64}
// CHECK: %[[STAGE:.*]] = bufferization.alloc_tensor() {memory_space = #xpu.space<spm>} : tensor<[[TILE]]xf32>
// CHECK: bufferization.materialize_in_destination %[[R]] in %[[STAGE]]
// CHECK: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: return

// The contraction of 20 in steps of the array's rows: 8, 8 and 4 into the same
// accumulators.
// SMALL-LABEL: func.func @columns
// SMALL: %[[T0:.*]] = linalg.generic {{.*}} ins({{.*}}tensor<8x8xf32>{{.*}} outs(%{{.*}} attrs
// SMALL: %[[T1:.*]] = linalg.generic {{.*}} ins({{.*}}tensor<8x8xf32>{{.*}} outs(%[[T0]] :
// SMALL: %[[T2:.*]] = linalg.generic {{.*}} ins({{.*}}tensor<8x4xf32>{{.*}} outs(%[[T1]] :
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
// CHECK-SAME: %[[C:[^ ]*]]: tensor<8x8xf32>)
// CHECK: linalg.generic {{.*}}xpu.stationary
// CHECK: tensor.extract_slice %[[C]]
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
