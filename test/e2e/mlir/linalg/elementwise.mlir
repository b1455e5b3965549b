// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, 2, 3, 0.5, 4, 9], [2, 0.25, -1, 3, 0.5, 2]
// numpy: a + b
// out: [3, 2.25, 2, 3.5, 4.5, 11]
func.func @elementwise_add(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.add ins(%a, %b : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [1, 2, 3, 0.5, 4, 9], [2, 0.25, -1, 3, 0.5, 2]
// numpy: a - b
// out: [-1, 1.75, 4, -2.5, 3.5, 7]
func.func @elementwise_sub(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.sub ins(%a, %b : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [1, 2, 3, 0.5, 4, 9], [2, 0.25, -1, 3, 0.5, 2]
// numpy: a * b
// out: [2, 0.5, -3, 1.5, 2, 18]
func.func @elementwise_mul(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.mul ins(%a, %b : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [1, 2, 3, 0.5, 4, 9], [2, 0.25, -1, 3, 0.5, 2]
// numpy: a / b
// out: [0.5, 8, -3, 0.166666672, 8, 4.5]
func.func @elementwise_div(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.div ins(%a, %b : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [1, 2, 3, 0.5, 4, 9], [2, 0.25, -1, 3, 0.5, 2]
// numpy: np.maximum(a, b)
// out: [2, 2, 3, 3, 4, 9]
func.func @elementwise_max(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.max ins(%a, %b : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [1, 2, 3, 0.5, 4, 9], [2, 0.25, -1, 3, 0.5, 2]
// numpy: np.minimum(a, b)
// out: [1, 0.25, -1, 0.5, 0.5, 2]
func.func @elementwise_min(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.min ins(%a, %b : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [1, 2, 3, 0.5, 4, 9], [2, 0.25, -1, 3, 0.5, 2]
// numpy: np.power(a, b)
// out: [1, 1.18920708, 0.333333343, 0.125, 2, 81]
func.func @elementwise_powf(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.powf ins(%a, %b : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [7, -7, 2147483647, 0], [2, 2, -3, 5]
// numpy: np.trunc(a.astype(np.float64) / b)
// out: [3, -3, -715827882, 0]
func.func @elementwise_div_i32(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.div ins(%a, %b : tensor<4xi32>, tensor<4xi32>) outs(%e : tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [7, -7, 2147483647, 0], [2, 2, 3, 5]
// numpy: (a.view(np.uint32) // b.view(np.uint32)).view(np.int32)
// out: [3, 2147483644, 715827882, 0]
func.func @elementwise_div_unsigned(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.div_unsigned ins(%a, %b : tensor<4xi32>, tensor<4xi32>) outs(%e : tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [1, -2, 0, inf]
// numpy: np.exp(a)
// out: [2.71828198, 0.135335281, 1, inf]
func.func @elementwise_exp(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.exp ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, 2, 0, inf]
// numpy: np.log(a)
// out: [0, 0.693147182, -inf, inf]
func.func @elementwise_log(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.log ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, -2, -0.0, -inf]
// numpy: np.abs(a)
// out: [1, 2, 0, inf]
func.func @elementwise_abs(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.abs ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0.1, -0.1]
// numpy: np.ceil(a)
// out: [2, -2, 1, -0.0]
func.func @elementwise_ceil(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.ceil ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0.1, -0.1]
// numpy: np.floor(a)
// out: [1, -3, 0, -1]
func.func @elementwise_floor(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.floor ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0, -0.0]
// numpy: -a
// out: [-1.5, 2.5, -0.0, 0]
func.func @elementwise_negf(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.negf ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0, -0.0]
// numpy: 1 / a
// out: [0.666666687, -0.400000006, inf, -inf]
func.func @elementwise_reciprocal(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.reciprocal ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0.4, 2.5]
// out: [2, -3, 0, 3]
func.func @elementwise_round(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.round ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0, inf]
// numpy: np.sqrt(a)
// out: [1.22474492, nan, 0, inf]
func.func @elementwise_sqrt(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.sqrt ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, 4, 0, inf]
// numpy: 1 / np.sqrt(a)
// out: [0.816496551, 0.5, inf, 0]
func.func @elementwise_rsqrt(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.rsqrt ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0, inf]
// numpy: a * a
// out: [2.25, 6.25, 0, inf]
func.func @elementwise_square(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.square ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0, inf]
// numpy: np.tanh(a)
// out: [0.905148208, -0.986614287, 0, 1]
func.func @elementwise_tanh(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.tanh ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1.5, -2.5, 0, inf]
// numpy: special.erf(a)
// out: [0.966105163, -0.999593019, 0, 1]
func.func @elementwise_erf(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.erf ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [1, 0, 1], [1, 2, 3], [4, 5, 6]
// numpy: np.where(a, b, c)
// out: [1, 5, 3]
func.func @elementwise_select(%a: tensor<3xi1>, %b: tensor<3xf32>, %c: tensor<3xf32>) -> tensor<3xf32> {
  %e = tensor.empty() : tensor<3xf32>
  %r = linalg.select ins(%a, %b, %c : tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// in: range(6), [2, 3, -4]
// numpy: a * b
// out: [0, 3, -8, 6, 12, -20]
func.func @elementwise_kind(%a: tensor<2x3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.elementwise kind=#linalg.elementwise_kind<mul> indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>] ins(%a, %b : tensor<2x3xf32>, tensor<3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, 5]
// numpy: np.fmax(a, b)
// out: [2, 1, nan, 5]
func.func @arith_maxnumf_f32(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = arith.maxnumf %a, %b : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, 5]
// numpy: np.fmax(a, b)
// out: [2, 1, nan, 5]
func.func @arith_maxnumf_f16(%a: tensor<4xf16>, %b: tensor<4xf16>) -> tensor<4xf16> {
  %r = arith.maxnumf %a, %b : tensor<4xf16>
  return %r : tensor<4xf16>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, 5]
// numpy: np.fmin(a, b)
// out: [2, 1, nan, -inf]
func.func @arith_minnumf_f32(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = arith.minnumf %a, %b : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, 5]
// numpy: np.fmin(a, b)
// out: [2, 1, nan, -inf]
func.func @arith_minnumf_f16(%a: tensor<4xf16>, %b: tensor<4xf16>) -> tensor<4xf16> {
  %r = arith.minnumf %a, %b : tensor<4xf16>
  return %r : tensor<4xf16>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, 5]
// numpy: np.maximum(a, b)
// out: [nan, nan, nan, 5]
func.func @arith_maximumf_f32(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = arith.maximumf %a, %b : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, 5]
// numpy: np.maximum(a, b)
// out: [nan, nan, nan, 5]
func.func @arith_maximumf_f16(%a: tensor<4xf16>, %b: tensor<4xf16>) -> tensor<4xf16> {
  %r = arith.maximumf %a, %b : tensor<4xf16>
  return %r : tensor<4xf16>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, 5]
// numpy: np.minimum(a, b)
// out: [nan, nan, nan, -inf]
func.func @arith_minimumf_f32(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = arith.minimumf %a, %b : tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [nan, 1, nan, -inf], [2, nan, nan, 5]
// numpy: np.minimum(a, b)
// out: [nan, nan, nan, -inf]
func.func @arith_minimumf_f16(%a: tensor<4xf16>, %b: tensor<4xf16>) -> tensor<4xf16> {
  %r = arith.minimumf %a, %b : tensor<4xf16>
  return %r : tensor<4xf16>
}
