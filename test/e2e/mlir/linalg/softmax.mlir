// RUN: %{python} %inputs/run_functions.py %s %t

// in: [1, 2, 3, 4, -1, 0, 1, -2, 100, 100.5, 99, 98]
// numpy: softmax(a, 0)
// out: [1.00893489e-43, 1.66754517e-43, 2.03048147e-42, 1.50079066e-41, 1.40129846e-44, 2.24207754e-44, 2.74654499e-43, 3.78350585e-44, 1, 1, 1, 1]
func.func @softmax_f32_0(%a: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %e = tensor.empty() : tensor<3x4xf32>
  %r = linalg.softmax dimension(0) ins(%a : tensor<3x4xf32>) outs(%e : tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// in: [1, 2, 3, 4, -1, 0, 1, -2, 100, 100.5, 99, 98]
// numpy: softmax(a, 1)
// out: [0.0320586041, 0.0871443227, 0.236882806, 0.643914282, 0.0871443227, 0.236882806, 0.643914282, 0.0320586041, 0.317265332, 0.523082078, 0.116715387, 0.0429371968]
func.func @softmax_f32_1(%a: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %e = tensor.empty() : tensor<3x4xf32>
  %r = linalg.softmax dimension(1) ins(%a : tensor<3x4xf32>) outs(%e : tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// in: [1, 2, 3, 4, -1, 0, 1, -2, 100, 100.5, 99, 98]
// numpy: softmax(a, 0)
// out~ 2e-2 2e-3: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
func.func @softmax_f16_0(%a: tensor<3x4xf16>) -> tensor<3x4xf16> {
  %e = tensor.empty() : tensor<3x4xf16>
  %r = linalg.softmax dimension(0) ins(%a : tensor<3x4xf16>) outs(%e : tensor<3x4xf16>) -> tensor<3x4xf16>
  return %r : tensor<3x4xf16>
}

// in: [1, 2, 3, 4, -1, 0, 1, -2, 100, 100.5, 99, 98]
// numpy: softmax(a, 1)
// out~ 2e-2 2e-3: [0.032043457, 0.0871582031, 0.236938477, 0.644042969, 0.0871582031, 0.236938477, 0.644042969, 0.032043457, 0.317382812, 0.522949219, 0.116699219, 0.0429382324]
func.func @softmax_f16_1(%a: tensor<3x4xf16>) -> tensor<3x4xf16> {
  %e = tensor.empty() : tensor<3x4xf16>
  %r = linalg.softmax dimension(1) ins(%a : tensor<3x4xf16>) outs(%e : tensor<3x4xf16>) -> tensor<3x4xf16>
  return %r : tensor<3x4xf16>
}

// in: [1, 2, 3, 4, -1, 0, 1, -2, 100, 100.5, 99, 98]
// numpy: softmax(a, 0)
// out~ 2e-2 2e-3: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
func.func @softmax_bf16_0(%a: tensor<3x4xbf16>) -> tensor<3x4xbf16> {
  %e = tensor.empty() : tensor<3x4xbf16>
  %r = linalg.softmax dimension(0) ins(%a : tensor<3x4xbf16>) outs(%e : tensor<3x4xbf16>) -> tensor<3x4xbf16>
  return %r : tensor<3x4xbf16>
}

// in: [1, 2, 3, 4, -1, 0, 1, -2, 100, 100.5, 99, 98]
// numpy: softmax(a, 1)
// out~ 2e-2 2e-3: [0.0319824219, 0.0869140625, 0.237304688, 0.64453125, 0.0869140625, 0.237304688, 0.64453125, 0.0319824219, 0.31640625, 0.5234375, 0.116699219, 0.04296875]
func.func @softmax_bf16_1(%a: tensor<3x4xbf16>) -> tensor<3x4xbf16> {
  %e = tensor.empty() : tensor<3x4xbf16>
  %r = linalg.softmax dimension(1) ins(%a : tensor<3x4xbf16>) outs(%e : tensor<3x4xbf16>) -> tensor<3x4xbf16>
  return %r : tensor<3x4xbf16>
}

// in: [1, nan, 3, -inf, -inf, -inf, -inf, 1, 1, inf, 1, 2]
// numpy: softmax(a, 1)
// out: [nan, nan, nan, nan, nan, nan, 0, 0.5, 0.5, nan, nan, nan]
func.func @softmax_special(%a: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %e = tensor.empty() : tensor<4x3xf32>
  %r = linalg.softmax dimension(1) ins(%a : tensor<4x3xf32>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32>
  return %r : tensor<4x3xf32>
}
