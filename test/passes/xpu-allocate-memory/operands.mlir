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

!small = memref<120x240xbf16, #xpu.space<spm>>
!large = memref<160x240xbf16, #xpu.space<spm>>
!narrow = memref<8x120xbf16, #xpu.space<spm>>
!wide = memref<8x160xbf16, #xpu.space<spm>>
!smallSource = memref<120x240xbf16, #xpu.space<hbm>>
!largeSource = memref<160x240xbf16, #xpu.space<hbm>>
// Two tiles of 76,800 bytes fit six banks, but not if the first one comes straight behind the 57,600 bytes of before: a tile goes where another one
// fits beside it, so that the two take turns.
// CHECK-LABEL: func.func @take_turns
// CHECK: memref.alloc() {xpu.address = 327680 : i64} : memref<120x240xbf16
// CHECK: memref.alloc() {xpu.address = 447488 : i64} : memref<160x240xbf16
// CHECK: memref.alloc() {xpu.address = 327680 : i64} : memref<160x240xbf16
// CHECK: memref.alloc() {xpu.address = 404480 : i64} : memref<160x240xbf16
func.func @take_turns(%x: !smallSource, %y: !largeSource) {
  %a = memref.alloc() : !narrow
  %b = memref.alloc() : !wide
  %acc = memref.alloc() : !acc
  xpu.load %x to %a size [1, 1, 1, 1, 1, 960] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !smallSource, !narrow
  xpu.load %y to %b size [1, 1, 1, 1, 1, 1280] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !largeSource, !wide
  %w0 = memref.alloc() : !small
  xpu.load %x to %w0 size [1, 1, 1, 1, 1, 28800] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !smallSource, !small
  xpu.matmul %a times %w0 into %acc m [1, 1, 8] k [1, 1, 120] columns 240 a <bf16> <0, [0, 0, 240, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !narrow, !small, !acc
  %w1 = memref.alloc() : !large
  xpu.load %y to %w1 size [1, 1, 1, 1, 1, 38400] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !largeSource, !large
  xpu.matmul %b times %w1 into %acc m [1, 1, 8] k [1, 1, 160] columns 240 a <bf16> <0, [0, 0, 320, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !wide, !large, !acc
  %w2 = memref.alloc() : !large
  xpu.load %y to %w2 size [1, 1, 1, 1, 1, 38400] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !largeSource, !large
  xpu.matmul %b times %w2 into %acc m [1, 1, 8] k [1, 1, 160] columns 240 a <bf16> <0, [0, 0, 320, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !wide, !large, !acc
  %w3 = memref.alloc() : !large
  xpu.load %y to %w3 size [1, 1, 1, 1, 1, 38400] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !largeSource, !large
  xpu.matmul %b times %w3 into %acc m [1, 1, 8] k [1, 1, 160] columns 240 a <bf16> <0, [0, 0, 320, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !wide, !large, !acc
  return
}
