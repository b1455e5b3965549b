// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, 2, 3, 4], [1, 10, 5, 7], [1]
// out: [2, 11, 3, 21, 6, 8, 11, 15, 4, 31, 5, 41, 16, 22, 21, 29]
func.func @transpose_conv2d_f32(%a: tensor<1x2x2x1xf32>, %b: tensor<1x2x2x1xf32>, %c: tensor<1xf32>) -> tensor<1x4x4x1xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.transpose_conv2d %a, %b, %c, %z, %z {acc_type = f32, out_pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  return %r : tensor<1x4x4x1xf32>
}

// in: [1, 2, 3, 4], [1, 10, 5, 7], [1]
// out: [2, 11, 3, 21, 6, 8, 11, 15, 4, 31, 5, 41, 16, 22, 21, 29]
func.func @transpose_conv2d_f16(%a: tensor<1x2x2x1xf16>, %b: tensor<1x2x2x1xf16>, %c: tensor<1xf16>) -> tensor<1x4x4x1xf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %r = tosa.transpose_conv2d %a, %b, %c, %z, %z {acc_type = f32, out_pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x2x2x1xf16>, tensor<1x2x2x1xf16>, tensor<1xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<1x4x4x1xf16>
  return %r : tensor<1x4x4x1xf16>
}

// in: [1, 2, 3, 4], [1, 10, 5, 7], [1]
// out: [2, 11, 3, 21, 6, 8, 11, 15, 4, 31, 5, 41, 16, 22, 21, 29]
func.func @transpose_conv2d_i8(%a: tensor<1x2x2x1xi8>, %b: tensor<1x2x2x1xi8>, %c: tensor<1xi32>) -> tensor<1x4x4x1xi32> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.transpose_conv2d %a, %b, %c, %z, %z {acc_type = i32, out_pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>} : (tensor<1x2x2x1xi8>, tensor<1x2x2x1xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x4x4x1xi32>
  return %r : tensor<1x4x4x1xi32>
}
