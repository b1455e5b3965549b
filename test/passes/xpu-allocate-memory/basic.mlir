// RUN: acc-opt %s --xpu-allocate-memory --split-input-file | FileCheck %s

!hbm = memref<5xf32, #xpu.space<hbm>>
!spm = memref<5xf32, #xpu.space<spm>>

// HBM: arguments first, each at the begin of a line. The scratchpad rotates: the
// second tile goes to the next bank, though the first is free again: its commands need not wait for those of the first.
// CHECK-LABEL: func.func @rotation
// CHECK-SAME: {xpu.address = 0 : i64}, %{{.*}}: memref<5xf32, #xpu.space<hbm>> {xpu.address = 32 : i64})
func.func @rotation(%x: !hbm, %y: !hbm) -> !hbm {
  // CHECK: memref.alloc() {xpu.address = 64 : i64} : memref<5xf32, #xpu.space<hbm>>
  // CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<5xf32, #xpu.space<spm>>
  // CHECK: memref.alloc() {xpu.address = 32768 : i64} : memref<5xf32, #xpu.space<spm>>
  %r = memref.alloc() : !hbm
  %a = memref.alloc() : !spm
  %b = memref.alloc() : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 5] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %a to %r size [1, 1, 1, 1, 1, 5] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  xpu.load %y to %b size [1, 1, 1, 1, 1, 5] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %b to %r size [1, 1, 1, 1, 1, 5] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return %r : !hbm
}

// -----

// The stationary operand is in the upper three banks (from 5 * 32768), the other one in the lower five.
// CHECK-LABEL: func.func @stationary
func.func @stationary(%x: memref<8x8xbf16, #xpu.space<hbm>>) {
  // CHECK: %[[A:.*]] = memref.alloc() {xpu.address = 0 : i64} : memref<8x8xbf16, #xpu.space<spm>>
  // CHECK: %[[W:.*]] = memref.alloc() {xpu.address = 163840 : i64} : memref<8x8xbf16, #xpu.space<spm>>
  // CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<8x8xf32, #xpu.space<acc>>
  // CHECK: memref.alloc() {xpu.address = 8 : i64} : memref<8x8xf32, #xpu.space<acc>>
  // CHECK: xpu.matmul %[[A]] times %[[W]]
  %a = memref.alloc() : memref<8x8xbf16, #xpu.space<spm>>
  %w = memref.alloc() : memref<8x8xbf16, #xpu.space<spm>>
  %acc = memref.alloc() : memref<8x8xf32, #xpu.space<acc>>
  %more = memref.alloc() : memref<8x8xf32, #xpu.space<acc>>
  xpu.matmul %a times %w into %acc m [1, 1, 8] k [1, 1, 8] columns 8 a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  xpu.matmul %a times %w into %more m [1, 1, 8] k [1, 1, 8] columns 8 a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xbf16, #xpu.space<spm>>, memref<8x8xf32, #xpu.space<acc>>
  return
}

// -----

!a = memref<8x8xbf16, #xpu.space<spm>>
!s = memref<32x8xbf16, #xpu.space<spm>>

// Accumulators of 64 rows: two of 32 rows fit behind one of 8, which is no longer live.
// CHECK-LABEL: func.func @accumulators
func.func @accumulators(%x: memref<8x8xbf16, #xpu.space<hbm>>) {
  // CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<8x8xf32, #xpu.space<acc>>
  // CHECK: memref.alloc() {xpu.address = 32 : i64} : memref<32x8xf32, #xpu.space<acc>>
  // CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<32x8xf32, #xpu.space<acc>>
  %a = memref.alloc() : !s
  %w = memref.alloc() : !a
  %small = memref.alloc() : memref<8x8xf32, #xpu.space<acc>>
  %left = memref.alloc() : memref<32x8xf32, #xpu.space<acc>>
  %right = memref.alloc() : memref<32x8xf32, #xpu.space<acc>>
  xpu.matmul %a times %w into %small m [1, 1, 8] k [1, 1, 8] columns 8 a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : !s, !a, memref<8x8xf32, #xpu.space<acc>>
  xpu.matmul %a times %w into %left m [1, 1, 32] k [1, 1, 8] columns 8 a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : !s, !a, memref<32x8xf32, #xpu.space<acc>>
  xpu.matmul %a times %w into %right m [1, 1, 32] k [1, 1, 8] columns 8 a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : !s, !a, memref<32x8xf32, #xpu.space<acc>>
  xpu.matmul %a times %w into %left m [1, 1, 32] k [1, 1, 8] columns 8 a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]> accumulate
      : !s, !a, memref<32x8xf32, #xpu.space<acc>>
  return
}

// -----

!t = memref<12288xf32, #xpu.space<spm>>
!h = memref<12288xf32, #xpu.space<hbm>>

// Tiles of 1.5 banks for the inputs' three banks: in banks of their own one would fit, so two share the one in the middle.
// CHECK-LABEL: func.func @share
func.func @share(%x: !h, %y: !h) {
  // CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<12288xf32, #xpu.space<spm>>
  // CHECK: memref.alloc() {xpu.address = 49152 : i64} : memref<12288xf32, #xpu.space<spm>>
  %a = memref.alloc() : !t
  %b = memref.alloc() : !t
  xpu.load %x to %a size [1, 1, 1, 1, 1, 12288] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !h, !t
  xpu.load %y to %b size [1, 1, 1, 1, 1, 12288] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !h, !t
  xpu.store %a to %x size [1, 1, 1, 1, 1, 12288] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !t, !h
  xpu.store %b to %y size [1, 1, 1, 1, 1, 12288] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !t, !h
  return
}

// -----

// A small buffer that lives on lies where memory was not used for longest, in the middle of what a large one needs. Then all are placed again, the
// largest first.
// CHECK-LABEL: func.func @tight
func.func @tight(%x: memref<24512xf32, #xpu.space<hbm>>) {
  // CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<16384xf32, #xpu.space<spm>>
  // CHECK: memref.alloc() {xpu.address = 98048 : i64} : memref<64xf32, #xpu.space<spm>>
  // CHECK: memref.alloc() {xpu.address = 0 : i64} : memref<24512xf32, #xpu.space<spm>>
  %a = memref.alloc() : memref<16384xf32, #xpu.space<spm>>
  %b = memref.alloc() : memref<64xf32, #xpu.space<spm>>
  %c = memref.alloc() : memref<24512xf32, #xpu.space<spm>>
  xpu.load %x to %a size [1, 1, 1, 1, 1, 16384] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<24512xf32, #xpu.space<hbm>>, memref<16384xf32, #xpu.space<spm>>
  xpu.load %x to %b size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<24512xf32, #xpu.space<hbm>>, memref<64xf32, #xpu.space<spm>>
  xpu.load %x to %c size [1, 1, 1, 1, 1, 24512] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<24512xf32, #xpu.space<hbm>>, memref<24512xf32, #xpu.space<spm>>
  xpu.store %b to %x size [1, 1, 1, 1, 1, 64] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : memref<64xf32, #xpu.space<spm>>, memref<24512xf32, #xpu.space<hbm>>
  return
}
