// RUN: acc-opt %s | acc-opt | FileCheck %s
// RUN: acc-opt %s --mlir-print-op-generic | acc-opt | FileCheck %s

#q = affine_map<(h, g, s, t, d, e) -> (h, g, s, d)>
#k = affine_map<(h, g, s, t, d, e) -> (h, t, d)>
#v = affine_map<(h, g, s, t, d, e) -> (e, h, t)>
#mask = affine_map<(h, g, s, t, d, e) -> (s, t)>
#o = affine_map<(h, g, s, t, d, e) -> (h, g, s, e)>

// CHECK-LABEL: func.func @masked
// CHECK: model.attention ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<4x2x64x32xf32>, tensor<4x80x32xf32>, tensor<16x4x80xf32>)
// CHECK-SAME: with(%{{.*}} : tensor<64x80xf32>) outs(%{{.*}} : tensor<4x2x64x16xf32>) batch 1 rows 2 guarded maps
// CHECK: model.yield %{{.*}} : f32
func.func @masked(%q: tensor<4x2x64x32xf32>, %k: tensor<4x80x32xf32>, %v: tensor<16x4x80xf32>, %m: tensor<64x80xf32>,
                  %o: tensor<4x2x64x16xf32>) -> tensor<4x2x64x16xf32> {
  %0 = model.attention ins(%q, %k, %v : tensor<4x2x64x32xf32>, tensor<4x80x32xf32>, tensor<16x4x80xf32>)
      with(%m : tensor<64x80xf32>) outs(%o : tensor<4x2x64x16xf32>) batch 1 rows 2 guarded maps [#q, #k, #v, #mask, #o] {
  ^bb0(%x: f32, %y: f32, %h: index, %g: index, %s: index, %t: index):
    %z = arith.addf %x, %y : f32
    model.yield %z : f32
  } -> tensor<4x2x64x16xf32>
  return %0 : tensor<4x2x64x16xf32>
}

// CHECK-LABEL: func.func @buffers
// CHECK: model.attention {{.*}} batch 0 rows 1 maps
func.func @buffers(%q: memref<64x32xf32>, %k: memref<80x32xf32>, %v: memref<80x16xf32>, %o: memref<64x16xf32>) {
  model.attention ins(%q, %k, %v : memref<64x32xf32>, memref<80x32xf32>, memref<80x16xf32>) outs(%o : memref<64x16xf32>)
      batch 0 rows 1 maps [affine_map<(s, t, d, e) -> (s, d)>, affine_map<(s, t, d, e) -> (t, d)>,
                           affine_map<(s, t, d, e) -> (t, e)>, affine_map<(s, t, d, e) -> (s, e)>] {
  ^bb0(%x: f32, %s: index, %t: index):
    model.yield %x : f32
  }
  return
}
