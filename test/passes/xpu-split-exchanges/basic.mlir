// RUN: acc-opt %s --xpu-split-exchanges=target=jx1-slice --remarks-filter=xpu-partition --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefixes=CHECK,REMARK

#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (k, j)>
#y = affine_map<(i, j, k) -> (i, j)>

// REMARK-DAG: remark: [Passed] sum{{.*}}added up piece by piece
// REMARK-DAG: remark: [Missed] sum{{.*}}are too large to stay in the scratchpad

// Sums in all slices: pieces of as many columns as the array has (240) at most are added up as soon as they are there.
// CHECK-LABEL: func.func @all
// CHECK-SAME: %[[X:.*]]: memref<64x128xbf16{{.*}}, %[[W:.*]]: memref<128x600xbf16{{.*}}, %[[Y:.*]]: memref<64x600xf32
// CHECK-NOT: memref<64x600xf32, #xpu.space<hbm>>
// CHECK: %[[W0:.*]] = memref.subview %[[W]][0, 0] [128, 208]
// CHECK: %[[S0:.*]] = memref.alloc() : memref<64x208xf32, #xpu.space<hbm>>
// CHECK: linalg.generic {{.*}} %[[W0]] {{.*}} outs(%[[S0]] {{.*}} {xpu.initial_value = 0.0
// CHECK: %[[Y0:.*]] = memref.subview %[[Y]][0, 0] [64, 208]
// CHECK: xpu.exchange <all_reduce> by <fadd> over <row> of 8 %[[S0]] to %[[Y0]]
// CHECK: memref.subview %[[W]][0, 208] [128, 208]
// CHECK: memref.subview %[[Y]][0, 208] [64, 208]
// CHECK: xpu.exchange <all_reduce>
// CHECK: memref.subview %[[W]][0, 416] [128, 184]
// CHECK: memref.subview %[[Y]][0, 416] [64, 184]
// CHECK: xpu.exchange <all_reduce>
// CHECK-NOT: linalg.generic
func.func @all(%x: memref<64x128xbf16, #xpu.space<hbm>>, %w: memref<128x600xbf16, #xpu.space<hbm>>, %y: memref<64x600xf32, #xpu.space<hbm>>) {
  %terms = memref.alloc() : memref<64x600xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<64x128xbf16, #xpu.space<hbm>>, memref<128x600xbf16, #xpu.space<hbm>>) outs(%terms : memref<64x600xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: bf16, %b: bf16, %o: f32):
    %0 = arith.extf %a : bf16 to f32
    %1 = arith.extf %b : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  }
  %flat = memref.collapse_shape %terms [[0, 1]] : memref<64x600xf32, #xpu.space<hbm>> into memref<38400xf32, #xpu.space<hbm>>
  %row = memref.expand_shape %flat [[0, 1]] output_shape [1, 38400] : memref<38400xf32, #xpu.space<hbm>> into memref<1x38400xf32, #xpu.space<hbm>>
  %flaty = memref.collapse_shape %y [[0, 1]] : memref<64x600xf32, #xpu.space<hbm>> into memref<38400xf32, #xpu.space<hbm>>
  %rowy = memref.expand_shape %flaty [[0, 1]] output_shape [1, 38400] : memref<38400xf32, #xpu.space<hbm>> into memref<1x38400xf32, #xpu.space<hbm>>
  xpu.exchange <all_reduce> by <fadd> over <row> of 8 %row to %rowy : memref<1x38400xf32, #xpu.space<hbm>>, memref<1x38400xf32, #xpu.space<hbm>>
  return
}

// Scattered by rows: each of eight members gets eight rows of each piece.
// CHECK-LABEL: func.func @scattered
// CHECK-SAME: %[[Y:[^ ]*]]: memref<8x448xf32
// CHECK: %[[S:.*]] = memref.alloc() : memref<64x224xf32, #xpu.space<hbm>>
// CHECK: %[[Y0:.*]] = memref.subview %[[Y]][0, 0] [8, 224]
// CHECK: %[[PARTS:.*]] = memref.expand_shape %[[S]] {{\[\[}}0, 1], [2]] output_shape [8, 8, 224]
// CHECK: %[[ROWS:.*]] = memref.transpose %[[PARTS]] (d0, d1, d2) -> (d1, d0, d2)
// CHECK: xpu.exchange <reduce_scatter> by <fadd> over <column> of 8 %[[ROWS]] to %[[Y0]]
// CHECK: memref.alloc() : memref<64x224xf32, #xpu.space<hbm>>
// CHECK: xpu.exchange <reduce_scatter>
func.func @scattered(%x: memref<64x128xbf16, #xpu.space<hbm>>, %w: memref<128x448xbf16, #xpu.space<hbm>>, %y: memref<8x448xf32, #xpu.space<hbm>>) {
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
  %flat = memref.collapse_shape %terms [[0, 1]] : memref<64x448xf32, #xpu.space<hbm>> into memref<28672xf32, #xpu.space<hbm>>
  %parts = memref.expand_shape %flat [[0, 1, 2]] output_shape [1, 8, 3584] : memref<28672xf32, #xpu.space<hbm>> into memref<1x8x3584xf32, #xpu.space<hbm>>
  %flaty = memref.collapse_shape %y [[0, 1]] : memref<8x448xf32, #xpu.space<hbm>> into memref<3584xf32, #xpu.space<hbm>>
  %rowy = memref.expand_shape %flaty [[0, 1]] output_shape [1, 3584] : memref<3584xf32, #xpu.space<hbm>> into memref<1x3584xf32, #xpu.space<hbm>>
  xpu.exchange <reduce_scatter> by <fadd> over <column> of 8 %parts to %rowy : memref<1x8x3584xf32, #xpu.space<hbm>>, memref<1x3584xf32, #xpu.space<hbm>>
  return
}

// A piece of 2,048 rows would not stay in the scratchpad; the terms of @read are read by somebody else.
// CHECK-LABEL: func.func @large
// CHECK: xpu.exchange <all_reduce> {{.*}} memref<2048x600xf32
func.func @large(%x: memref<2048x128xbf16, #xpu.space<hbm>>, %w: memref<128x600xbf16, #xpu.space<hbm>>, %y: memref<2048x600xf32, #xpu.space<hbm>>) {
  %terms = memref.alloc() : memref<2048x600xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<2048x128xbf16, #xpu.space<hbm>>, memref<128x600xbf16, #xpu.space<hbm>>) outs(%terms : memref<2048x600xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: bf16, %b: bf16, %o: f32):
    %0 = arith.extf %a : bf16 to f32
    %1 = arith.extf %b : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  }
  xpu.exchange <all_reduce> by <fadd> over <row> of 8 %terms to %y : memref<2048x600xf32, #xpu.space<hbm>>, memref<2048x600xf32, #xpu.space<hbm>>
  return
}

// CHECK-LABEL: func.func @read
// CHECK: xpu.exchange <all_reduce> {{.*}} memref<64x600xf32
// CHECK-NOT: xpu.exchange
func.func @read(%x: memref<64x128xbf16, #xpu.space<hbm>>, %w: memref<128x600xbf16, #xpu.space<hbm>>, %y: memref<64x600xf32, #xpu.space<hbm>>, %z: memref<64x600xf32, #xpu.space<hbm>>) {
  %terms = memref.alloc() : memref<64x600xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<64x128xbf16, #xpu.space<hbm>>, memref<128x600xbf16, #xpu.space<hbm>>) outs(%terms : memref<64x600xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: bf16, %b: bf16, %o: f32):
    %0 = arith.extf %a : bf16 to f32
    %1 = arith.extf %b : bf16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  }
  xpu.exchange <all_reduce> by <fadd> over <row> of 8 %terms to %y : memref<64x600xf32, #xpu.space<hbm>>, memref<64x600xf32, #xpu.space<hbm>>
  linalg.exp ins(%terms : memref<64x600xf32, #xpu.space<hbm>>) outs(%z : memref<64x600xf32, #xpu.space<hbm>>)
  return
}
