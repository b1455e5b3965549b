// RUN: acc-cc %s --check=functional,systemc --check-host --tolerance=1e-3,1e-6 | FileCheck %s
// Softmax and a layer norm over rows that do not fit in the scratchpad.
// CHECK-COUNT-2: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @main(%a: tensor<2x30000xf32>) -> (tensor<2x30000xf32>, tensor<2x30000xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %count = arith.constant 30000.0 : f32
  %eps = arith.constant 1.0e-5 : f32
  %er = tensor.empty() : tensor<2xf32>
  %e = tensor.empty() : tensor<2x30000xf32>
  %f0 = linalg.fill ins(%low : f32) outs(%er : tensor<2xf32>) -> tensor<2xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x30000xf32>) outs(%f0 : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %exp = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %max : tensor<2x30000xf32>, tensor<2xf32>) outs(%e : tensor<2x30000xf32>) {
  ^bb0(%x: f32, %m: f32, %o: f32):
    %d = arith.subf %x, %m : f32
    %s = math.exp %d : f32
    linalg.yield %s : f32
  } -> tensor<2x30000xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%er : tensor<2xf32>) -> tensor<2xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%exp : tensor<2x30000xf32>) outs(%f1 : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %softmax = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%exp, %sum : tensor<2x30000xf32>, tensor<2xf32>) outs(%e : tensor<2x30000xf32>) {
  ^bb0(%x: f32, %m: f32, %o: f32):
    %s = arith.divf %x, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x30000xf32>
  %f2 = linalg.fill ins(%zero : f32) outs(%er : tensor<2xf32>) -> tensor<2xf32>
  %total = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x30000xf32>) outs(%f2 : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %mean = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%total : tensor<2xf32>) outs(%er : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.divf %x, %count : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %f3 = linalg.fill ins(%zero : f32) outs(%er : tensor<2xf32>) -> tensor<2xf32>
  %squares = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%a, %mean : tensor<2x30000xf32>, tensor<2xf32>) outs(%f3 : tensor<2xf32>) {
  ^bb0(%x: f32, %m: f32, %o: f32):
    %d = arith.subf %x, %m : f32
    %q = arith.mulf %d, %d : f32
    %s = arith.addf %o, %q : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %norm = linalg.generic {indexing_maps = [#id, #row, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %mean, %squares : tensor<2x30000xf32>, tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2x30000xf32>) {
  ^bb0(%x: f32, %m: f32, %q: f32, %o: f32):
    %d = arith.subf %x, %m : f32
    %v = arith.divf %q, %count : f32
    %w = arith.addf %v, %eps : f32
    %r = math.rsqrt %w : f32
    %s = arith.mulf %d, %r : f32
    linalg.yield %s : f32
  } -> tensor<2x30000xf32>
  return %softmax, %norm : tensor<2x30000xf32>, tensor<2x30000xf32>
}
