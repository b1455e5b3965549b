// Sizes that no number of slices divides: parts reach beyond the whole, and what is there takes part in no sum and no result. What is beyond
// %x is no number there (1 / 0 less itself); heads of three elements stay whole; integers are equal to the bit.
// RUN: acc-cc %s --target=xpu-tiny-4 --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=rows --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=columns --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=grid --check=functional,systemc --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=sums --check=functional,systemc --check-host -o %t.o | FileCheck %s
// RUN: acc-objdump %t.o | FileCheck %s --check-prefix=OBJECT
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error 0 against the host
// CHECK: output 'output_2': largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree
// OBJECT: .part 11, "{{.*}}", bool, bool, [13], 0x{{.*}}, 4 split {{\[\[}}0, 1]] part [4]

func.func @main(%a: tensor<11x13xf32>, %b: tensor<13x21xf32>, %i: tensor<5x13xi32>, %j: tensor<13x9xi32>) -> (tensor<11x7x3xf32>, tensor<5x9xi32>, tensor<13xf32>) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %none = arith.constant 0 : i32
  %e = tensor.empty() : tensor<11x13xf32>
  %ze = linalg.fill ins(%zero : f32) outs(%e : tensor<11x13xf32>) -> tensor<11x13xf32>
  %me = tensor.empty() : tensor<13xf32>
  %mf = linalg.fill ins(%low : f32) outs(%me : tensor<13xf32>) -> tensor<13xf32>
  %m = linalg.reduce ins(%a : tensor<11x13xf32>) outs(%mf : tensor<13xf32>) dimensions = [0]
      (%in: f32, %acc: f32) {
        %0 = arith.maximumf %in, %acc : f32
        linalg.yield %0 : f32
      }
  %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%a, %m : tensor<11x13xf32>, tensor<13xf32>) outs(%e : tensor<11x13xf32>) {
  ^bb0(%u: f32, %v: f32, %o: f32):
    %q = arith.divf %one, %u : f32
    %s = arith.subf %q, %q : f32
    %t = math.tanh %v : f32
    %r = arith.addf %s, %t : f32
    linalg.yield %r : f32
  } -> tensor<11x13xf32>
  %pe = tensor.empty() : tensor<11x21xf32>
  %pf = linalg.fill ins(%zero : f32) outs(%pe : tensor<11x21xf32>) -> tensor<11x21xf32>
  %p = linalg.matmul ins(%x, %b : tensor<11x13xf32>, tensor<13x21xf32>) outs(%pf : tensor<11x21xf32>) -> tensor<11x21xf32>
  %h = tensor.expand_shape %p [[0], [1, 2]] output_shape [11, 7, 3] : tensor<11x21xf32> into tensor<11x7x3xf32>
  %he = tensor.empty() : tensor<11x7x3xf32>
  %t = linalg.exp ins(%h : tensor<11x7x3xf32>) outs(%he : tensor<11x7x3xf32>) -> tensor<11x7x3xf32>
  %ce = tensor.empty() : tensor<13xf32>
  %cf = linalg.fill ins(%zero : f32) outs(%ce : tensor<13xf32>) -> tensor<13xf32>
  %c = linalg.reduce ins(%x : tensor<11x13xf32>) outs(%cf : tensor<13xf32>) dimensions = [0]
      (%in: f32, %acc: f32) {
        %0 = arith.addf %in, %acc : f32
        linalg.yield %0 : f32
      }
  %ie = tensor.empty() : tensor<5x13xi32>
  %k = linalg.max ins(%i, %i : tensor<5x13xi32>, tensor<5x13xi32>) outs(%ie : tensor<5x13xi32>) -> tensor<5x13xi32>
  %ipe = tensor.empty() : tensor<5x9xi32>
  %if = linalg.fill ins(%none : i32) outs(%ipe : tensor<5x9xi32>) -> tensor<5x9xi32>
  %ip = linalg.matmul ins(%k, %j : tensor<5x13xi32>, tensor<13x9xi32>) outs(%if : tensor<5x9xi32>) -> tensor<5x9xi32>
  return %t, %ip, %c : tensor<11x7x3xf32>, tensor<5x9xi32>, tensor<13xf32>
}
