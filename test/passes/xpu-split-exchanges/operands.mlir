// RUN: acc-opt %s --xpu-split-exchanges=target=xpu-tiny-4 --remarks-filter=xpu-partition --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefixes=CHECK,REMARK

#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (k, j)>
#y = affine_map<(i, j, k) -> (i, j)>

// REMARK: remark: [Passed] gather{{.*}}gathered piece by piece

// Rows of all slices: eight pieces of columns lie one behind the other, and the loop over terms is one over pieces and one over their columns.
// CHECK-DAG: #[[WHOLE:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d0, d3)>
// CHECK-DAG: #[[OTHER:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d3, d1)>
// CHECK-DAG: #[[APART:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d2, d0, d3, d4)>
// CHECK-DAG: #[[OTHERS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d3, d2, d4, d1)>

// CHECK-LABEL: func.func @rows
// CHECK-SAME: %[[X:[^ ]*]]: memref<8x256xf32, #xpu.space<hbm>>, %[[W:[^ ]*]]: memref<256x24xf32
// CHECK: %[[PIECES:.*]] = memref.alloc() : memref<8x32x32xf32, #xpu.space<hbm>>
// CHECK: memref.subview %{{.*}}[0, 0, 0] [1, 8, 32]
// CHECK: memref.subview %[[PIECES]][0, 0, 0] [1, 32, 32]
// CHECK: xpu.exchange <all_gather> over <chip> of 4 {{.*}} memref<8x32xf32, {{.*}}, memref<8x4x32xf32
// CHECK: memref.subview %[[PIECES]][1, 0, 0] [1, 32, 32]
// CHECK: xpu.exchange <all_gather>
// CHECK-COUNT-5: xpu.exchange <all_gather>
// CHECK: memref.subview %[[PIECES]][7, 0, 0] [1, 32, 32]
// CHECK: xpu.exchange <all_gather>
// CHECK: %[[PARTS:.*]] = memref.expand_shape %[[W]] {{\[\[}}0, 1], [2]] output_shape [8, 32, 24]
// CHECK: linalg.generic {indexing_maps = [#[[WHOLE]], #[[OTHER]], {{.*}}], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%[[PIECES]], %[[PARTS]] : {{.*}} {xpu.initial_value = 0.0
func.func @rows(%x: memref<8x256xf32, #xpu.space<hbm>>, %w: memref<256x24xf32, #xpu.space<hbm>>, %y: memref<32x24xf32, #xpu.space<hbm>>) {
  %whole = memref.alloc() : memref<32x256xf32, #xpu.space<hbm>>
  %flat = memref.collapse_shape %x [[0, 1]] : memref<8x256xf32, #xpu.space<hbm>> into memref<2048xf32, #xpu.space<hbm>>
  %row = memref.expand_shape %flat [[0, 1]] output_shape [1, 2048] : memref<2048xf32, #xpu.space<hbm>> into memref<1x2048xf32, #xpu.space<hbm>>
  %flatw = memref.collapse_shape %whole [[0, 1]] : memref<32x256xf32, #xpu.space<hbm>> into memref<8192xf32, #xpu.space<hbm>>
  %all = memref.expand_shape %flatw [[0, 1, 2]] output_shape [1, 4, 2048] : memref<8192xf32, #xpu.space<hbm>> into memref<1x4x2048xf32, #xpu.space<hbm>>
  xpu.exchange <all_gather> over <chip> of 4 %row to %all : memref<1x2048xf32, #xpu.space<hbm>>, memref<1x4x2048xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%whole, %w : memref<32x256xf32, #xpu.space<hbm>>, memref<256x24xf32, #xpu.space<hbm>>) outs(%y : memref<32x24xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// Columns of all slices side by side in each row: a piece has a part of each slice's columns, and there is a loop over slices.
// CHECK-LABEL: func.func @columns
// CHECK-SAME: %[[X:[^ ]*]]: memref<32x64xf32, #xpu.space<hbm>>, %[[W:[^ ]*]]: memref<256x24xf32
// CHECK: %[[PIECES:.*]] = memref.alloc() : memref<8x32x32xf32, #xpu.space<hbm>>
// CHECK: %[[SOURCE:.*]] = memref.subview %[[X]][0, 0] [32, 8]
// CHECK: %[[PLACE:.*]] = memref.subview %[[PIECES]][0, 0, 0] [1, 32, 32]
// CHECK: xpu.exchange <all_gather> over <chip> of 4 {{.*}} memref<32x8xf32, {{.*}}, memref<32x4x8xf32
// CHECK-COUNT-6: xpu.exchange <all_gather>
// CHECK: memref.subview %[[X]][0, 56] [32, 8]
// CHECK: xpu.exchange <all_gather>
// CHECK: %[[READ:.*]] = memref.expand_shape %[[PIECES]] {{\[\[}}0], [1], [2, 3]] output_shape [8, 32, 4, 8]
// CHECK: %[[PARTS:.*]] = memref.expand_shape %[[W]] {{\[\[}}0, 1, 2], [3]] output_shape [4, 8, 8, 24]
// CHECK: linalg.generic {indexing_maps = [#[[APART]], #[[OTHERS]], {{.*}} ins(%[[READ]], %[[PARTS]] :
func.func @columns(%x: memref<32x64xf32, #xpu.space<hbm>>, %w: memref<256x24xf32, #xpu.space<hbm>>, %y: memref<32x24xf32, #xpu.space<hbm>>) {
  %whole = memref.alloc() : memref<32x256xf32, #xpu.space<hbm>>
  %flatw = memref.collapse_shape %whole [[0, 1]] : memref<32x256xf32, #xpu.space<hbm>> into memref<8192xf32, #xpu.space<hbm>>
  %all = memref.expand_shape %flatw [[0, 1, 2]] output_shape [32, 4, 64] : memref<8192xf32, #xpu.space<hbm>> into memref<32x4x64xf32, #xpu.space<hbm>>
  xpu.exchange <all_gather> over <chip> of 4 %x to %all : memref<32x64xf32, #xpu.space<hbm>>, memref<32x4x64xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%whole, %w : memref<32x256xf32, #xpu.space<hbm>>, memref<256x24xf32, #xpu.space<hbm>>) outs(%y : memref<32x24xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// Left alone: somebody else reads the whole, too; a piece of these columns would be no whole step of the
// array; and what does not stay in the scratchpad is read as well in rows.
// CHECK-LABEL: func.func @read
// CHECK: xpu.exchange <all_gather> {{.*}} memref<32x4x64xf32
// CHECK-NOT: xpu.exchange
func.func @read(%x: memref<32x64xf32, #xpu.space<hbm>>, %w: memref<256x24xf32, #xpu.space<hbm>>, %y: memref<32x24xf32, #xpu.space<hbm>>, %z: memref<32x256xf32, #xpu.space<hbm>>) {
  %whole = memref.alloc() : memref<32x256xf32, #xpu.space<hbm>>
  %flatw = memref.collapse_shape %whole [[0, 1]] : memref<32x256xf32, #xpu.space<hbm>> into memref<8192xf32, #xpu.space<hbm>>
  %all = memref.expand_shape %flatw [[0, 1, 2]] output_shape [32, 4, 64] : memref<8192xf32, #xpu.space<hbm>> into memref<32x4x64xf32, #xpu.space<hbm>>
  xpu.exchange <all_gather> over <chip> of 4 %x to %all : memref<32x64xf32, #xpu.space<hbm>>, memref<32x4x64xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%whole, %w : memref<32x256xf32, #xpu.space<hbm>>, memref<256x24xf32, #xpu.space<hbm>>) outs(%y : memref<32x24xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  }
  linalg.exp ins(%whole : memref<32x256xf32, #xpu.space<hbm>>) outs(%z : memref<32x256xf32, #xpu.space<hbm>>)
  return
}

// CHECK-LABEL: func.func @steps
// CHECK: xpu.exchange <all_gather> {{.*}} memref<32x4x60xf32
// CHECK-NOT: xpu.exchange
func.func @steps(%x: memref<32x60xf32, #xpu.space<hbm>>, %w: memref<240x24xf32, #xpu.space<hbm>>, %y: memref<32x24xf32, #xpu.space<hbm>>) {
  %whole = memref.alloc() : memref<32x240xf32, #xpu.space<hbm>>
  %flatw = memref.collapse_shape %whole [[0, 1]] : memref<32x240xf32, #xpu.space<hbm>> into memref<7680xf32, #xpu.space<hbm>>
  %all = memref.expand_shape %flatw [[0, 1, 2]] output_shape [32, 4, 60] : memref<7680xf32, #xpu.space<hbm>> into memref<32x4x60xf32, #xpu.space<hbm>>
  xpu.exchange <all_gather> over <chip> of 4 %x to %all : memref<32x60xf32, #xpu.space<hbm>>, memref<32x4x60xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%whole, %w : memref<32x240xf32, #xpu.space<hbm>>, memref<240x24xf32, #xpu.space<hbm>>) outs(%y : memref<32x24xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// CHECK-LABEL: func.func @large
// CHECK: xpu.exchange <all_gather> {{.*}} memref<256x4x64xf32
// CHECK-NOT: xpu.exchange
func.func @large(%x: memref<256x64xf32, #xpu.space<hbm>>, %w: memref<256x24xf32, #xpu.space<hbm>>, %y: memref<256x24xf32, #xpu.space<hbm>>) {
  %whole = memref.alloc() : memref<256x256xf32, #xpu.space<hbm>>
  %flatw = memref.collapse_shape %whole [[0, 1]] : memref<256x256xf32, #xpu.space<hbm>> into memref<65536xf32, #xpu.space<hbm>>
  %all = memref.expand_shape %flatw [[0, 1, 2]] output_shape [256, 4, 64] : memref<65536xf32, #xpu.space<hbm>> into memref<256x4x64xf32, #xpu.space<hbm>>
  xpu.exchange <all_gather> over <chip> of 4 %x to %all : memref<256x64xf32, #xpu.space<hbm>>, memref<256x4x64xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%whole, %w : memref<256x256xf32, #xpu.space<hbm>>, memref<256x24xf32, #xpu.space<hbm>>) outs(%y : memref<256x24xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// Too large to stay in the scratchpad, but a tile has all rows.
// CHECK-LABEL: func.func @prompt
// CHECK: memref.alloc() {xpu.in_pieces} : memref<8x64x128xf32, #xpu.space<hbm>>
// CHECK-COUNT-8: xpu.exchange <all_gather> {{.*}} memref<64x4x32xf32
// CHECK-NOT: xpu.exchange
func.func @prompt(%x: memref<64x256xf32, #xpu.space<hbm>>, %w: memref<1024x24xf32, #xpu.space<hbm>>, %y: memref<64x24xf32, #xpu.space<hbm>>) {
  %whole = memref.alloc() : memref<64x1024xf32, #xpu.space<hbm>>
  %flatw = memref.collapse_shape %whole [[0, 1]] : memref<64x1024xf32, #xpu.space<hbm>> into memref<65536xf32, #xpu.space<hbm>>
  %all = memref.expand_shape %flatw [[0, 1, 2]] output_shape [64, 4, 256] : memref<65536xf32, #xpu.space<hbm>> into memref<64x4x256xf32, #xpu.space<hbm>>
  xpu.exchange <all_gather> over <chip> of 4 %x to %all : memref<64x256xf32, #xpu.space<hbm>>, memref<64x4x256xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%whole, %w : memref<64x1024xf32, #xpu.space<hbm>>, memref<1024x24xf32, #xpu.space<hbm>>) outs(%y : memref<64x24xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  }
  return
}
