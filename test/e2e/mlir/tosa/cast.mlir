// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1.5, 65519, 65520, 1e-8, -0.0, nan]
// numpy: a
// out: [1.5, 65504, inf, 0, -0.0, nan]
func.func @cast_f32_f16(%a: tensor<6xf32>) -> tensor<6xf16> {
  %r = tosa.cast %a : (tensor<6xf32>) -> tensor<6xf16>
  return %r : tensor<6xf16>
}

// in: [1.5, 1.00390625, 3.4e38, 1e-40, -0.0, nan]
// numpy: a
// out: [1.5, 1, inf, 9.18354962e-41, -0.0, nan]
func.func @cast_f32_bf16(%a: tensor<6xf32>) -> tensor<6xbf16> {
  %r = tosa.cast %a : (tensor<6xf32>) -> tensor<6xbf16>
  return %r : tensor<6xbf16>
}

// in: [1.5, 65504, inf, 6e-8, -0.0, nan]
// numpy: a
// out: [1.5, 65504, inf, 5.96046448e-08, -0.0, nan]
func.func @cast_f16_f32(%a: tensor<6xf16>) -> tensor<6xf32> {
  %r = tosa.cast %a : (tensor<6xf16>) -> tensor<6xf32>
  return %r : tensor<6xf32>
}

// in: [1.5, 3e38, inf, 6e-8, -0.0, nan]
// numpy: a
// out: [1.5, 3.00405527e+38, inf, 6.00703061e-08, -0.0, nan]
func.func @cast_bf16_f32(%a: tensor<6xbf16>) -> tensor<6xf32> {
  %r = tosa.cast %a : (tensor<6xbf16>) -> tensor<6xf32>
  return %r : tensor<6xf32>
}

// in: [1.5, 2.5, -1.5, -2.6, 3e9, -3e9]
// numpy: np.clip(np.rint(a.astype(np.float64)), -2147483648, 2147483647)
// out: [2, 2, -2, -3, 2147483647, -2147483648]
func.func @cast_f32_i32(%a: tensor<6xf32>) -> tensor<6xi32> {
  %r = tosa.cast %a : (tensor<6xf32>) -> tensor<6xi32>
  return %r : tensor<6xi32>
}

// in: [1.5, 2.5, -1.5, -2.6, 300, -300]
// numpy: np.clip(np.rint(a), -128, 127)
// out: [2, 2, -2, -3, 127, -128]
func.func @cast_f32_i8(%a: tensor<6xf32>) -> tensor<6xi8> {
  %r = tosa.cast %a : (tensor<6xf32>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// in: [1.5, 2.5, -1.5, -2.6, 40000, -40000]
// numpy: np.clip(np.rint(a), -32768, 32767)
// out: [2, 2, -2, -3, 32767, -32768]
func.func @cast_f32_i16(%a: tensor<6xf32>) -> tensor<6xi16> {
  %r = tosa.cast %a : (tensor<6xf32>) -> tensor<6xi16>
  return %r : tensor<6xi16>
}

// in: [1.5, 2.5, -1.5, -2.6, 60000, -60000]
// numpy: np.rint(a)
// out: [2, 2, -2, -3, 60000, -60000]
func.func @cast_f16_i32(%a: tensor<6xf16>) -> tensor<6xi32> {
  %r = tosa.cast %a : (tensor<6xf16>) -> tensor<6xi32>
  return %r : tensor<6xi32>
}

// in: [1.5, 2.5, -1.5, -2.6, 300, -300]
// numpy: np.clip(np.rint(a), -128, 127)
// out: [2, 2, -2, -3, 127, -128]
func.func @cast_f16_i8(%a: tensor<6xf16>) -> tensor<6xi8> {
  %r = tosa.cast %a : (tensor<6xf16>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// in: [1, -1, 16777217, 2147483647, 0, -5]
// numpy: a
// out: [1, -1, 16777216, 2.14748365e+09, 0, -5]
func.func @cast_i32_f32(%a: tensor<6xi32>) -> tensor<6xf32> {
  %r = tosa.cast %a : (tensor<6xi32>) -> tensor<6xf32>
  return %r : tensor<6xf32>
}

// in: [1, -1, 127, -128, 0, -5]
// numpy: a
// out: [1, -1, 127, -128, 0, -5]
func.func @cast_i8_f32(%a: tensor<6xi8>) -> tensor<6xf32> {
  %r = tosa.cast %a : (tensor<6xi8>) -> tensor<6xf32>
  return %r : tensor<6xf32>
}

// in: [1, -1, 2049, -128, 0, -5]
// numpy: a
// out: [1, -1, 2048, -128, 0, -5]
func.func @cast_i16_f16(%a: tensor<6xi16>) -> tensor<6xf16> {
  %r = tosa.cast %a : (tensor<6xi16>) -> tensor<6xf16>
  return %r : tensor<6xf16>
}

// in: [1, -1, 127, -128, 0, -5]
// numpy: a
// out: [1, -1, 127, -128, 0, -5]
func.func @cast_i8_i32(%a: tensor<6xi8>) -> tensor<6xi32> {
  %r = tosa.cast %a : (tensor<6xi8>) -> tensor<6xi32>
  return %r : tensor<6xi32>
}

// in: [1, -1, 300, -129, 0, 128]
// numpy: a
// out: [1, -1, 44, 127, 0, -128]
func.func @cast_i32_i8(%a: tensor<6xi32>) -> tensor<6xi8> {
  %r = tosa.cast %a : (tensor<6xi32>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// in: [1, -1, 256, 0, 0, 128]
// numpy: a != 0
// out: [1, 1, 1, 0, 0, 1]
func.func @cast_i32_i1(%a: tensor<6xi32>) -> tensor<6xi1> {
  %r = tosa.cast %a : (tensor<6xi32>) -> tensor<6xi1>
  return %r : tensor<6xi1>
}

// in: [0, 1, 1, 0, 1, 0]
// numpy: a
// out: [0, 1, 1, 0, 1, 0]
func.func @cast_i1_i32(%a: tensor<6xi1>) -> tensor<6xi32> {
  %r = tosa.cast %a : (tensor<6xi1>) -> tensor<6xi32>
  return %r : tensor<6xi32>
}

// in: [0, 1, 1, 0, 1, 0]
// numpy: a
// out: [0, 1, 1, 0, 1, 0]
func.func @cast_i1_i8(%a: tensor<6xi1>) -> tensor<6xi8> {
  %r = tosa.cast %a : (tensor<6xi1>) -> tensor<6xi8>
  return %r : tensor<6xi8>
}

// in: [0, 0.5, -0.0, 2, -1, 1e-40]
// out: [0, 1, 0, 1, 1, 1]
func.func @cast_f32_i1(%a: tensor<6xf32>) -> tensor<6xi1> {
  %r = tosa.cast %a : (tensor<6xf32>) -> tensor<6xi1>
  return %r : tensor<6xi1>
}

// in: [1.5, 0.1, -0.0, inf, nan, 1e-30]
// numpy: a
// out: [1.5, 0.10000000149011612, -0.0, inf, nan, 1.0000000031710769e-30]
func.func @cast_f32_f64(%a: tensor<6xf32>) -> tensor<6xf64> {
  %r = tosa.cast %a : (tensor<6xf32>) -> tensor<6xf64>
  return %r : tensor<6xf64>
}

// in: [1, -1, 2147483647, -2147483648, 0, 7]
// numpy: a
// out: [1, -1, 2147483647, -2147483648, 0, 7]
func.func @cast_i32_i64(%a: tensor<6xi32>) -> tensor<6xi64> {
  %r = tosa.cast %a : (tensor<6xi32>) -> tensor<6xi64>
  return %r : tensor<6xi64>
}

// in: [1, -1, 2147483647, -2147483648, 1 << 32, 7]
// numpy: a
// out: [1, -1, 2147483647, -2147483648, 0, 7]
func.func @cast_i64_i32(%a: tensor<6xi64>) -> tensor<6xi32> {
  %r = tosa.cast %a : (tensor<6xi64>) -> tensor<6xi32>
  return %r : tensor<6xi32>
}
