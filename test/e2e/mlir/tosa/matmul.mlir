// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 9 - 4) * 1 for i in range(40)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7, -13, 0, -5, -1, -6, -2, -10, 18, -8, 20, -5, -6, 20, -8, 18]
func.func @matmul_f32_f32(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.matmul %a, %b, %z, %z : (tensor<2x3x4xf32>, tensor<2x4x5xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 9 - 4) * 1 for i in range(40)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7, -13, 0, -5, -1, -6, -2, -10, 18, -8, 20, -5, -6, 20, -8, 18]
func.func @matmul_f16_f32(%a: tensor<2x3x4xf16>, %b: tensor<2x4x5xf16>) -> tensor<2x3x5xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %r = tosa.matmul %a, %b, %z, %z : (tensor<2x3x4xf16>, tensor<2x4x5xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 9 - 4) * 1 for i in range(40)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7, -13, 0, -5, -1, -6, -2, -10, 18, -8, 20, -5, -6, 20, -8, 18]
func.func @matmul_f16_f16(%a: tensor<2x3x4xf16>, %b: tensor<2x4x5xf16>) -> tensor<2x3x5xf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf16>}> : () -> tensor<1xf16>
  %r = tosa.matmul %a, %b, %z, %z : (tensor<2x3x4xf16>, tensor<2x4x5xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<2x3x5xf16>
  return %r : tensor<2x3x5xf16>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 9 - 4) * 1 for i in range(40)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7, -13, 0, -5, -1, -6, -2, -10, 18, -8, 20, -5, -6, 20, -8, 18]
func.func @matmul_bf16_f32(%a: tensor<2x3x4xbf16>, %b: tensor<2x4x5xbf16>) -> tensor<2x3x5xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xbf16>}> : () -> tensor<1xbf16>
  %r = tosa.matmul %a, %b, %z, %z : (tensor<2x3x4xbf16>, tensor<2x4x5xbf16>, tensor<1xbf16>, tensor<1xbf16>) -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 9 - 4) * 1 for i in range(40)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7, -13, 0, -5, -1, -6, -2, -10, 18, -8, 20, -5, -6, 20, -8, 18]
func.func @matmul_i8_i32(%a: tensor<2x3x4xi8>, %b: tensor<2x4x5xi8>) -> tensor<2x3x5xi32> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.matmul %a, %b, %z, %z : (tensor<2x3x4xi8>, tensor<2x4x5xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<2x3x5xi32>
  return %r : tensor<2x3x5xi32>
}

// in: [127, -128, 3, 4, 5, 6], [127, -128, 1, 2, 3, -4]
// numpy: (a.astype(np.int64) + 5) @ (b.astype(np.int64) - 7)
// out: [16546, -17293, 976, -1386]
func.func @matmul_zero_points(%a: tensor<1x2x3xi8>, %b: tensor<1x3x2xi8>) -> tensor<1x2x2xi32> {
  %y = "tosa.const"() <{values = dense<-5> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<7> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.matmul %a, %b, %y, %z : (tensor<1x2x3xi8>, tensor<1x3x2xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x2x2xi32>
  return %r : tensor<1x2x2xi32>
}

// in: [inf, 1, inf, -inf], [1, 1]
// numpy: a @ b
// out: [inf, nan]
func.func @matmul_inf(%a: tensor<1x2x2xbf16>, %b: tensor<1x2x1xbf16>) -> tensor<1x2x1xbf16> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xbf16>}> : () -> tensor<1xbf16>
  %r = tosa.matmul %a, %b, %z, %z : (tensor<1x2x2xbf16>, tensor<1x2x1xbf16>, tensor<1xbf16>, tensor<1xbf16>) -> tensor<1x2x1xbf16>
  return %r : tensor<1x2x1xbf16>
}
