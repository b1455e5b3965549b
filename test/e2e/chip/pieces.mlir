// Sums between slices of products go piece by piece: the same bits as at once.
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=sums --check=functional,systemc --check-host --check-races -v -o %t.o 2>&1 | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=sums --precision=bf16 --run=functional --outputs=%t.pieces -o %t.pieces.o
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=sums --precision=bf16 -O1 --run=functional --outputs=%t.once -o %t.once.o
// RUN: cmp %t.once/output_0.pb %t.pieces/output_0.pb && cmp %t.once/output_1.pb %t.pieces/output_1.pb
// RUN: acc-objdump %t.o | FileCheck %s --check-prefix=OBJECT
// CHECK-COUNT-2: added up piece by piece (columns 112)
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

// Each slice has a quarter of the rows of each piece, the last of which is 76 columns wide; a piece that stays goes in one command.
// OBJECT: kind=ReduceScatter,{{.*}} rows=16, columns=112,
// OBJECT: kind=ReduceScatter,{{.*}} rows=16, columns=76,
// OBJECT: kind=ReduceScatter,{{.*}} rows=16, columns=112,
// OBJECT: kind=ReduceScatter,{{.*}} rows=16, columns=76,

func.func @main(%a: tensor<64x256xf32>, %b: tensor<256x300xf32>, %c: tensor<256x300xf32>, %s: tensor<300xf32>) -> (tensor<64x300xf32>, tensor<64x300xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x300xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x300xf32>) -> tensor<64x300xf32>
  %p = linalg.matmul ins(%a, %b : tensor<64x256xf32>, tensor<256x300xf32>) outs(%f : tensor<64x300xf32>) -> tensor<64x300xf32>
  %x = linalg.tanh ins(%p : tensor<64x300xf32>) outs(%e : tensor<64x300xf32>) -> tensor<64x300xf32>
  %y = linalg.exp ins(%x : tensor<64x300xf32>) outs(%e : tensor<64x300xf32>) -> tensor<64x300xf32>
  %q = linalg.matmul ins(%a, %c : tensor<64x256xf32>, tensor<256x300xf32>) outs(%f : tensor<64x300xf32>) -> tensor<64x300xf32>
  return %y, %q : tensor<64x300xf32>, tensor<64x300xf32>
}
