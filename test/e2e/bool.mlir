// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Booleans are bytes 0 and 1 in memory.
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<4x9xi1>, %b: tensor<4x9xi1>) -> (tensor<4x9xi1>, tensor<4x9xi1>, tensor<4x9xi1>, tensor<4x9xf32>, tensor<4x9xi32>) {
  // and
  %e0 = tensor.empty() : tensor<4x9xi1>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x9xi1>, tensor<4x9xi1>) outs(%e0 : tensor<4x9xi1>) {
  ^bb0(%x: i1, %y: i1, %o: i1):
    %r = arith.andi %x, %y : i1
    linalg.yield %r : i1
  } -> tensor<4x9xi1>
  // or
  %e1 = tensor.empty() : tensor<4x9xi1>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x9xi1>, tensor<4x9xi1>) outs(%e1 : tensor<4x9xi1>) {
  ^bb0(%x: i1, %y: i1, %o: i1):
    %r = arith.ori %x, %y : i1
    linalg.yield %r : i1
  } -> tensor<4x9xi1>
  // not
  %e2 = tensor.empty() : tensor<4x9xi1>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x9xi1>, tensor<4x9xi1>) outs(%e2 : tensor<4x9xi1>) {
  ^bb0(%x: i1, %y: i1, %o: i1):
    %t = arith.constant true
    %r = arith.xori %x, %t : i1
    linalg.yield %r : i1
  } -> tensor<4x9xi1>
  // select
  %e3 = tensor.empty() : tensor<4x9xf32>
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x9xi1>, tensor<4x9xi1>) outs(%e3 : tensor<4x9xf32>) {
  ^bb0(%x: i1, %y: i1, %o: f32):
    %c = arith.constant 2.0 : f32
    %d = arith.constant -1.0 : f32
    %r = arith.select %x, %c, %d : f32
    linalg.yield %r : f32
  } -> tensor<4x9xf32>
  // to int
  %e4 = tensor.empty() : tensor<4x9xi32>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x9xi1>, tensor<4x9xi1>) outs(%e4 : tensor<4x9xi32>) {
  ^bb0(%x: i1, %y: i1, %o: i32):
    %r = arith.extui %x : i1 to i32
    linalg.yield %r : i32
  } -> tensor<4x9xi32>
  return %0, %1, %2, %3, %4 : tensor<4x9xi1>, tensor<4x9xi1>, tensor<4x9xi1>, tensor<4x9xf32>, tensor<4x9xi32>
}
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error {{.*}} against the host
// CHECK: output 'output_2': largest error {{.*}} against the host
// CHECK: output 'output_3': largest error {{.*}} against the host
// CHECK: output 'output_4': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
