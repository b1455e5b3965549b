// RUN: acc-opt %s --xpu-pack-constants | FileCheck %s

// Two columns of tiles, each a part of every row: the parts of an iteration are one run, and the loop steps from run to run.
// Tiles are 2 x 2 of 2 x 4; a run begins at an atom of the memory.
memref.global "private" constant @w : memref<2x4xf32, #xpu.space<hbm>> = dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]>
// CHECK: memref.global "private" constant @w_packed : memref<16xf32, #xpu.space<hbm>> =
// CHECK-SAME: dense<[0.000000e+00, 1.000000e+00, 4.000000e+00, 5.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 2.000000e+00, 3.000000e+00, 6.000000e+00, 7.000000e+00
// CHECK-LABEL: func.func @tiles
// CHECK: scf.for %[[I:.*]] = %c0 to %c2 step %c1
// CHECK: %[[S:.*]] = xpu.shift %{{.*}} by [%[[I]]] steps [32] : memref<16xf32
// CHECK: xpu.load %[[S]] to %{{.*}} from <0, [0, 0, 0, 0, 0, 4]>
func.func @tiles(%a: memref<2x2xf32, #xpu.space<spm>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %w = memref.get_global @w : memref<2x4xf32, #xpu.space<hbm>>
  scf.for %i = %c0 to %c2 step %c1 {
    %s = xpu.shift %w by [%i] steps [8] : memref<2x4xf32, #xpu.space<hbm>>
    xpu.load %s to %a size [1, 1, 1, 1, 2, 2] element 4 from <0, [0, 0, 0, 0, 16, 4]> into <0, [0, 0, 0, 0, 8, 4]>
        : memref<2x4xf32, #xpu.space<hbm>>, memref<2x2xf32, #xpu.space<spm>>
  }
  return
}
