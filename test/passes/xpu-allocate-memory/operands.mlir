// RUN: acc-opt %s --xpu-allocate-memory="target=jx1-slice" | FileCheck %s

!w = memref<96x240xbf16, #xpu.space<spm>>
!a = memref<8x96xbf16, #xpu.space<spm>>
!acc = memref<8x240xf32, #xpu.space<acc>>
!hbm = memref<96x240xbf16, #xpu.space<hbm>>
// LOAD writes weights and the matrix unit reads them, through different ports of a bank: four of 46,080 bytes take turns in the six banks that weights
// have (from 327,680 on), although only three would have banks of their own.
// CHECK-LABEL: func.func @operands
// CHECK: memref.alloc() {xpu.address = 327680 : i64} : memref<96x240xbf16
// CHECK: memref.alloc() {xpu.address = 373760 : i64} : memref<96x240xbf16
// CHECK: memref.alloc() {xpu.address = 419840 : i64} : memref<96x240xbf16
// CHECK: memref.alloc() {xpu.address = 465920 : i64} : memref<96x240xbf16
// CHECK: memref.alloc() {xpu.address = 327680 : i64} : memref<96x240xbf16
func.func @operands(%x: !hbm, %y: memref<8x96xbf16, #xpu.space<hbm>>) {
  %a = memref.alloc() : !a
  %acc = memref.alloc() : !acc
  xpu.load %y to %a size [1, 1, 1, 1, 1, 768] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : memref<8x96xbf16, #xpu.space<hbm>>, !a
  %w0 = memref.alloc() : !w
  xpu.load %x to %w0 size [1, 1, 1, 1, 1, 23040] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !hbm, !w
  xpu.matmul %a times %w0 into %acc m [1, 1, 8] k [1, 1, 96] columns 240 a <bf16> <0, [0, 0, 192, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !a, !w, !acc
  %w1 = memref.alloc() : !w
  xpu.load %x to %w1 size [1, 1, 1, 1, 1, 23040] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !hbm, !w
  xpu.matmul %a times %w1 into %acc m [1, 1, 8] k [1, 1, 96] columns 240 a <bf16> <0, [0, 0, 192, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !a, !w, !acc
  %w2 = memref.alloc() : !w
  xpu.load %x to %w2 size [1, 1, 1, 1, 1, 23040] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !hbm, !w
  xpu.matmul %a times %w2 into %acc m [1, 1, 8] k [1, 1, 96] columns 240 a <bf16> <0, [0, 0, 192, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !a, !w, !acc
  %w3 = memref.alloc() : !w
  xpu.load %x to %w3 size [1, 1, 1, 1, 1, 23040] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !hbm, !w
  xpu.matmul %a times %w3 into %acc m [1, 1, 8] k [1, 1, 96] columns 240 a <bf16> <0, [0, 0, 192, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !a, !w, !acc
  %w4 = memref.alloc() : !w
  xpu.load %x to %w4 size [1, 1, 1, 1, 1, 23040] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !hbm, !w
  xpu.matmul %a times %w4 into %acc m [1, 1, 8] k [1, 1, 96] columns 240 a <bf16> <0, [0, 0, 192, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !a, !w, !acc
  return
}
