// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=jx1-slice | FileCheck %s

// 64 columns would leave most of the array empty, so the 777 rows are its columns. It reads copies of both operands and writes the result
// across their rows, which are therefore an odd number of elements apart.
// CHECK-LABEL: func.func @narrow
// CHECK-DAG: memref<{{[0-9]+}}x65xbf16, #xpu.space<spm>>
// CHECK-DAG: memref<777x{{[0-9]*[13579]}}xbf16, #xpu.space<spm>>
// CHECK-DAG: memref<{{[0-9]+}}x{{[0-9]*[13579]}}xf32, #xpu.space<spm>>
func.func @narrow(%a: memref<777x777xbf16, #xpu.space<hbm>>, %b: memref<777x64xbf16, #xpu.space<hbm>>, %c: memref<777x64xf32, #xpu.space<hbm>>) {
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<777x777xbf16, #xpu.space<hbm>>, memref<777x64xbf16, #xpu.space<hbm>>) outs(%c : memref<777x64xf32, #xpu.space<hbm>>)
  return
}
