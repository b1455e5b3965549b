// RUN: acc-cc %s --check=functional,systemc --check-host -v 2>&1 | FileCheck %s
// Attention with two query heads for each of three heads of keys, causal behind 37 keys of before; no size divides a block.
// CHECK: attention is one operation
// CHECK: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
#id = affine_map<(h, g, s, t) -> (h, g, s, t)>
#row = affine_map<(h, g, s, t) -> (h, g, s)>

func.func @main(%q: tensor<3x2x45x16xf32>, %k: tensor<3x157x16xf32>, %v: tensor<3x157x24xf32>) -> tensor<3x2x45x24xf32> {
  %zero = arith.constant 0.0 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %scale = arith.constant 0.25000000 : f32
  %past = arith.constant 37 : index
  %pe = tensor.empty() : tensor<3x2x45x157xf32>
  %we = tensor.empty() : tensor<3x2x45x157xf32>
  %re = tensor.empty() : tensor<3x2x45xf32>
  %oe = tensor.empty() : tensor<3x2x45x24xf32>
  %pz = linalg.fill ins(%zero : f32) outs(%pe : tensor<3x2x45x157xf32>) -> tensor<3x2x45x157xf32>
  %rl = linalg.fill ins(%hidden : f32) outs(%re : tensor<3x2x45xf32>) -> tensor<3x2x45xf32>
  %rz = linalg.fill ins(%zero : f32) outs(%re : tensor<3x2x45xf32>) -> tensor<3x2x45xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%oe : tensor<3x2x45x24xf32>) -> tensor<3x2x45x24xf32>
  %products = linalg.generic {indexing_maps = [affine_map<(h, g, s, t, d) -> (h, g, s, d)>, affine_map<(h, g, s, t, d) -> (h, t, d)>,
      affine_map<(h, g, s, t, d) -> (h, g, s, t)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : tensor<3x2x45x16xf32>, tensor<3x157x16xf32>) outs(%pz : tensor<3x2x45x157xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %c, %p : f32
      linalg.yield %s : f32
    } -> tensor<3x2x45x157xf32>
  %scores = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%products : tensor<3x2x45x157xf32>) outs(%pe : tensor<3x2x45x157xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.mulf %x, %scale : f32
    %key = linalg.index 3 : index
    %query = linalg.index 2 : index
    %place = arith.addi %query, %past : index
    %seen = arith.cmpi sle, %key, %place : index
    %z = arith.select %seen, %y, %hidden : f32
    linalg.yield %z : f32
  } -> tensor<3x2x45x157xf32>
  %top = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%scores : tensor<3x2x45x157xf32>) outs(%rl : tensor<3x2x45xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.maximumf %c, %x : f32
    linalg.yield %y : f32
  } -> tensor<3x2x45xf32>
  %powers = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%scores, %top : tensor<3x2x45x157xf32>, tensor<3x2x45xf32>) outs(%pe : tensor<3x2x45x157xf32>) {
  ^bb0(%x: f32, %t: f32, %c: f32):
    %y = arith.subf %x, %t : f32
    %z = math.exp %y : f32
    linalg.yield %z : f32
  } -> tensor<3x2x45x157xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%powers : tensor<3x2x45x157xf32>) outs(%rz : tensor<3x2x45xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.addf %c, %x : f32
    linalg.yield %y : f32
  } -> tensor<3x2x45xf32>
  %weights = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%powers, %sum : tensor<3x2x45x157xf32>, tensor<3x2x45xf32>) outs(%we : tensor<3x2x45x157xf32>) {
  ^bb0(%x: f32, %t: f32, %c: f32):
      %z = arith.divf %x, %t : f32
      linalg.yield %z : f32
  } -> tensor<3x2x45x157xf32>
  %result = linalg.generic {indexing_maps = [affine_map<(h, g, s, e, t) -> (h, g, s, t)>, affine_map<(h, g, s, e, t) -> (h, t, e)>,
      affine_map<(h, g, s, e, t) -> (h, g, s, e)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%weights, %v : tensor<3x2x45x157xf32>, tensor<3x157x24xf32>) outs(%oz : tensor<3x2x45x24xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %c, %p : f32
      linalg.yield %s : f32
    } -> tensor<3x2x45x24xf32>
  return %result : tensor<3x2x45x24xf32>
}
