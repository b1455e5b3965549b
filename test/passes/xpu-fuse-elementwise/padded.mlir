// RUN: acc-opt %s --xpu-fuse-elementwise | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>

// What is done with a padded tensor is done before: with what makes it, and with the number that pads it.
// CHECK-LABEL: func.func @cast
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32>)
// CHECK: %[[ONE:.*]] = arith.constant 1.000000e+00 : bf16
// CHECK: %[[F:.*]] = linalg.fill ins(%[[ONE]] : bf16)
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xbf16>)
// CHECK: math.absf
// CHECK: arith.truncf
// CHECK: %[[P:.*]] = tensor.insert_slice %[[R]] into %[[F]][1, 2] [4, 8] [1, 1] : tensor<4x8xbf16> into tensor<6x12xbf16>
// CHECK: return %[[P]]
func.func @cast(%x: tensor<4x8xf32>) -> tensor<6x12xbf16> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = math.absf %a : f32
    linalg.yield %b : f32
  } -> tensor<4x8xf32>
  %pe = tensor.empty() : tensor<6x12xf32>
  %f = linalg.fill ins(%one : f32) outs(%pe : tensor<6x12xf32>) -> tensor<6x12xf32>
  %p = tensor.insert_slice %r into %f[1, 2] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<6x12xf32>
  %ce = tensor.empty() : tensor<6x12xbf16>
  %c = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : tensor<6x12xf32>) outs(%ce : tensor<6x12xbf16>) {
  ^bb0(%a: f32, %o: bf16):
    %b = arith.truncf %a : f32 to bf16
    linalg.yield %b : bf16
  } -> tensor<6x12xbf16>
  return %c : tensor<6x12xbf16>
}

// A padded tensor that others read, too, is padded before.
// CHECK-LABEL: func.func @two_readers
// CHECK: tensor.insert_slice %{{.*}} : tensor<4x8xf32> into tensor<6x12xf32>
func.func @two_readers(%x: tensor<4x8xf32>) -> (tensor<6x12xf32>, tensor<6x12xbf16>) {
  %zero = arith.constant 0.0 : f32
  %pe = tensor.empty() : tensor<6x12xf32>
  %f = linalg.fill ins(%zero : f32) outs(%pe : tensor<6x12xf32>) -> tensor<6x12xf32>
  %p = tensor.insert_slice %x into %f[1, 2] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<6x12xf32>
  %ce = tensor.empty() : tensor<6x12xbf16>
  %c = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : tensor<6x12xf32>) outs(%ce : tensor<6x12xbf16>) {
  ^bb0(%a: f32, %o: bf16):
    %b = arith.truncf %a : f32 to bf16
    linalg.yield %b : bf16
  } -> tensor<6x12xbf16>
  return %p, %c : tensor<6x12xf32>, tensor<6x12xbf16>
}
