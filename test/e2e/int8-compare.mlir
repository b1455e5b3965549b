// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// CHECK: largest error {{.*}} against the host

#id = affine_map<(i) -> (i)>
func.func @main(%a: tensor<40xi8>, %b: tensor<40xi8>) -> tensor<40xi1> {
  %e = tensor.empty() : tensor<40xi1>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%a, %b : tensor<40xi8>, tensor<40xi8>) outs(%e : tensor<40xi1>) {
  ^bb0(%x: i8, %y: i8, %o: i1):
    %c = arith.constant 127 : i8
    %p = arith.addi %x, %c : i8
    %r = arith.cmpi slt, %p, %y : i8
    linalg.yield %r : i1
  } -> tensor<40xi1>
  return %0 : tensor<40xi1>
}
