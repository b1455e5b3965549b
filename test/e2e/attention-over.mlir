// RUN: acc-cc %s --target=jx1-slice --precision=bf16 --tolerance=1e-2,3e-3 --check=functional,systemc --check-races --check-host -v 2>&1 | FileCheck %s
// RUN: acc-cc %s --target=jx1-slice --precision=bf16 --emit=xpu | FileCheck %s --check-prefix=STAY
// Weights take the place of their scores, so that blocks of keys are longer; the last block has fewer chunks.
// Results stay in the accumulators, where the first product of every block but the first halves them.
// STAY: xpu.matmul {{.*}} m [1, 1, 129] {{.*}} halved({{.*}}) <0, [1]> accumulate
// CHECK: tiled (queries 240, keys 96, chunk 32, columns_are_queries true, weights_over_scores true)
// CHECK: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
#id = affine_map<(h, g, s, t) -> (h, g, s, t)>
#row = affine_map<(h, g, s, t) -> (h, g, s)>

func.func @main(%q: tensor<1x1x240x128xf32>, %k: tensor<1x900x128xf32>, %v: tensor<1x900x128xf32>) -> tensor<1x1x240x128xf32> {
  %zero = arith.constant 0.0 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %scale = arith.constant 0.08838835 : f32
  %past = arith.constant 660 : index
  %pe = tensor.empty() : tensor<1x1x240x900xf32>
  %we = tensor.empty() : tensor<1x1x240x900xf32>
  %re = tensor.empty() : tensor<1x1x240xf32>
  %oe = tensor.empty() : tensor<1x1x240x128xf32>
  %pz = linalg.fill ins(%zero : f32) outs(%pe : tensor<1x1x240x900xf32>) -> tensor<1x1x240x900xf32>
  %rl = linalg.fill ins(%hidden : f32) outs(%re : tensor<1x1x240xf32>) -> tensor<1x1x240xf32>
  %rz = linalg.fill ins(%zero : f32) outs(%re : tensor<1x1x240xf32>) -> tensor<1x1x240xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%oe : tensor<1x1x240x128xf32>) -> tensor<1x1x240x128xf32>
  %products = linalg.generic {indexing_maps = [affine_map<(h, g, s, t, d) -> (h, g, s, d)>, affine_map<(h, g, s, t, d) -> (h, t, d)>,
      affine_map<(h, g, s, t, d) -> (h, g, s, t)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : tensor<1x1x240x128xf32>, tensor<1x900x128xf32>) outs(%pz : tensor<1x1x240x900xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %c, %p : f32
      linalg.yield %s : f32
    } -> tensor<1x1x240x900xf32>
  %scores = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%products : tensor<1x1x240x900xf32>) outs(%pe : tensor<1x1x240x900xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.mulf %x, %scale : f32
    %key = linalg.index 3 : index
    %query = linalg.index 2 : index
    %place = arith.addi %query, %past : index
    %seen = arith.cmpi sle, %key, %place : index
    %z = arith.select %seen, %y, %hidden : f32
    linalg.yield %z : f32
  } -> tensor<1x1x240x900xf32>
  %top = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%scores : tensor<1x1x240x900xf32>) outs(%rl : tensor<1x1x240xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.maximumf %c, %x : f32
    linalg.yield %y : f32
  } -> tensor<1x1x240xf32>
  %powers = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%scores, %top : tensor<1x1x240x900xf32>, tensor<1x1x240xf32>) outs(%pe : tensor<1x1x240x900xf32>) {
  ^bb0(%x: f32, %t: f32, %c: f32):
    %y = arith.subf %x, %t : f32
    %z = math.exp %y : f32
    linalg.yield %z : f32
  } -> tensor<1x1x240x900xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%powers : tensor<1x1x240x900xf32>) outs(%rz : tensor<1x1x240xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.addf %c, %x : f32
    linalg.yield %y : f32
  } -> tensor<1x1x240xf32>
  %weights = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%powers, %sum : tensor<1x1x240x900xf32>, tensor<1x1x240xf32>) outs(%we : tensor<1x1x240x900xf32>) {
  ^bb0(%x: f32, %t: f32, %c: f32):
      %z = arith.divf %x, %t : f32
      linalg.yield %z : f32
  } -> tensor<1x1x240x900xf32>
  %result = linalg.generic {indexing_maps = [affine_map<(h, g, s, e, t) -> (h, g, s, t)>, affine_map<(h, g, s, e, t) -> (h, t, e)>,
      affine_map<(h, g, s, e, t) -> (h, g, s, e)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%weights, %v : tensor<1x1x240x900xf32>, tensor<1x900x128xf32>) outs(%oz : tensor<1x1x240x128xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %c, %p : f32
      linalg.yield %s : f32
    } -> tensor<1x1x240x128xf32>
  return %result : tensor<1x1x240x128xf32>
}
