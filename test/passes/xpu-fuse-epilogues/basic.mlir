// RUN: acc-opt %s --xpu-fuse-epilogues --remarks-filter=xpu-fuse --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefixes=CHECK,REMARK
// RUN: acc-opt %s --xpu-fuse-epilogues --xpu-tile-to-scratchpad | FileCheck %s --check-prefix=TILE

// REMARK-DAG: [Passed] epilogue {{.*}}done with the contraction that it reads, tile by tile
// REMARK-DAG: [Missed] epilogue {{.*}}not done with the contraction that it reads: it reduces
// REMARK-DAG: [Missed] epilogue {{.*}}not done with the contraction that it reads: it reads elements several times
// REMARK-DAG: [Missed] epilogue {{.*}}not done with the contraction that it reads: something between them changes an operand of the contraction
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#tr = affine_map<(m, n) -> (n, m)>
#last = affine_map<(m, n) -> (n)>
!x = memref<128x64xf32, #xpu.space<hbm>>
!w = memref<64x128xf32, #xpu.space<hbm>>
!y = memref<128x128xf32, #xpu.space<hbm>>
!t = memref<128x128xbf16, #xpu.space<hbm>>
!b = memref<128xf32, #xpu.space<hbm>>

// A bias, transposed and in bf16: the contraction moves to it, and its result has no place.
// CHECK-LABEL: func.func @bias
// CHECK: linalg.generic {{.*}} attrs = {xpu.initial_value
// CHECK: linalg.generic {{.*}} attrs = {xpu.epilogue = 0 : i64}
// TILE-LABEL: func.func @bias
// TILE-SAME: %{{[^ ]*}}: memref<128x64xf32, #xpu.space<hbm>>, %{{[^ ]*}}: memref<64x128xf32, #xpu.space<hbm>>, %{{[^ ]*}}: memref<128xf32, #xpu.space<hbm>>, %[[R:[^ ]*]]: memref
// TILE: memref.copy %{{.*}}, %[[S:[^ ]*]] : memref<{{[^>]*}}strided{{.*}}#xpu.space<acc>> to memref<{{.*}}, #xpu.space<spm>>
// TILE: %[[OUT:.*]] = memref.alloc(){{.*}} : memref<{{.*}}xbf16, #xpu.space<spm>>
// TILE: linalg.generic {{.*}} ins(%[[S]], %{{.*}} : {{.*}}#xpu.space<spm>>, {{.*}}#xpu.space<spm>>) outs(%[[OUT]] :
// TILE: memref.copy %[[OUT]], %{{.*}} : {{.*}} to memref<{{.*}}xbf16, strided<[128, 1]{{.*}}#xpu.space<hbm>>
// TILE-NOT: f32, #xpu.space<spm>> to memref<128x128xf32
func.func @bias(%x: !x, %w: !w, %b: !b, %r: !t) {
  %y = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#tr, #last, #id], iterator_types = ["parallel", "parallel"]} ins(%y, %b : !y, !b) outs(%r : !t) {
  ^bb0(%p: f32, %q: f32, %o: bf16):
    %s = arith.addf %p, %q : f32
    %n = arith.truncf %s : f32 to bf16
    linalg.yield %n : bf16
  }
  return
}

// In place: the pieces stay in one buffer on their way, and the results of both get buffers of their own.
// CHECK-LABEL: func.func @in_place
// CHECK: linalg.generic {{.*}} ins(%[[Y:[^ ]*]] : {{.*}} outs(%[[Z:[^ ]*]] : {{.*}} attrs = {xpu.epilogue = 0 : i64}
// CHECK: return %[[Z]]
// TILE-LABEL: func.func @in_place
// TILE: linalg.generic {{.*}} ins(%[[S:[^ ]*]] : {{.*}} outs(%[[S]] :
// TILE: memref.copy %[[S]], %{{.*}} to memref<{{.*}}#xpu.space<hbm>>
func.func @in_place(%x: !x, %w: !w) -> !y {
  %y = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : !y) outs(%y : !y) {
  ^bb0(%p: f32, %o: f32):
    %s = math.tanh %p : f32
    linalg.yield %s : f32
  }
  return %y : !y
}

// The result is read twice, reduced, broadcast, returned, or small: nothing is fused.
// CHECK-LABEL: func.func @two_readers
// CHECK-NOT: xpu.epilogue
func.func @two_readers(%x: !x, %w: !w, %r: !y, %r2: !y) {
  %y = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : !y) outs(%r : !y) {
  ^bb0(%p: f32, %o: f32):
    %s = math.tanh %p : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : !y) outs(%r2 : !y) {
  ^bb0(%p: f32, %o: f32):
    %s = math.exp %p : f32
    linalg.yield %s : f32
  }
  return
}

// CHECK-LABEL: func.func @reduced
// CHECK-NOT: xpu.epilogue
func.func @reduced(%x: !x, %w: !w, %r: !b) {
  %y = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, affine_map<(m, n) -> (m)>], iterator_types = ["parallel", "reduction"]}
      ins(%y : !y) outs(%r : !b) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %o: f32):
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  }
  return
}

// CHECK-LABEL: func.func @broadcast
// CHECK-NOT: xpu.epilogue
func.func @broadcast(%x: !x, %w: !w, %r: memref<2x128x128xf32, #xpu.space<hbm>>) {
  %y = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [affine_map<(b, m, n) -> (m, n)>, affine_map<(b, m, n) -> (b, m, n)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y : !y) outs(%r : memref<2x128x128xf32, #xpu.space<hbm>>) {
  ^bb0(%p: f32, %o: f32):
    %s = math.tanh %p : f32
    linalg.yield %s : f32
  }
  return
}

// CHECK-LABEL: func.func @returned
// CHECK-NOT: xpu.epilogue
func.func @returned(%x: !x, %w: !w, %r: !y) -> !y {
  %y = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : !y) outs(%r : !y) {
  ^bb0(%p: f32, %o: f32):
    %s = math.tanh %p : f32
    linalg.yield %s : f32
  }
  return %y : !y
}

// Something writes what the contraction reads before its reader: it cannot move there.
// CHECK-LABEL: func.func @changed
// CHECK-NOT: xpu.epilogue
// CHECK: return
func.func @changed(%x: !x, %w: !w, %n: !x, %r: !y) {
  %y = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  memref.copy %n, %x : !x to !x
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : !y) outs(%r : !y) {
  ^bb0(%p: f32, %o: f32):
    %s = math.tanh %p : f32
    linalg.yield %s : f32
  }
  return
}

// Two contractions with one reader: it is the epilogue of the first, and reads the second from its place.
// CHECK-LABEL: func.func @two_contractions
// CHECK-COUNT-1: xpu.epilogue = 1 : i64
// CHECK: return
func.func @two_contractions(%x: !x, %w: !w, %r: !y) {
  %y = memref.alloc() : !y
  %z = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%z : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%z, %y : !y, !y) outs(%r : !y) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %s = arith.addf %p, %q : f32
    linalg.yield %s : f32
  }
  return
}

// A residual that stays f32, and is rounded for the next product: both come of one tile, and neither is read again. The second goes into what
// is filled before.
// CHECK-LABEL: func.func @twice
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}} attrs = {xpu.initial_value
// CHECK: linalg.generic {{.*}} attrs = {xpu.epilogue = 0 : i64}
// CHECK: linalg.generic {{.*}} attrs = {xpu.second_epilogue}
// TILE-LABEL: func.func @twice
// TILE: linalg.generic {{.*}} outs(%[[Y:[^ ]*]] : memref<{{[0-9x]*}}f32, {{(strided<[^>]*>, )?}}#xpu.space<spm>>)
// TILE: memref.copy %[[Y]], %{{.*}} : {{.*}} to memref<{{.*}}f32, {{.*}}#xpu.space<hbm>>
// TILE: %[[Z:.*]] = memref.alloc(){{.*}} : memref<{{.*}}xbf16, #xpu.space<spm>>
// TILE: linalg.generic {{.*}} ins(%[[Y]] : {{.*}}) outs(%[[Z]] :
// TILE: memref.copy %[[Z]], %{{.*}} : {{.*}} to memref<{{.*}}xbf16, {{.*}}#xpu.space<hbm>>
func.func @twice(%x: !x, %w: !w, %r: !y) -> (!y, memref<130x130xbf16, #xpu.space<hbm>>) {
  %zero = arith.constant 0.0 : bf16
  %y = memref.alloc() : !y
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : !x, !w) outs(%y : !y) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  %sum = memref.alloc() : !y
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%y, %r : !y, !y) outs(%sum : !y) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %s = arith.addf %p, %q : f32
    linalg.yield %s : f32
  }
  %padded = memref.alloc() : memref<130x130xbf16, #xpu.space<hbm>>
  linalg.fill ins(%zero : bf16) outs(%padded : memref<130x130xbf16, #xpu.space<hbm>>)
  %inside = memref.subview %padded[1, 1] [128, 128] [1, 1] : memref<130x130xbf16, #xpu.space<hbm>> to memref<128x128xbf16, strided<[130, 1], offset: 131>, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%sum : !y)
      outs(%inside : memref<128x128xbf16, strided<[130, 1], offset: 131>, #xpu.space<hbm>>) {
  ^bb0(%p: f32, %o: bf16):
    %s = arith.truncf %p : f32 to bf16
    linalg.yield %s : bf16
  }
  return %sum, %padded : !y, memref<130x130xbf16, #xpu.space<hbm>>
}
