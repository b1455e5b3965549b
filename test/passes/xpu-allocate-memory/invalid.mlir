// RUN: acc-opt %s --xpu-allocate-memory --split-input-file --verify-diagnostics --mlir-print-op-on-diagnostic=false

// 96 KiB + 96 KiB at once do not fit in the banks of inputs.
!hbm = memref<24576xf32, #xpu.space<hbm>>
!spm = memref<24576xf32, #xpu.space<spm>>
func.func @full(%x: !hbm, %y: !hbm) {
  // expected-note @below {{live here: 98304 at 0}}
  %a = memref.alloc() : !spm
  // expected-error-re @below {{needs 98304 more of spm for a buffer of type 'memref<24576xf32, #xpu.space<spm>>', but there is no such gap among {{[0-9]+}}}}
  %b = memref.alloc() : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 24576] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.load %x to %b size [1, 1, 1, 1, 1, 24576] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %a to %y size [1, 1, 1, 1, 1, 24576] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return
}

// -----

// expected-error @below {{needs 20000000 bytes of HBM for arguments and constants, but target xpu-tiny has 16777216}}
// expected-note @below {{20000000 bytes at 0: argument 0}}
func.func @hbm(%x: memref<5000000xf32, #xpu.space<hbm>>) {
  return
}

// -----

// expected-error @below {{expects buffers of static shape as arguments, but got 'memref<?xf32>'}}
func.func @dynamic(%x: memref<?xf32>) {
  return
}

// -----

// Residents come with places: outside of the scratchpad, or over each other, they are wrong.
!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @resident_range(%x: !hbm) {
  // expected-error @below {{expects a resident value in the scratchpad of 262144 bytes, but it has 32 bytes at 262128}}
  %a = memref.alloc() {xpu.resident = 262128 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}

// -----

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @resident_overlap(%x: !hbm, %y: !hbm) {
  // expected-note @below {{the other one}}
  %a = memref.alloc() {xpu.resident = 229376 : i64} : !spm
  // expected-error @below {{expects resident values that are live together in different places}}
  %b = memref.alloc() {xpu.resident = 229392 : i64} : !spm
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.load %x to %b size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  xpu.store %a to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return
}

// -----

// On a chip: what each slice has, the largest first.
shard.grid @chip(shape = 2x2)
// expected-error @below {{needs 24008192 bytes of HBM for arguments and constants, but target xpu-tiny has 16777216}}
// expected-note @below {{16000000 bytes at 8000000: argument 1, argument 0 once more, whole in every slice}}
// expected-note @below {{8000000 bytes at 0: argument 0 ('x'), a part in every slice}}
// expected-note @below {{8192 bytes at 24000000: argument 2, a constant, a part in every slice}}
func.func @main(%x: memref<2000000xf32, #xpu.space<hbm>> {acc.name = "x", xpu.split = #shard<axisarray[[0]]>}, %y: memref<4000000xf32, #xpu.space<hbm>> {xpu.copy_of = 0 : i64},
                %c: memref<2048xf32, #xpu.space<hbm>> {xpu.split = #shard<axisarray[[0]]>, xpu.value = dense<1.0> : tensor<4096xf32>}) {
  return
}
