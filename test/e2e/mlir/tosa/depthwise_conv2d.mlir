// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)], [(i * 5 % 7 - 3) * 1 for i in range(16)], [1, 2, 3, 4]
// numpy: np.einsum('nyxklc,klcm->nyxcm', windows(a.astype(np.float64), (2, 2), (1, 1)), b.astype(np.float64)).reshape(1, 3, 3, 4) + c
// out: [36, -4, 27, -15, 0, 16, 0, 7, -3, 14, -16, 40, -9, 10, -4, 40, -12, 8, -9, 7, -15, 6, -3, -15, 12, -9, 9, -15, 9, -11, 15, -15, 6, -13, 21, -15]
func.func @depthwise_f32(%a: tensor<1x4x4x2xf32>, %b: tensor<2x2x2x2xf32>, %c: tensor<4xf32>) -> tensor<1x3x3x4xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.depthwise_conv2d %a, %b, %c, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>, tensor<2x2x2x2xf32>, tensor<4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x4xf32>
  return %r : tensor<1x3x3x4xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)], [(i * 5 % 7 - 3) * 1 for i in range(16)], [1, 2, 3, 4]
// numpy: np.einsum('nyxklc,klcm->nyxcm', windows(a.astype(np.float64), (2, 2), (1, 1)), b.astype(np.float64)).reshape(1, 3, 3, 4) + c
// out: [36, -4, 27, -15, 0, 16, 0, 7, -3, 14, -16, 40, -9, 10, -4, 40, -12, 8, -9, 7, -15, 6, -3, -15, 12, -9, 9, -15, 9, -11, 15, -15, 6, -13, 21, -15]
func.func @depthwise_f16(%a: tensor<1x4x4x2xf16>, %b: tensor<2x2x2x2xf16>, %c: tensor<4xf16>) -> tensor<1x3x3x4xf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %r = tosa.depthwise_conv2d %a, %b, %c, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xf16>, tensor<2x2x2x2xf16>, tensor<4xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<1x3x3x4xf16>
  return %r : tensor<1x3x3x4xf16>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)], [(i * 5 % 7 - 3) * 1 for i in range(16)], [1, 2, 3, 4]
// numpy: np.einsum('nyxklc,klcm->nyxcm', windows(a.astype(np.float64), (2, 2), (1, 1)), b.astype(np.float64)).reshape(1, 3, 3, 4) + c
// out: [36, -4, 27, -15, 0, 16, 0, 7, -3, 14, -16, 40, -9, 10, -4, 40, -12, 8, -9, 7, -15, 6, -3, -15, 12, -9, 9, -15, 9, -11, 15, -15, 6, -13, 21, -15]
func.func @depthwise_i8(%a: tensor<1x4x4x2xi8>, %b: tensor<2x2x2x2xi8>, %c: tensor<4xi32>) -> tensor<1x3x3x4xi32> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.depthwise_conv2d %a, %b, %c, %z, %z {acc_type = i32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x4x2xi8>, tensor<2x2x2x2xi8>, tensor<4xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x3x3x4xi32>
  return %r : tensor<1x3x3x4xi32>
}
