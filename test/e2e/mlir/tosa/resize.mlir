// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 2, 4, 6]
// out: [0, 2, 2, 4, 6, 6, 4, 6, 6]
func.func @resize_nearest_neighbor_f32(%a: tensor<1x2x2x1xf32>) -> tensor<1x3x3x1xf32> {
  %s = tosa.const_shape {values = dense<[2, 1, 2, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %o = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %p = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.resize %a, %s, %o, %p {mode = NEAREST_NEIGHBOR} : (tensor<1x2x2x1xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x3x3x1xf32>
  return %r : tensor<1x3x3x1xf32>
}

// in: [0, 2, 4, 6]
// out: [0, 1, 2, 2, 3, 4, 4, 5, 6]
func.func @resize_bilinear_f32(%a: tensor<1x2x2x1xf32>) -> tensor<1x3x3x1xf32> {
  %s = tosa.const_shape {values = dense<[2, 1, 2, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %o = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %p = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.resize %a, %s, %o, %p {mode = BILINEAR} : (tensor<1x2x2x1xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x3x3x1xf32>
  return %r : tensor<1x3x3x1xf32>
}

// in: [0, 2, 4, 6]
// out: [0, 2, 2, 4, 6, 6, 4, 6, 6]
func.func @resize_nearest_neighbor_i8(%a: tensor<1x2x2x1xi8>) -> tensor<1x3x3x1xi8> {
  %s = tosa.const_shape {values = dense<[2, 1, 2, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %o = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %p = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.resize %a, %s, %o, %p {mode = NEAREST_NEIGHBOR} : (tensor<1x2x2x1xi8>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x3x3x1xi8>
  return %r : tensor<1x3x3x1xi8>
}

// in: [0, 2, 4, 6]
// out: [0, 4, 8, 8, 12, 16, 16, 20, 24]
func.func @resize_bilinear_i8(%a: tensor<1x2x2x1xi8>) -> tensor<1x3x3x1xi32> {
  %s = tosa.const_shape {values = dense<[2, 1, 2, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %o = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %p = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.resize %a, %s, %o, %p {mode = BILINEAR} : (tensor<1x2x2x1xi8>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x3x3x1xi32>
  return %r : tensor<1x3x3x1xi32>
}
