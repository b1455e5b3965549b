// RUN: acc-cc %s --check=functional,systemc --check-host --tolerance=1e-3,1e-3 | FileCheck %s
// More than the scratchpad holds: tiles of every kind, the last ones partial.
// CHECK-COUNT-5: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

#id = affine_map<(i, j) -> (i, j)>
#ji = affine_map<(i, j) -> (j, i)>
#row = affine_map<(i, j) -> (i)>
#col = affine_map<(i, j) -> (j)>
func.func @main(%a: tensor<301x203xf32>, %b: tensor<203x75xf32>)
    -> (tensor<301x203xf32>, tensor<301xf32>, tensor<203xf32>, tensor<301x75xf32>, tensor<203x301xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e0 = tensor.empty() : tensor<301x203xf32>
  %e1 = tensor.empty() : tensor<301xf32>
  %e2 = tensor.empty() : tensor<203xf32>
  %e3 = tensor.empty() : tensor<301x75xf32>
  %e4 = tensor.empty() : tensor<203x301xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<301xf32>) -> tensor<301xf32>
  %i2 = linalg.fill ins(%low : f32) outs(%e2 : tensor<203xf32>) -> tensor<203xf32>
  %i3 = linalg.fill ins(%zero : f32) outs(%e3 : tensor<301x75xf32>) -> tensor<301x75xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<301x203xf32>) outs(%e0 : tensor<301x203xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = math.tanh %x : f32
    linalg.yield %s : f32
  } -> tensor<301x203xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<301x203xf32>) outs(%i1 : tensor<301xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<301xf32>
  %2 = linalg.generic {indexing_maps = [#id, #col], iterator_types = ["reduction", "parallel"]} ins(%a : tensor<301x203xf32>) outs(%i2 : tensor<203xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<203xf32>
  %3 = linalg.matmul ins(%a, %b : tensor<301x203xf32>, tensor<203x75xf32>) outs(%i3 : tensor<301x75xf32>) -> tensor<301x75xf32>
  %4 = linalg.generic {indexing_maps = [#ji, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<301x203xf32>) outs(%e4 : tensor<203x301xf32>) {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  } -> tensor<203x301xf32>
  return %0, %1, %2, %3, %4 : tensor<301x203xf32>, tensor<301xf32>, tensor<203xf32>, tensor<301x75xf32>, tensor<203x301xf32>
}
