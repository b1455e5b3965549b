// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=jx1-slice --remarks-filter=xpu-tile --remark-format=emitRemark 2>&1 | FileCheck %s

// 1,024 columns are four passes over 240 and 64 more. These are a product of their own, whose weights are the 1,024 rows and whose rows they are; each with its part of
// the epilogue.
// CHECK: remark: {{.*}}in two parts, whose rows and columns change places{{.*}}dim=1, size=960
// CHECK: column_dim=1, columns=240, stationary=1
// CHECK: column_dim=0, columns={{[0-9]+}}, stationary=0
// CHECK-LABEL: func.func @split
// CHECK: linalg.matmul {{.*}}xpu.column_dim = 1 : i64{{.*}}xpu.stationary = 1 : i64
// CHECK: linalg.exp
// CHECK: linalg.matmul {{.*}}xpu.column_dim = 0 : i64{{.*}}xpu.stationary = 0 : i64
// CHECK: linalg.exp
// CHECK-NOT: linalg.matmul {{.*}}xpu.column_dim = 1 : i64
// CHECK: return
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @split(%a: memref<1024x1024xbf16, #xpu.space<hbm>>, %b: memref<1024x1024xbf16, #xpu.space<hbm>>, %d: memref<1024x1024xf32, #xpu.space<hbm>>) {
  %c = memref.alloc() : memref<1024x1024xf32, #xpu.space<hbm>>
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<1024x1024xbf16, #xpu.space<hbm>>, memref<1024x1024xbf16, #xpu.space<hbm>>) outs(%c : memref<1024x1024xf32, #xpu.space<hbm>>)
  linalg.exp {xpu.epilogue = 0 : i64} ins(%c : memref<1024x1024xf32, #xpu.space<hbm>>) outs(%d : memref<1024x1024xf32, #xpu.space<hbm>>)
  return
}

// Memory is what takes long: nothing is to be won.
// CHECK-LABEL: func.func @whole
// CHECK-NOT: xpu.stationary = 0 : i64
// CHECK: return
func.func @whole(%a: memref<256x64xbf16, #xpu.space<hbm>>, %b: memref<64x4096xbf16, #xpu.space<hbm>>, %c: memref<256x4096xf32, #xpu.space<hbm>>) {
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<256x64xbf16, #xpu.space<hbm>>, memref<64x4096xbf16, #xpu.space<hbm>>) outs(%c : memref<256x4096xf32, #xpu.space<hbm>>)
  return
}
