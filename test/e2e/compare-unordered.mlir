// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// CHECK: largest error {{.*}} against the host

#id = affine_map<(i) -> (i)>
func.func @main(%a: tensor<40xf32>, %b: tensor<40xf32>) -> tensor<40xi1> {
  %e = tensor.empty() : tensor<40xi1>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%a, %b : tensor<40xf32>, tensor<40xf32>) outs(%e : tensor<40xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf one, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<40xi1>
  return %0 : tensor<40xi1>
}
