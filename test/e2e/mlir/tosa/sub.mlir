// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: a - b
// out: [1, -5.25, 0, -0.0, inf, -inf, nan, 0]
func.func @sub_f32(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.sub %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 6e4], [0.5, 3, -0.0, 0.0, 1, inf, 1, 6e4]
// numpy: a - b
// out: [1, -5.25, 0, -0.0, inf, -inf, nan, 0]
func.func @sub_f16(%a: tensor<8xf16>, %b: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.sub %a, %b : (tensor<8xf16>, tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [1.5, -2.25, 0, -0.0, inf, -inf, nan, 3e38], [0.5, 3, -0.0, 0.0, 1, inf, 1, 3e38]
// numpy: a - b
// out: [1, -5.25, 0, -0.0, inf, -inf, nan, 0]
func.func @sub_bf16(%a: tensor<8xbf16>, %b: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.sub %a, %b : (tensor<8xbf16>, tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}

// in: [1, -2, 2147483647, -2147483648, 0, 5, 70000, -70000], [3, 7, 1, -1, 0, -5, 70000, 70000]
// numpy: a - b
// out: [-2, -9, 2147483646, -2147483647, 0, 10, 0, -140000]
func.func @sub_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.sub %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
