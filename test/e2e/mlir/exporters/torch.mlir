// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(12), [2, 0]
// numpy: a[b]
// out: [6, 7, 8, 0, 1, 2]
func.func @embedding(%a: tensor<4x3xf32>, %b: tensor<2xi64>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%b : tensor<2xi64>) outs(%e : tensor<2x3xf32>) {
  ^bb0(%in: i64, %out: f32):
    %i = arith.index_cast %in : i64 to index
    %j = linalg.index 1 : index
    %c0 = arith.constant 0 : i64
    %ok = arith.cmpi sge, %in, %c0 : i64
    cf.assert %ok, "index must be larger or equal to 0"
    %x = tensor.extract %a[%i, %j] : tensor<4x3xf32>
    linalg.yield %x : f32
  } -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [[1, 2, 3, 4], [5, 6, 7, 8]], [(i * 5 % 7 - 3) * 1 for i in range(12)], [1, 2, 3]
// numpy: a @ b.T + c
// out: [-6, -8, 11, -18, -8, 23]
func.func @linear_dynamic_batch(%a: tensor<?x4xf32>, %b: tensor<3x4xf32>, %c: tensor<3xf32>) -> tensor<?x3xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.000000e+00 : f32
  %et = tensor.empty() : tensor<4x3xf32>
  %t = linalg.transpose ins(%b : tensor<3x4xf32>) outs(%et : tensor<4x3xf32>) permutation = [1, 0]
  %d = tensor.dim %a, %c0 : tensor<?x4xf32>
  %e = tensor.empty(%d) : tensor<?x3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32>
  %m = linalg.matmul ins(%a, %t : tensor<?x4xf32>, tensor<4x3xf32>) outs(%f : tensor<?x3xf32>) -> tensor<?x3xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%m, %c : tensor<?x3xf32>, tensor<3xf32>) outs(%e : tensor<?x3xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}

// in: [[1, 2, 3], [4, 5, 6]], range(6)
// numpy: a + b
// out: [1, 3, 5, 7, 9, 11]
func.func @broadcast_assert(%a: tensor<?x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %d = tensor.dim %a, %c0 : tensor<?x3xf32>
  %ok = arith.cmpi eq, %d, %c2 : index
  cf.assert %ok, "mismatched size for broadcast"
  %x = tensor.cast %a : tensor<?x3xf32> to tensor<2x3xf32>
  %r = arith.addf %x, %b : tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [1, 5, 3, -4, -0.5, -6]
// numpy: a.argmax(axis=1)
// out: [1, 1]
func.func @argmax_two_results(%a: tensor<2x3xf32>) -> tensor<2xi64> {
  %i = arith.constant 0xFF800000 : f32
  %z = arith.constant 0 : i64
  %e0 = tensor.empty() : tensor<2xi64>
  %f0 = linalg.fill ins(%z : i64) outs(%e0 : tensor<2xi64>) -> tensor<2xi64>
  %e1 = tensor.empty() : tensor<2xf32>
  %f1 = linalg.fill ins(%i : f32) outs(%e1 : tensor<2xf32>) -> tensor<2xf32>
  %r:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x3xf32>) outs(%f1, %f0 : tensor<2xf32>, tensor<2xi64>) {
  ^bb0(%x: f32, %m: f32, %n: i64):
    %j = linalg.index 1 : index
    %k = arith.index_cast %j : index to i64
    %c = arith.cmpf ogt, %x, %m : f32
    %y = arith.maximumf %x, %m : f32
    %s = arith.select %c, %k, %n : i64
    linalg.yield %y, %s : f32, i64
  } -> (tensor<2xf32>, tensor<2xi64>)
  return %r#1 : tensor<2xi64>
}

ml_program.global private mutable @global_seed(dense<0> : tensor<i64>) : tensor<i64>

// in: [1, 2]
// numpy: a + a
// out: [2, 4]
func.func @seed_global(%a: tensor<2xf32>) -> tensor<2xf32> {
  %r = arith.addf %a, %a : tensor<2xf32>
  return %r : tensor<2xf32>
}

// in: range(6)
// numpy: a
// out: [0, 1, 2, 3, 4, 5]
func.func @expand_unit(%a: tensor<2x3xf32>) -> tensor<2x1x3xf32> {
  %r = tensor.expand_shape %a [[0, 1], [2]] output_shape [2, 1, 3] : tensor<2x3xf32> into tensor<2x1x3xf32>
  return %r : tensor<2x1x3xf32>
}
