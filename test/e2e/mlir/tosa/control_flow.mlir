// RUN: %{python} %inputs/run_functions.py %s %t

// in: [0], [-1, 2, -3]
// numpy: np.abs(b)
// out: [1, 2, 3]
func.func @cond_if(%a: tensor<i1>, %b: tensor<3xf32>) -> tensor<3xf32> {
  %r = tosa.cond_if %a (%x = %b) : tensor<i1> (tensor<3xf32>) -> tensor<3xf32> {
  ^bb0(%y: tensor<3xf32>):
    %e = tosa.exp %y : (tensor<3xf32>) -> tensor<3xf32>
    tosa.yield %e : tensor<3xf32>
  } else {
  ^bb0(%y: tensor<3xf32>):
    %e = tosa.abs %y : (tensor<3xf32>) -> tensor<3xf32>
    tosa.yield %e : tensor<3xf32>
  }
  return %r : tensor<3xf32>
}

// in: [1], [1, -2, 0.5]
// out: [13], [16, -32, 8]
func.func @while_loop(%a: tensor<i32>, %b: tensor<3xf32>) -> (tensor<i32>, tensor<3xf32>) {
  %r:2 = tosa.while_loop (%x = %a, %y = %b) : (tensor<i32>, tensor<3xf32>) -> (tensor<i32>, tensor<3xf32>) {
    %k = "tosa.const"() <{values = dense<10> : tensor<i32>}> : () -> tensor<i32>
    %q = tosa.greater_equal %k, %x : (tensor<i32>, tensor<i32>) -> tensor<i1>
    tosa.yield %q : tensor<i1>
  } do {
  ^bb0(%x: tensor<i32>, %y: tensor<3xf32>):
    %k = "tosa.const"() <{values = dense<3> : tensor<i32>}> : () -> tensor<i32>
    %s = tosa.add %x, %k : (tensor<i32>, tensor<i32>) -> tensor<i32>
    %t = tosa.add %y, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    tosa.yield %s, %t : tensor<i32>, tensor<3xf32>
  }
  return %r#0, %r#1 : tensor<i32>, tensor<3xf32>
}
