// RUN: acc-cc %s --target=jx1-slice --precision=bf16 --check=functional,systemc --check-races --check-host --tolerance=0.05,1 -v 2>&1 | FileCheck %s --check-prefixes=UNFOLDED,CHECK
// RUN: acc-cc %s --target=jx1-slice --check=functional,systemc --check-races --check-host --tolerance=0.0001,0.001 | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny --check=functional,systemc --check-races --check-host --tolerance=0.0001,0.001 | FileCheck %s
// Few channels: rows of windows are a dimension of the copy of an image, so that 21 products are steps of the array, not 7; a pool over what comes of it, row by row.
// Sums of 147 products of normal numbers, up to 60, of which the roundings to bf16 make 0.2.
// UNFOLDED: xpu-fuse: {{.*}}chain of vector work is done row by row (operations 2
// UNFOLDED: xpu-tile: {{.*}}rows of windows are a dimension of the image
// CHECK-COUNT-2: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
func.func @main(%x: tensor<6x3x133x133xf32>, %v: tensor<32x3x7x7xf32>) -> (tensor<6x32x31x31xf32>, tensor<6x32x64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e0 = tensor.empty() : tensor<6x32x64x64xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<6x32x64x64xf32>) -> tensor<6x32x64x64xf32>
  %a = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %v : tensor<6x3x133x133xf32>, tensor<32x3x7x7xf32>) outs(%i0 : tensor<6x32x64x64xf32>) -> tensor<6x32x64x64xf32>
  %e1 = tensor.empty() : tensor<6x32x31x31xf32>
  %i1 = linalg.fill ins(%low : f32) outs(%e1 : tensor<6x32x31x31xf32>) -> tensor<6x32x31x31xf32>
  %w = tensor.empty() : tensor<3x3xf32>
  %p = linalg.pooling_nchw_max {strides = dense<2> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%a, %w : tensor<6x32x64x64xf32>, tensor<3x3xf32>) outs(%i1 : tensor<6x32x31x31xf32>) -> tensor<6x32x31x31xf32>
  return %p, %a : tensor<6x32x31x31xf32>, tensor<6x32x64x64xf32>
}
