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

!part = memref<8x64xbf16, #xpu.space<spm>>
!big = memref<56x128xf32, #xpu.space<acc>>
!less = memref<55x128xf32, #xpu.space<acc>>
!sums = memref<64x128xf32, #xpu.space<spm>>
// A tile in parts of almost one size: they have places as far apart as the largest, so that all four fit in 256 rows and take turns with those of the next
// tile. And copies take turns whatever accumulators do.
// CHECK-LABEL: func.func @parts
// CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<56x128xf32, #xpu.space<acc>>
// CHECK: memref.alloc() {xpu.address = 56 : i64} : memref<56x128xf32, #xpu.space<acc>>
// CHECK: memref.alloc() {xpu.address = 112 : i64} : memref<55x128xf32, #xpu.space<acc>>
// CHECK: memref.alloc() {xpu.address = 168 : i64} : memref<55x128xf32, #xpu.space<acc>>
// CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<8x64xbf16, #xpu.space<spm>>
// CHECK: memref.alloc() {xpu.address = 1024 : i64} : memref<8x64xbf16, #xpu.space<spm>>
// CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<55x128xf32, #xpu.space<acc>>
func.func @parts(%x: memref<8x64xbf16, #xpu.space<hbm>>, %w: !w) {
  %s = memref.alloc() : !sums
  %0 = memref.alloc() : !big
  %1 = memref.alloc() : !big
  %2 = memref.alloc() : !less
  %3 = memref.alloc() : !less
  %a = memref.alloc() : !part
  xpu.load %x to %a size [1, 1, 1, 1, 1, 512] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : memref<8x64xbf16, #xpu.space<hbm>>, !part
  xpu.matmul %a times %w into %0 m [1, 1, 56] k [1, 1, 8] columns 128 a <bf16> <0, [0, 0, 2, 0, 0, 128]> w <bf16> <0, [0, 0, 480, 2]> : !part, !w, !big
  xpu.matmul %a times %w into %1 m [1, 1, 56] k [1, 1, 8] columns 128 a <bf16> <0, [0, 0, 2, 0, 0, 128]> w <bf16> <0, [0, 0, 480, 2]> : !part, !w, !big
  xpu.matmul %a times %w into %2 m [1, 1, 55] k [1, 1, 8] columns 128 a <bf16> <0, [0, 0, 2, 0, 0, 128]> w <bf16> <0, [0, 0, 480, 2]> : !part, !w, !less
  xpu.matmul %a times %w into %3 m [1, 1, 55] k [1, 1, 8] columns 128 a <bf16> <0, [0, 0, 2, 0, 0, 128]> w <bf16> <0, [0, 0, 480, 2]> : !part, !w, !less
  %b = memref.alloc() : !part
  xpu.load %x to %b size [1, 1, 1, 1, 1, 512] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : memref<8x64xbf16, #xpu.space<hbm>>, !part
  xpu.acc_store %0 to %s m [1, 1, 56] columns 128 <f32> <0, [0, 0, 512, 4]> : !big, !sums
  %4 = memref.alloc() : !less
  xpu.matmul %b times %w into %4 m [1, 1, 55] k [1, 1, 8] columns 128 a <bf16> <0, [0, 0, 2, 0, 0, 128]> w <bf16> <0, [0, 0, 480, 2]> : !part, !w, !less
  xpu.acc_store %1 to %s m [1, 1, 56] columns 128 <f32> <0, [0, 0, 512, 4]> : !big, !sums
  xpu.acc_store %2 to %s m [1, 1, 55] columns 128 <f32> <0, [0, 0, 512, 4]> : !less, !sums
  xpu.acc_store %3 to %s m [1, 1, 55] columns 128 <f32> <0, [0, 0, 512, 4]> : !less, !sums
  xpu.acc_store %4 to %s m [1, 1, 55] columns 128 <f32> <0, [0, 0, 512, 4]> : !less, !sums
  return
}

!rows = memref<128x256xbf16, #xpu.space<spm>>
!rowsSource = memref<128x256xbf16, #xpu.space<hbm>>
!read = memref<32x128xbf16, #xpu.space<spm>>
!readSource = memref<32x128xbf16, #xpu.space<hbm>>
!piece = memref<32x128xbf16, #xpu.space<spm>>
// Of seven banks for inputs the last two are for what an epilogue reads: neither it nor rows wait for a place of the other.
// CHECK-LABEL: func.func @read_banks
// CHECK: memref.alloc() {xpu.address = 0 : i64, xpu.read_banks = 2 : i64} : memref<128x256xbf16
// CHECK: memref.alloc() {xpu.address = 163840 : i64, xpu.read_banks = 2 : i64} : memref<32x128xbf16
// CHECK: memref.alloc() {xpu.address = 65536 : i64, xpu.read_banks = 2 : i64} : memref<128x256xbf16
// CHECK: memref.alloc() {xpu.address = 172032 : i64, xpu.read_banks = 2 : i64} : memref<32x128xbf16
func.func @read_banks(%x: !rowsSource, %y: !readSource, %w: !w) {
  %acc = memref.alloc() : !acc
  %out = memref.alloc() : !piece
  %r0 = memref.alloc() {xpu.read_banks = 2 : i64} : !rows
  xpu.load %x to %r0 size [1, 1, 1, 1, 1, 32768] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !rowsSource, !rows
  xpu.matmul %r0 times %w into %acc m [1, 1, 8] k [1, 1, 96] columns 240 a <bf16> <0, [0, 0, 192, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !rows, !w, !acc
  %e0 = memref.alloc() {xpu.read_banks = 2 : i64} : !read
  xpu.load %y to %e0 size [1, 1, 1, 1, 1, 4096] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !readSource, !read
  xpu.vpu ins(%e0 : !read) outs(%out : !piece) size [1, 1, 1, 1, 1, 4096] in [#xpu.format<bf16>] [#xpu.stream<0, [0, 0, 0, 0, 0, 2]>] out <bf16> <0, [0, 0, 0, 0, 0, 2]> program [] result 0 reduce 5 op 0 init 0
  %r1 = memref.alloc() {xpu.read_banks = 2 : i64} : !rows
  xpu.load %x to %r1 size [1, 1, 1, 1, 1, 32768] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !rowsSource, !rows
  xpu.matmul %r1 times %w into %acc m [1, 1, 8] k [1, 1, 96] columns 240 a <bf16> <0, [0, 0, 192, 0, 0, 2]> w <bf16> <0, [0, 0, 480, 2]> : !rows, !w, !acc
  %e1 = memref.alloc() {xpu.read_banks = 2 : i64} : !read
  xpu.load %y to %e1 size [1, 1, 1, 1, 1, 4096] element 2 from <0, [0, 0, 0, 0, 0, 2]> into <0, [0, 0, 0, 0, 0, 2]> : !readSource, !read
  xpu.vpu ins(%e1 : !read) outs(%out : !piece) size [1, 1, 1, 1, 1, 4096] in [#xpu.format<bf16>] [#xpu.stream<0, [0, 0, 0, 0, 0, 2]>] out <bf16> <0, [0, 0, 0, 0, 0, 2]> program [] result 0 reduce 5 op 0 init 0
  return
}
