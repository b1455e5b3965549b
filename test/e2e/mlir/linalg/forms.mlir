// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(6), [(i * 5 % 7 - 3) * 1 for i in range(12)]
// numpy: b @ a.T
// out: [2, -1, 5, 11, 1, -5, 4, 7]
func.func @contract(%a: tensor<2x3xf32>, %b: tensor<4x3xf32>) -> tensor<4x2xf32> {
  %e = tensor.empty() : tensor<4x2xf32>
  %k = arith.constant 0.0 : f32
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<4x2xf32>) -> tensor<4x2xf32>
  %r = linalg.contract indexing_maps = [affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (i, j)>] ins(%a, %b : tensor<2x3xf32>, tensor<4x3xf32>) outs(%o : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %r : tensor<4x2xf32>
}

// in: [1, 2, 3, 4], [5, 6, 7, -8]
// numpy: a * b
// out: [5, 12, 21, -32]
func.func @map(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.map { arith.mulf } ins(%a, %b : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>)
  return %r : tensor<4xf32>
}

// in: range(24)
// numpy: a.transpose(2, 0, 1)
// out: [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]
func.func @transpose(%a: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %e = tensor.empty() : tensor<4x2x3xf32>
  %r = linalg.transpose ins(%a : tensor<2x3x4xf32>) outs(%e : tensor<4x2x3xf32>) permutation = [2, 0, 1]
  return %r : tensor<4x2x3xf32>
}

// in: [1, 2, 3]
// numpy: np.broadcast_to(a[None, :, None], (2, 3, 2))
// out: [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3]
func.func @broadcast(%a: tensor<3xf32>) -> tensor<2x3x2xf32> {
  %e = tensor.empty() : tensor<2x3x2xf32>
  %r = linalg.broadcast ins(%a : tensor<3xf32>) outs(%e : tensor<2x3x2xf32>) dimensions = [0, 2]
  return %r : tensor<2x3x2xf32>
}

// in: range(6)
// numpy: a
// out: [0, 1, 2, 3, 4, 5]
func.func @copy(%a: tensor<2x3xf16>) -> tensor<2x3xf16> {
  %e = tensor.empty() : tensor<2x3xf16>
  %r = linalg.copy ins(%a : tensor<2x3xf16>) outs(%e : tensor<2x3xf16>) -> tensor<2x3xf16>
  return %r : tensor<2x3xf16>
}

// in: [2.5]
// numpy: np.full((2, 3), a)
// out: [2.5, 2.5, 2.5, 2.5, 2.5, 2.5]
func.func @fill_scalar_argument(%a: f32) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.fill ins(%a : f32) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [1, 2, 3, 4], [5, 6, 7, 8]
// numpy: (a + b, a * b)
// out: [6, 8, 10, 12], [5, 12, 21, 32]
func.func @generic_two_results(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %r:2 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a, %b : tensor<4xf32>, tensor<4xf32>) outs(%e, %e : tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%x: f32, %y: f32, %p: f32, %q: f32):
    %s = arith.addf %x, %y : f32
    %t = arith.mulf %x, %y : f32
    linalg.yield %s, %t : f32, f32
  } -> (tensor<4xf32>, tensor<4xf32>)
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}

// in: [1, 2, 3, 4], [2.5]
// numpy: a * b
// out: [2.5, 5, 7.5, 10]
func.func @generic_captures_argument(%a: tensor<4xf32>, %b: f32) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%x: f32, %p: f32):
    %s = arith.mulf %x, %b : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [10, 20, 30, 40]
// numpy: a + np.arange(4)
// out: [10, 21, 32, 43]
func.func @generic_index(%a: tensor<4xi32>) -> tensor<4xi32> {
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<4xi32>) outs(%e : tensor<4xi32>) {
  ^bb0(%x: i32, %p: i32):
    %i = linalg.index 0 : index
    %j = arith.index_cast %i : index to i32
    %s = arith.addi %x, %j : i32
    linalg.yield %s : i32
  } -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// A step along a dimension of one element.
// in: [1, 2, 3, 4]
// numpy: a.reshape(4, 1, 1)[2:3, ::2, ::3].reshape(1, 1)
// out: [3]
func.func @slice_steps_over_one(%a: tensor<4x1x1xf32>) -> tensor<1x1xf32> {
  %r = tensor.extract_slice %a[2, 0, 0] [1, 1, 1] [1, 2, 3] : tensor<4x1x1xf32> to tensor<1x1xf32>
  return %r : tensor<1x1xf32>
}

// What an operation makes of its output's old value, and that value, are read by one that it is fused with.
// in: [1, 2, 3, 4], [10, 20, 30, 40], [1, 0, 0, 1]
// numpy: np.where(c, a + b, b)
// out: [11, 20, 30, 44]
func.func @generic_reads_output(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xi1>) -> tensor<4xf32> {
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<4xf32>) outs(%b : tensor<4xf32>) {
  ^bb0(%x: f32, %p: f32):
    %s = arith.addf %p, %x : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  %w = arith.select %c, %r, %b : tensor<4xi1>, tensor<4xf32>
  return %w : tensor<4xf32>
}
