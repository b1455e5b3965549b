// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, -2, 127, -128, 0, 5, 100, -100], [3, 7, 1, -1, 0, -5, 100, -100]
// numpy: a & b
// out: [1, 6, 1, -128, 0, 1, 100, -100]
func.func @bitwise_and_i8(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %r = tosa.bitwise_and %a, %b : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// in: [1, -2, 32767, -32768, 0, 5, 300, -300], [3, 7, 1, -1, 0, -5, 300, -300]
// numpy: a & b
// out: [1, 6, 1, -32768, 0, 1, 300, -300]
func.func @bitwise_and_i16(%a: tensor<8xi16>, %b: tensor<8xi16>) -> tensor<8xi16> {
  %r = tosa.bitwise_and %a, %b : (tensor<8xi16>, tensor<8xi16>) -> tensor<8xi16>
  return %r : tensor<8xi16>
}

// in: [1, -2, 2147483647, -2147483648, 0, 5, 70000, -70000], [3, 7, 1, -1, 0, -5, 70000, 70000]
// numpy: a & b
// out: [1, 6, 1, -2147483648, 0, 1, 70000, 16]
func.func @bitwise_and_i32(%a: tensor<8xi32>, %b: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.bitwise_and %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
