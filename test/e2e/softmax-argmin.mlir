// RUN: acc-cc %s --check=functional,systemc --check-host | FileCheck %s
// A softmax over rows, and the position of a row's minimum: the smallest index
// whose element is the minimum.
// CHECK: output 'output_0': largest error {{.*}} against the host
// CHECK: output 'output_1': largest error 0 against the host
// CHECK: check: memory, cycles, counters and command times agree

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @main(%a: tensor<6x37xf32>) -> (tensor<6x37xf32>, tensor<6xi32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %high = arith.constant 0x7F800000 : f32
  %none = arith.constant 2147483647 : i32
  %e = tensor.empty() : tensor<6x37xf32>
  %er = tensor.empty() : tensor<6xf32>
  %ei = tensor.empty() : tensor<6xi32>
  %m0 = linalg.fill ins(%low : f32) outs(%er : tensor<6xf32>) -> tensor<6xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%er : tensor<6xf32>) -> tensor<6xf32>
  %n0 = linalg.fill ins(%high : f32) outs(%er : tensor<6xf32>) -> tensor<6xf32>
  %i0 = linalg.fill ins(%none : i32) outs(%ei : tensor<6xi32>) -> tensor<6xi32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<6x37xf32>) outs(%m0 : tensor<6xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<6xf32>
  %exp = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %max : tensor<6x37xf32>, tensor<6xf32>) outs(%e : tensor<6x37xf32>) {
  ^bb0(%x: f32, %m: f32, %o: f32):
    %d = arith.subf %x, %m : f32
    %s = math.exp %d : f32
    linalg.yield %s : f32
  } -> tensor<6x37xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%exp : tensor<6x37xf32>) outs(%s0 : tensor<6xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<6xf32>
  %softmax = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%exp, %sum : tensor<6x37xf32>, tensor<6xf32>) outs(%e : tensor<6x37xf32>) {
  ^bb0(%x: f32, %m: f32, %o: f32):
    %d = arith.divf %x, %m : f32
    linalg.yield %d : f32
  } -> tensor<6x37xf32>
  %min = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<6x37xf32>) outs(%n0 : tensor<6xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.minimumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<6xf32>
  %argmin = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%a, %min : tensor<6x37xf32>, tensor<6xf32>) outs(%i0 : tensor<6xi32>) {
  ^bb0(%x: f32, %m: f32, %o: i32):
    %i = linalg.index 1 : index
    %j = arith.index_cast %i : index to i32
    %c = arith.cmpf oeq, %x, %m : f32
    %k = arith.select %c, %j, %none : i32
    %r = arith.minsi %k, %o : i32
    linalg.yield %r : i32
  } -> tensor<6xi32>
  return %softmax, %argmin : tensor<6x37xf32>, tensor<6xi32>
}
