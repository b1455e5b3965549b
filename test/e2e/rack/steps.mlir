// Sums of slices of four chips are scattered in each chip, piece by piece, and then between chips: the same bits as with one command.
// RUN: acc-cc %s --target=xpu-tiny-4x2x2 --parallel=sums --check=functional,systemc --check-host --check-races -v -o %t.o 2>&1 | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4x2x2 --parallel=sums --precision=bf16 --run=functional --outputs=%t.steps -o %t.steps.o
// RUN: acc-cc %s --target=xpu-tiny-4x2x2 --parallel=sums --precision=bf16 -O1 --run=functional --outputs=%t.once -o %t.once.o
// RUN: cmp %t.once/output_0.pb %t.steps/output_0.pb && cmp %t.once/output_1.pb %t.steps/output_1.pb
// RUN: acc-objdump %t.o | FileCheck %s --check-prefix=OBJECT
// CHECK-DAG: added up in each chip, and then between chips
// CHECK-DAG: added up piece by piece
// CHECK-DAG: added up between chips while pieces are computed
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

// Two pieces, in which a slice has rows of each chip, go on together.
// OBJECT: kind=ReduceScatter, group=Chip, {{.*}} rows=4, columns=112,
// OBJECT: kind=ReduceScatter, group=Slice, {{.*}} chips=Rack, rows=4, columns=224,
// OBJECT: kind=ReduceScatter, group=Chip, {{.*}} rows=4, columns=76,
// OBJECT: kind=ReduceScatter, group=Slice, {{.*}} chips=Rack, rows=4, columns=76,

func.func @main(%a: tensor<64x256xf32>, %b: tensor<256x300xf32>, %c: tensor<256x300xf32>) -> (tensor<64x300xf32>, tensor<64x300xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x300xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x300xf32>) -> tensor<64x300xf32>
  %p = linalg.matmul ins(%a, %b : tensor<64x256xf32>, tensor<256x300xf32>) outs(%f : tensor<64x300xf32>) -> tensor<64x300xf32>
  %x = linalg.tanh ins(%p : tensor<64x300xf32>) outs(%e : tensor<64x300xf32>) -> tensor<64x300xf32>
  %y = linalg.exp ins(%x : tensor<64x300xf32>) outs(%e : tensor<64x300xf32>) -> tensor<64x300xf32>
  %q = linalg.matmul ins(%a, %c : tensor<64x256xf32>, tensor<256x300xf32>) outs(%f : tensor<64x300xf32>) -> tensor<64x300xf32>
  return %y, %q : tensor<64x300xf32>, tensor<64x300xf32>
}
