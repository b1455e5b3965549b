// RUN: acc-opt %s --xpu-set-initial-values --xpu-bufferize --xpu-tile-to-scratchpad=target=%S/Inputs/small-spm.yaml | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// What fits is one tile, with its inputs copied and its result copied back.
// CHECK-LABEL: func.func @whole
// CHECK-SAME: (%[[A:.*]]: memref<4x8xf32, #xpu.space<hbm>>)
func.func @whole(%a: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  // CHECK: %[[PART:.*]] = memref.subview %[[A]]
  // CHECK: %[[OUT:.*]] = memref.alloc() : memref<4x8xf32, #xpu.space<spm>>
  // CHECK: %[[IN:.*]] = memref.alloc() : memref<4x8xf32, #xpu.space<spm>>
  // CHECK: memref.copy %[[PART]], %[[IN]]
  // CHECK: linalg.generic {{.*}} ins(%[[IN]] : {{.*}} outs(%[[OUT]] :
  // CHECK: memref.copy %[[OUT]], %{{.*}} to memref<4x8xf32, {{.*}}#xpu.space<hbm>>
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

// A tile that is alive twice fits with two rows: three tiles, and one of a single row.
// CHECK-LABEL: func.func @partial
func.func @partial(%a: tensor<7x16xf32>) -> tensor<7x16xf32> {
  %e = tensor.empty() : tensor<7x16xf32>
  // CHECK: memref.subview %{{.*}}[0, 0] [2, 16]
  // CHECK: linalg.generic
  // CHECK: memref.subview %{{.*}}[2, 0] [2, 16]
  // CHECK: memref.subview %{{.*}}[4, 0] [2, 16]
  // CHECK: memref.subview %[[A:.*]][6, 0] [1, 16]
  // CHECK: linalg.generic {{.*}} memref<1x16xf32, #xpu.space<spm>>
  // CHECK-NOT: linalg.generic
  // CHECK: return
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<7x16xf32>) outs(%e : tensor<7x16xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<7x16xf32>
  return %0 : tensor<7x16xf32>
}

// A reduction knows its start value; its result is only written.
// CHECK-LABEL: func.func @reduction
func.func @reduction(%a: tensor<4x8xf32>) -> tensor<4xf32> {
  %z = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: linalg.generic {{.*}} outs(%[[OUT:[^ ]*]] : memref<4xf32, #xpu.space<spm>>) attrs = {xpu.initial_value = 0xFF800000 : f32}
  // CHECK: memref.copy %[[OUT]]
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<4x8xf32>) outs(%i : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %x, %o : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// A row beyond the scratchpad: the first part starts from the value given, the others from the
// neutral element, and are combined with it.
// CHECK-LABEL: func.func @long_reduction
func.func @long_reduction(%a: tensor<100xf32>) -> tensor<f32> {
  %z = arith.constant 3.0 : f32
  %e = tensor.empty() : tensor<f32>
  // CHECK: linalg.generic {{.*}} ins({{.*}} : memref<50xf32, #xpu.space<spm>>) outs(%[[OUT:[^ ]*]] : {{.*}} attrs = {xpu.initial_value = 3.0{{.*}}}
  // CHECK: %[[PART:.*]] = memref.alloc() : memref<f32, #xpu.space<spm>>
  // CHECK: linalg.generic {{.*}} ins({{.*}} : memref<50xf32, #xpu.space<spm>>) outs(%[[PART]] : {{.*}} attrs = {xpu.initial_value = 0.0{{.*}}}
  // CHECK: linalg.generic {{.*}} ins(%[[PART]] : {{.*}} outs(%[[OUT]] :
  // CHECK-NEXT: ^bb0(%[[X:.*]]: f32, %[[O:.*]]: f32):
  // CHECK-NEXT: arith.addf %[[X]], %[[O]]
  // CHECK: memref.copy %[[OUT]]
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%a : tensor<100xf32>) outs(%i : tensor<f32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %o : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  return %0 : tensor<f32>
}

// A reduction that starts from a tensor is combined with it: with a copy, as an argument is not written.
// CHECK-LABEL: func.func @from_tensor
// CHECK-SAME: %[[START:[^ ]*]]: memref<4xf32, #xpu.space<hbm>>)
func.func @from_tensor(%a: tensor<4x8xf32>, %start: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: memref.copy %{{.*}}, %{{.*}} : memref<4xf32, #xpu.space<spm>> to memref<4xf32, {{.*}}#xpu.space<hbm>>
  // CHECK: memref.copy %{{.*}}, %[[OUT:[^ ]*]] : {{.*}} to memref<4xf32, #xpu.space<spm>>
  // CHECK: linalg.generic {{.*}} outs(%[[PART:[^ ]*]] : {{.*}} attrs = {xpu.initial_value = 0xFF800000 : f32}
  // CHECK: linalg.generic {{.*}} ins(%[[PART]] : {{.*}} outs(%[[OUT]] :
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<4x8xf32>) outs(%start : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %x, %o : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Of rows with a stride all is loaded that copies of them have room for: rows of two channels follow each other in memory, and are one run.
// CHECK-LABEL: func.func @strided_rows
// CHECK: %[[ROWS:.*]] = memref.subview %{{.*}}[0, 0, 0] [2, 5, 6] [1, 1, 1] : memref<2x6x6xf32
// CHECK: memref.copy %[[ROWS]], %{{.*}} : {{.*}} to memref<2x5x6xf32, #xpu.space<spm>>
func.func @strided_rows(%a: tensor<2x6x6xf32>) -> tensor<2x3x3xf32> {
  %e = tensor.empty() : tensor<2x3x3xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(c, i, j) -> (c, i * 2, j * 2)>, affine_map<(c, i, j) -> (c, i, j)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%a : tensor<2x6x6xf32>) outs(%e : tensor<2x3x3xf32>) {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  } -> tensor<2x3x3xf32>
  return %0 : tensor<2x3x3xf32>
}
