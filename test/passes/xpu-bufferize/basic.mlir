// RUN: acc-opt %s --xpu-bufferize | FileCheck %s

// Constants are globals in HBM.
// CHECK: memref.global {{.*}} : memref<2xf32, #xpu.space<hbm>> = dense<[1.0{{.*}}, 2.0{{.*}}]>

// Without a space of its own a tensor is in HBM; layouts at the function's border
// are the identity.
// CHECK-LABEL: func.func @spaces
// CHECK-SAME: (%[[A:.*]]: memref<4xf32, #xpu.space<hbm>>) -> memref<4xf32, #xpu.space<hbm>>
func.func @spaces(%a: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[IN:.*]] = memref.alloc() {{.*}}: memref<4xf32, #xpu.space<spm>>
  // CHECK: memref.copy %[[A]], %[[IN]]
  // CHECK: %[[OUT:.*]] = memref.alloc() {{.*}}: memref<4xf32, #xpu.space<hbm>>
  // CHECK: memref.copy %[[IN]], %[[OUT]]
  // CHECK: return %[[OUT]]
  %in = bufferization.alloc_tensor() copy(%a) {memory_space = #xpu.space<spm>} : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %r = bufferization.materialize_in_destination %in in %e : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @constant
func.func @constant() -> tensor<2xf32> {
  // CHECK: memref.get_global {{.*}} : memref<2xf32, #xpu.space<hbm>>
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %c : tensor<2xf32>
}
