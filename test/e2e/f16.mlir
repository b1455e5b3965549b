// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// f16 in memory, computation in fp32 lanes.
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<4x19xf16>, %b: tensor<4x19xf16>) -> (tensor<4x19xf16>, tensor<4x19xf16>, tensor<4x19xf16>, tensor<4x19xf16>, tensor<4x19xf16>, tensor<4x19xi1>, tensor<4x19xf32>, tensor<4x19xf16>, tensor<4x19xf16>) {
  // add
  %e0 = tensor.empty() : tensor<4x19xf16>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e0 : tensor<4x19xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %r = arith.addf %x, %y : f16
    linalg.yield %r : f16
  } -> tensor<4x19xf16>
  // mul
  %e1 = tensor.empty() : tensor<4x19xf16>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e1 : tensor<4x19xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %r = arith.mulf %x, %y : f16
    linalg.yield %r : f16
  } -> tensor<4x19xf16>
  // div
  %e2 = tensor.empty() : tensor<4x19xf16>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e2 : tensor<4x19xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %r = arith.divf %x, %y : f16
    linalg.yield %r : f16
  } -> tensor<4x19xf16>
  // exp
  %e3 = tensor.empty() : tensor<4x19xf16>
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e3 : tensor<4x19xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %r = math.exp %x : f16
    linalg.yield %r : f16
  } -> tensor<4x19xf16>
  // tanh
  %e4 = tensor.empty() : tensor<4x19xf16>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e4 : tensor<4x19xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %r = math.tanh %x : f16
    linalg.yield %r : f16
  } -> tensor<4x19xf16>
  // compare
  %e5 = tensor.empty() : tensor<4x19xi1>
  %5 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e5 : tensor<4x19xi1>) {
  ^bb0(%x: f16, %y: f16, %o: i1):
    %r = arith.cmpf olt, %x, %y : f16
    linalg.yield %r : i1
  } -> tensor<4x19xi1>
  // to f32
  %e6 = tensor.empty() : tensor<4x19xf32>
  %6 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e6 : tensor<4x19xf32>) {
  ^bb0(%x: f16, %y: f16, %o: f32):
    %p = arith.extf %x : f16 to f32
    %q = math.exp %p : f32
    %r = arith.addf %p, %q : f32
    linalg.yield %r : f32
  } -> tensor<4x19xf32>
  // from f32
  %e7 = tensor.empty() : tensor<4x19xf16>
  %7 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e7 : tensor<4x19xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %p = arith.extf %x : f16 to f32
    %q = math.exp %p : f32
    %r = arith.truncf %q : f32 to f16
    linalg.yield %r : f16
  } -> tensor<4x19xf16>
  // intermediate rounding
  %e8 = tensor.empty() : tensor<4x19xf16>
  %8 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x19xf16>, tensor<4x19xf16>) outs(%e8 : tensor<4x19xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %p = arith.mulf %x, %y : f16
    %r = arith.subf %p, %x : f16
    linalg.yield %r : f16
  } -> tensor<4x19xf16>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8 : tensor<4x19xf16>, tensor<4x19xf16>, tensor<4x19xf16>, tensor<4x19xf16>, tensor<4x19xf16>, tensor<4x19xi1>, tensor<4x19xf32>, tensor<4x19xf16>, tensor<4x19xf16>
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
// CHECK: check: memory, cycles, counters and command times agree
