// RUN: acc-cc %s --target=xpu-tiny --run=functional --check-host -o %t.o | FileCheck %s
// Exact divisions that are too long for one micro-program are cut apart.
// CHECK: largest error 0 against the host

#m = affine_map<(i) -> (i)>
func.func @main(%a: tensor<64xf32>, %b: tensor<64xf32>) -> tensor<64xf32> {
  %e = tensor.empty() : tensor<64xf32>
  %0 = linalg.generic {indexing_maps = [#m, #m, #m], iterator_types = ["parallel"]} ins(%a, %b : tensor<64xf32>, tensor<64xf32>) outs(%e : tensor<64xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %1 = arith.divf %x, %y : f32
    %2 = arith.divf %1, %y : f32
    %3 = arith.divf %y, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<64xf32>
  return %0 : tensor<64xf32>
}
