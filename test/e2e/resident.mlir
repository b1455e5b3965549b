// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=jx1-slice --check=functional,systemc --check-host | FileCheck %s
// Values that stay in the scratchpad: a product of a matrix with itself, transposed; a result that is read again; an argument
// that is returned; one value read in two shapes; a reduction and what uses it.
// CHECK-COUNT-5: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @main(%a: tensor<24x16xf32>) -> (tensor<24x24xf32>, tensor<24x16xf32>, tensor<24x16xf32>, tensor<384xf32>, tensor<24x24xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<24x16xf32>
  %es = tensor.empty() : tensor<24x24xf32>
  %er = tensor.empty() : tensor<24xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<24x16xf32>) outs(%e : tensor<24x16xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = math.tanh %x : f32
    linalg.yield %s : f32
  } -> tensor<24x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%es : tensor<24x24xf32>) -> tensor<24x24xf32>
  %gram = linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%t, %t : tensor<24x16xf32>, tensor<24x16xf32>) outs(%f : tensor<24x24xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<24x24xf32>
  %fr = linalg.fill ins(%zero : f32) outs(%er : tensor<24xf32>) -> tensor<24xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%gram : tensor<24x24xf32>) outs(%fr : tensor<24xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<24xf32>
  %share = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%gram, %sum : tensor<24x24xf32>, tensor<24xf32>) outs(%es : tensor<24x24xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.subf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<24x24xf32>
  %flat = tensor.collapse_shape %t [[0, 1]] : tensor<24x16xf32> into tensor<384xf32>
  %ef = tensor.empty() : tensor<384xf32>
  %square = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%flat : tensor<384xf32>) outs(%ef : tensor<384xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.mulf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<384xf32>
  return %gram, %t, %a, %square, %share : tensor<24x24xf32>, tensor<24x16xf32>, tensor<24x16xf32>, tensor<384xf32>, tensor<24x24xf32>
}
