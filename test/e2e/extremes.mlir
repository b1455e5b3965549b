// RUN: acc-cc %s --check=functional,systemc,rtl --check-races --check-host | FileCheck %s
// Extremes of windows: up to four elements of each are inputs of one command; larger windows go one dimension at a time. With a stride, dilated, of three
// dimensions, of integers, and from a start that counts.
// CHECK-COUNT-6: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
#x3 = affine_map<(c, z, y, x, h, i, j) -> (c, z + h, y * 2 + i, x + j * 2)>
#w3 = affine_map<(c, z, y, x, h, i, j) -> (h, i, j)>
#r3 = affine_map<(c, z, y, x, h, i, j) -> (c, z, y, x)>
#x1 = affine_map<(c, x, j) -> (c, x * 2 + j)>
#w1 = affine_map<(c, x, j) -> (j)>
#r1 = affine_map<(c, x, j) -> (c, x)>
func.func @main(%x: tensor<1x3x11x13xf32>, %y: tensor<2x3x9x9xf32>, %z: tensor<5x12xi32>)
    -> (tensor<1x3x5x6xf32>, tensor<1x3x10x12xf32>, tensor<1x3x9x11xf32>, tensor<2x2x4x5xf32>, tensor<5x5xi32>, tensor<5x3xi32>) {
  %low = arith.constant 0xFF800000 : f32
  %high = arith.constant 0x7F800000 : f32
  %zero = arith.constant 0.0 : f32
  %least = arith.constant -2147483648 : i32
  %w33 = tensor.empty() : tensor<3x3xf32>
  %w22 = tensor.empty() : tensor<2x2xf32>
  %e0 = tensor.empty() : tensor<1x3x5x6xf32>
  %i0 = linalg.fill ins(%low : f32) outs(%e0 : tensor<1x3x5x6xf32>) -> tensor<1x3x5x6xf32>
  %a = linalg.pooling_nchw_max {strides = dense<2> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w33 : tensor<1x3x11x13xf32>, tensor<3x3xf32>) outs(%i0 : tensor<1x3x5x6xf32>) -> tensor<1x3x5x6xf32>
  %e1 = tensor.empty() : tensor<1x3x10x12xf32>
  %i1 = linalg.fill ins(%low : f32) outs(%e1 : tensor<1x3x10x12xf32>) -> tensor<1x3x10x12xf32>
  %b = linalg.pooling_nchw_max {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w22 : tensor<1x3x11x13xf32>, tensor<2x2xf32>) outs(%i1 : tensor<1x3x10x12xf32>) -> tensor<1x3x10x12xf32>
  // Not below zero.
  %e2 = tensor.empty() : tensor<1x3x9x11xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x3x9x11xf32>) -> tensor<1x3x9x11xf32>
  %c = linalg.pooling_nchw_max {strides = dense<1> : tensor<2xi64>, dilations = dense<2> : tensor<2xi64>}
      ins(%x, %w22 : tensor<1x3x11x13xf32>, tensor<2x2xf32>) outs(%i2 : tensor<1x3x9x11xf32>) -> tensor<1x3x9x11xf32>
  %w3 = tensor.empty() : tensor<2x3x3xf32>
  %e3 = tensor.empty() : tensor<2x2x4x5xf32>
  %i3 = linalg.fill ins(%high : f32) outs(%e3 : tensor<2x2x4x5xf32>) -> tensor<2x2x4x5xf32>
  %d = linalg.generic {indexing_maps = [#x3, #w3, #r3], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%y, %w3 : tensor<2x3x9x9xf32>, tensor<2x3x3xf32>) outs(%i3 : tensor<2x2x4x5xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.minimumf %p, %o : f32
    linalg.yield %m : f32
  } -> tensor<2x2x4x5xf32>
  %wi = tensor.empty() : tensor<3xi32>
  %e4 = tensor.empty() : tensor<5x5xi32>
  %i4 = linalg.fill ins(%least : i32) outs(%e4 : tensor<5x5xi32>) -> tensor<5x5xi32>
  %e = linalg.generic {indexing_maps = [#x1, #w1, #r1], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%z, %wi : tensor<5x12xi32>, tensor<3xi32>) outs(%i4 : tensor<5x5xi32>) {
  ^bb0(%p: i32, %q: i32, %o: i32):
    %m = arith.maxsi %o, %p : i32
    linalg.yield %m : i32
  } -> tensor<5x5xi32>
  // Seven elements do not fit beside each other.
  %wj = tensor.empty() : tensor<7xi32>
  %e5 = tensor.empty() : tensor<5x3xi32>
  %i5 = linalg.fill ins(%least : i32) outs(%e5 : tensor<5x3xi32>) -> tensor<5x3xi32>
  %f = linalg.generic {indexing_maps = [#x1, #w1, #r1], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%z, %wj : tensor<5x12xi32>, tensor<7xi32>) outs(%i5 : tensor<5x3xi32>) {
  ^bb0(%p: i32, %q: i32, %o: i32):
    %m = arith.maxsi %o, %p : i32
    linalg.yield %m : i32
  } -> tensor<5x3xi32>
  return %a, %b, %c, %d, %e, %f : tensor<1x3x5x6xf32>, tensor<1x3x10x12xf32>, tensor<1x3x9x11xf32>, tensor<2x2x4x5xf32>, tensor<5x5xi32>, tensor<5x3xi32>
}
