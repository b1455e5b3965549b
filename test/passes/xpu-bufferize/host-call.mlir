// RUN: acc-opt %s --xpu-bufferize | FileCheck %s

// The host sees whole buffers: a slice is copied, an argument is not; a result that goes into a slice
// has a buffer of its own first.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: memref<4x8xf32, #xpu.space<hbm>>, %[[Y:.*]]: memref<4x8xf32, #xpu.space<hbm>>)
func.func @main(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %part = tensor.extract_slice %x[1, 2] [2, 4] [1, 1] : tensor<4x8xf32> to tensor<2x4xf32>
  %e = tensor.empty() : tensor<2x4xf32>
  // CHECK: memref.copy %{{.*}}, %[[IN:.*]] : memref<2x4xf32, strided<[8, 1], offset: 10>
  // CHECK: xpu.host_call @host::@f because "a reason" operations 8 ins(%[[IN]], %[[Y]] :{{.*}}) outs(%[[OUT:.*]] : memref<2x4xf32, #xpu.space<hbm>>)
  %r = xpu.host_call @host::@f because "a reason" operations 8 ins(%part, %y : tensor<2x4xf32>, tensor<4x8xf32>) outs(%e : tensor<2x4xf32>) -> tensor<2x4xf32>
  // CHECK: memref.copy %[[OUT]], %{{.*}}
  %whole = tensor.insert_slice %r into %x[0, 0] [2, 4] [1, 1] : tensor<2x4xf32> into tensor<4x8xf32>
  return %whole : tensor<4x8xf32>
}
