// RUN: acc-cc %s --target=jx1-slice --precision=bf16 --check=functional,systemc --check-host --tolerance=0.05,1 -v 2>&1 | FileCheck %s
// RUN: acc-cc %s --target=jx1-slice --check=functional,systemc --check-host --tolerance=0.001,0.002 | FileCheck %s --check-prefix=HOST
// RUN: acc-cc %s --target=xpu-tiny --precision=bf16 --check=functional,systemc --check-host --tolerance=0.05,1 | FileCheck %s --check-prefix=HOST
// Columns of the array are rows of an image that windows pass over. A step has one row of the windows and loads what that one reads, so that few columns lie
// between two rows: of 24 results 24.5, so that their copy has one element more in a row, of 25 none, of 24 in windows of 5 x 2 none, of 23 two. Sums of
// up to 320 products of normal numbers, up to 80, of which the roundings to bf16 make 0.2.
// CHECK: xpu-tile: {{.*}}tiled (column_dim 3, columns 199, stationary 0)
// CHECK: xpu-tile: {{.*}}tiled (column_dim 3, columns 225, stationary 0)
// CHECK: xpu-tile: {{.*}}tiled (column_dim 3, columns 192, stationary 0)
// CHECK: xpu-tile: {{.*}}tiled (column_dim 3, columns 198, stationary 0)
// CHECK-COUNT-4: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
// HOST-COUNT-4: largest error {{.*}} against the host
// HOST: check: memory, cycles, counters and command times agree
func.func @main(%x: tensor<2x32x49x49xf32>, %v: tensor<64x32x3x3xf32>, %w: tensor<64x32x1x1xf32>, %u: tensor<64x32x5x2xf32>)
    -> (tensor<2x64x24x24xf32>, tensor<2x64x25x25xf32>, tensor<2x64x15x24xf32>, tensor<2x64x23x23xf32>) {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<2x64x24x24xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<2x64x24x24xf32>) -> tensor<2x64x24x24xf32>
  %a = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %v : tensor<2x32x49x49xf32>, tensor<64x32x3x3xf32>) outs(%i0 : tensor<2x64x24x24xf32>) -> tensor<2x64x24x24xf32>
  %e1 = tensor.empty() : tensor<2x64x25x25xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<2x64x25x25xf32>) -> tensor<2x64x25x25xf32>
  %b = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<2x32x49x49xf32>, tensor<64x32x1x1xf32>) outs(%i1 : tensor<2x64x25x25xf32>) -> tensor<2x64x25x25xf32>
  %e2 = tensor.empty() : tensor<2x64x15x24xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<2x64x15x24xf32>) -> tensor<2x64x15x24xf32>
  %c = linalg.conv_2d_nchw_fchw {strides = dense<[3, 2]> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %u : tensor<2x32x49x49xf32>, tensor<64x32x5x2xf32>) outs(%i2 : tensor<2x64x15x24xf32>) -> tensor<2x64x15x24xf32>
  %e3 = tensor.empty() : tensor<2x64x23x23xf32>
  %i3 = linalg.fill ins(%zero : f32) outs(%e3 : tensor<2x64x23x23xf32>) -> tensor<2x64x23x23xf32>
  %d = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>, dilations = dense<2> : tensor<2xi64>}
      ins(%x, %v : tensor<2x32x49x49xf32>, tensor<64x32x3x3xf32>) outs(%i3 : tensor<2x64x23x23xf32>) -> tensor<2x64x23x23xf32>
  return %a, %b, %c, %d : tensor<2x64x24x24xf32>, tensor<2x64x25x25xf32>, tensor<2x64x15x24xf32>, tensor<2x64x23x23xf32>
}
