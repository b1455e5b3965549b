// RUN: acc-opt %s --xpu-allocate-memory | FileCheck %s

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>

// What a loop uses lives as long as the loop, not from its first to its last use in the body: the second buffer may not take its place.
// CHECK-LABEL: func.func @around
// CHECK: %[[A:.*]] = memref.alloc() {xpu.address = 0 : i64}
// CHECK: scf.for
// CHECK: memref.alloc() {xpu.address = 32 : i64}
func.func @around(%x: !hbm, %y: !hbm) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  scf.for %i = %c0 to %c4 step %c1 {
    xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
    %b = memref.alloc() : !spm
    xpu.load %x to %b size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %b to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  }
  return
}
