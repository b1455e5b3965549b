// RUN: %{python} %inputs/run_functions.py %s %t

func.func private @helper(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = math.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// in: [0, 1, -1, 0.5]
// numpy: np.exp(np.exp(a))
// out: [2.71828198, 15.1542645, 1.4446677, 5.20032549]
func.func @calls_helper(%a: tensor<4xf32>) -> tensor<4xf32> {
  %s = call @helper(%a) : (tensor<4xf32>) -> tensor<4xf32>
  %r = call @helper(%s) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// in: [0, 1, -1, 0.5]
// numpy: np.exp(np.exp(a))
// out: [2.71828198, 15.1542645, 1.4446677, 5.20032549]
func.func @calls_public(%a: tensor<4xf32>) -> tensor<4xf32> {
  %s = call @calls_helper(%a) : (tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}

func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>

// in: [0, 1, -1, 0.5]
// unsupported: 'func.call' of a function without a body
func.func @calls_external(%a: tensor<4xf32>) -> tensor<4xf32> {
  %s = call @elsewhere(%a) : (tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// in: [0, 1, -1, 0.5]
// unsupported: func.call
func.func @calls_itself(%a: tensor<4xf32>) -> tensor<4xf32> {
  %s = call @calls_itself(%a) : (tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// in: [1, 2], [3], [4], [-5]
// numpy: (a, b, c, d)
// out: [1, 2], [3], [4], [-5]
func.func @many_arguments(%a: tensor<2xf32>, %b: f32, %c: tensor<f32>, %d: i32) -> (tensor<2xf32>, f32, tensor<f32>, i32) {
  return %a, %b, %c, %d : tensor<2xf32>, f32, tensor<f32>, i32
}

// in: [0.5], [0.25]
// numpy: np.exp(a + b)
// out: [2.1170001]
func.func @scalar_arithmetic(%a: f32, %b: f32) -> f32 {
  %s = arith.addf %a, %b : f32
  %t = math.exp %s : f32
  return %t : f32
}
