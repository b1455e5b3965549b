// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0, 0.5, -0.5, 1.25, -3, 3.5, -0.0, nan]
// numpy: np.cos(a)
// out: [1, 0.87758255, 0.87758255, 0.315322369, -0.989992499, -0.93645668, 1, nan]
func.func @cos_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %r = tosa.cos %a : (tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// in: [0, 0.5, -0.5, 1.25, -3, 3.5, -0.0, nan]
// numpy: np.cos(a)
// out: [1, 0.877441406, 0.877441406, 0.315429688, -0.990234375, -0.936523438, 1, nan]
func.func @cos_f16(%a: tensor<8xf16>) -> tensor<8xf16> {
  %r = tosa.cos %a : (tensor<8xf16>) -> tensor<8xf16>
  return %r : tensor<8xf16>
}

// in: [0, 0.5, -0.5, 1.25, -3, 3.5, -0.0, nan]
// numpy: np.cos(a)
// out: [1, 0.87890625, 0.87890625, 0.314453125, -0.98828125, -0.9375, 1, nan]
func.func @cos_bf16(%a: tensor<8xbf16>) -> tensor<8xbf16> {
  %r = tosa.cos %a : (tensor<8xbf16>) -> tensor<8xbf16>
  return %r : tensor<8xbf16>
}
