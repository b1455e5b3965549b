// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).mean(axis=(3, 4))
// out: [0.75, -2.5, 1.5, 1, 1, 0.5, -1, -1.5]
func.func @avg_pool2d_f32(%a: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.avg_pool2d %a, %z, %z {acc_type = f32, kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).mean(axis=(3, 4))
// out: [0.75, -2.5, 1.5, 1, 1, 0.5, -1, -1.5]
func.func @avg_pool2d_f16(%a: tensor<1x4x4x2xf16>) -> tensor<1x2x2x2xf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %r = tosa.avg_pool2d %a, %z, %z {acc_type = f32, kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x2xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<1x2x2x2xf16>
  return %r : tensor<1x2x2x2xf16>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).mean(axis=(3, 4))
// out: [0.75, -2.5, 1.5, 1, 1, 0.5, -1, -1.5]
func.func @avg_pool2d_bf16(%a: tensor<1x4x4x2xbf16>) -> tensor<1x2x2x2xbf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xbf16>}> : () -> tensor<1xbf16>
  %r = tosa.avg_pool2d %a, %z, %z {acc_type = f32, kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x2xbf16>, tensor<1xbf16>, tensor<1xbf16>) -> tensor<1x2x2x2xbf16>
  return %r : tensor<1x2x2x2xbf16>
}

// in: range(1, 10)
// numpy: windows(a, (3, 3), (1, 1), (1, 1, 1, 1)).sum(axis=(3, 4)) / windows(np.ones_like(a), (3, 3), (1, 1), (1, 1, 1, 1)).sum(axis=(3, 4))
// out: [3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7]
func.func @avg_pool2d_padded(%a: tensor<1x3x3x1xf32>) -> tensor<1x3x3x1xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.avg_pool2d %a, %z, %z {acc_type = f32, kernel = array<i64: 3, 3>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x3x3x1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x1xf32>
  return %r : tensor<1x3x3x1xf32>
}

// in: [1, 10, 2, 20, 3, -30, 5, 100]
// out: [3, 25]
func.func @avg_pool2d_i8(%a: tensor<1x2x2x2xi8>) -> tensor<1x1x1x2xi8> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.avg_pool2d %a, %z, %z {acc_type = i32, kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x2x2x2xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x1x1x2xi8>
  return %r : tensor<1x1x1x2xi8>
}
