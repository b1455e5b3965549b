// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Bytes: registers have 32 bits, results wrap at 8.
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<3x21xi8>, %b: tensor<3x21xi8>) -> (tensor<3x21xi8>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi1>, tensor<3x21xf32>, tensor<3x21xi8>) {
  // wrapping
  %e0 = tensor.empty() : tensor<3x21xi8>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi8>, tensor<3x21xi8>) outs(%e0 : tensor<3x21xi8>) {
  ^bb0(%x: i8, %y: i8, %o: i8):
    %c = arith.constant 117 : i8
    %p = arith.muli %x, %c : i8
    %q = arith.addi %p, %c : i8
    %r = arith.addi %q, %y : i8
    linalg.yield %r : i8
  } -> tensor<3x21xi8>
  // sign extension
  %e1 = tensor.empty() : tensor<3x21xi32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi8>, tensor<3x21xi8>) outs(%e1 : tensor<3x21xi32>) {
  ^bb0(%x: i8, %y: i8, %o: i32):
    %c = arith.constant -5 : i8
    %p = arith.addi %x, %c : i8
    %r = arith.extsi %p : i8 to i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // zero extension
  %e2 = tensor.empty() : tensor<3x21xi32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi8>, tensor<3x21xi8>) outs(%e2 : tensor<3x21xi32>) {
  ^bb0(%x: i8, %y: i8, %o: i32):
    %c = arith.constant -5 : i8
    %p = arith.addi %x, %c : i8
    %r = arith.extui %p : i8 to i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // signed compare
  %e3 = tensor.empty() : tensor<3x21xi1>
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi8>, tensor<3x21xi8>) outs(%e3 : tensor<3x21xi1>) {
  ^bb0(%x: i8, %y: i8, %o: i1):
    %c = arith.constant -5 : i8
    %p = arith.addi %x, %c : i8
    %r = arith.cmpi slt, %p, %y : i8
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // to f32
  %e4 = tensor.empty() : tensor<3x21xf32>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi8>, tensor<3x21xi8>) outs(%e4 : tensor<3x21xf32>) {
  ^bb0(%x: i8, %y: i8, %o: f32):
    %c = arith.constant -100 : i8
    %p = arith.addi %x, %c : i8
    %r = arith.sitofp %p : i8 to f32
    linalg.yield %r : f32
  } -> tensor<3x21xf32>
  // truncation
  %e5 = tensor.empty() : tensor<3x21xi8>
  %5 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi8>, tensor<3x21xi8>) outs(%e5 : tensor<3x21xi8>) {
  ^bb0(%x: i8, %y: i8, %o: i8):
    %c = arith.constant 300 : i32
    %p = arith.extsi %x : i8 to i32
    %q = arith.muli %p, %c : i32
    %r = arith.trunci %q : i32 to i8
    linalg.yield %r : i8
  } -> tensor<3x21xi8>
  return %0, %1, %2, %3, %4, %5 : tensor<3x21xi8>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi1>, tensor<3x21xf32>, tensor<3x21xi8>
}
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error {{.*}} against the host
// CHECK: output 'output_2': largest error {{.*}} against the host
// CHECK: output 'output_3': largest error {{.*}} against the host
// CHECK: output 'output_4': largest error {{.*}} against the host
// CHECK: output 'output_5': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
