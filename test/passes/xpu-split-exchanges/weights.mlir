// RUN: acc-opt %s --xpu-split-exchanges=target=xpu-tiny-4 | FileCheck %s

// Large weights that slices have by rows are gathered column by column of the product, the next ones before the product with those before, and work on its results goes along: 32 columns, as many as accumulators have for 16 rows.
// CHECK-LABEL: func.func @weights
// CHECK: %[[FIRST:.*]] = memref.alloc() {xpu.in_pieces} : memref<2048x32xf32>
// CHECK: xpu.exchange <all_gather>
// CHECK: %[[SECOND:.*]] = memref.alloc() {xpu.in_pieces} : memref<2048x32xf32>
// CHECK: xpu.exchange <all_gather>
// CHECK: linalg.matmul ins(%arg1, %[[FIRST]] : {{.*}}) outs(%[[TERMS:.*]] : memref<16x32xf32>)
// CHECK: linalg.negf ins(%[[TERMS]] :
// CHECK: %[[THIRD:.*]] = memref.alloc() {xpu.in_pieces} : memref<2048x16xf32>
// CHECK: xpu.exchange <all_gather>
// CHECK: linalg.matmul ins(%arg1, %[[SECOND]] : {{.*}}) outs(%{{.*}} : memref<16x32xf32>)
// CHECK: linalg.negf
// CHECK-NOT: xpu.exchange
// CHECK: linalg.matmul ins(%arg1, %[[THIRD]] : {{.*}}) outs(%[[LAST:.*]] : memref<16x16xf32>)
// CHECK: linalg.negf ins(%[[LAST]] :
func.func @weights(%part: memref<512x80xf32>, %x: memref<16x2048xf32>, %out: memref<16x80xf32>) {
  %whole = memref.alloc() : memref<2048x80xf32>
  %source = memref.collapse_shape %part [[0, 1]] : memref<512x80xf32> into memref<40960xf32>
  %row = memref.expand_shape %source [[0, 1]] output_shape [1, 40960] : memref<40960xf32> into memref<1x40960xf32>
  %flat = memref.collapse_shape %whole [[0, 1]] : memref<2048x80xf32> into memref<163840xf32>
  %places = memref.expand_shape %flat [[0, 1, 2]] output_shape [1, 4, 40960] : memref<163840xf32> into memref<1x4x40960xf32>
  xpu.exchange <all_gather> over <chip> of 4 %row to %places : memref<1x40960xf32>, memref<1x4x40960xf32>
  %terms = memref.alloc() : memref<16x80xf32>
  linalg.matmul ins(%x, %whole : memref<16x2048xf32>, memref<2048x80xf32>) outs(%terms : memref<16x80xf32>)
  linalg.negf ins(%terms : memref<16x80xf32>) outs(%out : memref<16x80xf32>)
  return
}

// What others read, too, is gathered at once.
// CHECK-LABEL: func.func @others
// CHECK: xpu.exchange <all_gather>
// CHECK-NOT: xpu.exchange
func.func @others(%part: memref<512x80xf32>, %x: memref<16x2048xf32>, %out: memref<16x80xf32>, %copy: memref<2048x80xf32>) {
  %whole = memref.alloc() : memref<2048x80xf32>
  %source = memref.collapse_shape %part [[0, 1]] : memref<512x80xf32> into memref<40960xf32>
  %row = memref.expand_shape %source [[0, 1]] output_shape [1, 40960] : memref<40960xf32> into memref<1x40960xf32>
  %flat = memref.collapse_shape %whole [[0, 1]] : memref<2048x80xf32> into memref<163840xf32>
  %places = memref.expand_shape %flat [[0, 1, 2]] output_shape [1, 4, 40960] : memref<163840xf32> into memref<1x4x40960xf32>
  xpu.exchange <all_gather> over <chip> of 4 %row to %places : memref<1x40960xf32>, memref<1x4x40960xf32>
  linalg.matmul ins(%x, %whole : memref<16x2048xf32>, memref<2048x80xf32>) outs(%out : memref<16x80xf32>)
  linalg.negf ins(%whole : memref<2048x80xf32>) outs(%copy : memref<2048x80xf32>)
  return
}
