// A product over 1,001 terms, of which slices have computed 251 each: what the last one has beyond them is no number (1 / 0 less itself), and
// no zero of the other operand makes it one.
// RUN: acc-cc %s --target=xpu-tiny-4 --check=functional,systemc --check-host -o %t.o | FileCheck %s
// RUN: acc-objdump %t.o | FileCheck %s --check-prefix=OBJECT
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
// OBJECT: .part 0, "{{.*}}", bool, bool, [1001], 0x{{[0-9a-f]*}}, 251 split {{\[\[}}0, 1]] part [251]

func.func @main(%a: tensor<3x5xf32>, %b: tensor<5x1001xf32>, %c: tensor<1001x1xf32>) -> tensor<3x1xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<3x1001xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3x1001xf32>) -> tensor<3x1001xf32>
  %p = linalg.matmul ins(%a, %b : tensor<3x5xf32>, tensor<5x1001xf32>) outs(%f : tensor<3x1001xf32>) -> tensor<3x1001xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<3x1001xf32>) outs(%e : tensor<3x1001xf32>) {
  ^bb0(%v: f32, %o: f32):
    %q = arith.divf %one, %v : f32
    %s = arith.subf %q, %q : f32
    %t = math.tanh %v : f32
    %r = arith.addf %s, %t : f32
    linalg.yield %r : f32
  } -> tensor<3x1001xf32>
  %ye = tensor.empty() : tensor<3x1xf32>
  %yf = linalg.fill ins(%zero : f32) outs(%ye : tensor<3x1xf32>) -> tensor<3x1xf32>
  %y = linalg.matmul ins(%x, %c : tensor<3x1001xf32>, tensor<1001x1xf32>) outs(%yf : tensor<3x1xf32>) -> tensor<3x1xf32>
  return %y : tensor<3x1xf32>
}
