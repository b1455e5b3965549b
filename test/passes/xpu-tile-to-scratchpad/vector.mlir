// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=%S/Inputs/small-spm.yaml | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// What fits is one tile, with its inputs copied and its result copied back.
// CHECK-LABEL: func.func @whole
// CHECK-SAME: (%[[A:.*]]: tensor<4x8xf32>)
func.func @whole(%a: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  // CHECK: %[[PART:.*]] = tensor.extract_slice %[[A]]
  // CHECK: %[[IN:.*]] = bufferization.alloc_tensor() copy(%[[PART]]) {memory_space = #xpu.space<spm>}
  // CHECK: %[[OUT:.*]] = bufferization.alloc_tensor() {memory_space = #xpu.space<spm>}
  // CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[IN]] : {{.*}} outs(%[[OUT]] :
  // CHECK: bufferization.materialize_in_destination %[[R]] in
  // CHECK-NOT: linalg.generic
  // CHECK: return
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// 2 x 7 x 16 floats are 896 bytes; 512 are available: 4 rows, then the other 3.
// CHECK-LABEL: func.func @partial
func.func @partial(%a: tensor<7x16xf32>) -> tensor<7x16xf32> {
  %e = tensor.empty() : tensor<7x16xf32>
  // CHECK: tensor.extract_slice %{{.*}}[0, 0] [4, 16]
  // CHECK: tensor.insert_slice %{{.*}}[0, 0] [4, 16]
  // CHECK: tensor.extract_slice %{{.*}}[4, 0] [3, 16]
  // CHECK: tensor.insert_slice %{{.*}}[4, 0] [3, 16]
  // CHECK: return
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<7x16xf32>) outs(%e : tensor<7x16xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<7x16xf32>
  return %0 : tensor<7x16xf32>
}

// A reduction starts from its constant in the scratchpad; the fill of the whole
// result is gone.
// CHECK-LABEL: func.func @reduction
func.func @reduction(%a: tensor<4x8xf32>) -> tensor<4xf32> {
  %z = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: %[[ACC:.*]] = bufferization.alloc_tensor() {memory_space = #xpu.space<spm>} : tensor<4xf32>
  // CHECK: %[[START:.*]] = linalg.fill {{.*}} outs(%[[ACC]]
  // CHECK-NOT: linalg.fill
  // CHECK: linalg.generic {{.*}} outs(%[[START]]
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<4x8xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %x, %o : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
