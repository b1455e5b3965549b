// RUN: acc-opt %s --xpu-allocate-memory --split-input-file --verify-diagnostics | FileCheck %s

!hbm = memref<15360xf32, #xpu.space<hbm>>
!spm = memref<15360xf32, #xpu.space<spm>>
// Buffers of one iteration, one after the other: they take turns in a place for one and a half of them.
// CHECK-LABEL: func.func @turns
// CHECK: scf.for
// CHECK: memref.alloc() {xpu.address = 0 : i64}
// CHECK: memref.alloc() {xpu.address = 0 : i64}
func.func @turns(%x: !hbm, %y: !hbm) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %a = memref.alloc() : !spm
    xpu.load %x to %a size [1, 1, 1, 1, 1, 15360] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %a to %y size [1, 1, 1, 1, 1, 15360] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
    %b = memref.alloc() : !spm
    xpu.load %x to %b size [1, 1, 1, 1, 1, 15360] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %b to %y size [1, 1, 1, 1, 1, 15360] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  }
  return
}

// -----

!hbm = memref<15360xf32, #xpu.space<hbm>>
!spm = memref<15360xf32, #xpu.space<spm>>
// What is made before a loop and used in it lives as long as the loop, also behind its last use in the body: the next iteration reads it again.
func.func @around(%x: !hbm, %y: !hbm) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  // expected-note @+1 {{live here: 61440 at 0}}
  %a = memref.alloc() : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 15360] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  scf.for %i = %c0 to %c4 step %c1 {
    xpu.store %a to %y size [1, 1, 1, 1, 1, 15360] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
    // expected-error @+1 {{needs 61440 more of spm}}
    %b = memref.alloc() : !spm
    xpu.load %x to %b size [1, 1, 1, 1, 1, 15360] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %b to %y size [1, 1, 1, 1, 1, 15360] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  }
  return
}

// -----

!hbm = memref<8192xf32, #xpu.space<hbm>>
!spm = memref<8192xf32, #xpu.space<spm>>
// Four buffers of an iteration in three places: the last one leaves the place of the first to the next iteration.
// CHECK-LABEL: func.func @again
// CHECK: memref.alloc() {xpu.address = 0 : i64}
// CHECK: memref.alloc() {xpu.address = 32768 : i64}
// CHECK: memref.alloc() {xpu.address = 65536 : i64}
// CHECK: memref.alloc() {xpu.address = 32768 : i64}
func.func @again(%x: !hbm, %y: !hbm) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %a = memref.alloc() : !spm
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8192] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %a to %y size [1, 1, 1, 1, 1, 8192] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
    %b = memref.alloc() : !spm
    xpu.load %x to %b size [1, 1, 1, 1, 1, 8192] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %b to %y size [1, 1, 1, 1, 1, 8192] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
    %c = memref.alloc() : !spm
    xpu.load %x to %c size [1, 1, 1, 1, 1, 8192] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %c to %y size [1, 1, 1, 1, 1, 8192] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
    %d = memref.alloc() : !spm
    xpu.load %x to %d size [1, 1, 1, 1, 1, 8192] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %d to %y size [1, 1, 1, 1, 1, 8192] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  }
  return
}
