// RUN: acc-opt %s --xpu-tile-to-scratchpad=target=jx1-slice | FileCheck %s

// What no mapping of the products can beat, by their names: 536,576 bytes of operands and results (49,152 more wait in write queues) at 6 x 32 bytes in 798 ps and 1.7 GHz;
// in a loop, for all of its iterations. What the vector unit does has none.
// CHECK: func.func @bounds
// CHECK-SAME: xpu.bounds = {once = 3792 : i64, repeated = 15168 : i64}
func.func @bounds(%a: memref<128x128xbf16, #xpu.space<hbm>>, %b: memref<128x720xbf16, #xpu.space<hbm>>, %c: memref<128x720xf32, #xpu.space<hbm>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<128x128xbf16, #xpu.space<hbm>>, memref<128x720xbf16, #xpu.space<hbm>>) outs(%c : memref<128x720xf32, #xpu.space<hbm>>) loc("once")
  scf.for %i = %c0 to %c4 step %c1 {
    linalg.matmul {xpu.initial_value = 0.0 : f32} ins(%a, %b : memref<128x128xbf16, #xpu.space<hbm>>, memref<128x720xbf16, #xpu.space<hbm>>) outs(%c : memref<128x720xf32, #xpu.space<hbm>>) loc("repeated")
  }
  linalg.exp ins(%c : memref<128x720xf32, #xpu.space<hbm>>) outs(%c : memref<128x720xf32, #xpu.space<hbm>>) loc("vector")
  return
}
