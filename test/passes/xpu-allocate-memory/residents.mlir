// RUN: acc-opt %s --xpu-allocate-memory | FileCheck %s

// Tiles keep away from residents: in the regions of the banks that are left, and not where one is going to be while they live.
!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
!acc = memref<8x8xf32, #xpu.space<acc>>
// CHECK-LABEL: func.func @residents
func.func @residents(%x: !hbm, %y: !hbm) {
  // CHECK: memref.alloc() {xpu.address = 0 : i64, xpu.resident = 0 : i64}
  // CHECK: memref.alloc() {xpu.address = 32768 : i64}
  // Results of six banks are in the bank from 3 * 32768, of eight in those from 3 * 32768 as well; of two from 0.
  // CHECK: memref.alloc() {xpu.address = 98304 : i64}
  // CHECK: memref.alloc() {xpu.address = 98336 : i64, xpu.resident_banks = 2 : i64}
  %r = memref.alloc() {xpu.resident = 0 : i64} : !spm
  %a = memref.alloc() : !spm
  %b = memref.alloc() : !spm
  %c = memref.alloc() {xpu.resident_banks = 2 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.load %x to %r size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.vpu ins(%a : !spm) outs(%b : !spm) size [1, 1, 1, 1, 1, 8] in [#xpu.format<f32>] [#xpu.stream<0, [0, 0, 0, 0, 0, 4]>]
      out <f32> <0, [0, 0, 0, 0, 0, 4]> program [#xpu.uop<"FADD", 4 = (0, 0, 0), 0 : 0>] result 4 reduce 5 op 0 init 0
  xpu.vpu ins(%r : !spm) outs(%c : !spm) size [1, 1, 1, 1, 1, 8] in [#xpu.format<f32>] [#xpu.stream<0, [0, 0, 0, 0, 0, 4]>]
      out <f32> <0, [0, 0, 0, 0, 0, 4]> program [#xpu.uop<"FADD", 4 = (0, 0, 0), 0 : 0>] result 4 reduce 5 op 0 init 0
  return
}

// Tiles take turns in banks that residents get later: nothing has used these yet.
// CHECK-LABEL: func.func @later
func.func @later(%x: !hbm, %y: !hbm) {
  // CHECK: memref.alloc() {xpu.address = 0 : i64}
  // CHECK: memref.alloc() {xpu.address = 32768 : i64}
  // CHECK: memref.alloc() {xpu.address = 32768 : i64, xpu.resident = 32768 : i64}
  // CHECK: memref.alloc() {xpu.address = 65536 : i64, xpu.resident = 65536 : i64}
  %a = memref.alloc() : !spm
  %b = memref.alloc() : !spm
  %r = memref.alloc() {xpu.resident = 32768 : i64} : !spm
  %s = memref.alloc() {xpu.resident = 65536 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  xpu.load %x to %b size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %b to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  xpu.load %x to %r size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.load %x to %s size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %r to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  xpu.store %s to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return
}
