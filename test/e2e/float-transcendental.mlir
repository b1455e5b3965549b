// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Special functions of the vector unit against the host's mathematics library.
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<5x33xf32>, %b: tensor<5x33xf32>) -> (tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>) {
  // exp
  %e0 = tensor.empty() : tensor<5x33xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e0 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.exp %x : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // exp2
  %e1 = tensor.empty() : tensor<5x33xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e1 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.exp2 %x : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // log
  %e2 = tensor.empty() : tensor<5x33xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e2 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = math.absf %x : f32
    %r = math.log %p : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // erf
  %e3 = tensor.empty() : tensor<5x33xf32>
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e3 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.erf %x : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // tanh
  %e4 = tensor.empty() : tensor<5x33xf32>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e4 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.tanh %x : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // sqrt
  %e5 = tensor.empty() : tensor<5x33xf32>
  %5 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e5 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = math.absf %x : f32
    %r = math.sqrt %p : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // rsqrt
  %e6 = tensor.empty() : tensor<5x33xf32>
  %6 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e6 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = math.absf %x : f32
    %r = math.rsqrt %p : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // sin
  %e7 = tensor.empty() : tensor<5x33xf32>
  %7 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e7 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.sin %x : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // cos
  %e8 = tensor.empty() : tensor<5x33xf32>
  %8 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e8 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = math.cos %x : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // division
  %e9 = tensor.empty() : tensor<5x33xf32>
  %9 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e9 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %r = arith.divf %x, %y : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // power
  %e10 = tensor.empty() : tensor<5x33xf32>
  %10 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e10 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = math.absf %x : f32
    %r = math.powf %p, %y : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  // logistic function
  %e11 = tensor.empty() : tensor<5x33xf32>
  %11 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x33xf32>, tensor<5x33xf32>) outs(%e11 : tensor<5x33xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %c = arith.constant 1.0 : f32
    %n = arith.negf %x : f32
    %e = math.exp %n : f32
    %d = arith.addf %e, %c : f32
    %r = arith.divf %c, %d : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11 : tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>, tensor<5x33xf32>
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
// CHECK: check: memory, cycles, counters and command times agree
