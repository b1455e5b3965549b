// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: a * b
// out: [0.75, -6.75, -0.0, -0.0, inf, -inf, nan, inf]
func.func @mul_f32(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.mul %a, %b, %s : (tensor<8xf32>, tensor<8xf32>, tensor<1xi8>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 6e4], [0.5, 3, -0.0, 0.0, 1, inf, 1, 6e4]
// numpy: a * b
// out: [0.75, -6.75, -0.0, -0.0, inf, -inf, nan, inf]
func.func @mul_f16(%a: tensor<8xf16>, %b: tensor<8xf16>) -> tensor<8xf16> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.mul %a, %b, %s : (tensor<8xf16>, tensor<8xf16>, tensor<1xi8>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: a * b
// out: [0.75, -6.75, -0.0, -0.0, inf, -inf, nan, inf]
func.func @mul_bf16(%a: tensor<8xbf16>, %b: tensor<8xbf16>) -> tensor<8xbf16> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.mul %a, %b, %s : (tensor<8xbf16>, tensor<8xbf16>, tensor<1xi8>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}

// in: [1, -2, 2147483647, -2147483648, 0, 5, 70000, -70000], [3, 7, 1, -1, 0, -5, 3, 7]
// numpy: a.astype(np.int64) * b
// out: [3, -14, 2147483647, -2147483648, 0, -25, 210000, -490000]
func.func @mul_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.mul %a, %b, %s : (tensor<8xi32>, tensor<8xi32>, tensor<1xi8>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}

// in: [1, -2, 127, -128, 0, 5, 100, -100], [3, 7, 1, -1, 0, -5, 100, -100]
// numpy: a.astype(np.int64) * b
// out: [3, -14, 127, 128, 0, -25, 10000, 10000]
func.func @mul_i8(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.mul %a, %b, %s : (tensor<8xi8>, tensor<8xi8>, tensor<1xi8>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}

// in: [1, -2, 32767, -32768, 0, 5, 300, -300], [3, 7, 1, -1, 0, -5, 300, -300]
// numpy: a.astype(np.int64) * b
// out: [3, -14, 32767, 32768, 0, -25, 90000, 90000]
func.func @mul_i16(%a: tensor<8xi16>, %b: tensor<8xi16>) -> tensor<8xi32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.mul %a, %b, %s : (tensor<8xi16>, tensor<8xi16>, tensor<1xi8>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}

// in: [1, 100, -100, 70000, -70000, 48], [3, 7, 7, 70000, 3, 1]
// numpy: (a.astype(np.int64) * b + 16) >> 5
// out: [0, 22, -22, 153125000, -6562, 2]
func.func @mul_shift(%a: tensor<6xi32>, %b: tensor<6xi32>) -> tensor<6xi32> {
  %s = "tosa.const"() <{values = dense<5> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.mul %a, %b, %s : (tensor<6xi32>, tensor<6xi32>, tensor<1xi8>) -> tensor<6xi32>
  return %r : tensor<6xi32>
}

// in: range(6), [1, -2, 3]
// numpy: a * b
// out: [0, -2, 6, 3, -8, 15]
func.func @mul_broadcast(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>) -> tensor<2x3xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.mul %a, %b, %s : (tensor<2x3xf32>, tensor<1x3xf32>, tensor<1xi8>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}
