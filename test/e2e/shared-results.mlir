// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s

// One tensor returned twice, a slice of it returned as well, and read by others.
// CHECK-COUNT-5: against the host
// CHECK: check: memory, cycles, counters and command times agree

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @main(%a: tensor<24x16xf32>, %b: tensor<24x16xf32>) -> (tensor<24x16xf32>, tensor<24x16xf32>, tensor<24x16xf32>, tensor<12x16xf32>, tensor<24x16xf32>) {
  %e = tensor.empty() : tensor<24x16xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<24x16xf32>) outs(%e : tensor<24x16xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = math.tanh %x : f32
    linalg.yield %s : f32
  } -> tensor<24x16xf32>
  %part = tensor.extract_slice %t[6, 0] [12, 16] [1, 1] : tensor<24x16xf32> to tensor<12x16xf32>
  %u = tensor.insert_slice %part into %b[12, 0] [12, 16] [1, 1] : tensor<12x16xf32> into tensor<24x16xf32>
  %v = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%u, %t : tensor<24x16xf32>, tensor<24x16xf32>) outs(%e : tensor<24x16xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.subf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<24x16xf32>
  %w = tensor.insert_slice %part into %v[0, 0] [12, 16] [1, 1] : tensor<12x16xf32> into tensor<24x16xf32>
  return %t, %t, %u, %part, %w : tensor<24x16xf32>, tensor<24x16xf32>, tensor<24x16xf32>, tensor<12x16xf32>, tensor<24x16xf32>
}
