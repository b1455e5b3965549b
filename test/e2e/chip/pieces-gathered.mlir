// Work on sums, and the gathering of its results, go along with the pieces of the sums: the same numbers.
// RUN: acc-cc %s --target=xpu-tiny-4 --precision=bf16 --check=functional,systemc --check-races -v -o %t.o 2>&1 | FileCheck %s
// RUN: acc-objdump %t.o | FileCheck %s --check-prefix=OBJECT
// RUN: acc-cc %s --target=xpu-tiny-4 --precision=bf16 --run=functional --outputs=%t.pieces -o %t.pieces.o
// RUN: acc-cc %s --target=xpu-tiny-4 --precision=bf16 --run=functional -O1 --outputs=%t.once -o %t.once.o
// RUN: cmp %t.once/output_0.pb %t.pieces/output_0.pb
// CHECK: added up piece by piece (columns 112)
// CHECK: done, and gathered, with the pieces of the sums before
// CHECK: check: memory, cycles, counters and command times agree
// OBJECT: kind=ReduceScatter
// OBJECT: kind=AllGather
// OBJECT: kind=ReduceScatter
// OBJECT: kind=AllGather
// OBJECT: kind=ReduceScatter
// OBJECT: kind=AllGather

func.func @main(%x: tensor<64x1024xf32>, %w: tensor<1024x300xf32>, %v: tensor<300x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x300xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x300xf32>) -> tensor<64x300xf32>
  %p = linalg.matmul ins(%x, %w : tensor<64x1024xf32>, tensor<1024x300xf32>) outs(%f : tensor<64x300xf32>) -> tensor<64x300xf32>
  %t = linalg.tanh ins(%p : tensor<64x300xf32>) outs(%e : tensor<64x300xf32>) -> tensor<64x300xf32>
  %qe = tensor.empty() : tensor<64x64xf32>
  %qf = linalg.fill ins(%zero : f32) outs(%qe : tensor<64x64xf32>) -> tensor<64x64xf32>
  %q = linalg.matmul ins(%t, %v : tensor<64x300xf32>, tensor<300x64xf32>) outs(%qf : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %q : tensor<64x64xf32>
}
