// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(6)
// numpy: np.tile(a, (2, 3))
// out: [0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5, 3, 4, 5, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5, 3, 4, 5]
func.func @tile_f32(%a: tensor<2x3xf32>) -> tensor<4x9xf32> {
  %m = tosa.const_shape {values = dense<[2, 3]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.tile %a, %m : (tensor<2x3xf32>, !tosa.shape<2>) -> tensor<4x9xf32>
  return %r : tensor<4x9xf32>
}

// in: range(6)
// numpy: np.tile(a, (2, 3))
// out: [0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5, 3, 4, 5, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5, 3, 4, 5]
func.func @tile_i8(%a: tensor<2x3xi8>) -> tensor<4x9xi8> {
  %m = tosa.const_shape {values = dense<[2, 3]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.tile %a, %m : (tensor<2x3xi8>, !tosa.shape<2>) -> tensor<4x9xi8>
  return %r : tensor<4x9xi8>
}

// in: [0, 1, 1, 0, 0, 1]
// numpy: np.tile(a, (2, 3))
// out: [0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1]
func.func @tile_i1(%a: tensor<2x3xi1>) -> tensor<4x9xi1> {
  %m = tosa.const_shape {values = dense<[2, 3]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.tile %a, %m : (tensor<2x3xi1>, !tosa.shape<2>) -> tensor<4x9xi1>
  return %r : tensor<4x9xi1>
}
