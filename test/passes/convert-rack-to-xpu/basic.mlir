// RUN: acc-opt %s --convert-rack-to-xpu | FileCheck %s

// The slice's regions become the function; the host's a function of what they use. The fill is made
// on the host.
// CHECK: module {
module attributes {rack.topology = #rack.topology<chips = 1, slices = 1>} {
  // CHECK-LABEL: func.func @main
  // CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32>)
  func.func @main(%x: tensor<4x8xf32>) -> tensor<4xf32> {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<4xf32>
    %init = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    // CHECK: %[[ABS:.*]] = linalg.abs ins(%[[X]]
    %a = rack.launch chip 0 slice 0 -> tensor<4x8xf32> {
      %0 = linalg.abs ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) -> tensor<4x8xf32>
      rack.yield %0 : tensor<4x8xf32>
    }
    // CHECK: %[[PLACE:.*]] = tensor.empty() : tensor<4xf32>
    // CHECK: %[[R:.*]] = xpu.host_call @host::@call_0 because "a reason" operations 64 ins(%[[ABS]] : tensor<4x8xf32>) outs(%[[PLACE]] : tensor<4xf32>) -> tensor<4xf32>
    %r = rack.host because "a reason" -> tensor<4xf32> {
      %0 = linalg.reduce ins(%a : tensor<4x8xf32>) outs(%init : tensor<4xf32>) dimensions = [1]
        (%in: f32, %acc: f32) {
          %m = math.round %in : f32
          %s = arith.addf %m, %acc : f32
          linalg.yield %s : f32
        }
      rack.yield %0 : tensor<4xf32>
    }
    // CHECK: linalg.exp ins(%[[R]]
    %t = rack.launch chip 0 slice 0 -> tensor<4xf32> {
      %0 = linalg.exp ins(%r : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
      rack.yield %0 : tensor<4xf32>
    }
    return %t : tensor<4xf32>
  }
  // CHECK: module @host {
  // CHECK:   func.func @call_0(%[[IN:.*]]: tensor<4x8xf32>) -> tensor<4xf32>
  // CHECK:     linalg.fill
  // CHECK:     linalg.reduce ins(%[[IN]]
}
