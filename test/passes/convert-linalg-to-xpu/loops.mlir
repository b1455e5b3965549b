// RUN: acc-opt %s --convert-linalg-to-xpu --split-input-file --verify-diagnostics | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
!hbm = memref<32x16xf32, #xpu.space<hbm>>
!part = memref<2x16xf32, strided<[16, 1], offset: ?>, #xpu.space<hbm>>
!spm = memref<2x16xf32, #xpu.space<spm>>
// What a loop adds to an offset becomes a shift of the buffer; the constant part stays in the stream.
// CHECK-LABEL: func.func @loop
// CHECK-SAME: (%[[X:.*]]: memref
// CHECK: scf.for %[[I:.*]] = %c0 to %c8 step %c1
// CHECK: %[[P:.*]] = xpu.shift %[[X]] by [%[[I]]] steps [256]
// CHECK: xpu.load %[[P]] to %[[T:.*]] size [1, 1, 1, 1, 1, 32] element 4 from <128, [
// CHECK: xpu.vpu ins(%[[T]]
func.func @loop(%x: !hbm) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  scf.for %i = %c0 to %c8 step %c1 {
    %four = arith.muli %i, %c4 : index
    %at = arith.addi %four, %c2 : index
    %t = memref.alloc() : !spm
    %u = memref.alloc() : !spm
    %p = memref.subview %x[%at, 0] [2, 16] [1, 1] : !hbm to !part
    memref.copy %p, %t : !part to !spm
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%t : !spm) outs(%u : !spm) {
    ^bb0(%a: f32, %o: f32):
      %s = arith.addf %a, %a : f32
      linalg.yield %s : f32
    }
  }
  return
}

// -----

!hbm = memref<32x16xf32, #xpu.space<hbm>>
!part = memref<2x16xf32, strided<[16, 1], offset: ?>, #xpu.space<hbm>>
!spm = memref<2x16xf32, #xpu.space<spm>>
func.func @not_linear(%x: !hbm) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %at = arith.muli %i, %i : index
    %t = memref.alloc() : !spm
    %p = memref.subview %x[%at, 0] [2, 16] [1, 1] : !hbm to !part
    // expected-error @+1 {{expects a source with constant shape and strides}}
    memref.copy %p, %t : !part to !spm
  }
  return
}

// -----

func.func @bounds(%n: index, %x: memref<8xf32, #xpu.space<hbm>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{unsupported: expects a loop from 0 in steps of 1 with constant bounds and no results}}
  scf.for %i = %c0 to %n step %c1 {
    %t = memref.alloc() : memref<8xf32, #xpu.space<spm>>
    memref.copy %x, %t : memref<8xf32, #xpu.space<hbm>> to memref<8xf32, #xpu.space<spm>>
  }
  return
}
