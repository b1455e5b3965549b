// An operand that slices gather through HBM, piece by piece: the exchange of a piece goes between the loads of the products with the one before, and lies where their results will be.
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=columns --emit=xpu -o - | FileCheck %s --check-prefix=PIECES
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=columns --check=functional,systemc --check-races --check-host | FileCheck %s
// PIECES: memref.alloc() {{{.*}}xpu.in_pieces} : memref<8x64x384xf32, #xpu.space<hbm>>
// PIECES: xpu.among_results
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
func.func @main(%x: tensor<64x64xf32>, %w: tensor<64x3072xf32>, %v: tensor<3072x16xf32>) -> tensor<64x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<64x3072xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<64x3072xf32>) -> tensor<64x3072xf32>
  %p = linalg.matmul ins(%x, %w : tensor<64x64xf32>, tensor<64x3072xf32>) outs(%i0 : tensor<64x3072xf32>) -> tensor<64x3072xf32>
  %e1 = tensor.empty() : tensor<64x16xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<64x16xf32>) -> tensor<64x16xf32>
  %q = linalg.matmul ins(%p, %v : tensor<64x3072xf32>, tensor<3072x16xf32>) outs(%i1 : tensor<64x16xf32>) -> tensor<64x16xf32>
  return %q : tensor<64x16xf32>
}
