// Columns that slices have of an operand are gathered in eight pieces, each with a part of every slice's columns. A product's terms come in the order of the
// pieces. Two products read them.
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=columns --check=functional,systemc --check-races --check-host -v -o %t.o 2>&1 | FileCheck %s
// RUN: acc-objdump %t.o | FileCheck %s --check-prefix=OBJECT
// CHECK: gathered piece by piece (pieces 8)
// CHECK: output 'output_1': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
// OBJECT-COUNT-8: kind=AllGather, group=Chip, fmt=F32, rows=32, columns=8
// OBJECT-NOT: kind=

func.func @main(%x: tensor<32x64xf32>, %w: tensor<64x256xf32>, %v: tensor<256x96xf32>, %u: tensor<256x40xf32>) -> (tensor<32x96xf32>, tensor<32x40xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<32x256xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<32x256xf32>) -> tensor<32x256xf32>
  %p = linalg.matmul ins(%x, %w : tensor<32x64xf32>, tensor<64x256xf32>) outs(%f : tensor<32x256xf32>) -> tensor<32x256xf32>
  %t = linalg.tanh ins(%p : tensor<32x256xf32>) outs(%e : tensor<32x256xf32>) -> tensor<32x256xf32>
  %ae = tensor.empty() : tensor<32x96xf32>
  %af = linalg.fill ins(%zero : f32) outs(%ae : tensor<32x96xf32>) -> tensor<32x96xf32>
  %a = linalg.matmul ins(%t, %v : tensor<32x256xf32>, tensor<256x96xf32>) outs(%af : tensor<32x96xf32>) -> tensor<32x96xf32>
  %be = tensor.empty() : tensor<32x40xf32>
  %bf = linalg.fill ins(%zero : f32) outs(%be : tensor<32x40xf32>) -> tensor<32x40xf32>
  %b = linalg.matmul ins(%t, %u : tensor<32x256xf32>, tensor<256x40xf32>) outs(%bf : tensor<32x40xf32>) -> tensor<32x40xf32>
  return %a, %b : tensor<32x96xf32>, tensor<32x40xf32>
}
