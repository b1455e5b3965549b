// RUN: acc-opt %s --xpu-verify-order --split-input-file --verify-diagnostics

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @iteration(%x: !hbm {xpu.address = 0 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  scf.for %i = %c0 to %c4 step %c1 {
    // expected-error @+1 {{expects a fence before it: an iteration begins while the one before may run}}
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  }
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @behind(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  scf.for %i = %c0 to %c4 step %c1 {
    xpu.fence
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  }
  // expected-error @+1 {{expects a fence before it: the loop's last iteration may still run}}
  xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// In a loop as outside: a command that waits for ever.
func.func @waits(%x: !hbm {xpu.address = 0 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  scf.for %i = %c0 to %c4 step %c1 {
    xpu.fence
    // expected-error @+1 {{waits for semaphore 5, which no earlier command signals}}
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {wait = #xpu.semaphores<5>} : !hbm, !spm
  }
  return
}
