// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(6), [9, 8, 7]
// numpy: np.concatenate((a, b))
// out: [0, 1, 2, 3, 4, 5, 9, 8, 7]
func.func @concat_f32(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>) -> tensor<3x3xf32> {
  %r = tosa.concat %a, %b {axis = 0 : i32} : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<3x3xf32>
  return %r : tensor<3x3xf32>
}

// in: range(6), [9, 8, 7]
// numpy: np.concatenate((a, b))
// out: [0, 1, 2, 3, 4, 5, 9, 8, 7]
func.func @concat_i8(%a: tensor<2x3xi8>, %b: tensor<1x3xi8>) -> tensor<3x3xi8> {
  %r = tosa.concat %a, %b {axis = 0 : i32} : (tensor<2x3xi8>, tensor<1x3xi8>) -> tensor<3x3xi8>
  return %r : tensor<3x3xi8>
}

// in: range(6), [9, 8, 7]
// numpy: np.concatenate((a, b))
// out: [0, 1, 2, 3, 4, 5, 9, 8, 7]
func.func @concat_f16(%a: tensor<2x3xf16>, %b: tensor<1x3xf16>) -> tensor<3x3xf16> {
  %r = tosa.concat %a, %b {axis = 0 : i32} : (tensor<2x3xf16>, tensor<1x3xf16>) -> tensor<3x3xf16>
  return %r : tensor<3x3xf16>
}

// in: [0, 1, 0, 1, 1, 0], [1, 0, 1]
// numpy: np.concatenate((a, b))
// out: [0, 1, 0, 1, 1, 0, 1, 0, 1]
func.func @concat_i1(%a: tensor<2x3xi1>, %b: tensor<1x3xi1>) -> tensor<3x3xi1> {
  %r = tosa.concat %a, %b {axis = 0 : i32} : (tensor<2x3xi1>, tensor<1x3xi1>) -> tensor<3x3xi1>
  return %r : tensor<3x3xi1>
}

// in: range(6), [9, 8, 7]
// numpy: np.concatenate((a, b))
// out: [0, 1, 2, 3, 4, 5, 9, 8, 7]
func.func @concat_i32(%a: tensor<2x3xi32>, %b: tensor<1x3xi32>) -> tensor<3x3xi32> {
  %r = tosa.concat %a, %b {axis = 0 : i32} : (tensor<2x3xi32>, tensor<1x3xi32>) -> tensor<3x3xi32>
  return %r : tensor<3x3xi32>
}

// in: range(6), [1 << 40, -1]
// numpy: np.concatenate((a, b), axis=1)
// out: [0, 1, 2, 1099511627776, 3, 4, 5, -1]
func.func @concat_i64_axis1(%a: tensor<2x3xi64>, %b: tensor<2x1xi64>) -> tensor<2x4xi64> {
  %r = tosa.concat %a, %b {axis = 1 : i32} : (tensor<2x3xi64>, tensor<2x1xi64>) -> tensor<2x4xi64>
  return %r : tensor<2x4xi64>
}
