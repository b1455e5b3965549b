// RUN: acc-opt %s --xpu-split-exchanges=target=jx1-slice | FileCheck %s

#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (k, j)>
#y = affine_map<(i, j, k) -> (i, j)>

// Slices have rows of the sums, work on these, and gather all rows: a piece of columns at a time.
// CHECK-LABEL: func.func @rows
// CHECK-SAME: %[[X:[^ ]*]]: memref<64x128xbf16
// CHECK: %[[SUMS:.*]] = memref.alloc() : memref<8x448xf32
// CHECK: xpu.exchange <reduce_scatter>
// CHECK: %[[IN0:.*]] = memref.subview %[[SUMS]][0, 0] [8, 224]
// CHECK: linalg.exp ins(%[[IN0]] {{.*}} outs(%[[OUT0:[^ ]*]] :
// CHECK: %[[PARTS0:.*]] = memref.expand_shape {{.*}} output_shape [8, 8, 224]
// CHECK: %[[ROWS0:.*]] = memref.transpose %[[PARTS0]] (d0, d1, d2) -> (d1, d0, d2)
// CHECK: xpu.exchange <all_gather> over <column> of 8 %{{.*}} to %[[ROWS0]]
// CHECK: linalg.generic
// CHECK: xpu.exchange <reduce_scatter>
// CHECK: linalg.exp
// CHECK: xpu.exchange <all_gather>
// CHECK: linalg.exp {{.*}} outs(%{{.*}} : memref<64x448xf32, #xpu.space<hbm>>)
// CHECK-NOT: xpu.exchange
func.func @rows(%x: memref<64x128xbf16, #xpu.space<hbm>>, %w: memref<128x448xbf16, #xpu.space<hbm>>, %y: memref<64x448xf32, #xpu.space<hbm>>) {
  %terms = memref.alloc() : memref<64x448xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<64x128xbf16, #xpu.space<hbm>>, memref<128x448xbf16, #xpu.space<hbm>>) outs(%terms : memref<64x448xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: bf16, %b: bf16, %o: f32):
    %0 = arith.extf %a : bf16 to f32
    %1 = arith.extf %b : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  }
  %sums = memref.alloc() : memref<8x448xf32, #xpu.space<hbm>>
  %flat = memref.collapse_shape %terms [[0, 1]] : memref<64x448xf32, #xpu.space<hbm>> into memref<28672xf32, #xpu.space<hbm>>
  %parts = memref.expand_shape %flat [[0, 1, 2]] output_shape [1, 8, 3584] : memref<28672xf32, #xpu.space<hbm>> into memref<1x8x3584xf32, #xpu.space<hbm>>
  %flats = memref.collapse_shape %sums [[0, 1]] : memref<8x448xf32, #xpu.space<hbm>> into memref<3584xf32, #xpu.space<hbm>>
  %row = memref.expand_shape %flats [[0, 1]] output_shape [1, 3584] : memref<3584xf32, #xpu.space<hbm>> into memref<1x3584xf32, #xpu.space<hbm>>
  xpu.exchange <reduce_scatter> by <fadd> over <column> of 8 %parts to %row : memref<1x8x3584xf32, #xpu.space<hbm>>, memref<1x3584xf32, #xpu.space<hbm>>
  %part = memref.alloc() : memref<8x448xf32, #xpu.space<hbm>>
  linalg.exp ins(%sums : memref<8x448xf32, #xpu.space<hbm>>) outs(%part : memref<8x448xf32, #xpu.space<hbm>>)
  %flatp = memref.collapse_shape %part [[0, 1]] : memref<8x448xf32, #xpu.space<hbm>> into memref<3584xf32, #xpu.space<hbm>>
  %rowp = memref.expand_shape %flatp [[0, 1]] output_shape [1, 3584] : memref<3584xf32, #xpu.space<hbm>> into memref<1x3584xf32, #xpu.space<hbm>>
  %whole = memref.alloc() : memref<64x448xf32, #xpu.space<hbm>>
  %flatw = memref.collapse_shape %whole [[0, 1]] : memref<64x448xf32, #xpu.space<hbm>> into memref<28672xf32, #xpu.space<hbm>>
  %all = memref.expand_shape %flatw [[0, 1, 2]] output_shape [1, 8, 3584] : memref<28672xf32, #xpu.space<hbm>> into memref<1x8x3584xf32, #xpu.space<hbm>>
  xpu.exchange <all_gather> over <column> of 8 %rowp to %all : memref<1x3584xf32, #xpu.space<hbm>>, memref<1x8x3584xf32, #xpu.space<hbm>>
  linalg.exp ins(%whole : memref<64x448xf32, #xpu.space<hbm>>) outs(%y : memref<64x448xf32, #xpu.space<hbm>>)
  return
}

// All slices have the sums, and gather columns: those of members side by side in each row.
// CHECK-LABEL: func.func @columns
// CHECK: xpu.exchange <all_reduce>
// CHECK: linalg.exp
// CHECK: %[[C0:.*]] = memref.subview {{.*}}[0, 0, 0] [64, 8, 224]
// CHECK: xpu.exchange <all_gather> over <row> of 8 %{{.*}} to %[[C0]]
// CHECK: xpu.exchange <all_reduce>
// CHECK: linalg.exp
// CHECK: %[[C1:.*]] = memref.subview {{.*}}[0, 0, 224] [64, 8, 224]
// CHECK: xpu.exchange <all_gather> over <row> of 8 %{{.*}} to %[[C1]]
func.func @columns(%x: memref<64x128xbf16, #xpu.space<hbm>>, %w: memref<128x448xbf16, #xpu.space<hbm>>, %y: memref<64x3584xf32, #xpu.space<hbm>>) {
  %terms = memref.alloc() : memref<64x448xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<64x128xbf16, #xpu.space<hbm>>, memref<128x448xbf16, #xpu.space<hbm>>) outs(%terms : memref<64x448xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: bf16, %b: bf16, %o: f32):
    %0 = arith.extf %a : bf16 to f32
    %1 = arith.extf %b : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  }
  %sums = memref.alloc() : memref<64x448xf32, #xpu.space<hbm>>
  xpu.exchange <all_reduce> by <fadd> over <column> of 8 %terms to %sums : memref<64x448xf32, #xpu.space<hbm>>, memref<64x448xf32, #xpu.space<hbm>>
  %part = memref.alloc() : memref<64x448xf32, #xpu.space<hbm>>
  linalg.exp ins(%sums : memref<64x448xf32, #xpu.space<hbm>>) outs(%part : memref<64x448xf32, #xpu.space<hbm>>)
  %whole = memref.alloc() : memref<64x3584xf32, #xpu.space<hbm>>
  %all = memref.expand_shape %whole [[0], [1, 2]] output_shape [64, 8, 448] : memref<64x3584xf32, #xpu.space<hbm>> into memref<64x8x448xf32, #xpu.space<hbm>>
  xpu.exchange <all_gather> over <row> of 8 %part to %all : memref<64x448xf32, #xpu.space<hbm>>, memref<64x8x448xf32, #xpu.space<hbm>>
  linalg.exp ins(%whole : memref<64x3584xf32, #xpu.space<hbm>>) outs(%y : memref<64x3584xf32, #xpu.space<hbm>>)
  return
}
