// Rows that slices have of an operand are gathered in eight pieces of columns: a product's terms come in the order that they have on one slice, and its results
// are equal to the bit.
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=columns --precision=bf16 --check=functional,systemc --check-races --outputs=%t.pieces -v -o %t.o 2>&1 | FileCheck %s
// RUN: acc-objdump %t.o | FileCheck %s --check-prefix=OBJECT
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=none --precision=bf16 --run=functional --outputs=%t.one -o %t.one.o
// RUN: cmp %t.one/output_0.pb %t.pieces/output_0.pb
// RUN: cmp %t.one/output_1.pb %t.pieces/output_1.pb
// CHECK: gathered piece by piece (pieces 8)
// CHECK: check: memory, cycles, counters and command times agree
// OBJECT-COUNT-8: kind=AllGather, group=Chip, fmt=BF16, rows=8, columns=32
// OBJECT-NOT: kind=

func.func @main(%x: tensor<32x8xf32>, %w: tensor<8x256xf32>, %v: tensor<256x96xf32>, %u: tensor<256x40xf32>) -> (tensor<32x96xf32>, tensor<32x40xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<32x256xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<32x256xf32>) -> tensor<32x256xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<32x8xf32>, tensor<8x256xf32>) outs(%f : tensor<32x256xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %j = linalg.index 1 : index
    %i = arith.index_cast %j : index to i32
    %s = arith.sitofp %i : i32 to f32
    %c = arith.constant 0.00390625 : f32
    %n = arith.mulf %s, %c : f32
    %m = arith.addf %b, %n : f32
    %q = arith.mulf %a, %m : f32
    %r = arith.addf %o, %q : f32
    linalg.yield %r : f32
  } -> tensor<32x256xf32>
  %ae = tensor.empty() : tensor<32x96xf32>
  %af = linalg.fill ins(%zero : f32) outs(%ae : tensor<32x96xf32>) -> tensor<32x96xf32>
  %a = linalg.matmul ins(%t, %v : tensor<32x256xf32>, tensor<256x96xf32>) outs(%af : tensor<32x96xf32>) -> tensor<32x96xf32>
  %be = tensor.empty() : tensor<32x40xf32>
  %bf = linalg.fill ins(%zero : f32) outs(%be : tensor<32x40xf32>) -> tensor<32x40xf32>
  %b = linalg.matmul ins(%t, %u : tensor<32x256xf32>, tensor<256x40xf32>) outs(%bf : tensor<32x40xf32>) -> tensor<32x40xf32>
  return %a, %b : tensor<32x96xf32>, tensor<32x40xf32>
}
