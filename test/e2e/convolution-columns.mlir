// RUN: acc-cc %s --target=jx1-slice --precision=bf16 --check=functional,systemc --check-host --tolerance=0.05,3 -v 2>&1 | FileCheck %s
// RUN: acc-cc %s --target=jx1-slice --check=functional,systemc --check-host --tolerance=0.001,0.002 | FileCheck %s --check-prefix=HOST
// RUN: acc-cc %s --target=jx1-slice --precision=bf16 --emit=asm | FileCheck %s --check-prefix=ASM
// Columns of the array are rows of an image: 11 of 18 results with four between them, where windows are dilated, and 11 of 16 with two. The result of the first
// convolution is padded for the second, and goes there from the accumulators. Sums of some 300 products of normal numbers, twice: up to 200, of which the
// roundings to bf16 make 2.
// CHECK: xpu-tile: {{.*}}tiled (column_dim 3, columns 238, stationary 0)
// CHECK-COUNT-2: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
// HOST-COUNT-2: largest error {{.*}} against the host
// HOST: check: memory, cycles, counters and command times agree
// ASM: .loc "{{[^"]*}}", {{[0-9]+}}, 198
// ASM: .loc "{{[^"]*}}", {{[0-9]+}}, 126
// ASM: .loc "{{[^"]*}}", {{[0-9]+}}, 176
// ASM: .loc "{{[^"]*}}", {{[0-9]+}}, 80
#id = affine_map<(n, f, h, w) -> (n, f, h, w)>
func.func @main(%x: tensor<1x24x20x20xf32>, %v: tensor<32x24x3x3xf32>, %w: tensor<40x32x3x3xf32>) -> (tensor<1x40x16x16xf32>, tensor<1x40x18x18xf32>) {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<1x32x18x18xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<1x32x18x18xf32>) -> tensor<1x32x18x18xf32>
  %c = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %v : tensor<1x24x20x20xf32>, tensor<32x24x3x3xf32>) outs(%i0 : tensor<1x32x18x18xf32>) -> tensor<1x32x18x18xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%c : tensor<1x32x18x18xf32>) outs(%e0 : tensor<1x32x18x18xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.maximumf %a, %zero : f32
    linalg.yield %b : f32
  } -> tensor<1x32x18x18xf32>
  %p = tensor.pad %r low[0, 0, 2, 2] high[0, 0, 2, 2] {
  ^bb0(%n: index, %f: index, %h: index, %ww: index):
    tensor.yield %zero : f32
  } : tensor<1x32x18x18xf32> to tensor<1x32x22x22xf32>
  %e1 = tensor.empty() : tensor<1x40x18x18xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<1x40x18x18xf32>) -> tensor<1x40x18x18xf32>
  %d = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<2> : tensor<2xi64>}
      ins(%p, %w : tensor<1x32x22x22xf32>, tensor<40x32x3x3xf32>) outs(%i1 : tensor<1x40x18x18xf32>) -> tensor<1x40x18x18xf32>
  %e2 = tensor.empty() : tensor<1x40x16x16xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x40x16x16xf32>) -> tensor<1x40x16x16xf32>
  %e = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%r, %w : tensor<1x32x18x18xf32>, tensor<40x32x3x3xf32>) outs(%i2 : tensor<1x40x16x16xf32>) -> tensor<1x40x16x16xf32>
  return %e, %d : tensor<1x40x16x16xf32>, tensor<1x40x18x18xf32>
}
