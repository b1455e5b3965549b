// RUN: acc-opt %s --convert-linalg-to-xpu | FileCheck %s

!hbm = memref<6x8xf32, #xpu.space<hbm>>
!spm = memref<6x8xf32, #xpu.space<spm>>

// CHECK-LABEL: func.func @in_and_out
func.func @in_and_out(%x: !hbm, %y: !hbm) {
  // CHECK: xpu.load {{.*}} size [1, 1, 1, 1, 1, 48] element 4
  // CHECK: xpu.store {{.*}} size [1, 1, 1, 1, 1, 48] element 4
  %a = memref.alloc() : !spm
  memref.copy %x, %a : !hbm to !spm
  memref.copy %a, %y : !spm to !hbm
  return
}

// A view is part of the stream: offset (1, 2), rows of 32 bytes.
// CHECK-LABEL: func.func @view
func.func @view(%x: !hbm, %a: memref<4x4xf32, #xpu.space<spm>>) {
  // CHECK: xpu.load {{.*}} size [1, 1, 1, 1, 4, 4] element 4 from <40, [0, 0, 0, 0, 32, 4]> into <0, [0, 0, 0, 0, 16, 4]>
  %v = memref.subview %x[1, 2] [4, 4] [1, 1] : !hbm to memref<4x4xf32, strided<[8, 1], offset: 10>, #xpu.space<hbm>>
  memref.copy %v, %a : memref<4x4xf32, strided<[8, 1], offset: 10>, #xpu.space<hbm>> to memref<4x4xf32, #xpu.space<spm>>
  return
}
