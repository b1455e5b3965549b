// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: a + b
// out: [2, 0.75, 0, 0, inf, nan, nan, inf]
func.func @add_f32(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.add %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 6e4], [0.5, 3, -0.0, 0.0, 1, inf, 1, 6e4]
// numpy: a + b
// out: [2, 0.75, 0, 0, inf, nan, nan, inf]
func.func @add_f16(%a: tensor<8xf16>, %b: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.add %a, %b : (tensor<8xf16>, tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: a + b
// out: [2, 0.75, 0, 0, inf, nan, nan, inf]
func.func @add_bf16(%a: tensor<8xbf16>, %b: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.add %a, %b : (tensor<8xbf16>, tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}

// in: [1, -2, 2147483647, -2147483648, 0, 5, 70000, -70000], [3, 7, 1, -1, 0, -5, 70000, 70000]
// numpy: a + b
// out: [4, 5, -2147483648, 2147483647, 0, 0, 140000, 0]
func.func @add_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.add %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}

// in: [1, -2, 9223372036854775807, -9223372036854775808, 0, 5, 1 << 40, -70000], [3, 7, 1, -1, 0, -5, 3, 70000]
// numpy: a + b
// out: [4, 5, -9223372036854775808, 9223372036854775807, 0, 0, 1099511627779, 0]
func.func @add_i64(%a: tensor<8xi64>, %b: tensor<8xi64>) -> tensor<8xi64> {
  %r = tosa.add %a, %b : (tensor<8xi64>, tensor<8xi64>) -> tensor<8xi64>
  return %r : tensor<8xi64>
}
