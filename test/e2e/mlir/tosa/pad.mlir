// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(6)
// numpy: np.pad(a, ((1, 1), (0, 1)), constant_values=1.5)
// out: [1.5, 1.5, 1.5, 1.5, 0, 1, 2, 1.5, 3, 4, 5, 1.5, 1.5, 1.5, 1.5, 1.5]
func.func @pad_f32(%a: tensor<2x3xf32>) -> tensor<4x4xf32> {
  %p = tosa.const_shape {values = dense<[1, 1, 0, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %v = "tosa.const"() <{values = dense<1.5> : tensor<1xf32>}> : () -> tensor<1xf32>
  %r = tosa.pad %a, %p, %v : (tensor<2x3xf32>, !tosa.shape<4>, tensor<1xf32>) -> tensor<4x4xf32>
  return %r : tensor<4x4xf32>
}

// in: range(6)
// numpy: np.pad(a, ((1, 1), (0, 1)), constant_values=-3)
// out: [-3, -3, -3, -3, 0, 1, 2, -3, 3, 4, 5, -3, -3, -3, -3, -3]
func.func @pad_i8(%a: tensor<2x3xi8>) -> tensor<4x4xi8> {
  %p = tosa.const_shape {values = dense<[1, 1, 0, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %v = "tosa.const"() <{values = dense<-3> : tensor<1xi8>}> : () -> tensor<1xi8>
  %r = tosa.pad %a, %p, %v : (tensor<2x3xi8>, !tosa.shape<4>, tensor<1xi8>) -> tensor<4x4xi8>
  return %r : tensor<4x4xi8>
}

// in: range(6)
// numpy: np.pad(a, ((1, 1), (0, 1)), constant_values=7)
// out: [7, 7, 7, 7, 0, 1, 2, 7, 3, 4, 5, 7, 7, 7, 7, 7]
func.func @pad_i32(%a: tensor<2x3xi32>) -> tensor<4x4xi32> {
  %p = tosa.const_shape {values = dense<[1, 1, 0, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %v = "tosa.const"() <{values = dense<7> : tensor<1xi32>}> : () -> tensor<1xi32>
  %r = tosa.pad %a, %p, %v : (tensor<2x3xi32>, !tosa.shape<4>, tensor<1xi32>) -> tensor<4x4xi32>
  return %r : tensor<4x4xi32>
}
