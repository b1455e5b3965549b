// RUN: acc-cc %s --target=jx1-slice --precision=bf16 --tolerance=1e-2,1e-2 --check=functional,systemc --check-host -v 2>&1 | FileCheck %s --check-prefixes=CHECK,FEW
// RUN: sed "s/x32x/x240x/g; s/x2500x/x500x/g" %s > %t.mlir
// RUN: acc-cc %t.mlir --target=jx1-slice --precision=bf16 --tolerance=1e-2,1e-2 --check=functional,systemc --check-host -v 2>&1 | FileCheck %s --check-prefixes=CHECK,MANY
// Values are longer than accumulators have columns, or rows: of few queries all parts of the results wait there, of many one part at a time is computed.
// CHECK: attention is one operation
// FEW: xpu-tile: {{.*}} tiled (queries 32, {{.*}}columns_are_queries false
// MANY: xpu-tile: {{.*}} tiled (queries 120, {{.*}}columns_are_queries true
// CHECK: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
#id = affine_map<(h, s, t) -> (h, s, t)>
#row = affine_map<(h, s, t) -> (h, s)>

func.func @main(%q: tensor<2x32x40xf32>, %k: tensor<2x2500x40xf32>, %v: tensor<2x2500x512xf32>) -> tensor<2x32x512xf32> {
  %zero = arith.constant 0.0 : f32
  %hidden = arith.constant 0xFF800000 : f32
  %scale = arith.constant 0.15811388 : f32
  %pe = tensor.empty() : tensor<2x32x2500xf32>
  %re = tensor.empty() : tensor<2x32xf32>
  %oe = tensor.empty() : tensor<2x32x512xf32>
  %pz = linalg.fill ins(%zero : f32) outs(%pe : tensor<2x32x2500xf32>) -> tensor<2x32x2500xf32>
  %rl = linalg.fill ins(%hidden : f32) outs(%re : tensor<2x32xf32>) -> tensor<2x32xf32>
  %rz = linalg.fill ins(%zero : f32) outs(%re : tensor<2x32xf32>) -> tensor<2x32xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%oe : tensor<2x32x512xf32>) -> tensor<2x32x512xf32>
  %products = linalg.generic {indexing_maps = [affine_map<(h, s, t, d) -> (h, s, d)>, affine_map<(h, s, t, d) -> (h, t, d)>,
      affine_map<(h, s, t, d) -> (h, s, t)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%q, %k : tensor<2x32x40xf32>, tensor<2x2500x40xf32>) outs(%pz : tensor<2x32x2500xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %c, %p : f32
      linalg.yield %s : f32
    } -> tensor<2x32x2500xf32>
  %scores = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%products : tensor<2x32x2500xf32>) outs(%pe : tensor<2x32x2500xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.mulf %x, %scale : f32
    linalg.yield %y : f32
  } -> tensor<2x32x2500xf32>
  %top = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%scores : tensor<2x32x2500xf32>) outs(%rl : tensor<2x32xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.maximumf %c, %x : f32
    linalg.yield %y : f32
  } -> tensor<2x32xf32>
  %powers = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%scores, %top : tensor<2x32x2500xf32>, tensor<2x32xf32>) outs(%pe : tensor<2x32x2500xf32>) {
  ^bb0(%x: f32, %t: f32, %c: f32):
    %y = arith.subf %x, %t : f32
    %z = math.exp %y : f32
    linalg.yield %z : f32
  } -> tensor<2x32x2500xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%powers : tensor<2x32x2500xf32>) outs(%rz : tensor<2x32xf32>) {
  ^bb0(%x: f32, %c: f32):
    %y = arith.addf %c, %x : f32
    linalg.yield %y : f32
  } -> tensor<2x32xf32>
  %weights = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%powers, %sum : tensor<2x32x2500xf32>, tensor<2x32xf32>) outs(%pe : tensor<2x32x2500xf32>) {
  ^bb0(%x: f32, %t: f32, %c: f32):
      %z = arith.divf %x, %t : f32
      linalg.yield %z : f32
  } -> tensor<2x32x2500xf32>
  %result = linalg.generic {indexing_maps = [affine_map<(h, s, e, t) -> (h, s, t)>, affine_map<(h, s, e, t) -> (h, t, e)>,
      affine_map<(h, s, e, t) -> (h, s, e)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%weights, %v : tensor<2x32x2500xf32>, tensor<2x2500x512xf32>) outs(%oz : tensor<2x32x512xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %c, %p : f32
      linalg.yield %s : f32
    } -> tensor<2x32x512xf32>
  return %result : tensor<2x32x512xf32>
}
