// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=jx1-slice --check=functional,systemc --check-host | FileCheck %s
// Two products with one reader, which is done with the first and reads the second; its result is a result and is read twice.
// CHECK-COUNT-2: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%x: tensor<130x20xf32>, %w: tensor<20x150xf32>, %x2: tensor<130x20xf32>) -> (tensor<130x150xf32>, tensor<130x150xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<130x150xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<130x150xf32>) -> tensor<130x150xf32>
  %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<130x20xf32>, tensor<20x150xf32>) outs(%f : tensor<130x150xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %m = arith.mulf %q, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<130x150xf32>
  %p2 = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x2, %w : tensor<130x20xf32>, tensor<20x150xf32>) outs(%f : tensor<130x150xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %m = arith.mulf %q, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<130x150xf32>
  %y = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %p2 : tensor<130x150xf32>, tensor<130x150xf32>) outs(%e : tensor<130x150xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %t = arith.addf %q, %r : f32
    %s = math.tanh %t : f32
    linalg.yield %s : f32
  } -> tensor<130x150xf32>
  %z = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%y, %y : tensor<130x150xf32>, tensor<130x150xf32>) outs(%e : tensor<130x150xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %d = math.exp %r : f32
    %t = arith.mulf %q, %d : f32
    linalg.yield %t : f32
  } -> tensor<130x150xf32>
  return %y, %z : tensor<130x150xf32>, tensor<130x150xf32>
}
