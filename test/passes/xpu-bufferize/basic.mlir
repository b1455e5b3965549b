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

// Images whose borders CSE has made one are filled each: none is copied.
// CHECK-LABEL: func.func @borders
// CHECK: linalg.fill
// CHECK: linalg.fill
// CHECK-NOT: memref.copy %{{.*}} : memref<4x4xf32, #xpu.space<hbm>> to memref<4x4xf32, #xpu.space<hbm>>
// CHECK: return
func.func @borders(%a: tensor<2x2xf32>, %b: tensor<2x2xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %x = tensor.insert_slice %a into %f[1, 1] [2, 2] [1, 1] : tensor<2x2xf32> into tensor<4x4xf32>
  %y = tensor.insert_slice %b into %f[1, 1] [2, 2] [1, 1] : tensor<2x2xf32> into tensor<4x4xf32>
  return %x, %y : tensor<4x4xf32>, tensor<4x4xf32>
}
