// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, 2, -3, 4, 0.5, 6, 7, -8]
// numpy: (np.fft.rfft2(a).real, np.fft.rfft2(a).imag)
// out~ 1e-4 1e-4: [9.5, -2.5, 1.5, -1.5, 10.5, -17.5], [0, -12, 0, 0, 16, 0]
func.func @rfft2d(%a: tensor<1x2x4xf32>) -> (tensor<1x2x3xf32>, tensor<1x2x3xf32>) {
  %r, %i = tosa.rfft2d %a : (tensor<1x2x4xf32>) -> (tensor<1x2x3xf32>, tensor<1x2x3xf32>)
  return %r, %i : tensor<1x2x3xf32>, tensor<1x2x3xf32>
}

// in: [1, 2, -3, 4], [0.5, 6, 7, -8]
// numpy: (np.fft.fft2(a + 1j * b).real, np.fft.fft2(a + 1j * b).imag)
// out~ 1e-4 1e-4: [4, -8, 2, 6], [5.5, 9.5, 7.5, -20.5]
func.func @fft2d(%a: tensor<1x2x2xf32>, %b: tensor<1x2x2xf32>) -> (tensor<1x2x2xf32>, tensor<1x2x2xf32>) {
  %r, %i = tosa.fft2d %a, %b {inverse = false} : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> (tensor<1x2x2xf32>, tensor<1x2x2xf32>)
  return %r, %i : tensor<1x2x2xf32>, tensor<1x2x2xf32>
}
