// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, -2, 127, -128, 64, 5, 100, -100], [3, 7, 1, 1, 0, 5, 2, 2]
// numpy: (a.view(np.uint8) >> b.view(np.uint8)).view(np.int8)
// out: [0, 1, 63, 64, 64, 0, 25, 39]
func.func @logical_right_shift_i8(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %r = tosa.logical_right_shift %a, %b : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// in: [1, -2, 32767, -32768, 64, 5, 100, -100], [3, 15, 1, 1, 0, 5, 2, 2]
// numpy: (a.view(np.uint16) >> b.view(np.uint16)).view(np.int16)
// out: [0, 1, 16383, 16384, 64, 0, 25, 16359]
func.func @logical_right_shift_i16(%a: tensor<8xi16>, %b: tensor<8xi16>) -> tensor<8xi16> {
  %r = tosa.logical_right_shift %a, %b : (tensor<8xi16>, tensor<8xi16>) -> tensor<8xi16>
  return %r : tensor<8xi16>
}

// in: [1, -2, 2147483647, -2147483648, 64, 5, 100, -100], [3, 31, 1, 1, 0, 5, 2, 2]
// numpy: (a.view(np.uint32) >> b.view(np.uint32)).view(np.int32)
// out: [0, 1, 1073741823, 1073741824, 64, 0, 25, 1073741799]
func.func @logical_right_shift_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.logical_right_shift %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
