// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 11 - 5) * 1 for i in range(40)], [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 7 - 3) * 1 for i in range(3)]
// numpy: conv2d(a, b, c)
// out: [-3, -5, 28, -22, 4, -5, -19, 2, -5, -16, 0, -5, -32, 29, 6, -18, -6, 6, 18, 3, -5, 21, 1, -5, 27, -3, -5, -3, -5, 28, -22, 4, -5, -19, 2, -5]
func.func @conv2d_f32(%a: tensor<1x4x5x2xf32>, %b: tensor<3x2x2x2xf32>, %c: tensor<3xf32>) -> tensor<1x3x4x3xf32> {
  %y = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.conv2d %a, %b, %c, %y, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x5x2xf32>, tensor<3x2x2x2xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x4x3xf32>
  return %r : tensor<1x3x4x3xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(50)], [(i * 5 % 7 - 3) * 1 for i in range(54)], [(i * 5 % 7 - 3) * 1 for i in range(3)]
// numpy: conv2d(a, b, c, (1, 1, 1, 1), (2, 2))
// out: [-49, -37, 31, -12, -36, -11, 15, -20, -20, 10, 42, -52, 5, -4, 64, 20, -23, -17, 8, 23, -25, -47, -28, 40, 8, -11, -2]
func.func @conv2d_f32_strided(%a: tensor<1x5x5x2xf32>, %b: tensor<3x3x3x2xf32>, %c: tensor<3xf32>) -> tensor<1x3x3x3xf32> {
  %y = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.conv2d %a, %b, %c, %y, %z {acc_type = f32, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>} : (tensor<1x5x5x2xf32>, tensor<3x3x3x2xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x3xf32>
  return %r : tensor<1x3x3x3xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(40)], [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 7 - 3) * 1 for i in range(2)]
// numpy: conv2d(a, b, c, (1, 0, 2, 1), (1, 1), (2, 1))
// out: [1, 14, 7, -12, -14, 15, 7, -13, -18, 8, -1, -2, -11, 1, -3, 28, 13, -32, -37, 10, -3, 10, 10, 1, -5, -3, 0, 3, -4, 0, -5, 0, -2, 1, -7, -1, -2, 5, -4, 12, 2, 17, 11, -11, -12, 16, 9, -12, -17, 6, 0, 3, -5, 1, -2, 5, -8, 0, -4, 15, -2, 15, 5, -32, -37, 18, 23, 2, -4, -6, -4, 5, 4, 1, -6, -2, -1, 4, -4, 6]
func.func @conv2d_f32_dilated(%a: tensor<2x5x4x1xf32>, %b: tensor<2x2x3x1xf32>, %c: tensor<2xf32>) -> tensor<2x4x5x2xf32> {
  %y = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.conv2d %a, %b, %c, %y, %z {acc_type = f32, pad = array<i64: 1, 0, 2, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 2, 1>} : (tensor<2x5x4x1xf32>, tensor<2x2x3x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x4x5x2xf32>
  return %r : tensor<2x4x5x2xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(40)], [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 7 - 3) * 1 for i in range(3)]
// numpy: conv2d(a, b, c)
// out: [-3, -5, 28, -22, 4, -5, -19, 2, -5, -16, 0, -5, -32, 29, 6, -18, -6, 6, 18, 3, -5, 21, 1, -5, 27, -3, -5, -3, -5, 28, -22, 4, -5, -19, 2, -5]
func.func @conv2d_f16(%a: tensor<1x4x5x2xf16>, %b: tensor<3x2x2x2xf16>, %c: tensor<3xf16>) -> tensor<1x3x4x3xf16> {
  %y = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %r = tosa.conv2d %a, %b, %c, %y, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x5x2xf16>, tensor<3x2x2x2xf16>, tensor<3xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<1x3x4x3xf16>
  return %r : tensor<1x3x4x3xf16>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(40)], [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 7 - 3) * 1 for i in range(3)]
// numpy: conv2d(a, b, c)
// out: [-3, -5, 28, -22, 4, -5, -19, 2, -5, -16, 0, -5, -32, 29, 6, -18, -6, 6, 18, 3, -5, 21, 1, -5, 27, -3, -5, -3, -5, 28, -22, 4, -5, -19, 2, -5]
func.func @conv2d_bf16(%a: tensor<1x4x5x2xbf16>, %b: tensor<3x2x2x2xbf16>, %c: tensor<3xbf16>) -> tensor<1x3x4x3xbf16> {
  %y = "tosa.const"() <{values = dense<0.0> : tensor<1xbf16>}> : () -> tensor<1xbf16>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xbf16>}> : () -> tensor<1xbf16>
  %r = tosa.conv2d %a, %b, %c, %y, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x5x2xbf16>, tensor<3x2x2x2xbf16>, tensor<3xbf16>, tensor<1xbf16>, tensor<1xbf16>) -> tensor<1x3x4x3xbf16>
  return %r : tensor<1x3x4x3xbf16>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(40)], [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 7 - 3) * 1 for i in range(3)]
// numpy: conv2d(a, b, c)
// out: [-3, -5, 28, -22, 4, -5, -19, 2, -5, -16, 0, -5, -32, 29, 6, -18, -6, 6, 18, 3, -5, 21, 1, -5, 27, -3, -5, -3, -5, 28, -22, 4, -5, -19, 2, -5]
func.func @conv2d_i8(%a: tensor<1x4x5x2xi8>, %b: tensor<3x2x2x2xi8>, %c: tensor<3xi32>) -> tensor<1x3x4x3xi32> {
  %y = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.conv2d %a, %b, %c, %y, %z {acc_type = i32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x5x2xi8>, tensor<3x2x2x2xi8>, tensor<3xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x3x4x3xi32>
  return %r : tensor<1x3x4x3xi32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(50)], [(i * 5 % 7 - 3) * 1 for i in range(54)], [(i * 5 % 7 - 3) * 1 for i in range(3)]
// numpy: conv2d(a.astype(np.int64) + 4, b, c, (1, 1, 1, 1), (2, 2))
// out: [-49, -41, 51, -28, -44, -11, 3, -8, -40, 18, 30, -28, -7, -4, 76, -4, -11, -25, 28, 11, -13, -47, -20, 56, -12, -7, -2]
func.func @conv2d_i8_zero_points(%a: tensor<1x5x5x2xi8>, %b: tensor<3x3x3x2xi8>, %c: tensor<3xi32>) -> tensor<1x3x3x3xi32> {
  %y = "tosa.const"() <{values = dense<-4> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.conv2d %a, %b, %c, %y, %z {acc_type = i32, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 2, 2>, dilation = array<i64: 1, 1>} : (tensor<1x5x5x2xi8>, tensor<3x3x3x2xi8>, tensor<3xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x3x3x3xi32>
  return %r : tensor<1x3x3x3xi32>
}
