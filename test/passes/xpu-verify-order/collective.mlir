// RUN: acc-opt %s --xpu-verify-order --verify-diagnostics --mlir-print-op-on-diagnostic=false

// What a collective makes is read by an engine that does not wait for it.
!hbm = memref<8xf32, #xpu.space<hbm>>
!spm = memref<8xf32, #xpu.space<spm>>
func.func @unordered(%y: !hbm {xpu.address = 0 : i64}) {
  %a = memref.alloc() {xpu.address = 0 : i64} : !spm
  %b = memref.alloc() {xpu.address = 32768 : i64} : !spm
  // expected-note @below {{command 1 of engine Net}}
  xpu.collective <all_reduce> by <fadd> over <chip> of 1 rows 1 columns 8 <f32> %a <0, [0, 32, 4]> to %b <0, [0, 32, 4]> : !spm, !spm
  // expected-error @below {{may run beside a command that uses the same memory or bank port}}
  xpu.store %b to %y size [1, 1, 1, 1, 1, 8] element 4 from <0, [0, 0, 0, 0, 0, 4]> into <0, [0, 0, 0, 0, 0, 4]> : !spm, !hbm
  return
}
