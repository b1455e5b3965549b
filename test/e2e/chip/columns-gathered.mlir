// Weights that slices have made by rows, and gather: columns of them go over the network while the product with the columns before is computed, and so does the work on its results.
// Large pieces go through HBM, between the loads of the product before.
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=rows --emit=xpu -o - | FileCheck %s --check-prefix=PIECES
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=rows --check=functional,systemc --check-races --check-host | FileCheck %s
// PIECES-COUNT-3: memref.alloc() {{{.*}}xpu.in_pieces} : memref<2048x{{32|4}}xf32, #xpu.space<hbm>>
// PIECES: xpu.among_results
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
func.func @main(%x: tensor<2048x8xf32>, %w: tensor<8x100xf32>, %v: tensor<64x2048xf32>) -> tensor<64x100xf32> {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<2048x100xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<2048x100xf32>) -> tensor<2048x100xf32>
  %p = linalg.matmul ins(%x, %w : tensor<2048x8xf32>, tensor<8x100xf32>) outs(%i0 : tensor<2048x100xf32>) -> tensor<2048x100xf32>
  %e1 = tensor.empty() : tensor<64x100xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<64x100xf32>) -> tensor<64x100xf32>
  %q = linalg.matmul ins(%v, %p : tensor<64x2048xf32>, tensor<2048x100xf32>) outs(%i1 : tensor<64x100xf32>) -> tensor<64x100xf32>
  %r = linalg.negf ins(%q : tensor<64x100xf32>) outs(%e1 : tensor<64x100xf32>) -> tensor<64x100xf32>
  return %r : tensor<64x100xf32>
}
