// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 11 - 5) * 1 for i in range(40)], [(i * 5 % 7 - 3) * 1 for i in range(24)]
// numpy: conv2d(a, b.transpose(3, 0, 1, 2))
// out: [-14, -14, 14, -22, 6, -8, -19, 4, -8, -16, 2, -8, -10, -24, 25, 4, 18, 25, 18, 5, -8, 21, 3, -8, 27, -1, -8, -14, -14, 14, -22, 6, -8, -19, 4, -8]
func.func @conv_2d_nhwc_hwcf(%a: tensor<1x4x5x2xf32>, %b: tensor<2x2x2x3xf32>) -> tensor<1x3x4x3xf32> {
  %e = tensor.empty() : tensor<1x3x4x3xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<1x3x4x3xf32>) -> tensor<1x3x4x3xf32>
  %r = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%a, %b : tensor<1x4x5x2xf32>, tensor<2x2x2x3xf32>) outs(%o : tensor<1x3x4x3xf32>) -> tensor<1x3x4x3xf32>
  return %r : tensor<1x3x4x3xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(40)], [(i * 5 % 7 - 3) * 1 for i in range(24)]
// numpy: conv2d(a.transpose(0, 2, 3, 1), b.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
// out: [-13, 16, -43, 30, 33, -4, 14, -1, -9, -13, 16, -43, 9, -25, 29, -38, -40, 36, -9, 12, -23, 9, -25, 29, -4, 18, -4, -15, -15, -15, -4, 18, 40, -4, 18, -4]
func.func @conv_2d_nchw_fchw(%a: tensor<1x2x4x5xf32>, %b: tensor<3x2x2x2xf32>) -> tensor<1x3x3x4xf32> {
  %e = tensor.empty() : tensor<1x3x3x4xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32>
  %r = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%a, %b : tensor<1x2x4x5xf32>, tensor<3x2x2x2xf32>) outs(%o : tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32>
  return %r : tensor<1x3x3x4xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(20)], [(i * 5 % 7 - 3) * 1 for i in range(4)]
// numpy: conv2d(a[None, :, :, None], b[None, :, :, None])[0, :, :, 0]
// out: [9, 16, -21, 19, 22, -15, 3, -12, -9, 9, 16, -21]
func.func @conv_2d(%a: tensor<4x5xf32>, %b: tensor<2x2xf32>) -> tensor<3x4xf32> {
  %e = tensor.empty() : tensor<3x4xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3x4xf32>) -> tensor<3x4xf32>
  %r = linalg.conv_2d ins(%a, %b : tensor<4x5xf32>, tensor<2x2xf32>) outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(6)], [1, 2, -1]
// numpy: np.correlate(a, b)
// out: [1, 4, -7, 3]
func.func @conv_1d(%a: tensor<6xf32>, %b: tensor<3xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %r = linalg.conv_1d ins(%a, %b : tensor<6xf32>, tensor<3xf32>) outs(%o : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 7 - 3) * 1 for i in range(12)]
// numpy: np.einsum('nxck,kco->nxo', np.lib.stride_tricks.sliding_window_view(a, 3, axis=1), b)
// out: [15, -1, 12, -5, -5, 12, -1, 15]
func.func @conv_1d_nwc_wcf(%a: tensor<1x6x2xf32>, %b: tensor<3x2x2xf32>) -> tensor<1x4x2xf32> {
  %e = tensor.empty() : tensor<1x4x2xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<1x4x2xf32>) -> tensor<1x4x2xf32>
  %r = linalg.conv_1d_nwc_wcf {dilations = dense<1> : tensor<1xi64>, strides = dense<1> : tensor<1xi64>} ins(%a, %b : tensor<1x6x2xf32>, tensor<3x2x2xf32>) outs(%o : tensor<1x4x2xf32>) -> tensor<1x4x2xf32>
  return %r : tensor<1x4x2xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(32)], [(i * 5 % 7 - 3) * 1 for i in range(8)]
// numpy: np.einsum('nyxklc,klc->nyxc', windows(a, (2, 2), (1, 1)), b)
// out: [17, -1, -7, 0, -3, 1, -9, -11, 16, 18, -8, -9, -7, 0, -3, 1, -6, 2]
func.func @depthwise_conv_2d_nhwc_hwc(%a: tensor<1x4x4x2xf32>, %b: tensor<2x2x2xf32>) -> tensor<1x3x3x2xf32> {
  %e = tensor.empty() : tensor<1x3x3x2xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32>
  %r = linalg.depthwise_conv_2d_nhwc_hwc {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%a, %b : tensor<1x4x4x2xf32>, tensor<2x2x2xf32>) outs(%o : tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32>
  return %r : tensor<1x3x3x2xf32>
}
