// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Every predicate, selection, and conversions to integers.
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<4x20xf32>, %b: tensor<4x20xf32>) -> (tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xf32>, tensor<4x20xf32>, tensor<4x20xi1>, tensor<4x20xf32>, tensor<4x20xi32>) {
  // oeq
  %e0 = tensor.empty() : tensor<4x20xi1>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e0 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf oeq, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // ogt
  %e1 = tensor.empty() : tensor<4x20xi1>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e1 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf ogt, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // oge
  %e2 = tensor.empty() : tensor<4x20xi1>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e2 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf oge, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // olt
  %e3 = tensor.empty() : tensor<4x20xi1>
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e3 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf olt, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // ole
  %e4 = tensor.empty() : tensor<4x20xi1>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e4 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf ole, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // ord
  %e5 = tensor.empty() : tensor<4x20xi1>
  %5 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e5 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf ord, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // ugt
  %e6 = tensor.empty() : tensor<4x20xi1>
  %6 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e6 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf ugt, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // uge
  %e7 = tensor.empty() : tensor<4x20xi1>
  %7 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e7 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf uge, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // ult
  %e8 = tensor.empty() : tensor<4x20xi1>
  %8 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e8 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf ult, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // ule
  %e9 = tensor.empty() : tensor<4x20xi1>
  %9 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e9 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf ule, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // une
  %e10 = tensor.empty() : tensor<4x20xi1>
  %10 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e10 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf une, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // uno
  %e11 = tensor.empty() : tensor<4x20xi1>
  %11 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e11 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %r = arith.cmpf uno, %x, %y : f32
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // select
  %e12 = tensor.empty() : tensor<4x20xf32>
  %12 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e12 : tensor<4x20xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %q = arith.cmpf olt, %x, %y : f32
    %r = arith.select %q, %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<4x20xf32>
  // select of a constant
  %e13 = tensor.empty() : tensor<4x20xf32>
  %13 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e13 : tensor<4x20xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %c = arith.constant 0.0 : f32
    %q = arith.cmpf oge, %x, %c : f32
    %r = arith.select %q, %x, %c : f32
    linalg.yield %r : f32
  } -> tensor<4x20xf32>
  // logic
  %e14 = tensor.empty() : tensor<4x20xi1>
  %14 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e14 : tensor<4x20xi1>) {
  ^bb0(%x: f32, %y: f32, %o: i1):
    %p = arith.cmpf olt, %x, %y : f32
    %c = arith.constant 0.0 : f32
    %q = arith.cmpf olt, %c, %y : f32
    %t = arith.xori %p, %q : i1
    %u = arith.andi %t, %p : i1
    %r = arith.ori %u, %q : i1
    linalg.yield %r : i1
  } -> tensor<4x20xi1>
  // to f32
  %e15 = tensor.empty() : tensor<4x20xf32>
  %15 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e15 : tensor<4x20xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.cmpf olt, %x, %y : f32
    %r = arith.uitofp %p : i1 to f32
    linalg.yield %r : f32
  } -> tensor<4x20xf32>
  // to int
  %e16 = tensor.empty() : tensor<4x20xi32>
  %16 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x20xf32>, tensor<4x20xf32>) outs(%e16 : tensor<4x20xi32>) {
  ^bb0(%x: f32, %y: f32, %o: i32):
    %s = arith.constant 100.0 : f32
    %p = arith.mulf %x, %s : f32
    %r = arith.fptosi %p : f32 to i32
    linalg.yield %r : i32
  } -> tensor<4x20xi32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16 : tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xi1>, tensor<4x20xf32>, tensor<4x20xf32>, tensor<4x20xi1>, tensor<4x20xf32>, tensor<4x20xi32>
}
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error {{.*}} against the host
// CHECK: output 'output_2': largest error {{.*}} against the host
// CHECK: output 'output_3': largest error {{.*}} against the host
// CHECK: output 'output_4': largest error {{.*}} against the host
// CHECK: output 'output_5': largest error {{.*}} against the host
// CHECK: output 'output_6': largest error {{.*}} against the host
// CHECK: output 'output_7': largest error {{.*}} against the host
// CHECK: output 'output_8': largest error {{.*}} against the host
// CHECK: output 'output_9': largest error {{.*}} against the host
// CHECK: output 'output_10': largest error {{.*}} against the host
// CHECK: output 'output_11': largest error {{.*}} against the host
// CHECK: output 'output_12': largest error {{.*}} against the host
// CHECK: output 'output_13': largest error {{.*}} against the host
// CHECK: output 'output_14': largest error {{.*}} against the host
// CHECK: output 'output_15': largest error {{.*}} against the host
// CHECK: output 'output_16': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
