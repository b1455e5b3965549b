// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(20)
// numpy: a[1:3, 2:5]
// out: [7, 8, 9, 12, 13, 14]
func.func @slice_f32(%a: tensor<4x5xf32>) -> tensor<2x3xf32> {
  %s = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %z = tosa.const_shape {values = dense<[2, 3]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.slice %a, %s, %z : (tensor<4x5xf32>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: range(20)
// numpy: a[1:3, 2:5]
// out: [7, 8, 9, 12, 13, 14]
func.func @slice_i32(%a: tensor<4x5xi32>) -> tensor<2x3xi32> {
  %s = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %z = tosa.const_shape {values = dense<[2, 3]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.slice %a, %s, %z : (tensor<4x5xi32>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<2x3xi32>
  return %r : tensor<2x3xi32>
}
