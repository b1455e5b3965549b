// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 9 - 4) * 1 for i in range(20)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7]
func.func @matmul_f32(%a: tensor<3x4xf32>, %b: tensor<4x5xf32>) -> tensor<3x5xf32> {
  %e = tensor.empty() : tensor<3x5xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3x5xf32>) -> tensor<3x5xf32>
  %r = linalg.matmul ins(%a, %b : tensor<3x4xf32>, tensor<4x5xf32>) outs(%o : tensor<3x5xf32>) -> tensor<3x5xf32>
  return %r : tensor<3x5xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 9 - 4) * 1 for i in range(20)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7]
func.func @matmul_f16(%a: tensor<3x4xf16>, %b: tensor<4x5xf16>) -> tensor<3x5xf16> {
  %e = tensor.empty() : tensor<3x5xf16>
  %k = arith.constant 0.0 : f16
  %o = linalg.fill ins(%k : f16) outs(%e : tensor<3x5xf16>) -> tensor<3x5xf16>
  %r = linalg.matmul ins(%a, %b : tensor<3x4xf16>, tensor<4x5xf16>) outs(%o : tensor<3x5xf16>) -> tensor<3x5xf16>
  return %r : tensor<3x5xf16>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 9 - 4) * 1 for i in range(20)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7]
func.func @matmul_bf16(%a: tensor<3x4xbf16>, %b: tensor<4x5xbf16>) -> tensor<3x5xbf16> {
  %e = tensor.empty() : tensor<3x5xbf16>
  %k = arith.constant 0.0 : bf16
  %o = linalg.fill ins(%k : bf16) outs(%e : tensor<3x5xbf16>) -> tensor<3x5xbf16>
  %r = linalg.matmul ins(%a, %b : tensor<3x4xbf16>, tensor<4x5xbf16>) outs(%o : tensor<3x5xbf16>) -> tensor<3x5xbf16>
  return %r : tensor<3x5xbf16>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 9 - 4) * 1 for i in range(20)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7]
func.func @matmul_i32(%a: tensor<3x4xi32>, %b: tensor<4x5xi32>) -> tensor<3x5xi32> {
  %e = tensor.empty() : tensor<3x5xi32>
  %k = arith.constant 0 : i32
  %o = linalg.fill ins(%k : i32) outs(%e : tensor<3x5xi32>) -> tensor<3x5xi32>
  %r = linalg.matmul ins(%a, %b : tensor<3x4xi32>, tensor<4x5xi32>) outs(%o : tensor<3x5xi32>) -> tensor<3x5xi32>
  return %r : tensor<3x5xi32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 9 - 4) * 1 for i in range(20)]
// numpy: a.astype(np.float64) @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7]
func.func @matmul_i8(%a: tensor<3x4xi8>, %b: tensor<4x5xi8>) -> tensor<3x5xi32> {
  %e = tensor.empty() : tensor<3x5xi32>
  %k = arith.constant 0 : i32
  %o = linalg.fill ins(%k : i32) outs(%e : tensor<3x5xi32>) -> tensor<3x5xi32>
  %r = linalg.matmul ins(%a, %b : tensor<3x4xi8>, tensor<4x5xi8>) outs(%o : tensor<3x5xi32>) -> tensor<3x5xi32>
  return %r : tensor<3x5xi32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 9 - 4) * 1 for i in range(20)]
// numpy: a @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7]
func.func @matmul_f64(%a: tensor<3x4xf64>, %b: tensor<4x5xf64>) -> tensor<3x5xf64> {
  %e = tensor.empty() : tensor<3x5xf64>
  %k = arith.constant 0.0 : f64
  %o = linalg.fill ins(%k : f64) outs(%e : tensor<3x5xf64>) -> tensor<3x5xf64>
  %r = linalg.matmul ins(%a, %b : tensor<3x4xf64>, tensor<4x5xf64>) outs(%o : tensor<3x5xf64>) -> tensor<3x5xf64>
  return %r : tensor<3x5xf64>
}

// in: [1 << 33, 2, 3, 4], [1, 2, 3, 4]
// numpy: a @ b
// out: [8589934598, 17179869192, 15, 22]
func.func @matmul_i64(%a: tensor<2x2xi64>, %b: tensor<2x2xi64>) -> tensor<2x2xi64> {
  %e = tensor.empty() : tensor<2x2xi64>
  %k = arith.constant 0 : i64
  %o = linalg.fill ins(%k : i64) outs(%e : tensor<2x2xi64>) -> tensor<2x2xi64>
  %r = linalg.matmul ins(%a, %b : tensor<2x2xi64>, tensor<2x2xi64>) outs(%o : tensor<2x2xi64>) -> tensor<2x2xi64>
  return %r : tensor<2x2xi64>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 9 - 4) * 1 for i in range(20)]
// numpy: a @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7]
func.func @matmul_f16_f32(%a: tensor<3x4xf16>, %b: tensor<4x5xf16>) -> tensor<3x5xf32> {
  %e = tensor.empty() : tensor<3x5xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3x5xf32>) -> tensor<3x5xf32>
  %r = linalg.matmul ins(%a, %b : tensor<3x4xf16>, tensor<4x5xf16>) outs(%o : tensor<3x5xf32>) -> tensor<3x5xf32>
  return %r : tensor<3x5xf32>
}

// in: [], []
// numpy: a @ b
// out: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
func.func @matmul_k0(%a: tensor<3x0xf32>, %b: tensor<0x5xf32>) -> tensor<3x5xf32> {
  %e = tensor.empty() : tensor<3x5xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3x5xf32>) -> tensor<3x5xf32>
  %r = linalg.matmul ins(%a, %b : tensor<3x0xf32>, tensor<0x5xf32>) outs(%o : tensor<3x5xf32>) -> tensor<3x5xf32>
  return %r : tensor<3x5xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 9 - 4) * 1 for i in range(20)]
// numpy: a @ b.T
// out: [10, 4, -2, -8, -14, -14, -14, 4, 4, 13, 4, 10, -11, -5, 19]
func.func @matmul_transpose_b(%a: tensor<3x4xf32>, %b: tensor<5x4xf32>) -> tensor<3x5xf32> {
  %e = tensor.empty() : tensor<3x5xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3x5xf32>) -> tensor<3x5xf32>
  %r = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>] ins(%a, %b : tensor<3x4xf32>, tensor<5x4xf32>) outs(%o : tensor<3x5xf32>) -> tensor<3x5xf32>
  return %r : tensor<3x5xf32>
}

// in: [1, 2, 3, 4], [5, 6, 7, 8], [100, -100, 0.5, 1]
// numpy: a @ b + c
// out: [119, -78, 43.5, 51]
func.func @matmul_accumulates(%a: tensor<2x2xf32>, %b: tensor<2x2xf32>, %c: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<2x2xf32>, tensor<2x2xf32>) outs(%c : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %r : tensor<2x2xf32>
}

// in: [127, -128, 3, 4, 5, 6], [127, -128, 1, 2, 3, -4]
// numpy: (a.astype(np.int64) - 3) @ (b.astype(np.int64) + 7)
// out: [15568, -16183, 180, -94]
func.func @quantized_matmul(%a: tensor<2x3xi8>, %b: tensor<3x2xi8>) -> tensor<2x2xi32> {
  %y = arith.constant 3 : i32
  %z = arith.constant -7 : i32
  %e = tensor.empty() : tensor<2x2xi32>
  %k = arith.constant 0 : i32
  %o = linalg.fill ins(%k : i32) outs(%e : tensor<2x2xi32>) -> tensor<2x2xi32>
  %r = linalg.quantized_matmul ins(%a, %b, %y, %z : tensor<2x3xi8>, tensor<3x2xi8>, i32, i32) outs(%o : tensor<2x2xi32>) -> tensor<2x2xi32>
  return %r : tensor<2x2xi32>
}

// Terms that fold to zero leave what the sum starts from.
// in: range(8), range(8), [7, -3, 5, 2]
// numpy: c + (a - a) @ b
// out: [7, -3, 5, 2]
func.func @matmul_of_nothing(%a: tensor<2x4xi32>, %b: tensor<4x2xi32>, %c: tensor<2x2xi32>) -> tensor<2x2xi32> {
  %e = tensor.empty() : tensor<2x4xi32>
  %d = linalg.sub ins(%a, %a : tensor<2x4xi32>, tensor<2x4xi32>) outs(%e : tensor<2x4xi32>) -> tensor<2x4xi32>
  %r = linalg.matmul ins(%d, %b : tensor<2x4xi32>, tensor<4x2xi32>) outs(%c : tensor<2x2xi32>) -> tensor<2x2xi32>
  return %r : tensor<2x2xi32>
}
