// RUN: acc-opt %s --xpu-assign-semaphores --split-input-file | FileCheck %s
// Semaphore of producer p and consumer c: 5 p + c; engines: load 0, store 1, mxu 2, vpu 3, drain 4. NET: 25 + c, and 6 p.

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>

// Read after write: the store waits for the load (bit 1).
// CHECK-LABEL: func.func @read_after_write
func.func @read_after_write(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  // CHECK: xpu.load {{.*}} {signal = #xpu.semaphores<1>}
  // CHECK: xpu.store {{.*}} {wait = #xpu.semaphores<1>}
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// Write after read: the second load waits for the store (bit 5) before it overwrites.
// CHECK-LABEL: func.func @write_after_read
func.func @write_after_read(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  // CHECK: xpu.store {{.*}} {signal = #xpu.semaphores<5>}
  // CHECK: xpu.load {{.*}} {wait = #xpu.semaphores<5>}
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// Different bytes, ports of different kinds or banks: nothing to order.
// CHECK-LABEL: func.func @independent
func.func @independent(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  // CHECK: xpu.store{{.*}}>{{$}}
  // CHECK: xpu.load{{.*}}>{{$}}
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 32 : i64} : !spm
  xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  xpu.load %x to %b size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
#in = #xpu.stream<0, [0, 0, 0, 0, 0, 4]>
// Other bytes, but the write port of one bank: vpu after load (bit 3). In another bank
// (address 32768) the port is free.
// CHECK-LABEL: func.func @bank_conflict
func.func @bank_conflict(%x: !hbm {xpu.address = 0 : i64}) {
  // CHECK: xpu.load {{.*}} {signal = #xpu.semaphores<3>}
  // CHECK: xpu.vpu {{.*}} {wait = #xpu.semaphores<3>}
  // CHECK: xpu.load{{.*}}>{{$}}
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 32 : i64} : !spm
  %c = memref.alloc() {xpu.address = 32768 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.vpu outs(%b : !spm) size [1, 1, 1, 1, 1, 8] in [] [] out <f32> <0, [0, 0, 0, 0, 0, 4]> program [] result 0 reduce 5 op 0 init 0
  xpu.load %x to %c size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
#s = #xpu.stream<0, [0, 0, 0, 0, 0, 4]>
// load a; vpu a -> b; store b, and then store a: the last one is after the load, because
// the store before it waited for the vpu, which waited for the load. No second wait.
// CHECK-LABEL: func.func @redundant
func.func @redundant(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  // CHECK: xpu.load {{.*}} {signal = #xpu.semaphores<3>}
  // CHECK: xpu.vpu {{.*}} {signal = #xpu.semaphores<16>, wait = #xpu.semaphores<3>}
  // CHECK: xpu.store {{.*}} {wait = #xpu.semaphores<16>}
  // CHECK: xpu.store{{.*}}>{{$}}
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 32768 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.vpu ins(%a : !spm) outs(%b : !spm) size [1, 1, 1, 1, 1, 8] in [#xpu.format<f32>] [#s] out <f32> <0, [0, 0, 0, 0, 0, 4]> program [] result 0 reduce 5 op 0 init 0
  xpu.store %b to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
// NET is told by a load on semaphore 0, and tells a store on 25 + 1 and a load on 25 + 0. A barrier touches nothing.
// CHECK-LABEL: func.func @collective
func.func @collective(%x: !hbm {xpu.address = 0 : i64}, %y: !hbm {xpu.address = 32 : i64}) {
  // CHECK: xpu.load {{.*}} {signal = #xpu.semaphores<0>}
  // CHECK: xpu.collective {{.*}} {signal = #xpu.semaphores<25, 26>, wait = #xpu.semaphores<0>}
  // CHECK: xpu.barrier <chip>{{$}}
  // CHECK: xpu.store {{.*}} {wait = #xpu.semaphores<26>}
  // CHECK: xpu.load {{.*}} {wait = #xpu.semaphores<25>}
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 32768 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.collective <all_reduce> by <fadd> over <chip> of 1 rows 1 columns 8 <f32> %a <0, [0, 32, 4]> to %b <0, [0, 32, 4]> : !spm, !spm
  xpu.barrier <chip>
  xpu.store %b to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}
