// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=jx1-slice --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --precision=bf16 --check=functional,systemc --check-host --tolerance=0.05,0.05 | FileCheck %s
// Work that is tiled together: products with a bias and an activation, in place, transposed and with a residual that is an
// argument; sizes that no tile divides; a softmax over rows of which the scratchpad holds a few.
// CHECK-COUNT-3: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(i, j) -> (i, j)>
#tr = affine_map<(i, j) -> (j, i)>
#row = affine_map<(i, j) -> (i)>
#col = affine_map<(i, j) -> (j)>
func.func @main(%x: tensor<203x20xf32>, %w: tensor<20x107xf32>, %b: tensor<107xf32>, %res: tensor<107x203xf32>, %v: tensor<107x211xf32>)
    -> (tensor<107x203xf32>, tensor<203x107xf32>, tensor<203x211xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<203x107xf32>
  %et = tensor.empty() : tensor<107x203xf32>
  %es = tensor.empty() : tensor<203x211xf32>
  %er = tensor.empty() : tensor<203xf32>
  %f0 = linalg.fill ins(%zero : f32) outs(%e : tensor<203x107xf32>) -> tensor<203x107xf32>
  %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<203x20xf32>, tensor<20x107xf32>) outs(%f0 : tensor<203x107xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %m = arith.mulf %q, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<203x107xf32>
  %act = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %b : tensor<203x107xf32>, tensor<107xf32>) outs(%e : tensor<203x107xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %t = arith.addf %q, %r : f32
    %s = math.tanh %t : f32
    linalg.yield %s : f32
  } -> tensor<203x107xf32>
  %p2 = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<203x20xf32>, tensor<20x107xf32>) outs(%f0 : tensor<203x107xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %m = arith.mulf %q, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<203x107xf32>
  %turned = linalg.generic {indexing_maps = [#tr, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%p2, %res : tensor<203x107xf32>, tensor<107x203xf32>) outs(%et : tensor<107x203xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %s = arith.addf %q, %r : f32
    linalg.yield %s : f32
  } -> tensor<107x203xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%es : tensor<203x211xf32>) -> tensor<203x211xf32>
  %scores = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%act, %v : tensor<203x107xf32>, tensor<107x211xf32>) outs(%f1 : tensor<203x211xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %m = arith.mulf %q, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<203x211xf32>
  %f2 = linalg.fill ins(%low : f32) outs(%er : tensor<203xf32>) -> tensor<203xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%scores : tensor<203x211xf32>) outs(%f2 : tensor<203xf32>) {
  ^bb0(%q: f32, %o: f32):
    %s = arith.maximumf %o, %q : f32
    linalg.yield %s : f32
  } -> tensor<203xf32>
  %exp = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%scores, %max : tensor<203x211xf32>, tensor<203xf32>) outs(%es : tensor<203x211xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %d = arith.subf %q, %r : f32
    %s = math.exp %d : f32
    linalg.yield %s : f32
  } -> tensor<203x211xf32>
  %f3 = linalg.fill ins(%zero : f32) outs(%er : tensor<203xf32>) -> tensor<203xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%exp : tensor<203x211xf32>) outs(%f3 : tensor<203xf32>) {
  ^bb0(%q: f32, %o: f32):
    %s = arith.addf %o, %q : f32
    linalg.yield %s : f32
  } -> tensor<203xf32>
  %softmax = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%exp, %sum : tensor<203x211xf32>, tensor<203xf32>) outs(%es : tensor<203x211xf32>) {
  ^bb0(%q: f32, %r: f32, %o: f32):
    %s = arith.divf %q, %r : f32
    linalg.yield %s : f32
  } -> tensor<203x211xf32>
  return %turned, %act, %softmax : tensor<107x203xf32>, tensor<203x107xf32>, tensor<203x211xf32>
}
