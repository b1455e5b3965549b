// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Contractions: sizes beside the array's, transposed operands, batches, vectors, a start
// value, f16 and bf16 operands.
// CHECK-COUNT-8: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

func.func @main(%a: tensor<13x21xf32>, %b: tensor<21x10xf32>, %bt: tensor<10x21xf32>, %p: tensor<3x4x9xf32>, %q: tensor<3x9x5xf32>,
                %v: tensor<21xf32>, %c: tensor<13x10xf32>, %h: tensor<9x17xf16>, %k: tensor<17x11xf16>,
                %g: tensor<9x17xbf16>, %l: tensor<17x11xbf16>)
    -> (tensor<13x10xf32>, tensor<13x10xf32>, tensor<3x4x5xf32>, tensor<13xf32>, tensor<10xf32>, tensor<13x10xf32>, tensor<9x11xf32>, tensor<9x11xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<13x10xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<13x10xf32>) -> tensor<13x10xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<13x21xf32>, tensor<21x10xf32>) outs(%i : tensor<13x10xf32>) -> tensor<13x10xf32>
  %1 = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %bt : tensor<13x21xf32>, tensor<10x21xf32>) outs(%i : tensor<13x10xf32>) -> tensor<13x10xf32>
  %e2 = tensor.empty() : tensor<3x4x5xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  %2 = linalg.batch_matmul ins(%p, %q : tensor<3x4x9xf32>, tensor<3x9x5xf32>) outs(%i2 : tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  %e3 = tensor.empty() : tensor<13xf32>
  %i3 = linalg.fill ins(%zero : f32) outs(%e3 : tensor<13xf32>) -> tensor<13xf32>
  %3 = linalg.matvec ins(%a, %v : tensor<13x21xf32>, tensor<21xf32>) outs(%i3 : tensor<13xf32>) -> tensor<13xf32>
  %e4 = tensor.empty() : tensor<10xf32>
  %i4 = linalg.fill ins(%zero : f32) outs(%e4 : tensor<10xf32>) -> tensor<10xf32>
  %4 = linalg.vecmat ins(%v, %b : tensor<21xf32>, tensor<21x10xf32>) outs(%i4 : tensor<10xf32>) -> tensor<10xf32>
  %5 = linalg.matmul ins(%a, %b : tensor<13x21xf32>, tensor<21x10xf32>) outs(%c : tensor<13x10xf32>) -> tensor<13x10xf32>
  %e6 = tensor.empty() : tensor<9x11xf32>
  %i6 = linalg.fill ins(%zero : f32) outs(%e6 : tensor<9x11xf32>) -> tensor<9x11xf32>
  %6 = linalg.matmul ins(%h, %k : tensor<9x17xf16>, tensor<17x11xf16>) outs(%i6 : tensor<9x11xf32>) -> tensor<9x11xf32>
  %7 = linalg.matmul ins(%g, %l : tensor<9x17xbf16>, tensor<17x11xbf16>) outs(%i6 : tensor<9x11xf32>) -> tensor<9x11xf32>
  return %0, %1, %2, %3, %4, %5, %6, %7
    : tensor<13x10xf32>, tensor<13x10xf32>, tensor<3x4x5xf32>, tensor<13xf32>, tensor<10xf32>, tensor<13x10xf32>, tensor<9x11xf32>, tensor<9x11xf32>
}
