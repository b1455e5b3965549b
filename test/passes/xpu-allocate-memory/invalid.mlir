// RUN: acc-opt %s --xpu-allocate-memory --split-input-file --verify-diagnostics

// 96 KiB + 96 KiB at once do not fit in the five lower banks of 32 KiB.
!hbm = memref<24576xf32, #xpu.space<hbm>>
!spm = memref<24576xf32, #xpu.space<spm>>
func.func @full(%x: !hbm, %y: !hbm) {
  // expected-note @below {{live here: 98304 at 0}}
  %a = memref.alloc() : !spm
  // expected-error @below {{needs 98304 more of spm for a buffer of type 'memref<24576xf32, #xpu.space<spm>>', but there is no such gap among 163840}}
  %b = memref.alloc() : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 24576] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.load %x to %b size [1, 1, 1, 1, 1, 24576] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %a to %y size [1, 1, 1, 1, 1, 24576] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return
}

// -----

// expected-error @below {{needs 20000000 bytes of HBM for arguments and constants, but target xpu-tiny has 16777216}}
func.func @hbm(%x: memref<5000000xf32, #xpu.space<hbm>>) {
  return
}

// -----

// expected-error @below {{expects buffers of static shape as arguments, but got 'memref<?xf32>'}}
func.func @dynamic(%x: memref<?xf32>) {
  return
}
