// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Rows and diagonals read backwards, in an elementwise operation and in a
// reduction; a sum and a maximum over nothing.
// CHECK-COUNT-4: largest error 0 against the host
// CHECK: check: memory, cycles, counters and command times agree

#back = affine_map<(i, j) -> (4 - i, j)>
#id = affine_map<(i, j) -> (i, j)>
#window = affine_map<(i, j) -> (i - j + 2)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>
func.func @main(%a: tensor<5x9xf32>, %b: tensor<5x9xf32>, %v: tensor<9xf32>, %none: tensor<4x0xf32>)
    -> (tensor<5x9xf32>, tensor<7xf32>, tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<5x9xf32>
  %0 = linalg.generic {indexing_maps = [#back, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<5x9xf32>, tensor<5x9xf32>) outs(%e : tensor<5x9xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.subf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<5x9xf32>
  // Reads v[i - j + 2]: a convolution with a flipped kernel.
  %zero = arith.constant 0.0 : f32
  %e7 = tensor.empty() : tensor<7xf32>
  %f7 = linalg.fill ins(%zero : f32) outs(%e7 : tensor<7xf32>) -> tensor<7xf32>
  %k = arith.constant dense<[1.0, -2.0, 4.0]> : tensor<3xf32>
  %1 = linalg.generic {indexing_maps = [#window, #column, #row], iterator_types = ["parallel", "reduction"]}
      ins(%v, %k : tensor<9xf32>, tensor<3xf32>) outs(%f7 : tensor<7xf32>) {
  ^bb0(%x: f32, %w: f32, %o: f32):
    %m = arith.maximumf %x, %w : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<7xf32>
  %e4 = tensor.empty() : tensor<4xf32>
  %f4 = linalg.fill ins(%zero : f32) outs(%e4 : tensor<4xf32>) -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%none : tensor<4x0xf32>) outs(%f4 : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  %infinity = arith.constant 0xFF800000 : f32
  %g4 = linalg.fill ins(%infinity : f32) outs(%e4 : tensor<4xf32>) -> tensor<4xf32>
  %3 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%none : tensor<4x0xf32>) outs(%g4 : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0, %1, %2, %3 : tensor<5x9xf32>, tensor<7xf32>, tensor<4xf32>, tensor<4xf32>
}
