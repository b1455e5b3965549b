// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 11 - 5) * 1 for i in range(54)], [(i * 5 % 7 - 3) * 1 for i in range(32)], [1, 2]
// numpy: np.einsum('nzyxcdhw,odhwc->nzyxo', np.lib.stride_tricks.sliding_window_view(a.astype(np.float64), (2, 2, 2), axis=(1, 2, 3)), b.astype(np.float64)) + c
// out: [29, 20, -3, 22, -23, -18, 0, -38, 49, 16, 17, 18, -3, 22, -57, 35]
func.func @conv3d_f32(%a: tensor<1x3x3x3x2xf32>, %b: tensor<2x2x2x2x2xf32>, %c: tensor<2xf32>) -> tensor<1x2x2x2x2xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.conv3d %a, %b, %c, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0, 0, 0>, stride = array<i64: 1, 1, 1>, dilation = array<i64: 1, 1, 1>} : (tensor<1x3x3x3x2xf32>, tensor<2x2x2x2x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2x2xf32>
  return %r : tensor<1x2x2x2x2xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(54)], [(i * 5 % 7 - 3) * 1 for i in range(32)], [1, 2]
// numpy: np.einsum('nzyxcdhw,odhwc->nzyxo', np.lib.stride_tricks.sliding_window_view(a.astype(np.float64), (2, 2, 2), axis=(1, 2, 3)), b.astype(np.float64)) + c
// out: [29, 20, -3, 22, -23, -18, 0, -38, 49, 16, 17, 18, -3, 22, -57, 35]
func.func @conv3d_f16(%a: tensor<1x3x3x3x2xf16>, %b: tensor<2x2x2x2x2xf16>, %c: tensor<2xf16>) -> tensor<1x2x2x2x2xf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %r = tosa.conv3d %a, %b, %c, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0, 0, 0>, stride = array<i64: 1, 1, 1>, dilation = array<i64: 1, 1, 1>} : (tensor<1x3x3x3x2xf16>, tensor<2x2x2x2x2xf16>, tensor<2xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<1x2x2x2x2xf16>
  return %r : tensor<1x2x2x2x2xf16>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(54)], [(i * 5 % 7 - 3) * 1 for i in range(32)], [1, 2]
// numpy: np.einsum('nzyxcdhw,odhwc->nzyxo', np.lib.stride_tricks.sliding_window_view(a.astype(np.float64), (2, 2, 2), axis=(1, 2, 3)), b.astype(np.float64)) + c
// out: [29, 20, -3, 22, -23, -18, 0, -38, 49, 16, 17, 18, -3, 22, -57, 35]
func.func @conv3d_i8(%a: tensor<1x3x3x3x2xi8>, %b: tensor<2x2x2x2x2xi8>, %c: tensor<2xi32>) -> tensor<1x2x2x2x2xi32> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.conv3d %a, %b, %c, %z, %z {acc_type = i32, pad = array<i64: 0, 0, 0, 0, 0, 0>, stride = array<i64: 1, 1, 1>, dilation = array<i64: 1, 1, 1>} : (tensor<1x3x3x3x2xi8>, tensor<2x2x2x2x2xi8>, tensor<2xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x2x2x2x2xi32>
  return %r : tensor<1x2x2x2x2xi32>
}
