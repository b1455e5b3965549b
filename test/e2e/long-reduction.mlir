// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Rows beyond the scratchpad: parts of a reduction are combined. Sum, product, extrema, integers, two reduced
// dimensions, a start that is not neutral, and one that is a tensor.
// CHECK-COUNT-8: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#none = affine_map<(i, j) -> ()>
func.func @main(%a: tensor<2x20001xf32>, %n: tensor<2x20001xi32>, %start: tensor<2xf32>)
    -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<2xi32>, tensor<2xi32>, tensor<2xf32>) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %two = arith.constant 2.0 : f32
  %small = arith.constant 1.0e-6 : f32
  %low = arith.constant 0xFF800000 : f32
  %izero = arith.constant 0 : i32
  %imin = arith.constant -2147483648 : i32
  %er = tensor.empty() : tensor<2xf32>
  %es = tensor.empty() : tensor<f32>
  %ei = tensor.empty() : tensor<2xi32>
  %f0 = linalg.fill ins(%two : f32) outs(%er : tensor<2xf32>) -> tensor<2xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x20001xf32>) outs(%f0 : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %o : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %f1 = linalg.fill ins(%one : f32) outs(%er : tensor<2xf32>) -> tensor<2xf32>
  %product = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x20001xf32>) outs(%f1 : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = arith.mulf %x, %small : f32
    %u = arith.addf %t, %one : f32
    %s = arith.mulf %o, %u : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %f2 = linalg.fill ins(%low : f32) outs(%er : tensor<2xf32>) -> tensor<2xf32>
  %high = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x20001xf32>) outs(%f2 : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %f3 = linalg.fill ins(%zero : f32) outs(%er : tensor<2xf32>) -> tensor<2xf32>
  %least = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x20001xf32>) outs(%f3 : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.minnumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %f4 = linalg.fill ins(%low : f32) outs(%es : tensor<f32>) -> tensor<f32>
  %all = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]} ins(%a : tensor<2x20001xf32>) outs(%f4 : tensor<f32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  %f5 = linalg.fill ins(%izero : i32) outs(%ei : tensor<2xi32>) -> tensor<2xi32>
  %isum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%n : tensor<2x20001xi32>) outs(%f5 : tensor<2xi32>) {
  ^bb0(%x: i32, %o: i32):
    %s = arith.addi %o, %x : i32
    linalg.yield %s : i32
  } -> tensor<2xi32>
  // The position of the greatest element: the index goes on from part to part.
  %f6 = linalg.fill ins(%imin : i32) outs(%ei : tensor<2xi32>) -> tensor<2xi32>
  %where = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%a, %high : tensor<2x20001xf32>, tensor<2xf32>) outs(%f6 : tensor<2xi32>) {
  ^bb0(%x: f32, %h: f32, %o: i32):
    %j = linalg.index 1 : index
    %ji = arith.index_cast %j : index to i32
    %is = arith.cmpf oeq, %x, %h : f32
    %at = arith.select %is, %ji, %imin : i32
    %s = arith.maxsi %o, %at : i32
    linalg.yield %s : i32
  } -> tensor<2xi32>
  %from = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x20001xf32>) outs(%start : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %sum, %product, %high, %least, %all, %isum, %where, %from
      : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>, tensor<2xi32>, tensor<2xi32>, tensor<2xf32>
}
