// RUN: acc-opt %s --xpu-keep-resident="target=jx1" | FileCheck %s

// What slices exchange stays in the scratchpad before and after: nothing of it goes through HBM.
// CHECK-LABEL: func.func @main
// CHECK: %[[A:.*]] = memref.alloc() {xpu.resident = {{[0-9]+}} : i64} : memref<8x16xf32, #xpu.space<spm>>
// CHECK: linalg.exp {{.*}} outs(%[[A]] :
// CHECK: %[[B:.*]] = memref.alloc() {xpu.resident = {{[0-9]+}} : i64} : memref<8x16xf32, #xpu.space<spm>>
// CHECK: xpu.exchange <all_reduce> by <fadd> over <chip> of 64 %[[A]] to %[[B]]
// CHECK: linalg.exp {{.*}}ins(%[[B]] :
func.func @main(%x: memref<8x16xf32, #xpu.space<hbm>>, %y: memref<8x16xf32, #xpu.space<hbm>>) {
  %a = memref.alloc() : memref<8x16xf32, #xpu.space<hbm>>
  %b = memref.alloc() : memref<8x16xf32, #xpu.space<hbm>>
  linalg.exp ins(%x : memref<8x16xf32, #xpu.space<hbm>>) outs(%a : memref<8x16xf32, #xpu.space<hbm>>)
  xpu.exchange <all_reduce> by <fadd> over <chip> of 64 %a to %b : memref<8x16xf32, #xpu.space<hbm>>, memref<8x16xf32, #xpu.space<hbm>>
  linalg.exp ins(%b : memref<8x16xf32, #xpu.space<hbm>>) outs(%y : memref<8x16xf32, #xpu.space<hbm>>)
  return
}

// Of what is gathered in pieces, while products read the pieces before, the parts are loaded when their turn comes: no place is taken until then.
// CHECK-LABEL: func.func @later
// CHECK: %[[A:.*]] = memref.alloc() : memref<8x16xf32, #xpu.space<hbm>>
// CHECK: linalg.exp {{.*}} outs(%[[A]] :
// CHECK: xpu.exchange <all_gather> over <chip> of 64 %[[A]] to %{{.*}} : memref<8x16xf32, #xpu.space<hbm>>,
func.func @later(%x: memref<8x16xf32, #xpu.space<hbm>>, %y: memref<8x64x16xf32, #xpu.space<hbm>>) {
  %a = memref.alloc() : memref<8x16xf32, #xpu.space<hbm>>
  %b = memref.alloc() {xpu.in_pieces} : memref<8x64x16xf32, #xpu.space<hbm>>
  linalg.exp ins(%x : memref<8x16xf32, #xpu.space<hbm>>) outs(%a : memref<8x16xf32, #xpu.space<hbm>>)
  xpu.exchange <all_gather> over <chip> of 64 %a to %b : memref<8x16xf32, #xpu.space<hbm>>, memref<8x64x16xf32, #xpu.space<hbm>>
  linalg.exp ins(%b : memref<8x64x16xf32, #xpu.space<hbm>>) outs(%y : memref<8x64x16xf32, #xpu.space<hbm>>)
  return
}

// Sums of many rows (80 KiB, more than a quarter of what residents have) go through HBM: their product has better tiles then. What comes of them stays.
// CHECK-LABEL: func.func @large
// CHECK: %[[TERMS:.*]] = memref.alloc() : memref<8x2560xf32, #xpu.space<hbm>>
// CHECK: linalg.exp {{.*}} outs(%[[TERMS]] :
// CHECK: xpu.exchange <reduce_scatter> by <fadd> over <row> of 8 %{{.*}} to %{{.*}} : memref<1x8x2560xf32, #xpu.space<hbm>>, memref<1x2560xf32, #xpu.space<spm>>
func.func @large(%x: memref<8x2560xf32, #xpu.space<hbm>>, %y: memref<1x2560xf32, #xpu.space<hbm>>) {
  %a = memref.alloc() : memref<8x2560xf32, #xpu.space<hbm>>
  %b = memref.alloc() : memref<1x2560xf32, #xpu.space<hbm>>
  linalg.exp ins(%x : memref<8x2560xf32, #xpu.space<hbm>>) outs(%a : memref<8x2560xf32, #xpu.space<hbm>>)
  %parts = memref.expand_shape %a [[0, 1], [2]] output_shape [1, 8, 2560] : memref<8x2560xf32, #xpu.space<hbm>> into memref<1x8x2560xf32, #xpu.space<hbm>>
  xpu.exchange <reduce_scatter> by <fadd> over <row> of 8 %parts to %b : memref<1x8x2560xf32, #xpu.space<hbm>>, memref<1x2560xf32, #xpu.space<hbm>>
  linalg.exp ins(%b : memref<1x2560xf32, #xpu.space<hbm>>) outs(%y : memref<1x2560xf32, #xpu.space<hbm>>)
  return
}

// What the network reads (52 KiB at 0x6b000) ends before the bank (32 KiB, at 0x78000) with the rows that the next product reads beside it, at 0x7c000.
// CHECK-LABEL: func.func @beside
// CHECK: %[[ROWS:.*]] = memref.alloc() {xpu.resident = 507904 : i64} : memref<64x128xbf16
// CHECK: %[[TERMS:.*]] = memref.alloc() {xpu.resident = 438272 : i64} : memref<64x208xf32
// CHECK: xpu.exchange <all_reduce> by <fadd> over <row> of 8 %[[TERMS]]
#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (k, j)>
#y = affine_map<(i, j, k) -> (i, j)>
func.func @beside(%x: memref<64x128xbf16, #xpu.space<hbm>>, %v: memref<128x208xbf16, #xpu.space<hbm>>, %w: memref<128x208xbf16, #xpu.space<hbm>>, %y: memref<64x208xf32, #xpu.space<hbm>>, %z: memref<64x208xf32, #xpu.space<hbm>>) {
  %rows = memref.alloc() : memref<64x128xbf16, #xpu.space<hbm>>
  %a = memref.alloc() : memref<64x208xf32, #xpu.space<hbm>>
  linalg.exp ins(%x : memref<64x128xbf16, #xpu.space<hbm>>) outs(%rows : memref<64x128xbf16, #xpu.space<hbm>>)
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%rows, %v : memref<64x128xbf16, #xpu.space<hbm>>, memref<128x208xbf16, #xpu.space<hbm>>) outs(%a : memref<64x208xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: bf16, %q: bf16, %s: f32):
    %0 = arith.extf %p : bf16 to f32
    %1 = arith.extf %q : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %s, %2 : f32
    linalg.yield %3 : f32
  }
  xpu.exchange <all_reduce> by <fadd> over <row> of 8 %a to %y : memref<64x208xf32, #xpu.space<hbm>>, memref<64x208xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%rows, %w : memref<64x128xbf16, #xpu.space<hbm>>, memref<128x208xbf16, #xpu.space<hbm>>) outs(%z : memref<64x208xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: bf16, %q: bf16, %s: f32):
    %0 = arith.extf %p : bf16 to f32
    %1 = arith.extf %q : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %s, %2 : f32
    linalg.yield %3 : f32
  }
  return
}
