// RUN: acc-opt %s --xpu-assign-semaphores --xpu-verify-order | FileCheck %s

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>

// An iteration, and what follows a loop, begin with idle engines; nothing is ordered by semaphores across.
// CHECK-LABEL: func.func @loop
// CHECK: xpu.load {{.*}}>{{ }}:
// CHECK: scf.for
// CHECK-NEXT: xpu.fence
// CHECK-NEXT: scf.for
// CHECK-NEXT: xpu.fence
// CHECK-NEXT: xpu.load {{.*}} {signal = #xpu.semaphores<1>}
// CHECK-NEXT: xpu.store {{.*}} {wait = #xpu.semaphores<1>}
// CHECK-NEXT: }
// CHECK-NEXT: xpu.fence
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
