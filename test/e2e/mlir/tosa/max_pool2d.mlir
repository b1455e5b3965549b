// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).max(axis=(3, 4))
// out: [5, 0, 4, 5, 5, 3, 3, 1]
func.func @max_pool2d_f32(%a: tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32> {
  %r = tosa.max_pool2d %a {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  return %r : tensor<1x2x2x2xf32>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).max(axis=(3, 4))
// out: [5, 0, 4, 5, 5, 3, 3, 1]
func.func @max_pool2d_f16(%a: tensor<1x4x4x2xf16>) -> tensor<1x2x2x2xf16> {
  %r = tosa.max_pool2d %a {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x2xf16>) -> tensor<1x2x2x2xf16>
  return %r : tensor<1x2x2x2xf16>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).max(axis=(3, 4))
// out: [5, 0, 4, 5, 5, 3, 3, 1]
func.func @max_pool2d_bf16(%a: tensor<1x4x4x2xbf16>) -> tensor<1x2x2x2xbf16> {
  %r = tosa.max_pool2d %a {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x2xbf16>) -> tensor<1x2x2x2xbf16>
  return %r : tensor<1x2x2x2xbf16>
}

// in: [(i * 5 % 11 - 5) * 1 for i in range(32)]
// numpy: windows(a, (2, 2), (2, 2)).max(axis=(3, 4))
// out: [5, 0, 4, 5, 5, 3, 3, 1]
func.func @max_pool2d_i8(%a: tensor<1x4x4x2xi8>) -> tensor<1x2x2x2xi8> {
  %r = tosa.max_pool2d %a {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x4x4x2xi8>) -> tensor<1x2x2x2xi8>
  return %r : tensor<1x2x2x2xi8>
}

// in: [-1, -2, -3, -4, -5, nan, -7, -8, -9]
// numpy: windows(a, (3, 3), (1, 1), (1, 1, 1, 1), -np.inf).max(axis=(3, 4))
// out: [-1, nan, nan, -1, nan, nan, -4, nan, nan]
func.func @max_pool2d_padded(%a: tensor<1x3x3x1xf32>) -> tensor<1x3x3x1xf32> {
  %r = tosa.max_pool2d %a {kernel = array<i64: 3, 3>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x3x3x1xf32>) -> tensor<1x3x3x1xf32>
  return %r : tensor<1x3x3x1xf32>
}
