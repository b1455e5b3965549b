// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 1, -1, 5, 100, -100, 127, -128]
// numpy: ~a
// out: [-1, -2, 0, -6, -101, 99, -128, 127]
func.func @bitwise_not_i8(%a: tensor<8xi8>) -> tensor<8xi8> {
  %r = tosa.bitwise_not %a : (tensor<8xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// in: [0, 1, -1, 5, 100, -100, 127, -128]
// numpy: ~a
// out: [-1, -2, 0, -6, -101, 99, -128, 127]
func.func @bitwise_not_i16(%a: tensor<8xi16>) -> tensor<8xi16> {
  %r = tosa.bitwise_not %a : (tensor<8xi16>) -> tensor<8xi16>
  return %r : tensor<8xi16>
}

// in: [0, 1, -1, 5, 100, -100, 127, -128]
// numpy: ~a
// out: [-1, -2, 0, -6, -101, 99, -128, 127]
func.func @bitwise_not_i32(%a: tensor<8xi32>) -> tensor<8xi32> {
  %r = tosa.bitwise_not %a : (tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}
