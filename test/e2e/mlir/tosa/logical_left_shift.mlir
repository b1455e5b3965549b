// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, -2, 127, -128, 64, 5, 100, -100], [3, 7, 1, 1, 0, 5, 2, 2]
// numpy: a << b
// out: [8, 0, -2, 0, 64, -96, -112, 112]
func.func @logical_left_shift_i8(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %r = tosa.logical_left_shift %a, %b : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// in: [1, -2, 32767, -32768, 64, 5, 100, -100], [3, 15, 1, 1, 0, 5, 2, 2]
// numpy: a << b
// out: [8, 0, -2, 0, 64, 160, 400, -400]
func.func @logical_left_shift_i16(%a: tensor<8xi16>, %b: tensor<8xi16>) -> tensor<8xi16> {
  %r = tosa.logical_left_shift %a, %b : (tensor<8xi16>, tensor<8xi16>) -> tensor<8xi16>
  return %r : tensor<8xi16>
}

// in: [1, -2, 2147483647, -2147483648, 64, 5, 100, -100], [3, 31, 1, 1, 0, 5, 2, 2]
// numpy: a << b
// out: [8, 0, -2, 0, 64, 160, 400, -400]
func.func @logical_left_shift_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.logical_left_shift %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
