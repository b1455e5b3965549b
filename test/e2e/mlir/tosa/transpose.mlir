// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(24)
// numpy: a.transpose(2, 0, 1)
// out: [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]
func.func @transpose_f32(%a: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %r = tosa.transpose %a {perms = array<i32: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  return %r : tensor<4x2x3xf32>
}

// in: range(24)
// numpy: a.transpose(2, 0, 1)
// out: [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]
func.func @transpose_f16(%a: tensor<2x3x4xf16>) -> tensor<4x2x3xf16> {
  %r = tosa.transpose %a {perms = array<i32: 2, 0, 1>} : (tensor<2x3x4xf16>) -> tensor<4x2x3xf16>
  return %r : tensor<4x2x3xf16>
}

// in: range(24)
// numpy: a.transpose(2, 0, 1)
// out: [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]
func.func @transpose_i8(%a: tensor<2x3x4xi8>) -> tensor<4x2x3xi8> {
  %r = tosa.transpose %a {perms = array<i32: 2, 0, 1>} : (tensor<2x3x4xi8>) -> tensor<4x2x3xi8>
  return %r : tensor<4x2x3xi8>
}

// in: range(24)
// numpy: a.transpose(2, 0, 1)
// out: [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]
func.func @transpose_i64(%a: tensor<2x3x4xi64>) -> tensor<4x2x3xi64> {
  %r = tosa.transpose %a {perms = array<i32: 2, 0, 1>} : (tensor<2x3x4xi64>) -> tensor<4x2x3xi64>
  return %r : tensor<4x2x3xi64>
}
