// RUN: acc-opt %s --xpu-fuse-rows=body-commands=1000 --remarks-filter=xpu-fuse --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefixes=CHECK,REMARK

// REMARK: [Passed] rows {{.*}}chain of vector work is done row by row", bytes_per_tile={{[0-9]+}}, operations=3
!m = memref<512x128xf32, #xpu.space<hbm>>
!r = memref<512xf32, #xpu.space<hbm>>
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#col = affine_map<(i, j) -> (j)>
#tr = affine_map<(i, j) -> (j, i)>

// A softmax without its last step: the row maximum, the difference and its sum, 256 KiB of which half the scratchpad has no room. Tiles
// of what they share are loaded once; the sum is a result, and the maximum never leaves.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: %[[X:[^ ]*]]: memref<512x128xf32, #xpu.space<hbm>>, %[[S:[^ ]*]]: memref<512xf32
// CHECK: %[[P:.*]] = memref.subview %[[X]][0, 0] {{\[}}[[N:32]], 128] [1, 1]
// CHECK: memref.copy %[[P]], %[[XT:[^ ]*]] {xpu.tile_copy}
// CHECK: %[[M:.*]] = memref.alloc() : memref<[[N]]xf32, #xpu.space<hbm>>
// CHECK: %[[D:.*]] = memref.alloc() : memref<[[N]]x128xf32, #xpu.space<hbm>>
// CHECK: linalg.generic {{.*}} ins(%[[XT]] : {{.*}} outs(%[[M]] : {{.*}} attrs = {xpu.initial_value
// CHECK: linalg.generic {{.*}} ins(%[[XT]], %[[M]] : {{.*}} outs(%[[D]] :
// CHECK: %[[SP:.*]] = memref.subview %[[S]][0] {{\[}}[[N]]] [1]
// CHECK: linalg.generic {{.*}} ins(%[[D]] : {{.*}} outs(%[[SP]] :
// CHECK: memref.subview %[[X]]{{\[}}[[N]], 0] {{\[}}[[N]], 128] [1, 1]
// CHECK: return
func.func @chain(%x: !m, %s: !r) {
  %m = memref.alloc() : !r
  %d = memref.alloc() : !m
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : !m) outs(%m : !r) attrs = {xpu.initial_value = 0xFF800000 : f32} {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.maximumf %o, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %m : !m, !r) outs(%d : !m) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.subf %a, %b : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%d : !m) outs(%s : !r) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.addf %o, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// The sum is over rows, so that only columns can be cut.
// CHECK-LABEL: func.func @columns
// CHECK: memref.copy %{{.*}} : memref<512x8xf32, strided<[128, 1]>
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : memref<512x8xf32{{.*}} outs(%{{.*}} : memref<8xf32
func.func @columns(%x: !m, %r: memref<128x512xf32, #xpu.space<hbm>>) {
  %t = memref.alloc() : !m
  %s = memref.alloc() : memref<128xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : !m) outs(%t : !m) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#tr, #row], iterator_types = ["parallel", "reduction"]} ins(%t : !m) outs(%s : memref<128xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.addf %o, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#tr, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %s : !m, memref<128xf32, #xpu.space<hbm>>)
      outs(%r : memref<128x512xf32, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  }
  return
}

// A matrix and its transpose are read: no part of the first operation's result is enough for a part of the second's.
// CHECK-LABEL: func.func @symmetric
// CHECK-NOT: memref.subview
// CHECK: return
func.func @symmetric(%x: memref<256x256xf32, #xpu.space<hbm>>, %r: memref<256x256xf32, #xpu.space<hbm>>) {
  %t = memref.alloc() : memref<256x256xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<256x256xf32, #xpu.space<hbm>>) outs(%t : memref<256x256xf32, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #tr, #id], iterator_types = ["parallel", "parallel"]}
      ins(%t, %t : memref<256x256xf32, #xpu.space<hbm>>, memref<256x256xf32, #xpu.space<hbm>>) outs(%r : memref<256x256xf32, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  }
  return
}

// What is written is read shifted by a window: tiles would overlap.
// CHECK-LABEL: func.func @window
// CHECK-NOT: memref.subview
// CHECK: return
func.func @window(%x: !m, %w: memref<3xf32, #xpu.space<hbm>>, %r: memref<510x128xf32, #xpu.space<hbm>>) {
  %t = memref.alloc() : !m
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : !m) outs(%t : !m) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i + k, j)>, affine_map<(i, j, k) -> (k)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]} ins(%t, %w : !m, memref<3xf32, #xpu.space<hbm>>) outs(%r : memref<510x128xf32, #xpu.space<hbm>>)
      attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.addf %o, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// In place, and used afterwards: loaded, worked on, stored once.
// CHECK-LABEL: func.func @in_place
// CHECK: memref.copy %{{.*}}, %[[T:[^ ]*]] : {{.*}} to memref<[[N:[0-9]+]]x128xf32, #xpu.space<hbm>>
// CHECK: linalg.generic {{.*}} ins(%[[T]] : {{.*}} outs(%[[T]] :
// CHECK: linalg.generic {{.*}} ins(%[[T]] : {{.*}} outs(%[[T]] :
// CHECK: memref.copy %[[T]], %{{.*}} : memref<[[N]]x128xf32, #xpu.space<hbm>> to memref<[[N]]x128xf32, strided
func.func @in_place(%x: !m) -> !m {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : !m) outs(%x : !m) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : !m) outs(%x : !m) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.tanh %a : f32
    linalg.yield %0 : f32
  }
  return %x : !m
}

// A buffer that an earlier operation reads by columns is written by rows: the rows of the write must wait.
// CHECK-LABEL: func.func @write_after_read
// CHECK-NOT: memref.subview
// CHECK: return
func.func @write_after_read(%x: memref<256x256xf32, #xpu.space<hbm>>, %y: memref<256x256xf32, #xpu.space<hbm>>) {
  linalg.generic {indexing_maps = [#tr, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<256x256xf32, #xpu.space<hbm>>) outs(%y : memref<256x256xf32, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : memref<256x256xf32, #xpu.space<hbm>>) outs(%x : memref<256x256xf32, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.tanh %a : f32
    linalg.yield %0 : f32
  }
  return
}

// The end of a chain may be a part of a buffer that nothing else of it uses.
// CHECK-LABEL: func.func @part
// CHECK: memref.subview %{{.*}}[0, 0] [64, 128] [1, 1] : memref<512x128xf32
// CHECK: %[[OUT:.*]] = memref.subview %{{.*}}[0, 0] [64, 128] [1, 1] : memref<512x128xf32, strided<[256, 1]>
// CHECK: linalg.generic {{.*}} outs(%[[OUT]] :
func.func @part(%x: !m, %y: memref<512x256xf32, #xpu.space<hbm>>) {
  %t = memref.alloc() : !m
  %p = memref.subview %y[0, 0] [512, 128] [1, 1] : memref<512x256xf32, #xpu.space<hbm>> to memref<512x128xf32, strided<[256, 1]>, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : !m) outs(%t : !m) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%t : !m) outs(%p : memref<512x128xf32, strided<[256, 1]>, #xpu.space<hbm>>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.negf %a : f32
    linalg.yield %0 : f32
  }
  return
}
