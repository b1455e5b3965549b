// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(12)
// numpy: a
// out: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
func.func @reshape_f32(%a: tensor<2x6xf32>) -> tensor<3x4xf32> {
  %s = tosa.const_shape {values = dense<[3, 4]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.reshape %a, %s : (tensor<2x6xf32>, !tosa.shape<2>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// in: [42]
// numpy: a
// out: [42]
func.func @reshape_rank0(%a: tensor<1x1xi32>) -> tensor<i32> {
  %s = tosa.const_shape {values = dense<> : tensor<0xindex>} : () -> !tosa.shape<0>
  %r = tosa.reshape %a, %s : (tensor<1x1xi32>, !tosa.shape<0>) -> tensor<i32>
  return %r : tensor<i32>
}
