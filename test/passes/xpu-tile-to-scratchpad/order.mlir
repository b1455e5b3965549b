// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=jx1-slice | FileCheck %s

// A short contraction writes much and reads little, if the operand in the outer loop stays: weights are fetched once, before the tiles of rows,
// and the rows again for each tile of columns.
// CHECK-LABEL: func.func @rowsInside
// CHECK: memref.copy {{.*}} to memref<128x[[N:[0-9]+]]xbf16, #xpu.space<spm>>
// CHECK: memref.copy {{.*}} to memref<{{[0-9]+}}x128xbf16, #xpu.space<spm>>
// CHECK-NOT: to memref<128x[[N]]xbf16, #xpu.space<spm>>
// CHECK: memref.copy {{.*}} to memref<{{[0-9]+}}x128xbf16, #xpu.space<spm>>
// CHECK-NOT: to memref<128x[[N]]xbf16, #xpu.space<spm>>
// CHECK: memref.copy {{.*}} to memref<{{[0-9]+}}x128xbf16, #xpu.space<spm>>
func.func @rowsInside(%a: memref<2048x128xbf16, #xpu.space<hbm>>, %b: memref<128x2048xbf16, #xpu.space<hbm>>, %c: memref<2048x2048xf32, #xpu.space<hbm>>) {
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<2048x128xbf16, #xpu.space<hbm>>, memref<128x2048xbf16, #xpu.space<hbm>>) outs(%c : memref<2048x2048xf32, #xpu.space<hbm>>)
  return
}

// The few rows are fetched once, before the loop over tiles of columns.
// CHECK-LABEL: func.func @columnsInside
// CHECK: memref.copy {{.*}} to memref<16x4096xbf16, #xpu.space<spm>>
// CHECK: scf.for
// CHECK-NOT: to memref<16x4096xbf16, #xpu.space<spm>>
// CHECK: return
func.func @columnsInside(%a: memref<16x4096xbf16, #xpu.space<hbm>>, %b: memref<4096x8192xbf16, #xpu.space<hbm>>, %c: memref<16x8192xf32, #xpu.space<hbm>>) {
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<16x4096xbf16, #xpu.space<hbm>>, memref<4096x8192xbf16, #xpu.space<hbm>>) outs(%c : memref<16x8192xf32, #xpu.space<hbm>>)
  return
}
