// RUN: acc-opt %s --xpu-fuse-rows | FileCheck %s
// RUN: acc-opt %s --xpu-fuse-rows --xpu-keep-resident | FileCheck %s --check-prefix=RESIDENT

!m = memref<2080x128xf32, #xpu.space<hbm>>
!r = memref<2080xf32, #xpu.space<hbm>>
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// Many tiles of a chain: a loop over groups of them. What they share stays in the scratchpad during an
// iteration, and the banks that it takes are not for what its operations tile.
// CHECK-LABEL: func.func @chain
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step
// CHECK:   %[[AT:.*]] = affine.apply {{.*}}(%[[I]])
// CHECK:   memref.subview %{{.*}}[%[[AT]], 0] [33, 128] [1, 1]
// CHECK:   linalg.generic
// CHECK: memref.subview %{{.*}}[2079, 0] [1, 128] [1, 1]
// CHECK-NOT: scf.for
// CHECK: return
// RESIDENT: scf.for
// RESIDENT: memref.alloc() {xpu.resident = {{.*}}} : memref<33x128xf32, #xpu.space<spm>>
// RESIDENT: linalg.generic {{.*}}xpu.resident_banks = {{[1-9]}}
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
