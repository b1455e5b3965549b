// RUN: acc-opt %s --xpu-keep-resident=target=%S/../xpu-tile-to-scratchpad/Inputs/small-spm.yaml --remarks-filter=xpu-resident --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s
// At most four banks of 256 bytes, two of which are enough here: what saves more for its size stays, the other one goes through HBM.
// CHECK-DAG: [Missed] resident {{.*}}goes through HBM: there is no room while it is live", bytes=1024, saved_hbm_bytes=2048
// CHECK-DAG: [Passed] resident {{.*}}stays in the scratchpad", address=1536, bytes=512, saved_hbm_bytes=1536

#id = affine_map<(i) -> (i)>
!a = memref<256xf32, #xpu.space<hbm>>
!b = memref<128xf32, #xpu.space<hbm>>
func.func @two(%x: !a, %y: !b) -> (!a, !b, !b) {
  %t = memref.alloc() : !a
  %u = memref.alloc() : !b
  %r = memref.alloc() : !a
  %s = memref.alloc() : !b
  %v = memref.alloc() : !b
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : !a) outs(%t : !a) {
  ^bb0(%e: f32, %o: f32):
    %0 = math.exp %e : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%y : !b) outs(%u : !b) {
  ^bb0(%e: f32, %o: f32):
    %0 = math.exp %e : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : !a) outs(%r : !a) {
  ^bb0(%e: f32, %o: f32):
    %0 = math.exp %e : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%u : !b) outs(%s : !b) {
  ^bb0(%e: f32, %o: f32):
    %0 = math.exp %e : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%u : !b) outs(%v : !b) {
  ^bb0(%e: f32, %o: f32):
    %0 = math.tanh %e : f32
    linalg.yield %0 : f32
  }
  return %r, %s, %v : !a, !b, !b
}
