// RUN: acc-opt %s --xpu-share-fills --split-input-file | FileCheck %s

!image = memref<64x10x130xf32, #xpu.space<hbm>>
!inner = memref<64x8x128xf32, strided<[1300, 130, 1], offset: 131>, #xpu.space<hbm>>
!plain = memref<64x8x128xf32, #xpu.space<hbm>>

// Two images of one border that live one after the other; the third lives beside the second.
// CHECK-LABEL: func.func @shared
// CHECK: %[[A:.*]] = memref.alloc() : memref<64x10x130xf32
// CHECK: linalg.fill {{.*}} outs(%[[A]] :
// CHECK: memref.copy %{{.*}}
// CHECK: memref.copy %[[A]], %{{.*}}
// CHECK-NEXT: %[[IN:.*]] = memref.subview %[[A]][0, 1, 1] [64, 8, 128] [1, 1, 1]
// CHECK-NEXT: memref.copy %{{.*}}, %[[IN]]
// CHECK: %[[C:.*]] = memref.alloc() : memref<64x10x130xf32
// CHECK: linalg.fill {{.*}} outs(%[[C]] :
// CHECK: memref.copy %[[A]], %{{.*}}
// CHECK: memref.copy %[[C]], %{{.*}}
func.func @shared(%x: !plain, %y: !image) {
  %zero = arith.constant 0.0 : f32
  %a = memref.alloc() : !image
  linalg.fill ins(%zero : f32) outs(%a : !image)
  %ai = memref.subview %a[0, 1, 1] [64, 8, 128] [1, 1, 1] : !image to !inner
  memref.copy %x, %ai : !plain to !inner
  memref.copy %a, %y : !image to !image
  %b = memref.alloc() : !image
  linalg.fill ins(%zero : f32) outs(%b : !image)
  %bi = memref.subview %b[0, 1, 1] [64, 8, 128] [1, 1, 1] : !image to !inner
  memref.copy %x, %bi : !plain to !inner
  %c = memref.alloc() : !image
  linalg.fill ins(%zero : f32) outs(%c : !image)
  %ci = memref.subview %c[0, 1, 1] [64, 8, 128] [1, 1, 1] : !image to !inner
  memref.copy %x, %ci : !plain to !inner
  memref.copy %b, %y : !image to !image
  memref.copy %c, %y : !image to !image
  return
}

// -----

!image = memref<64x10x130xf32, #xpu.space<hbm>>
!inner = memref<64x8x128xf32, strided<[1300, 130, 1], offset: 131>, #xpu.space<hbm>>
!plain = memref<64x8x128xf32, #xpu.space<hbm>>

// In a loop the border stays.
// CHECK-LABEL: func.func @loop
// CHECK: linalg.fill
// CHECK: scf.for
// CHECK-NOT: linalg.fill
func.func @loop(%x: !plain, %y: !image) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %zero = arith.constant 0.0 : f32
    %a = memref.alloc() : !image
    linalg.fill ins(%zero : f32) outs(%a : !image)
    %ai = memref.subview %a[0, 1, 1] [64, 8, 128] [1, 1, 1] : !image to !inner
    memref.copy %x, %ai : !plain to !inner
    memref.copy %a, %y : !image to !image
  }
  return
}

// -----

!image = memref<64x10x130xf32, #xpu.space<hbm>>
!inner = memref<64x8x128xf32, strided<[1300, 130, 1], offset: 131>, #xpu.space<hbm>>
!lower = memref<64x8x128xf32, strided<[1300, 130, 1], offset: 261>, #xpu.space<hbm>>
!plain = memref<64x8x128xf32, #xpu.space<hbm>>

// Another number, another place, a border that is written, and an image that is read before its middle is there.
// CHECK-LABEL: func.func @different
// CHECK-COUNT-5: linalg.fill
func.func @different(%x: !plain, %y: !image) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %a = memref.alloc() : !image
  linalg.fill ins(%zero : f32) outs(%a : !image)
  %ai = memref.subview %a[0, 1, 1] [64, 8, 128] [1, 1, 1] : !image to !inner
  memref.copy %x, %ai : !plain to !inner
  memref.copy %a, %y : !image to !image
  %b = memref.alloc() : !image
  linalg.fill ins(%one : f32) outs(%b : !image)
  %bi = memref.subview %b[0, 1, 1] [64, 8, 128] [1, 1, 1] : !image to !inner
  memref.copy %x, %bi : !plain to !inner
  memref.copy %b, %y : !image to !image
  %c = memref.alloc() : !image
  linalg.fill ins(%zero : f32) outs(%c : !image)
  %ci = memref.subview %c[0, 2, 1] [64, 8, 128] [1, 1, 1] : !image to !lower
  memref.copy %x, %ci : !plain to !lower
  memref.copy %c, %y : !image to !image
  %d = memref.alloc() : !image
  linalg.fill ins(%zero : f32) outs(%d : !image)
  %di = memref.subview %d[0, 1, 1] [64, 8, 128] [1, 1, 1] : !image to !inner
  memref.copy %x, %di : !plain to !inner
  memref.copy %y, %d : !image to !image
  %e = memref.alloc() : !image
  linalg.fill ins(%zero : f32) outs(%e : !image)
  memref.copy %e, %y : !image to !image
  %ei = memref.subview %e[0, 1, 1] [64, 8, 128] [1, 1, 1] : !image to !inner
  memref.copy %x, %ei : !plain to !inner
  memref.copy %e, %y : !image to !image
  return
}
