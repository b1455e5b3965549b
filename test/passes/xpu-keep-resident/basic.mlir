// RUN: acc-opt %s --xpu-split-buffers --xpu-keep-resident --split-input-file | FileCheck %s

#id = affine_map<(i) -> (i)>
!hbm = memref<64xf32, #xpu.space<hbm>>

// What is made and read goes through the scratchpad; what is only an argument or a result does not. One buffer that
// bufferization used for two values is two again. Operations know how many banks are taken while they run.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: %[[X:[^ ]*]]: memref<64xf32, #xpu.space<hbm>>
func.func @chain(%x: !hbm) -> !hbm {
  %t = memref.alloc() : !hbm
  %u = memref.alloc() : !hbm
  // CHECK: %[[A:.*]] = memref.alloc() {xpu.resident = 261888 : i64} : memref<64xf32, #xpu.space<spm>>
  // CHECK: linalg.generic {{.*}} ins(%[[X]] : {{.*}} outs(%[[A]] : {{.*}} attrs = {xpu.resident_banks = 1 : i64}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : !hbm) outs(%t : !hbm) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  // CHECK: %[[B:.*]] = memref.alloc() {xpu.resident = 261632 : i64} : memref<64xf32, #xpu.space<spm>>
  // CHECK: linalg.generic {{.*}} ins(%[[A]] : {{.*}} outs(%[[B]] :
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : !hbm) outs(%u : !hbm) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.tanh %a : f32
    linalg.yield %0 : f32
  }
  // CHECK: %[[C:.*]] = memref.alloc() {xpu.resident = 261376 : i64} : memref<64xf32, #xpu.space<spm>>
  // CHECK: linalg.generic {{.*}} ins(%[[B]] : {{.*}} outs(%[[C]] :
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%u : !hbm) outs(%t : !hbm) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.sin %a : f32
    linalg.yield %0 : f32
  }
  // CHECK: %[[R:.*]] = memref.alloc() : memref<64xf32, #xpu.space<hbm>>
  // CHECK: linalg.generic {{.*}} ins(%[[C]] : {{.*}} outs(%[[R]] :
  // CHECK: return %[[R]]
  %r = memref.alloc() : !hbm
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : !hbm) outs(%r : !hbm) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.cos %a : f32
    linalg.yield %0 : f32
  }
  return %r : !hbm
}

// -----

#id = affine_map<(i) -> (i)>
!hbm = memref<64xf32, #xpu.space<hbm>>

// A result that is read again is stored once, behind its last write; an argument that is read twice is loaded once, before its
// first use.
// CHECK-LABEL: func.func @result_and_argument
// CHECK-SAME: %[[X:[^ ]*]]: memref
func.func @result_and_argument(%x: !hbm) -> (!hbm, !hbm) {
  %t = memref.alloc() : !hbm
  %r = memref.alloc() : !hbm
  // CHECK: memref.copy %[[X]], %[[XS:[^ ]*]] :
  // CHECK: linalg.generic {{.*}} ins(%[[XS]] : {{.*}} outs(%[[TS:[^ ]*]] :
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : !hbm) outs(%t : !hbm) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  // CHECK: memref.copy %[[TS]], %[[T:[^ ]*]] :
  // CHECK: linalg.generic {{.*}} ins(%[[XS]], %[[TS]] : {{.*}} outs(%[[R:[^ ]*]] :
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%x, %t : !hbm, !hbm) outs(%r : !hbm) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  }
  // CHECK: return %[[T]], %[[R]]
  return %t, %r : !hbm, !hbm
}

// -----

#id = affine_map<(i, j) -> (i, j)>
!part = memref<4x8xf32, strided<[16, 1], offset: 8>, #xpu.space<hbm>>
!hbm = memref<4x16xf32, #xpu.space<hbm>>

// Views follow their buffer, and so do copies.
// CHECK-LABEL: func.func @views
func.func @views(%x: memref<4x8xf32, #xpu.space<hbm>>) -> memref<64xf32, #xpu.space<hbm>> {
  %t = memref.alloc() : !hbm
  %left = memref.subview %t[0, 0] [4, 8] [1, 1] : !hbm to memref<4x8xf32, strided<[16, 1]>, #xpu.space<hbm>>
  %right = memref.subview %t[0, 8] [4, 8] [1, 1] : !hbm to !part
  // CHECK: %[[XS:.*]] = memref.alloc() {{.*}} : memref<4x8xf32, #xpu.space<spm>>
  // CHECK: %[[T:.*]] = memref.alloc() {{.*}} : memref<4x16xf32, #xpu.space<spm>>
  // CHECK: %[[LEFT:.*]] = memref.subview %[[T]][0, 0] [4, 8] [1, 1] : memref<4x16xf32, #xpu.space<spm>> to memref<4x8xf32, strided<[16, 1]>, #xpu.space<spm>>
  // CHECK: memref.copy %[[XS]], %[[LEFT]]
  memref.copy %x, %left : memref<4x8xf32, #xpu.space<hbm>> to memref<4x8xf32, strided<[16, 1]>, #xpu.space<hbm>>
  // CHECK: %[[RIGHT:.*]] = memref.subview %[[T]][0, 8]
  // CHECK: linalg.generic {{.*}} ins(%[[XS]] : {{.*}} outs(%[[RIGHT]] :
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<4x8xf32, #xpu.space<hbm>>) outs(%right : !part) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  // CHECK: %[[FLAT:.*]] = memref.collapse_shape %[[T]] {{.*}} into memref<64xf32, #xpu.space<spm>>
  // CHECK: linalg.generic {{.*}} ins(%[[FLAT]] :
  %flat = memref.collapse_shape %t [[0, 1]] : !hbm into memref<64xf32, #xpu.space<hbm>>
  %r = memref.alloc() : memref<64xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%flat : memref<64xf32, #xpu.space<hbm>>) outs(%r : memref<64xf32, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.tanh %a : f32
    linalg.yield %0 : f32
  }
  return %r : memref<64xf32, #xpu.space<hbm>>
}

// -----

#id = affine_map<(i) -> (i)>

// Half of the scratchpad is for tiles: 200000 bytes go through HBM, and nothing is given away.
// CHECK-LABEL: func.func @too_large
// CHECK-NOT: xpu.resident
func.func @too_large(%x: memref<50000xf32, #xpu.space<hbm>>) -> memref<50000xf32, #xpu.space<hbm>> {
  %t = memref.alloc() : memref<50000xf32, #xpu.space<hbm>>
  %r = memref.alloc() : memref<50000xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<50000xf32, #xpu.space<hbm>>) outs(%t : memref<50000xf32, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : memref<50000xf32, #xpu.space<hbm>>) outs(%r : memref<50000xf32, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.tanh %a : f32
    linalg.yield %0 : f32
  }
  return %r : memref<50000xf32, #xpu.space<hbm>>
}

// -----

!table = memref<32x8xf32, #xpu.space<hbm>>
!out = memref<4x8xf32, #xpu.space<hbm>>
#id = affine_map<(i, j) -> (i, j)>

// A table is read by index where it is, though it was made here; what is read from it stays.
// CHECK-LABEL: func.func @table
func.func @table(%x: !table, %n: memref<4xi32, #xpu.space<hbm>>) -> !out {
  // CHECK: %[[TABLE:.*]] = memref.alloc() : memref<32x8xf32, #xpu.space<hbm>>
  %t = memref.alloc() : !table
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : !table) outs(%t : !table) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  // CHECK: %[[G:.*]] = memref.alloc() {xpu.resident = {{.*}}} : memref<4x8xf32, #xpu.space<spm>>
  // CHECK: linalg.generic {{.*}} outs(%[[G]] :
  // CHECK: memref.load %[[TABLE]]
  %g = memref.alloc() : !out
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, #id], iterator_types = ["parallel", "parallel"]} ins(%n : memref<4xi32, #xpu.space<hbm>>) outs(%g : !out) {
  ^bb0(%i: i32, %o: f32):
    %k = arith.index_cast %i : i32 to index
    %j = linalg.index 1 : index
    %0 = memref.load %t[%k, %j] : !table
    linalg.yield %0 : f32
  }
  // CHECK: linalg.generic {{.*}} ins(%[[G]] :
  %r = memref.alloc() : !out
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%g : !out) outs(%r : !out) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return %r : !out
}

// -----

#id = affine_map<(c, h, w) -> (c, h, w)>
!image = memref<16x16x16xf32, #xpu.space<hbm>>
!kernel = memref<8x16x3x3xf32, #xpu.space<hbm>>
!result = memref<8x14x14xf32, #xpu.space<hbm>>

// Channels 1024 bytes apart would meet in one column of a bank; an element of padding spreads them.
// CHECK-LABEL: func.func @padding
func.func @padding(%x: !image, %k: !kernel) -> !result {
  // CHECK: %[[A:.*]] = memref.alloc() {{.*}} : memref<16x257xf32, #xpu.space<spm>>
  // CHECK: %[[P:.*]] = memref.subview %[[A]][0, 0] [16, 256] [1, 1]
  // CHECK: %[[T:.*]] = memref.expand_shape %[[P]] {{.*}} into memref<16x16x16xf32, strided<[257, 16, 1]>, #xpu.space<spm>>
  // CHECK: linalg.generic {{.*}} outs(%[[T]] :
  %t = memref.alloc() : !image
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : !image) outs(%t : !image) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  %r = memref.alloc() : !result
  // CHECK: linalg.generic {{.*}} ins(%[[T]],
  linalg.generic {indexing_maps = [affine_map<(f, y, x, c, h, w) -> (c, y + h, x + w)>, affine_map<(f, y, x, c, h, w) -> (f, c, h, w)>, affine_map<(f, y, x, c, h, w) -> (f, y, x)>],
                  iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%t, %k : !image, !kernel) outs(%r : !result) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  }
  return %r : !result
}
