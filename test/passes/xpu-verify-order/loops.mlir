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
    xpu.fence
  }
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @before(%x: !hbm {xpu.address = 0 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  // expected-error @+1 {{expects a fence before it: what comes before the loop may still run}}
  scf.for %i = %c0 to %c4 step %c1 {
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

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// Ordered within an iteration, but the next one's load may come before the store has read.
func.func @next(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  scf.for %i = %c0 to %c4 step %c1 {
    // expected-error @+1 {{may run beside a command that uses the same memory or bank port}}
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {signal = #xpu.semaphores<1>} : !hbm, !spm
    // expected-note @+1 {{command 1 of engine Store}}
    xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {wait = #xpu.semaphores<1>} : !spm, !hbm
  }
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// The first iteration finds no signal.
func.func @first(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  scf.for %i = %c0 to %c4 step %c1 {
    // expected-error @+1 {{waits for semaphore 4, which no earlier command signals}}
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<4>} : !hbm, !spm
    xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {signal = #xpu.semaphores<4>, wait = #xpu.semaphores<1>} : !spm, !hbm
  }
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// One signal too many before the loop: the load of the next iteration takes it, and comes too early.
func.func @early(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  xpu.signal <4>
  xpu.signal <4>
  scf.for %i = %c0 to %c4 step %c1 {
    // expected-error @+1 {{may run beside a command that uses the same memory or bank port}}
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<4>} : !hbm, !spm
    // expected-note @+1 {{command 1 of engine Store}}
    xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {signal = #xpu.semaphores<4>, wait = #xpu.semaphores<1>} : !spm, !hbm
  }
  xpu.fence
  xpu.wait <4>
  xpu.wait <4>
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// What the last iteration leaves is in the way of what comes behind.
func.func @left(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  xpu.signal <4>
  // expected-error @+1 {{leaves 1 signals of semaphore 4, but 0 are taken behind it}}
  scf.for %i = %c0 to %c4 step %c1 {
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {signal = #xpu.semaphores<1>, wait = #xpu.semaphores<4>} : !hbm, !spm
    xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {signal = #xpu.semaphores<4>, wait = #xpu.semaphores<1>} : !spm, !hbm
  }
  xpu.fence
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// An iteration takes more than it gives: the third one waits for ever.
func.func @runsDry(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  xpu.signal <4>
  xpu.signal <4>
  // expected-error @+1 {{takes and signals semaphore 4 not as often in an iteration: finds 2 signals and leaves 1}}
  scf.for %i = %c0 to %c4 step %c1 {
    xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> {wait = #xpu.semaphores<4>} : !hbm, !spm
  }
  return
}

// -----

!hbm = memref<64xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// An iteration reads what one two before it wrote.
func.func @carried(%x: !hbm {xpu.address = 0 : i64}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 1024 : i64} : !spm
  scf.for %i = %c0 to %c4 step %c1 {
    %part = xpu.shift %x by [%i] steps [32] : !hbm
    // expected-error @+1 {{may run beside a command that uses the same memory or bank port}}
    xpu.load %part to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
    // expected-note @+1 {{command 1 of engine Store}}
    xpu.store %b to %part size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <64, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  }
  return
}
