// RUN: acc-opt %s --xpu-assign-semaphores --split-input-file --verify-diagnostics --mlir-print-op-on-diagnostic=false

!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @not_placed(%x: !hbm {xpu.address = 0 : i64}, %a: !spm) {
  // expected-error @below {{expects placed buffers; run xpu-allocate-memory first}}
  xpu.load %x to %a size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !hbm, !spm
  return
}
