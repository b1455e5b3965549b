// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Plain arithmetic; sizes are no multiples of the lanes.
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<3x50xf32>, %b: tensor<3x50xf32>) -> (tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>) {
  // add
  %e0 = tensor.empty() : tensor<3x50xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e0 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.addf %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // sub
  %e1 = tensor.empty() : tensor<3x50xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e1 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.subf %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // mul
  %e2 = tensor.empty() : tensor<3x50xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e2 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.mulf %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // fma
  %e3 = tensor.empty() : tensor<3x50xf32>
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e3 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.fma %x, %y, %y : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // neg
  %e4 = tensor.empty() : tensor<3x50xf32>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e4 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.negf %x : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // abs
  %e5 = tensor.empty() : tensor<3x50xf32>
  %5 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e5 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.absf %x : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // maximum
  %e6 = tensor.empty() : tensor<3x50xf32>
  %6 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e6 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.maximumf %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // minimum
  %e7 = tensor.empty() : tensor<3x50xf32>
  %7 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e7 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.minimumf %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // maxnum
  %e8 = tensor.empty() : tensor<3x50xf32>
  %8 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e8 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.maxnumf %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // minnum
  %e9 = tensor.empty() : tensor<3x50xf32>
  %9 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e9 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.minnumf %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // floor
  %e10 = tensor.empty() : tensor<3x50xf32>
  %10 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e10 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.floor %x : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // ceil
  %e11 = tensor.empty() : tensor<3x50xf32>
  %11 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e11 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.ceil %x : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // round to even
  %e12 = tensor.empty() : tensor<3x50xf32>
  %12 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e12 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.roundeven %x : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  // constant on either side
  %e13 = tensor.empty() : tensor<3x50xf32>
  %13 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<3x50xf32>, tensor<3x50xf32>) outs(%e13 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %c = arith.constant 3.0 : f32
    %p = arith.subf %c, %x : f32
    %q = arith.subf %p, %c : f32
    %r = arith.mulf %c, %q : f32
    linalg.yield %r : f32
  } -> tensor<3x50xf32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13 : tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>, tensor<3x50xf32>
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
// CHECK: check: memory, cycles, counters and command times agree
