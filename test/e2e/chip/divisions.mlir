// One graph, divided in every way, on four slices: a product with a constant, sums of rows, a transposition, and integers, which
// are equal to the bit. The host runs upstream's lowering of the same linalg.
// RUN: acc-cc %s --target=xpu-tiny-4 --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=rows --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=columns --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=grid --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=sums --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=none --check=functional,systemc --check-host | FileCheck %s --check-prefixes=CHECK,NONE
// CHECK: functional: values only, 4 slices with {{[0-9]+}} bytes on their network
// NONE: systemc: [[CYCLES:[0-9]+]] cycles, 4 slices of [[CYCLES]] to [[CYCLES]] cycles with 0 bytes on their network
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error 0 against the host
// CHECK: check: memory, cycles, counters and command times agree

func.func @main(%a: tensor<16x8xf32>, %b: tensor<16x24xf32>, %i: tensor<12x8xi32>, %j: tensor<8x20xi32>) -> (tensor<24x16xf32>, tensor<12x20xi32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %none = arith.constant 0 : i32
  %w = arith.constant dense<[[0.5, -0.25, 1.0, 0.125, -1.0, 0.75, 2.0, -0.5, 0.5, -0.25, 1.0, 0.125, -1.0, 0.75, 2.0, -0.5, 0.5, -0.25, 1.0, 0.125, -1.0, 0.75, 2.0, -0.5],
                             [1.5, 0.25, -1.0, 0.5, 0.25, -0.75, 1.0, 0.5, 1.5, 0.25, -1.0, 0.5, 0.25, -0.75, 1.0, 0.5, 1.5, 0.25, -1.0, 0.5, 0.25, -0.75, 1.0, 0.5],
                             [-0.5, 1.25, 0.0, 0.25, 1.0, 0.5, -2.0, 0.5, -0.5, 1.25, 0.0, 0.25, 1.0, 0.5, -2.0, 0.5, -0.5, 1.25, 0.0, 0.25, 1.0, 0.5, -2.0, 0.5],
                             [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0],
                             [0.5, -0.25, 1.0, 0.125, -1.0, 0.75, 2.0, -0.5, 0.5, -0.25, 1.0, 0.125, -1.0, 0.75, 2.0, -0.5, 0.5, -0.25, 1.0, 0.125, -1.0, 0.75, 2.0, -0.5],
                             [1.5, 0.25, -1.0, 0.5, 0.25, -0.75, 1.0, 0.5, 1.5, 0.25, -1.0, 0.5, 0.25, -0.75, 1.0, 0.5, 1.5, 0.25, -1.0, 0.5, 0.25, -0.75, 1.0, 0.5],
                             [-0.5, 1.25, 0.0, 0.25, 1.0, 0.5, -2.0, 0.5, -0.5, 1.25, 0.0, 0.25, 1.0, 0.5, -2.0, 0.5, -0.5, 1.25, 0.0, 0.25, 1.0, 0.5, -2.0, 0.5],
                             [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0]]> : tensor<8x24xf32>
  %e = tensor.empty() : tensor<16x24xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<16x24xf32>) -> tensor<16x24xf32>
  %p = linalg.matmul ins(%a, %w : tensor<16x8xf32>, tensor<8x24xf32>) outs(%f : tensor<16x24xf32>) -> tensor<16x24xf32>
  %s = linalg.add ins(%p, %b : tensor<16x24xf32>, tensor<16x24xf32>) outs(%e : tensor<16x24xf32>) -> tensor<16x24xf32>
  %re = tensor.empty() : tensor<16xf32>
  %rf = linalg.fill ins(%low : f32) outs(%re : tensor<16xf32>) -> tensor<16xf32>
  %m = linalg.reduce ins(%s : tensor<16x24xf32>) outs(%rf : tensor<16xf32>) dimensions = [1]
      (%in: f32, %acc: f32) {
        %0 = arith.maximumf %in, %acc : f32
        linalg.yield %0 : f32
      }
  %te = tensor.empty() : tensor<24x16xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%s, %m : tensor<16x24xf32>, tensor<16xf32>) outs(%te : tensor<24x16xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %d = arith.subf %x, %y : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<24x16xf32>
  %ie = tensor.empty() : tensor<12x20xi32>
  %if = linalg.fill ins(%none : i32) outs(%ie : tensor<12x20xi32>) -> tensor<12x20xi32>
  %ip = linalg.matmul ins(%i, %j : tensor<12x8xi32>, tensor<8x20xi32>) outs(%if : tensor<12x20xi32>) -> tensor<12x20xi32>
  return %t, %ip : tensor<24x16xf32>, tensor<12x20xi32>
}
