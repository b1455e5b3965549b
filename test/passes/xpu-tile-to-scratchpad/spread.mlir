// RUN: acc-opt %s --xpu-set-initial-values --xpu-bufferize --xpu-tile-to-scratchpad=target=jx1-slice | FileCheck %s

// The largest magnitude of each 32 neighbours, two micro-operations: rows of the copy are 33 elements apart, so that lanes go over rows.
// CHECK-LABEL: func.func @short_rows
// CHECK: %[[WIDE:.*]] = memref.alloc() {{.*}}: memref<{{[0-9]+}}x33xf32, #xpu.space<spm>>
// CHECK: memref.subview %[[WIDE]][0, 0] [{{[0-9]+}}, 32] [1, 1]
func.func @short_rows(%a: tensor<4096x32xf32>) -> tensor<4096xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4096xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4096xf32>) -> tensor<4096xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<4096x32xf32>) outs(%i : tensor<4096xf32>) {
  ^bb0(%x: f32, %o: f32):
    %p = math.absf %x : f32
    %m = arith.maximumf %o, %p : f32
    linalg.yield %m : f32
  } -> tensor<4096xf32>
  return %r : tensor<4096xf32>
}

// A transpose reads columns of an odd number of elements, in tiles that are wide in both directions.
// CHECK-LABEL: func.func @transpose
// CHECK: memref.alloc() {{.*}}: memref<{{[0-9]+}}x[[WIDTH:(33|65|129|257)]]xf32, #xpu.space<spm>>
func.func @transpose(%a: tensor<1024x2048xf32>) -> tensor<2048x1024xf32> {
  %e = tensor.empty() : tensor<2048x1024xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<1024x2048xf32>) outs(%e : tensor<2048x1024xf32>) {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  } -> tensor<2048x1024xf32>
  return %t : tensor<2048x1024xf32>
}

// Neighbours that are read together anyway stay together.
// CHECK-LABEL: func.func @rows
// CHECK-NOT: memref<{{[0-9]+}}x257xf32
// CHECK: return
func.func @rows(%a: tensor<1024x256xf32>) -> tensor<1024x256xf32> {
  %e = tensor.empty() : tensor<1024x256xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<1024x256xf32>) outs(%e : tensor<1024x256xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.addf %x, %x : f32
    linalg.yield %y : f32
  } -> tensor<1024x256xf32>
  return %t : tensor<1024x256xf32>
}
