// RUN: acc-opt %s --xpu-fuse-rows --xpu-fuse-epilogues --xpu-keep-resident | FileCheck %s

// A call of the host ends a launch: nothing is cut together, moved or kept in the scratchpad across it.
#id = affine_map<(i, j) -> (i, j)>
!m = memref<512x128xf32, #xpu.space<hbm>>
!s = memref<8xi32, #xpu.space<hbm>>

// CHECK-LABEL: func.func @rows
// CHECK-NOT: memref.subview
// CHECK: return
func.func @rows(%x: !m, %r: !m, %a: !s, %b: !s) {
  %t = memref.alloc() : !m
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : !m) outs(%t : !m) {
  ^bb0(%e: f32, %o: f32):
    %0 = math.exp %e : f32
    linalg.yield %0 : f32
  }
  xpu.host_call @host::@call_0 because "arith.divsi" operations 8 ins(%a : !s) outs(%b : !s)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%t : !m) outs(%r : !m) {
  ^bb0(%e: f32, %o: f32):
    %0 = math.tanh %e : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @epilogue
// CHECK-NOT: xpu.epilogue
// CHECK: return
func.func @epilogue(%x: !m, %w: memref<128x64xf32, #xpu.space<hbm>>, %r: memref<512x64xf32, #xpu.space<hbm>>, %a: !s, %b: !s) {
  %y = memref.alloc() : memref<512x64xf32, #xpu.space<hbm>>
  linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                  iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : !m, memref<128x64xf32, #xpu.space<hbm>>)
      outs(%y : memref<512x64xf32, #xpu.space<hbm>>) attrs = {xpu.initial_value = 0.0 : f32} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %0 = arith.mulf %p, %q : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  }
  xpu.host_call @host::@call_0 because "arith.divsi" operations 8 ins(%a : !s) outs(%b : !s)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : memref<512x64xf32, #xpu.space<hbm>>) outs(%r : memref<512x64xf32, #xpu.space<hbm>>) {
  ^bb0(%e: f32, %o: f32):
    %0 = math.tanh %e : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @resident
// CHECK-NOT: xpu.resident =
// CHECK: return
func.func @resident(%x: !s, %r: !s, %a: !s, %b: !s) {
  %t = memref.alloc() : !s
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x : !s) outs(%t : !s) {
  ^bb0(%e: i32, %o: i32):
    %0 = arith.addi %e, %e : i32
    linalg.yield %0 : i32
  }
  xpu.host_call @host::@call_0 because "arith.divsi" operations 8 ins(%a : !s) outs(%b : !s)
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%t : !s) outs(%r : !s) {
  ^bb0(%e: i32, %o: i32):
    %0 = arith.muli %e, %e : i32
    linalg.yield %0 : i32
  }
  return
}
