// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, nan, 3, -4, 0.5, -6, -inf, nan, nan]
// numpy: a.sum(axis=1)
// out: [nan, -9.5, nan]
func.func @reduce_addf(%a: tensor<3x3xf32>) -> tensor<3xf32> {
  %k = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.reduce { arith.addf } ins(%a : tensor<3x3xf32>) outs(%o : tensor<3xf32>) dimensions = [1]
  return %r : tensor<3xf32>
}

// in: [1, nan, 3, -4, 0.5, -6, -inf, nan, nan]
// numpy: a.prod(axis=1)
// out: [nan, 12, nan]
func.func @reduce_mulf(%a: tensor<3x3xf32>) -> tensor<3xf32> {
  %k = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.reduce { arith.mulf } ins(%a : tensor<3x3xf32>) outs(%o : tensor<3xf32>) dimensions = [1]
  return %r : tensor<3xf32>
}

// in: [1, nan, 3, -4, 0.5, -6, -inf, nan, nan]
// numpy: a.max(axis=1)
// out: [nan, 0.5, nan]
func.func @reduce_maximumf(%a: tensor<3x3xf32>) -> tensor<3xf32> {
  %k = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<3xf32>
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.reduce { arith.maximumf } ins(%a : tensor<3x3xf32>) outs(%o : tensor<3xf32>) dimensions = [1]
  return %r : tensor<3xf32>
}

// in: [1, nan, 3, -4, 0.5, -6, -inf, nan, nan]
// numpy: np.nanmax(a, axis=1)
// out: [3, 0.5, -inf]
func.func @reduce_maxnumf(%a: tensor<3x3xf32>) -> tensor<3xf32> {
  %k = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<3xf32>
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.reduce { arith.maxnumf } ins(%a : tensor<3x3xf32>) outs(%o : tensor<3xf32>) dimensions = [1]
  return %r : tensor<3xf32>
}

// in: [1, nan, 3, -4, 0.5, -6, -inf, nan, nan]
// numpy: np.nanmin(a, axis=1)
// out: [1, -6, -inf]
func.func @reduce_minnumf(%a: tensor<3x3xf32>) -> tensor<3xf32> {
  %k = arith.constant 0x7FC00000 : f32
  %e = tensor.empty() : tensor<3xf32>
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.reduce { arith.minnumf } ins(%a : tensor<3x3xf32>) outs(%o : tensor<3xf32>) dimensions = [1]
  return %r : tensor<3xf32>
}

// in: [1, nan, 3, -4, 0.5, -6, -inf, nan, nan]
// numpy: a.min(axis=1)
// out: [nan, -6, nan]
func.func @reduce_minimumf(%a: tensor<3x3xf32>) -> tensor<3xf32> {
  %k = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3xf32>
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.reduce { arith.minimumf } ins(%a : tensor<3x3xf32>) outs(%o : tensor<3xf32>) dimensions = [1]
  return %r : tensor<3xf32>
}

// in: [1, 2147483647, 3, -4, 5, -6, 7, 0, 100]
// numpy: a.sum(axis=1)
// out: [-2147483645, -5, 107]
func.func @reduce_addi(%a: tensor<3x3xi32>) -> tensor<3xi32> {
  %k = arith.constant 0 : i32
  %e = tensor.empty() : tensor<3xi32>
  %o = linalg.fill ins(%k : i32) outs(%e : tensor<3xi32>) -> tensor<3xi32>
  %r = linalg.reduce { arith.addi } ins(%a : tensor<3x3xi32>) outs(%o : tensor<3xi32>) dimensions = [1]
  return %r : tensor<3xi32>
}

// in: [1, 2147483647, 3, -4, 5, -6, 7, 0, 100]
// numpy: a.max(axis=1)
// out: [2147483647, 5, 100]
func.func @reduce_maxsi(%a: tensor<3x3xi32>) -> tensor<3xi32> {
  %k = arith.constant -2147483648 : i32
  %e = tensor.empty() : tensor<3xi32>
  %o = linalg.fill ins(%k : i32) outs(%e : tensor<3xi32>) -> tensor<3xi32>
  %r = linalg.reduce { arith.maxsi } ins(%a : tensor<3x3xi32>) outs(%o : tensor<3xi32>) dimensions = [1]
  return %r : tensor<3xi32>
}

// in: [1, 2147483647, 3, -4, 5, -6, 7, 0, 100]
// numpy: a.view(np.uint32).max(axis=1).view(np.int32)
// out: [2147483647, -4, 100]
func.func @reduce_maxui(%a: tensor<3x3xi32>) -> tensor<3xi32> {
  %k = arith.constant 0 : i32
  %e = tensor.empty() : tensor<3xi32>
  %o = linalg.fill ins(%k : i32) outs(%e : tensor<3xi32>) -> tensor<3xi32>
  %r = linalg.reduce { arith.maxui } ins(%a : tensor<3x3xi32>) outs(%o : tensor<3xi32>) dimensions = [1]
  return %r : tensor<3xi32>
}

// in: [1, 2147483647, 3, -4, 5, -6, 7, 0, 100]
// numpy: np.bitwise_xor.reduce(a, axis=1)
// out: [2147483645, 3, 99]
func.func @reduce_xori(%a: tensor<3x3xi32>) -> tensor<3xi32> {
  %k = arith.constant 0 : i32
  %e = tensor.empty() : tensor<3xi32>
  %o = linalg.fill ins(%k : i32) outs(%e : tensor<3xi32>) -> tensor<3xi32>
  %r = linalg.reduce { arith.xori } ins(%a : tensor<3x3xi32>) outs(%o : tensor<3xi32>) dimensions = [1]
  return %r : tensor<3xi32>
}

// in: [1, 5, 3, -4, 0.5, -6]
// numpy: (a.sum(axis=1), a.max(axis=1))
// out: [9, -9.5], [5, 0.5]
func.func @reduce_two_results(%a: tensor<2x3xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %z = arith.constant 0.0 : f32
  %i = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<2xf32>
  %p = linalg.fill ins(%z : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %q = linalg.fill ins(%i : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %r:2 = linalg.reduce ins(%a, %a : tensor<2x3xf32>, tensor<2x3xf32>) outs(%p, %q : tensor<2xf32>, tensor<2xf32>) dimensions = [1]
    (%x: f32, %y: f32, %s: f32, %m: f32) {
      %t = arith.addf %x, %s : f32
      %u = arith.maximumf %y, %m : f32
      linalg.yield %t, %u : f32, f32
    }
  return %r#0, %r#1 : tensor<2xf32>, tensor<2xf32>
}

// in: [1, nan, 3, -4, 0.5, -6], [10, -0.0]
// numpy: b - a.sum(axis=1)
// out: [nan, 9.5]
func.func @reduce_subf(%a: tensor<2x3xf32>, %b: tensor<2xf32>) -> tensor<2xf32> {
  %r = linalg.reduce ins(%a : tensor<2x3xf32>) outs(%b : tensor<2xf32>) dimensions = [1]
    (%x: f32, %s: f32) {
      %t = arith.subf %s, %x : f32
      linalg.yield %t : f32
    }
  return %r : tensor<2xf32>
}

// A canonicalization makes a subtraction of it.
// in: [1, 2, 3, -4, 5, -2147483648]
// numpy: a @ -np.ones((3, 2), np.int32)
// out: [-6, -6, 2147483647, 2147483647]
func.func @matmul_by_minus_one(%a: tensor<2x3xi32>) -> tensor<2x2xi32> {
  %b = arith.constant dense<-1> : tensor<3x2xi32>
  %k = arith.constant 0 : i32
  %e = tensor.empty() : tensor<2x2xi32>
  %o = linalg.fill ins(%k : i32) outs(%e : tensor<2x2xi32>) -> tensor<2x2xi32>
  %r = linalg.matmul ins(%a, %b : tensor<2x3xi32>, tensor<3x2xi32>) outs(%o : tensor<2x2xi32>) -> tensor<2x2xi32>
  return %r : tensor<2x2xi32>
}
