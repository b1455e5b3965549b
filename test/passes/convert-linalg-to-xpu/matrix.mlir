// RUN: acc-opt %s --xpu-select-pipeline | FileCheck %s

// fp32 is six products of bf16 terms, small ones first, in the same accumulators.
// CHECK-LABEL: func.func @f32
func.func @f32(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>) -> tensor<8x8xf32> {
  // CHECK: xpu.matmul {{.*}} a <f32_t2> {{.*}} w <f32_t0>
  // CHECK-NOT: accumulate
  // CHECK: xpu.matmul {{.*}} a <f32_t1> {{.*}} w <f32_t1> {{.*}} accumulate
  // CHECK: xpu.matmul {{.*}} a <f32_t0> {{.*}} w <f32_t2> {{.*}} accumulate
  // CHECK: xpu.matmul {{.*}} a <f32_t1> {{.*}} w <f32_t0> {{.*}} accumulate
  // CHECK: xpu.matmul {{.*}} a <f32_t0> {{.*}} w <f32_t1> {{.*}} accumulate
  // CHECK: xpu.matmul {{.*}} a <f32_t0> {{.*}} w <f32_t0> {{.*}} accumulate
  // CHECK-NOT: xpu.matmul
  // CHECK: xpu.acc_store {{.*}} <f32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%i : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// CHECK-LABEL: func.func @bf16
func.func @bf16(%a: tensor<8x16xbf16>, %b: tensor<16x8xbf16>) -> tensor<8x8xf32> {
  // CHECK: xpu.matmul {{.*}} a <bf16> {{.*}} w <bf16>
  // CHECK-NOT: xpu.matmul
  // CHECK: xpu.acc_store {{.*}} <f32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<8x16xbf16>, tensor<16x8xbf16>) outs(%i : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// CHECK-LABEL: func.func @f16
func.func @f16(%a: tensor<8x16xf16>, %b: tensor<16x8xf16>) -> tensor<8x8xf32> {
  // CHECK-COUNT-4: xpu.matmul {{.*}} a <f16_t{{[01]}}> {{.*}} w <f16_t{{[01]}}>
  // CHECK-NOT: xpu.matmul
  // CHECK: xpu.acc_store
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<8x16xf16>, tensor<16x8xf16>) outs(%i : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// A window is a contraction over three dimensions: channels, rows, columns. A tile has as many rows as a window: the first two are one.
// CHECK-LABEL: func.func @convolution
func.func @convolution(%a: tensor<1x4x6x6xbf16>, %w: tensor<8x4x3x3xbf16>) -> tensor<1x8x4x4xf32> {
  // CHECK: xpu.matmul {{.*}} m [1, 1, 8] k [1, 3, {{6|12}}] columns 4
  // CHECK: xpu.acc_store {{.*}} m [1, 1, 8] columns 4
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x4x4xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%a, %w : tensor<1x4x6x6xbf16>, tensor<8x4x3x3xbf16>) outs(%i : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %0 : tensor<1x8x4x4xf32>
}

// A table in HBM is read by an indexed load; its rows are the limit.
// CHECK-LABEL: func.func @gather
func.func @gather(%t: tensor<11x6xf32>, %n: tensor<5xi32>) -> tensor<5x6xf32> {
  // CHECK: xpu.load {{.*}} size [5, 1, 1, 1, 1, 6] element 4 from <0, [24, 0, 0, 0, 0, 4]> {{.*}} indexed {{.*}} limit 11
  %e = tensor.empty() : tensor<5x6xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%n : tensor<5xi32>) outs(%e : tensor<5x6xf32>) {
  ^bb0(%k: i32, %o: f32):
    %r = arith.index_cast %k : i32 to index
    %c = linalg.index 1 : index
    %v = tensor.extract %t[%r, %c] : tensor<11x6xf32>
    linalg.yield %v : f32
  } -> tensor<5x6xf32>
  return %0 : tensor<5x6xf32>
}
