// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Integers from a hash of the position, so that signs and carries matter.
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<3x21xi32>, %b: tensor<3x21xi32>) -> (tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi32>, tensor<3x21xf32>) {
  // add
  %e0 = tensor.empty() : tensor<3x21xi32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e0 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.addi %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // sub
  %e1 = tensor.empty() : tensor<3x21xi32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e1 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.subi %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // mul
  %e2 = tensor.empty() : tensor<3x21xi32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e2 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.muli %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // min
  %e3 = tensor.empty() : tensor<3x21xi32>
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e3 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.minsi %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // max
  %e4 = tensor.empty() : tensor<3x21xi32>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e4 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.maxsi %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // and
  %e5 = tensor.empty() : tensor<3x21xi32>
  %5 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e5 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.andi %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // or
  %e6 = tensor.empty() : tensor<3x21xi32>
  %6 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e6 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.ori %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // xor
  %e7 = tensor.empty() : tensor<3x21xi32>
  %7 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e7 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.xori %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // shifts
  %e8 = tensor.empty() : tensor<3x21xi32>
  %8 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e8 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %c = arith.constant 7 : i32
    %p = arith.shli %u, %c : i32
    %q = arith.shrsi %v, %c : i32
    %w = arith.shrui %v, %c : i32
    %s = arith.xori %p, %q : i32
    %r = arith.addi %s, %w : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // equal
  %e9 = tensor.empty() : tensor<3x21xi1>
  %9 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e9 : tensor<3x21xi1>) {
  ^bb0(%x: i32, %y: i32, %o: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.cmpi eq, %x, %y : i32
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // not equal
  %e10 = tensor.empty() : tensor<3x21xi1>
  %10 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e10 : tensor<3x21xi1>) {
  ^bb0(%x: i32, %y: i32, %o: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.cmpi ne, %x, %y : i32
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // slt
  %e11 = tensor.empty() : tensor<3x21xi1>
  %11 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e11 : tensor<3x21xi1>) {
  ^bb0(%x: i32, %y: i32, %o: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.cmpi slt, %u, %v : i32
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // sle
  %e12 = tensor.empty() : tensor<3x21xi1>
  %12 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e12 : tensor<3x21xi1>) {
  ^bb0(%x: i32, %y: i32, %o: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.cmpi sle, %u, %v : i32
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // sgt
  %e13 = tensor.empty() : tensor<3x21xi1>
  %13 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e13 : tensor<3x21xi1>) {
  ^bb0(%x: i32, %y: i32, %o: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.cmpi sgt, %u, %v : i32
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // sge
  %e14 = tensor.empty() : tensor<3x21xi1>
  %14 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e14 : tensor<3x21xi1>) {
  ^bb0(%x: i32, %y: i32, %o: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.cmpi sge, %u, %v : i32
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // ult
  %e15 = tensor.empty() : tensor<3x21xi1>
  %15 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e15 : tensor<3x21xi1>) {
  ^bb0(%x: i32, %y: i32, %o: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.cmpi ult, %u, %v : i32
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // uge
  %e16 = tensor.empty() : tensor<3x21xi1>
  %16 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e16 : tensor<3x21xi1>) {
  ^bb0(%x: i32, %y: i32, %o: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.cmpi uge, %u, %v : i32
    linalg.yield %r : i1
  } -> tensor<3x21xi1>
  // select
  %e17 = tensor.empty() : tensor<3x21xi32>
  %17 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e17 : tensor<3x21xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %q = arith.cmpi slt, %u, %v : i32
    %r = arith.select %q, %u, %v : i32
    linalg.yield %r : i32
  } -> tensor<3x21xi32>
  // to f32
  %e18 = tensor.empty() : tensor<3x21xf32>
  %18 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x21xi32>, tensor<3x21xi32>) outs(%e18 : tensor<3x21xf32>) {
  ^bb0(%x: i32, %y: i32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ii = arith.index_cast %i : index to i32
    %jj = arith.index_cast %j : index to i32
    %k1 = arith.constant 1103515245 : i32
    %k2 = arith.constant -374761393 : i32
    %m0 = arith.muli %ii, %k1 : i32
    %m1 = arith.muli %jj, %k2 : i32
    %u = arith.addi %m0, %x : i32
    %v = arith.subi %m1, %y : i32
    %r = arith.sitofp %u : i32 to f32
    linalg.yield %r : f32
  } -> tensor<3x21xf32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, %18 : tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi32>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi1>, tensor<3x21xi32>, tensor<3x21xf32>
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
// CHECK: output 'output_17': largest error {{.*}} against the host
// CHECK: output 'output_18': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
