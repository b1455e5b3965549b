// RUN: acc-opt %s --xpu-bufferize --xpu-tile-to-scratchpad=target=jx1-slice --canonicalize | FileCheck %s

#q = affine_map<(h, s, t, d, e) -> (h, s, d)>
#k = affine_map<(h, s, t, d, e) -> (h, t, d)>
#v = affine_map<(h, s, t, d, e) -> (h, t, e)>
#m = affine_map<(h, s, t, d, e) -> (t)>
#o = affine_map<(h, s, t, d, e) -> (h, s, e)>

// A factor and a mask are one operation of the vector unit.
// CHECK-LABEL: func.func @scaled
// CHECK: %[[FACTOR:.*]] = arith.constant 1.250000e-01 : f32
// CHECK: %[[SCORE:.*]] = math.fma %{{.*}}, %[[FACTOR]], %{{.*}} : f32
// CHECK-NEXT: linalg.yield %[[SCORE]] : f32
// CHECK-NOT: arith.mulf %{{.*}}, %[[FACTOR]]
func.func @scaled(%q: tensor<2x256x64xf32>, %k: tensor<2x512x64xf32>, %v: tensor<2x512x64xf32>, %m: tensor<512xf32>) -> tensor<2x256x64xf32> {
  %e = tensor.empty() : tensor<2x256x64xf32>
  %0 = model.attention ins(%q, %k, %v : tensor<2x256x64xf32>, tensor<2x512x64xf32>, tensor<2x512x64xf32>) with(%m : tensor<512xf32>) outs(%e : tensor<2x256x64xf32>)
      batch 1 rows 1 maps [#q, #k, #v, #m, #o] {
  ^bb0(%x: f32, %y: f32, %i: index, %j: index, %l: index):
    %c = arith.constant 0.125 : f32
    %a = arith.mulf %x, %c : f32
    %b = arith.addf %a, %y : f32
    model.yield %b : f32
  } -> tensor<2x256x64xf32>
  return %0 : tensor<2x256x64xf32>
}
