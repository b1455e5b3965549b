// RUN: acc-opt %s --xpu-verify-order --verify-diagnostics --mlir-print-op-on-diagnostic=false

// The matrix unit reads its operands through two ports, which one bank does not have.
!spm = memref<8x8xbf16, #xpu.space<spm>>
!acc = memref<8x8xf32, #xpu.space<acc>>
func.func @same_bank() {
  %a = memref.alloc() {xpu.address = 32768 : i64} : !spm
  %w = memref.alloc() {xpu.address = 32896 : i64} : !spm
  %acc = memref.alloc() {xpu.address = 0 : i64} : !acc
  // expected-error @below {{reads bank 1 through two ports at once; expects operands in different banks}}
  xpu.matmul %a times %w into %acc m [1, 1, 8] k [1, 1, 8] columns 8 a <bf16> <0, [0, 0, 16, 0, 0, 2]> w <bf16> <0, [0, 0, 16, 2]>
      : !spm, !spm, !acc
  return
}
