// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// CHECK: largest error {{.*}} against the host

#id = affine_map<(i) -> (i)>
func.func @main(%a: tensor<40xi1>, %b: tensor<40xi1>) -> tensor<40xi32> {
  %e = tensor.empty() : tensor<40xi32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%a, %b : tensor<40xi1>, tensor<40xi1>) outs(%e : tensor<40xi32>) {
  ^bb0(%x: i1, %y: i1, %o: i32):
    %r = arith.extsi %x : i1 to i32
    linalg.yield %r : i32
  } -> tensor<40xi32>
  return %0 : tensor<40xi32>
}
