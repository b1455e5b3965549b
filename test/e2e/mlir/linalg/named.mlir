// RUN: %{python} %inputs/run_functions.py %s %t

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 9 - 4) * 1 for i in range(40)]
// numpy: a @ b
// out: [20, -13, 17, 2, -4, -7, -7, -7, 20, -16, -13, 20, -10, -4, -7, -13, 0, -5, -1, -6, -2, -10, 18, -8, 20, -5, -6, 20, -8, 18]
func.func @batch_matmul(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
  %e = tensor.empty() : tensor<2x3x5xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %r = linalg.batch_matmul ins(%a, %b : tensor<2x3x4xf32>, tensor<2x4x5xf32>) outs(%o : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 9 - 4) * 1 for i in range(40)]
// numpy: (a @ b).sum(axis=0)
// out: [7, -13, 12, 1, -10, -9, -17, 11, 12, 4, -18, 14, 10, -12, 11]
func.func @batch_reduce_matmul(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<3x5xf32> {
  %e = tensor.empty() : tensor<3x5xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3x5xf32>) -> tensor<3x5xf32>
  %r = linalg.batch_reduce_matmul ins(%a, %b : tensor<2x3x4xf32>, tensor<2x4x5xf32>) outs(%o : tensor<3x5xf32>) -> tensor<3x5xf32>
  return %r : tensor<3x5xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(12)], [(i * 5 % 7 - 3) * 1 for i in range(4)]
// numpy: a @ b
// out: [17, -1, -12]
func.func @matvec(%a: tensor<3x4xf32>, %b: tensor<4xf32>) -> tensor<3xf32> {
  %e = tensor.empty() : tensor<3xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.matvec ins(%a, %b : tensor<3x4xf32>, tensor<4xf32>) outs(%o : tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(4)], [(i * 5 % 7 - 3) * 1 for i in range(12)]
// numpy: a @ b
// out: [5, 4, -4]
func.func @vecmat(%a: tensor<4xf32>, %b: tensor<4x3xf32>) -> tensor<3xf32> {
  %e = tensor.empty() : tensor<3xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.vecmat ins(%a, %b : tensor<4xf32>, tensor<4x3xf32>) outs(%o : tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 7 - 3) * 1 for i in range(8)]
// numpy: np.einsum('bij,bj->bi', a, b)
// out: [17, -1, -12, -1, -8, -8]
func.func @batch_matvec(%a: tensor<2x3x4xf32>, %b: tensor<2x4xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  %r = linalg.batch_matvec ins(%a, %b : tensor<2x3x4xf32>, tensor<2x4xf32>) outs(%o : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(5)], [(i * 5 % 9 - 4) * 1 for i in range(5)]
// numpy: a @ b
// out: [4]
func.func @dot(%a: tensor<5xf32>, %b: tensor<5xf32>) -> tensor<f32> {
  %e = tensor.empty() : tensor<f32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %r = linalg.dot ins(%a, %b : tensor<5xf32>, tensor<5xf32>) outs(%o : tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}

// in: [(i * 5 % 7 - 3) * 1 for i in range(24)], [(i * 5 % 9 - 4) * 1 for i in range(24)]
// numpy: np.einsum('mkij,nklj->mnil', a, b)
// out: [24, -21, 6, 24, 21, -15, 3, 21, 5, -4, -13, 5, -12, 9, 12, -12]
func.func @mmt4d(%a: tensor<2x2x2x3xf32>, %b: tensor<1x2x4x3xf32>) -> tensor<2x1x2x4xf32> {
  %e = tensor.empty() : tensor<2x1x2x4xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<2x1x2x4xf32>) -> tensor<2x1x2x4xf32>
  %r = linalg.mmt4d ins(%a, %b : tensor<2x2x2x3xf32>, tensor<1x2x4x3xf32>) outs(%o : tensor<2x1x2x4xf32>) -> tensor<2x1x2x4xf32>
  return %r : tensor<2x1x2x4xf32>
}
