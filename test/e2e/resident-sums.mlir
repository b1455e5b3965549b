// RUN: acc-cc %s --target=xpu-tiny --check=functional,systemc --check-host | FileCheck %s
// CHECK: check: memory, cycles, counters and command times agree

// A reduction into what stays in the scratchpad makes a part beside it, and a table read makes a list of indices: both
// take room, which is short here.
func.func @main(%a: tensor<1xf32>, %b: tensor<16x64x17xf32>, %c: tensor<16x64x17xi1>, %t: tensor<100x100xf32>, %i: tensor<100x82xi32>) -> (tensor<16x64x17xf32>, tensor<100x82xf32>, tensor<100x100xf32>) {
  %r = linalg.generic {indexing_maps = [affine_map<(k, x, y, z) -> (k)>, affine_map<(k, x, y, z) -> (x, z, y)>], iterator_types = ["reduction", "parallel", "parallel", "parallel"]} ins(%a : tensor<1xf32>) outs(%b : tensor<16x64x17xf32>) {
  ^bb0(%p: f32, %q: f32):
    %m = arith.maximumf %q, %p : f32
    linalg.yield %m : f32
  } -> tensor<16x64x17xf32>
  %w = arith.select %c, %r, %b : tensor<16x64x17xi1>, tensor<16x64x17xf32>
  %e = tensor.empty() : tensor<100x100xf32>
  %u = linalg.exp ins(%t : tensor<100x100xf32>) outs(%e : tensor<100x100xf32>) -> tensor<100x100xf32>
  %f = tensor.empty() : tensor<100x82xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(x, y) -> (x, y)>, affine_map<(x, y) -> (x, y)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<100x82xi32>) outs(%f : tensor<100x82xf32>) {
  ^bb0(%p: i32, %q: f32):
    %x = linalg.index 0 : index
    %k = arith.constant 99 : i32
    %l = arith.minsi %p, %k : i32
    %z = arith.constant 0 : i32
    %n = arith.maxsi %l, %z : i32
    %y = arith.index_cast %n : i32 to index
    %v = tensor.extract %u[%x, %y] : tensor<100x100xf32>
    linalg.yield %v : f32
  } -> tensor<100x82xf32>
  return %w, %g, %u : tensor<16x64x17xf32>, tensor<100x82xf32>, tensor<100x100xf32>
}
