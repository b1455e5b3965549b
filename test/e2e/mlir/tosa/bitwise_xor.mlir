// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, -2, 127, -128, 0, 5, 100, -100], [3, 7, 1, -1, 0, -5, 100, -100]
// numpy: a ^ b
// out: [2, -7, 126, 127, 0, -2, 0, 0]
func.func @bitwise_xor_i8(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %r = tosa.bitwise_xor %a, %b : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// in: [1, -2, 32767, -32768, 0, 5, 300, -300], [3, 7, 1, -1, 0, -5, 300, -300]
// numpy: a ^ b
// out: [2, -7, 32766, 32767, 0, -2, 0, 0]
func.func @bitwise_xor_i16(%a: tensor<8xi16>, %b: tensor<8xi16>) -> tensor<8xi16> {
  %r = tosa.bitwise_xor %a, %b : (tensor<8xi16>, tensor<8xi16>) -> tensor<8xi16>
  return %r : tensor<8xi16>
}

// in: [1, -2, 2147483647, -2147483648, 0, 5, 70000, -70000], [3, 7, 1, -1, 0, -5, 70000, 70000]
// numpy: a ^ b
// out: [2, -7, 2147483646, 2147483647, 0, -2, 0, -32]
func.func @bitwise_xor_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.bitwise_xor %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
