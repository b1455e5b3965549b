// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=jx1-slice | FileCheck %s

// Of a batch of small products, one load brings several, which go through the array one by one.
// CHECK-LABEL: func.func @batch
// CHECK: memref.copy {{.*}}#xpu.space<hbm>> to memref<[[B:[248]]]x64x64xbf16, #xpu.space<spm>>
// CHECK: memref.copy {{.*}}#xpu.space<hbm>> to memref<[[B]]x64x64xbf16, #xpu.space<spm>>
// CHECK: linalg.batch_matmul {{.*}}memref<1x64x64xbf16, {{.*}}memref<1x64x64xbf16, {{.*}}#xpu.space<acc>>
// CHECK: linalg.batch_matmul {{.*}}memref<1x64x64xbf16, {{.*}}memref<1x64x64xbf16, {{.*}}#xpu.space<acc>>
func.func @batch(%a: memref<64x64x64xbf16, #xpu.space<hbm>>, %b: memref<64x64x64xbf16, #xpu.space<hbm>>, %c: memref<64x64x64xf32, #xpu.space<hbm>>) {
  linalg.batch_matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<64x64x64xbf16, #xpu.space<hbm>>, memref<64x64x64xbf16, #xpu.space<hbm>>) outs(%c : memref<64x64x64xf32, #xpu.space<hbm>>)
  return
}

// Weights of all steps stay for the next tiles of rows: each is loaded once, in front of the products that need it first.
// CHECK-LABEL: func.func @kept
// CHECK: to memref<64x240xbf16, #xpu.space<spm>>
// CHECK: linalg.matmul
// CHECK-COUNT-3: to memref<64x240xbf16, #xpu.space<spm>>
// CHECK-NOT: to memref<64x240xbf16, #xpu.space<spm>>
// CHECK: return
func.func @kept(%a: memref<300x256xbf16, #xpu.space<hbm>>, %b: memref<256x240xbf16, #xpu.space<hbm>>, %c: memref<300x240xf32, #xpu.space<hbm>>) {
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<300x256xbf16, #xpu.space<hbm>>, memref<256x240xbf16, #xpu.space<hbm>>) outs(%c : memref<300x240xf32, #xpu.space<hbm>>)
  return
}

// Accumulators whose columns go across rows of the result are left with an odd number of elements in a row, whatever the width of a piece: 32 would meet the same
// banks again and again.
// CHECK-LABEL: func.func @odd
// CHECK: xpu.column_dim = 0
// CHECK-NOT: #xpu.space<acc>> to memref<{{[0-9x]*[02468]}}xf32, #xpu.space<spm>>
// CHECK: return
func.func @odd(%a: memref<200x70xbf16, #xpu.space<hbm>>, %b: memref<70x65xbf16, #xpu.space<hbm>>, %c: memref<200x65xf32, #xpu.space<hbm>>) {
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<200x70xbf16, #xpu.space<hbm>>, memref<70x65xbf16, #xpu.space<hbm>>) outs(%c : memref<200x65xf32, #xpu.space<hbm>>)
  return
}
