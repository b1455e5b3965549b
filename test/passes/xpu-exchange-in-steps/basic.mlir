// RUN: acc-opt %s --xpu-exchange-in-steps=target=jx1-rack --remarks-filter=xpu-partition --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefixes=CHECK,REMARK

// REMARK: remark: [Passed] steps{{.*}}added up in each chip, and then between chips
// REMARK-NOT: remark:

// 1,024 parts of sums, eight of each chip: slices of a row scatter 128 parts each among eight, in the dimensions of a part, and then each has a part for each chip.
// CHECK-LABEL: func.func @sums
// CHECK-SAME: %[[A:.*]]: memref<1x1024x512xf32{{.*}}, %[[B:.*]]: memref<2x256xf32
// CHECK: %[[BETWEEN:.*]] = memref.alloc() : memref<128x2x256xf32, #xpu.space<hbm>>
// CHECK: %[[ROWS:.*]] = memref.expand_shape %{{.*}} output_shape [128, 512]
// CHECK: xpu.exchange <reduce_scatter> by <fadd> over <row> of 8 %{{.*}} to %[[ROWS]] : memref<128x8x512xf32, #xpu.space<hbm>>, memref<128x512xf32
// CHECK: %[[PARTS:.*]] = memref.expand_shape %{{.*}} output_shape [1, 128, 512]
// CHECK: xpu.exchange <reduce_scatter> by <fadd> over <slice> in <rack> of 128 %[[PARTS]] to %{{.*}} : memref<1x128x512xf32
// CHECK-NOT: xpu.exchange
func.func @sums(%a: memref<1x1024x512xf32, #xpu.space<hbm>>, %b: memref<2x256xf32, #xpu.space<hbm>>) {
  %part = memref.collapse_shape %b [[0, 1]] : memref<2x256xf32, #xpu.space<hbm>> into memref<512xf32, #xpu.space<hbm>>
  %row = memref.expand_shape %part [[0, 1]] output_shape [1, 512] : memref<512xf32, #xpu.space<hbm>> into memref<1x512xf32, #xpu.space<hbm>>
  xpu.exchange <reduce_scatter> by <fadd> over <row> in <rack> of 1024 %a to %row : memref<1x1024x512xf32, #xpu.space<hbm>>, memref<1x512xf32, #xpu.space<hbm>>
  return
}

// Left as they are: sums of 16 bits, which would be rounded twice; sums that all slices get; one slice of each chip; parts that begin at no one distance.
// CHECK-LABEL: func.func @left
// CHECK-NOT: memref.alloc
// CHECK-COUNT-4: in <{{rack|tray}}>
// CHECK-NOT: xpu.exchange
func.func @left(%a: memref<1x1024x512xbf16, #xpu.space<hbm>>, %b: memref<1x512xbf16, #xpu.space<hbm>>, %c: memref<64x512xf32, #xpu.space<hbm>>, %d: memref<64x512xf32, #xpu.space<hbm>>,
                %e: memref<1x8x512xf32, #xpu.space<hbm>>, %f: memref<1x512xf32, #xpu.space<hbm>>, %g: memref<64x16x512xf32, strided<[512, 32768, 1]>, #xpu.space<hbm>>, %h: memref<64x512xf32, #xpu.space<hbm>>) {
  xpu.exchange <reduce_scatter> by <fadd> over <row> in <rack> of 1024 %a to %b : memref<1x1024x512xbf16, #xpu.space<hbm>>, memref<1x512xbf16, #xpu.space<hbm>>
  xpu.exchange <all_reduce> by <fadd> over <row> in <rack> of 1024 %c to %d : memref<64x512xf32, #xpu.space<hbm>>, memref<64x512xf32, #xpu.space<hbm>>
  xpu.exchange <reduce_scatter> by <fadd> over <slice> in <tray> of 8 %e to %f : memref<1x8x512xf32, #xpu.space<hbm>>, memref<1x512xf32, #xpu.space<hbm>>
  xpu.exchange <reduce_scatter> by <fadd> over <row> in <tray> of 16 %g to %h : memref<64x16x512xf32, strided<[512, 32768, 1]>, #xpu.space<hbm>>, memref<64x512xf32, #xpu.space<hbm>>
  return
}
