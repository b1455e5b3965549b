// Terms are divided, as asked for, and sums are divided once more, since there is work to do with them.
// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=sums --check=functional,systemc --check-host -o %t.o | FileCheck %s
// RUN: acc-objdump %t.o | FileCheck %s --check-prefix=OBJECT
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error 0 against the host
// CHECK: check: memory, cycles, counters and command times agree
// OBJECT: kind=ReduceScatter
// OBJECT: kind=ReduceScatter

func.func @main(%a: tensor<16x512xf32>, %b: tensor<512x16xf32>, %i: tensor<16x2048xi32>) -> (tensor<16x16xf32>, tensor<16xi32>) {
  %zero = arith.constant 0.0 : f32
  %none = arith.constant 0 : i32
  %e = tensor.empty() : tensor<16x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<16x16xf32>) -> tensor<16x16xf32>
  %p = linalg.matmul ins(%a, %b : tensor<16x512xf32>, tensor<512x16xf32>) outs(%f : tensor<16x16xf32>) -> tensor<16x16xf32>
  %x = linalg.tanh ins(%p : tensor<16x16xf32>) outs(%e : tensor<16x16xf32>) -> tensor<16x16xf32>
  %y = linalg.exp ins(%x : tensor<16x16xf32>) outs(%e : tensor<16x16xf32>) -> tensor<16x16xf32>
  %ie = tensor.empty() : tensor<16xi32>
  %if = linalg.fill ins(%none : i32) outs(%ie : tensor<16xi32>) -> tensor<16xi32>
  %s = linalg.reduce ins(%i : tensor<16x2048xi32>) outs(%if : tensor<16xi32>) dimensions = [1]
      (%in: i32, %acc: i32) {
        %0 = arith.addi %in, %acc : i32
        linalg.yield %0 : i32
      }
  return %y, %s : tensor<16x16xf32>, tensor<16xi32>
}
