// RUN: acc-opt %s | acc-opt | FileCheck %s
// RUN: acc-opt %s --emit-bytecode | acc-opt | FileCheck %s

// CHECK: module attributes {rack.topology = #rack.topology<chips = 2, slices = 4>}
module attributes {rack.topology = #rack.topology<chips = 2, slices = 4>} {
  // CHECK-LABEL: func.func @regions
  func.func @regions(%x: tensor<8xi32>) -> tensor<8xi32> {
    // CHECK: %[[A:.*]] = rack.launch chip 1 slice 3 -> tensor<8xi32> {
    // CHECK: rack.yield %{{.*}} : tensor<8xi32>
    %a = rack.launch chip 1 slice 3 -> tensor<8xi32> {
      %0 = linalg.add ins(%x, %x : tensor<8xi32>, tensor<8xi32>) outs(%x : tensor<8xi32>) -> tensor<8xi32>
      rack.yield %0 : tensor<8xi32>
    }
    // CHECK: rack.host because "a reason" -> tensor<8xi32> {
    // CHECK: linalg.div ins(%[[A]]
    %b = rack.host because "a reason" -> tensor<8xi32> {
      %0 = linalg.div ins(%a, %x : tensor<8xi32>, tensor<8xi32>) outs(%x : tensor<8xi32>) -> tensor<8xi32>
      rack.yield %0 : tensor<8xi32>
    }
    // CHECK: rack.launch chip 0 slice 0 {
    // CHECK-NEXT: }
    rack.launch chip 0 slice 0 {
    }
    return %b : tensor<8xi32>
  }

  // CHECK-LABEL: func.func @stages
  func.func @stages(%x: tensor<8x4xf32>, %b: memref<8x4xf32>) -> tensor<8x4xf32> {
    // CHECK: rack.send %{{.*}} from 0 of 2 in <tray> : tensor<8x4xf32>
    rack.send %x from 0 of 2 in <tray> : tensor<8x4xf32>
    // CHECK: rack.send %{{.*}} from 0 of 2 in <rack> : memref<8x4xf32>
    rack.send %b from 0 of 2 in <rack> : memref<8x4xf32>
    // CHECK: rack.receive from 1 of 2 in <peers> to %{{.*}} : memref<8x4xf32>
    rack.receive from 1 of 2 in <peers> to %b : memref<8x4xf32>
    // CHECK: rack.receive from 1 of 2 in <peers> -> tensor<8x4xf32>
    %r = rack.receive from 1 of 2 in <peers> -> tensor<8x4xf32>
    return %r : tensor<8x4xf32>
  }
}
