// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// Rows of a table in HBM by index; also an index that is computed, and a table of bytes.
// CHECK-COUNT-3: largest error 0 against the host
// CHECK: check: memory, cycles, counters and command times agree

#i = affine_map<(i, j) -> (i)>
#id = affine_map<(i, j) -> (i, j)>
func.func @main(%table: tensor<11x6xf32>, %bytes: tensor<11x6xi8>) -> (tensor<5x6xf32>, tensor<5x6xf32>, tensor<5x6xi8>) {
  %indices = arith.constant dense<[10, 0, 3, 3, 7]> : tensor<5xi32>
  %e = tensor.empty() : tensor<5x6xf32>
  %eb = tensor.empty() : tensor<5x6xi8>
  %0 = linalg.generic {indexing_maps = [#i, #id], iterator_types = ["parallel", "parallel"]} ins(%indices : tensor<5xi32>) outs(%e : tensor<5x6xf32>) {
  ^bb0(%n: i32, %o: f32):
    %r = arith.index_cast %n : i32 to index
    %c = linalg.index 1 : index
    %v = tensor.extract %table[%r, %c] : tensor<11x6xf32>
    linalg.yield %v : f32
  } -> tensor<5x6xf32>
  %one = arith.constant 10 : i32
  %ei = tensor.empty() : tensor<5xi32>
  %mirrored = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%indices : tensor<5xi32>) outs(%ei : tensor<5xi32>) {
  ^bb0(%n: i32, %o: i32):
    %r = arith.subi %one, %n : i32
    linalg.yield %r : i32
  } -> tensor<5xi32>
  %1 = linalg.generic {indexing_maps = [#i, #id], iterator_types = ["parallel", "parallel"]} ins(%mirrored : tensor<5xi32>) outs(%e : tensor<5x6xf32>) {
  ^bb0(%n: i32, %o: f32):
    %r = arith.index_cast %n : i32 to index
    %c = linalg.index 1 : index
    %v = tensor.extract %table[%r, %c] : tensor<11x6xf32>
    linalg.yield %v : f32
  } -> tensor<5x6xf32>
  %2 = linalg.generic {indexing_maps = [#i, #id], iterator_types = ["parallel", "parallel"]} ins(%indices : tensor<5xi32>) outs(%eb : tensor<5x6xi8>) {
  ^bb0(%n: i32, %o: i8):
    %r = arith.index_cast %n : i32 to index
    %c = linalg.index 1 : index
    %v = tensor.extract %bytes[%r, %c] : tensor<11x6xi8>
    linalg.yield %v : i8
  } -> tensor<5x6xi8>
  return %0, %1, %2 : tensor<5x6xf32>, tensor<5x6xf32>, tensor<5x6xi8>
}
