// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Sums and extrema over the last dimension, the first, both, and of integers.
// CHECK-COUNT-8: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#col = affine_map<(i, j) -> (j)>
#none = affine_map<(i, j) -> ()>
func.func @main(%a: tensor<7x45xf32>, %n: tensor<7x45xi32>)
    -> (tensor<7xf32>, tensor<45xf32>, tensor<f32>, tensor<7xf32>, tensor<45xf32>, tensor<f32>, tensor<7xi32>, tensor<45xi32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %high = arith.constant 0x7F800000 : f32
  %izero = arith.constant 0 : i32
  %er = tensor.empty() : tensor<7xf32>
  %ec = tensor.empty() : tensor<45xf32>
  %es = tensor.empty() : tensor<f32>
  %ir = tensor.empty() : tensor<7xi32>
  %ic = tensor.empty() : tensor<45xi32>
  %r0 = linalg.fill ins(%zero : f32) outs(%er : tensor<7xf32>) -> tensor<7xf32>
  %c0 = linalg.fill ins(%zero : f32) outs(%ec : tensor<45xf32>) -> tensor<45xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%es : tensor<f32>) -> tensor<f32>
  %r1 = linalg.fill ins(%low : f32) outs(%er : tensor<7xf32>) -> tensor<7xf32>
  %c1 = linalg.fill ins(%high : f32) outs(%ec : tensor<45xf32>) -> tensor<45xf32>
  %s1 = linalg.fill ins(%low : f32) outs(%es : tensor<f32>) -> tensor<f32>
  %ir0 = linalg.fill ins(%izero : i32) outs(%ir : tensor<7xi32>) -> tensor<7xi32>
  %ic0 = linalg.fill ins(%izero : i32) outs(%ic : tensor<45xi32>) -> tensor<45xi32>
  %sum_row = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<7x45xf32>) outs(%r0 : tensor<7xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<7xf32>
  %sum_col = linalg.generic {indexing_maps = [#id, #col], iterator_types = ["reduction", "parallel"]} ins(%a : tensor<7x45xf32>) outs(%c0 : tensor<45xf32>) {
  ^bb0(%x: f32, %o: f32):
    %q = arith.mulf %x, %x : f32
    %s = arith.addf %q, %o : f32
    linalg.yield %s : f32
  } -> tensor<45xf32>
  %sum_all = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]} ins(%a : tensor<7x45xf32>) outs(%s0 : tensor<f32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  %max_row = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<7x45xf32>) outs(%r1 : tensor<7xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<7xf32>
  %min_col = linalg.generic {indexing_maps = [#id, #col], iterator_types = ["reduction", "parallel"]} ins(%a : tensor<7x45xf32>) outs(%c1 : tensor<45xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.minimumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<45xf32>
  %max_all = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]} ins(%a : tensor<7x45xf32>) outs(%s1 : tensor<f32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %x, %o : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  %isum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%n : tensor<7x45xi32>) outs(%ir0 : tensor<7xi32>) {
  ^bb0(%x: i32, %o: i32):
    %s = arith.addi %o, %x : i32
    linalg.yield %s : i32
  } -> tensor<7xi32>
  %imax = linalg.generic {indexing_maps = [#id, #col], iterator_types = ["reduction", "parallel"]} ins(%n : tensor<7x45xi32>) outs(%ic0 : tensor<45xi32>) {
  ^bb0(%x: i32, %o: i32):
    %s = arith.maxsi %o, %x : i32
    linalg.yield %s : i32
  } -> tensor<45xi32>
  return %sum_row, %sum_col, %sum_all, %max_row, %min_col, %max_all, %isum, %imax
    : tensor<7xf32>, tensor<45xf32>, tensor<f32>, tensor<7xf32>, tensor<45xf32>, tensor<f32>, tensor<7xi32>, tensor<45xi32>
}
