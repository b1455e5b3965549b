// RUN: acc-opt %s --split-input-file --verify-diagnostics --xpu-tile-to-scratchpad | FileCheck %s

// One tile: parts of a row side by side, as in memory.
// CHECK-LABEL: func.func @gather
// CHECK: memref.copy %{{.*}}, %[[OWN:.*]] : {{.*}} to memref<3x5xbf16, #xpu.space<spm>>
// CHECK: xpu.collective <all_gather> over <column> of 2 rows 3 columns 5 <bf16> %[[OWN]] <0, [0, 10, 2]> to %[[ALL:.*]] <0, [10, 20, 2]> : memref<3x5xbf16, #xpu.space<spm>>, memref<3x2x5xbf16, #xpu.space<spm>>
// CHECK: memref.copy %[[ALL]], %{{.*}} : memref<3x2x5xbf16, #xpu.space<spm>> to
func.func @gather(%a: memref<3x5xbf16, #xpu.space<hbm>>, %b: memref<3x2x5xbf16, #xpu.space<hbm>>) {
  xpu.exchange <all_gather> over <column> of 2 %a to %b : memref<3x5xbf16, #xpu.space<hbm>>, memref<3x2x5xbf16, #xpu.space<hbm>>
  return
}

// -----

// A row longer than the count of columns that a command has, in tiles; sums are made in place.
// CHECK-LABEL: func.func @reduce
// CHECK: %[[TILE:.*]] = memref.alloc() {{.*}}: memref<1x[[N:[0-9]+]]xi32, #xpu.space<spm>>
// CHECK: xpu.collective <all_reduce> by <iadd> over <chip> of 4 rows 1 columns [[N]] <i32> %[[TILE]] <0, [0, {{[0-9]+}}, 4]> to %[[TILE]]
func.func @reduce(%a: memref<1x100000xi32, #xpu.space<hbm>>, %b: memref<1x100000xi32, #xpu.space<hbm>>) {
  xpu.exchange <all_reduce> by <iadd> over <chip> of 4 %a to %b : memref<1x100000xi32, #xpu.space<hbm>>, memref<1x100000xi32, #xpu.space<hbm>>
  return
}

// -----

func.func @double(%a: memref<1x4xf64, #xpu.space<hbm>>) {
  // expected-error @+1 {{unsupported: elements of type 'f64' on the network between slices}}
  xpu.exchange <all_reduce> by <fadd> over <chip> of 4 %a to %a : memref<1x4xf64, #xpu.space<hbm>>, memref<1x4xf64, #xpu.space<hbm>>
  return
}

// -----

// Parts of all members, side by side in rows; a member gets the sums of one.
// CHECK-LABEL: func.func @scatter
// CHECK: memref.copy %{{.*}}, %[[ALL:.*]] : {{.*}} to memref<3x2x5xf32, #xpu.space<spm>>
// CHECK: xpu.collective <reduce_scatter> by <fadd> over <column> of 2 rows 3 columns 5 <f32> %[[ALL]] <0, [20, 40, 4]> to %[[OWN:.*]] <0, [0, 20, 4]> : memref<3x2x5xf32, #xpu.space<spm>>, memref<3x5xf32, #xpu.space<spm>>
// CHECK: memref.copy %[[OWN]], %{{.*}} : memref<3x5xf32, #xpu.space<spm>> to
func.func @scatter(%a: memref<3x2x5xf32, #xpu.space<hbm>>, %b: memref<3x5xf32, #xpu.space<hbm>>) {
  xpu.exchange <reduce_scatter> by <fadd> over <column> of 2 %a to %b : memref<3x2x5xf32, #xpu.space<hbm>>, memref<3x5xf32, #xpu.space<hbm>>
  return
}

// -----

// What stays in the scratchpad is given to the network, and taken from it, where it is.
// CHECK-LABEL: func.func @resident
// CHECK: %[[A:.*]] = memref.alloc() {xpu.resident = 4096 : i64} : memref<24xf32, #xpu.space<spm>>
// CHECK: %[[B:.*]] = memref.alloc() {xpu.resident = 8192 : i64} : memref<4x3xf32, #xpu.space<spm>>
// CHECK-NOT: memref.copy
// CHECK: xpu.collective <reduce_scatter> by <fadd> over <row> of 2 rows 4 columns 3 <f32> %[[A]] <0, [12, 24, 4]> to %[[B]] <0, [0, 12, 4]>
// CHECK: %[[ALL:.*]] = memref.alloc() : memref<4x2x3xf32, #xpu.space<spm>>
// CHECK: xpu.collective <all_gather> over <row> of 2 rows 4 columns 3 <f32> %[[B]] <0, [0, 12, 4]> to %[[ALL]] <0, [12, 24, 4]>
// CHECK: memref.copy %[[ALL]],
func.func @resident(%c: memref<4x2x3xf32, #xpu.space<hbm>>) {
  %a = memref.alloc() {xpu.resident = 4096} : memref<24xf32, #xpu.space<spm>>
  %b = memref.alloc() {xpu.resident = 8192} : memref<4x3xf32, #xpu.space<spm>>
  %parts = memref.expand_shape %a [[0, 1, 2]] output_shape [4, 2, 3] : memref<24xf32, #xpu.space<spm>> into memref<4x2x3xf32, #xpu.space<spm>>
  xpu.exchange <reduce_scatter> by <fadd> over <row> of 2 %parts to %b : memref<4x2x3xf32, #xpu.space<spm>>, memref<4x3xf32, #xpu.space<spm>>
  xpu.exchange <all_gather> over <row> of 2 %b to %c : memref<4x3xf32, #xpu.space<spm>>, memref<4x2x3xf32, #xpu.space<hbm>>
  return
}
