// RUN: acc-opt %s --xpu-assign-semaphores --xpu-verify-order --split-input-file | FileCheck %s

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>

// Iterations of a loop without loops in it overlap: the load waits for the store of the iteration before. The sequencer signals for the iteration that
// the first one has not before it, and takes what the last one leaves. A loop, and what follows it, begin with idle engines, and so does an iteration with a loop in it.
// CHECK-LABEL: func.func @loop
// CHECK: xpu.load {{.*}}>{{ }}:
// CHECK-NEXT: xpu.fence
// CHECK-NEXT: scf.for
// CHECK-NEXT: xpu.fence
// CHECK-NEXT: xpu.signal <5>
// CHECK-NEXT: scf.for
// CHECK-NEXT: xpu.load {{.*}} {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<5>}
// CHECK-NEXT: xpu.store {{.*}} {signal = #xpu.semaphores<5>, wait = #xpu.semaphores<1>}
// CHECK-NEXT: }
// CHECK-NEXT: xpu.fence
// CHECK-NEXT: xpu.wait <5>
// CHECK-NEXT: xpu.store {{.*}}>{{ }}:
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func @loop(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  scf.for %i = %c0 to %c4 step %c1 {
    scf.for %j = %c0 to %c4 step %c1 {
      xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
      xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
    }
    xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  }
  return
}

// -----

!hbm = memref<64xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>

// Two buffers take turns: each load waits for the store of its own buffer only, so two orders go from one iteration to the next. What an iteration
// reads of %x is what no other one writes: no order for it.
// CHECK-LABEL: func.func @turns
// CHECK: xpu.signal <5>
// CHECK-NEXT: xpu.signal <5>
// CHECK-NEXT: scf.for
// CHECK: xpu.load {{.*}} {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<5>}
// CHECK-NEXT: xpu.store {{.*}} {signal = #xpu.semaphores<5>, wait = #xpu.semaphores<1>}
// CHECK-NEXT: xpu.load {{.*}} {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<5>}
// CHECK-NEXT: xpu.store {{.*}} {signal = #xpu.semaphores<5>, wait = #xpu.semaphores<1>}
// CHECK-NEXT: }
// CHECK-NEXT: xpu.fence
// CHECK-NEXT: xpu.wait <5>
// CHECK-NEXT: xpu.wait <5>
func.func @turns(%x: !hbm {xpu.address = 0 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 64 : i64} : !spm
  scf.for %i = %c0 to %c4 step %c1 {
    %part = xpu.shift %x by [%i] steps [64] : !hbm
    xpu.load %part to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %a to %part size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
    xpu.load %part to %b size [1, 1, 1, 1, 1, 8] element 4 from <32, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %b to %part size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <32, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  }
  return
}

// -----

!hbm = memref<64xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>

// What the iteration before wrote is read: the load comes after its store.
// CHECK-LABEL: func.func @carried
// CHECK: xpu.signal <5>
// CHECK-NEXT: scf.for
// CHECK: xpu.load {{.*}} {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<5>}
// CHECK-NEXT: xpu.store {{.*}} {signal = #xpu.semaphores<5>, wait = #xpu.semaphores<1>}
func.func @carried(%x: !hbm {xpu.address = 0 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %part = xpu.shift %x by [%i] steps [32] : !hbm
    %a = memref.alloc() {xpu.address = 0 : i64} : !spm
    xpu.load %part to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    xpu.store %a to %part size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <32, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  }
  return
}

// -----

!in = memref<8xf32, #xpu.space<hbm>>
!out = memref<64xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>

// Parts of %y move from iteration to iteration, those of %x, just before it in memory, do not; they never meet. The load waits for nothing
// but the store that last used its buffer.
// CHECK-LABEL: func.func @neighbours
// CHECK: xpu.signal <5>
// CHECK-NEXT: xpu.signal <5>
// CHECK-NEXT: scf.for
// CHECK: xpu.load {{.*}} {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<5>}
// CHECK: xpu.load {{.*}} {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<5>}
// CHECK: xpu.fence
// CHECK-NEXT: xpu.wait <5>
// CHECK-NEXT: xpu.wait <5>
func.func @neighbours(%x: !in {xpu.address = 0 : i64}, %y: !out {xpu.address = 32 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 64 : i64} : !spm
  scf.for %i = %c0 to %c4 step %c1 {
    %part = xpu.shift %y by [%i] steps [64] : !out
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !in, !spm
    xpu.store %a to %part size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !out
    xpu.load %x to %b size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !in, !spm
    xpu.store %b to %part size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <32, [0, 0, 0, 0, 0, 4]> : !spm, !out
  }
  return
}

// -----

!hbm = memref<8x16xf32, #xpu.space<hbm>>
!spm = memref<8x8xf32, #xpu.space<spm>>

// Halves of rows: what is loaded of the one is not what was stored of the other, though it lies between its rows; the load of a whole row waits for both.
// CHECK-LABEL: func.func @columns
// CHECK: xpu.load {{.*}}<0, [0, 0, 0, 0, 64, 4]> into {{.*}} {signal = #xpu.semaphores<1>}
// CHECK-NEXT: xpu.store {{.*}} {wait = #xpu.semaphores<1>}
// CHECK-NEXT: xpu.load {{.*}}<32, [0, 0, 0, 0, 64, 4]> into {{.*}} {signal = #xpu.semaphores<1>}
// CHECK-NEXT: xpu.store {{.*}} {signal = #xpu.semaphores<5>, wait = #xpu.semaphores<1>}
// CHECK-NEXT: xpu.load {{.*}}<192, [0, 0, 0, 0, 0, 4]> into {{.*}} {wait = #xpu.semaphores<5>}
func.func @columns(%x: !hbm {xpu.address = 0 : i64}) {
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 256 : i64} : !spm
  %c = memref.alloc() {xpu.address = 512 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 8, 8] element 4 from <0, [0, 0, 0, 0, 64, 4]> into <0, [0, 0, 0, 0, 32, 4]> : !hbm, !spm
  xpu.store %a to %x size [1, 1, 1, 1, 8, 8] element 4 from <0, [0, 0, 0, 0, 32, 4]> into <0, [0, 0, 0, 0, 64, 4]> : !spm, !hbm
  xpu.load %x to %b size [1, 1, 1, 1, 8, 8] element 4 from <32, [0, 0, 0, 0, 64, 4]> into <0, [0, 0, 0, 0, 32, 4]> : !hbm, !spm
  xpu.store %b to %x size [1, 1, 1, 1, 8, 8] element 4 from <0, [0, 0, 0, 0, 32, 4]> into <32, [0, 0, 0, 0, 64, 4]> : !spm, !hbm
  xpu.load %x to %c size [1, 1, 1, 1, 1, 16] element 4 from <192, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}
