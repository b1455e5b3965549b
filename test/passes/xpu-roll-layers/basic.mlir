// RUN: acc-opt %s --xpu-roll-layers=min-saved=2 --split-input-file | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>

// Three layers, each on the result of the one before, with weights of their own and one that they share: a loop over their stack. It
// writes to what it carries, so that an argument is copied first.
// CHECK-LABEL: func.func @layers
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32>, %[[S:.*]]: tensor<2x4xf32>)
// CHECK: %[[C:.*]] = bufferization.alloc_tensor() copy(%[[X]])
// CHECK: %[[STACK:.*]] = arith.constant dense_resource<layers> : tensor<3x4xf32>
// CHECK: %[[R:.*]] = scf.for %[[L:.*]] = %{{.*}} to %c3{{.*}} iter_args(%[[A:.*]] = %[[C]])
// CHECK:   %[[W:.*]] = tensor.extract_slice %[[STACK]][%[[L]], 0] [1, 4] [1, 1] : tensor<3x4xf32> to tensor<4xf32>
// CHECK:   %[[M:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[W]] :
// CHECK:   %[[N:.*]] = linalg.generic {{.*}} ins(%[[M]], %[[S]] :
// CHECK:   %[[Y:.*]] = bufferization.materialize_in_destination %[[N]] in %[[A]]
// CHECK:   scf.yield %[[Y]]
// CHECK: return %[[R]]
// CHECK: layers: "0x40000000{{0*}}0000803F000000400000404000008040{{.*}}"
func.func @layers(%x: tensor<2x4xf32>, %shared: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %w0 = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %w1 = arith.constant dense<[5.0, 6.0, 7.0, 8.0]> : tensor<4xf32>
  %w2 = arith.constant dense<9.0> : tensor<4xf32>
  %e = tensor.empty() : tensor<2x4xf32>
  %m0 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %w0 : tensor<2x4xf32>, tensor<4xf32>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x4xf32>
  %n0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%m0, %shared : tensor<2x4xf32>, tensor<2x4xf32>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x4xf32>
  %m1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%n0, %w1 : tensor<2x4xf32>, tensor<4xf32>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x4xf32>
  %n1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%m1, %shared : tensor<2x4xf32>, tensor<2x4xf32>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x4xf32>
  %m2 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%n1, %w2 : tensor<2x4xf32>, tensor<4xf32>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x4xf32>
  %n2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%m2, %shared : tensor<2x4xf32>, tensor<2x4xf32>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x4xf32>
  return %n2 : tensor<2x4xf32>
}

// -----

#id = affine_map<(i) -> (i)>
// The third copy reads the first one's result: no layer.
// CHECK-LABEL: func.func @skips
// CHECK-NOT: scf.for
// CHECK: return
func.func @skips(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %y = math.exp %a : f32
    linalg.yield %y : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %y = math.exp %a : f32
    linalg.yield %y : f32
  } -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %y = math.exp %a : f32
    linalg.yield %y : f32
  } -> tensor<4xf32>
  %3 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%1 : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %y = math.exp %a : f32
    linalg.yield %y : f32
  } -> tensor<4xf32>
  %4 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%2, %3 : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %y = arith.addf %a, %b : f32
    linalg.yield %y : f32
  } -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>

// Parts of constants that slices have are arguments: their stack is one, divided as they are, of a whole that has a dimension more. Slices exchange
// data in every layer.
// CHECK-LABEL: func.func @parts
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32>, %[[STACK:.*]]: tensor<3x2xf32> {xpu.split = #shard<axisarray{{\[\[}}], [0]]>, xpu.value = dense_resource<layers{{.*}}> : tensor<3x3xf32>, xpu.whole = array<i64: 3, 3>})
// CHECK: scf.for %[[L:.*]] = %{{.*}} to %c3
// CHECK:   %[[W:.*]] = tensor.extract_slice %[[STACK]][%[[L]], 0] [1, 2] [1, 1]
// CHECK:   linalg.generic {{.*}} ins(%{{.*}}, %[[W]] :
// CHECK:   shard.all_gather
shard.grid @chip(shape = 2x1)
func.func @parts(%x: tensor<2x4xf32>, %w0: tensor<2xf32> {xpu.split = #shard<axisarray[[0]]>, xpu.whole = array<i64: 3>, xpu.value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>},
                 %w1: tensor<2xf32> {xpu.split = #shard<axisarray[[0]]>, xpu.whole = array<i64: 3>, xpu.value = dense<[4.0, 5.0, 6.0]> : tensor<3xf32>},
                 %w2: tensor<2xf32> {xpu.split = #shard<axisarray[[0]]>, xpu.whole = array<i64: 3>, xpu.value = dense<7.0> : tensor<3xf32>}) -> tensor<2x4xf32> {
  %e = tensor.empty() : tensor<2x2xf32>
  %p0 = tensor.extract_slice %x[0, 0] [2, 2] [1, 1] : tensor<2x4xf32> to tensor<2x2xf32>
  %m0 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%p0, %w0 : tensor<2x2xf32>, tensor<2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x2xf32>
  %g0 = shard.all_gather %m0 on @chip grid_axes = [0] gather_axis = 1 : tensor<2x2xf32> -> tensor<2x4xf32>
  %p1 = tensor.extract_slice %g0[0, 0] [2, 2] [1, 1] : tensor<2x4xf32> to tensor<2x2xf32>
  %m1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%p1, %w1 : tensor<2x2xf32>, tensor<2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x2xf32>
  %g1 = shard.all_gather %m1 on @chip grid_axes = [0] gather_axis = 1 : tensor<2x2xf32> -> tensor<2x4xf32>
  %p2 = tensor.extract_slice %g1[0, 0] [2, 2] [1, 1] : tensor<2x4xf32> to tensor<2x2xf32>
  %m2 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%p2, %w2 : tensor<2x2xf32>, tensor<2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x2xf32>
  %g2 = shard.all_gather %m2 on @chip grid_axes = [0] gather_axis = 1 : tensor<2x2xf32> -> tensor<2x4xf32>
  return %g2 : tensor<2x4xf32>
}

// -----

// Slices of stacks, if their places advance by the same: weights from the second on, results from the last one down.
// CHECK: #[[UP:.*]] = affine_map<(d0) -> (d0 + 1)>
// CHECK: #[[DOWN:.*]] = affine_map<(d0) -> (-d0 + 2)>
// CHECK-LABEL: func.func @stacks
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[STACK:.*]]: tensor<4x4xf32>)
// CHECK: scf.for %[[L:.*]] = %{{.*}} to %c3{{.*}} iter_args(
// CHECK:   %[[I:.*]] = affine.apply #[[UP]](%[[L]])
// CHECK:   %[[W:.*]] = tensor.extract_slice %[[STACK]][%[[I]], 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
// CHECK:   %[[Y:.*]] = linalg.mul ins(%{{.*}}, %[[W]] :
// CHECK:   %[[J:.*]] = affine.apply #[[DOWN]](%[[L]])
// CHECK:   tensor.insert_slice %[[Y]] into %{{.*}}[%[[J]], 0] [1, 4] [1, 1]
func.func @stacks(%x: tensor<4xf32>, %w: tensor<4x4xf32>) -> tensor<3x4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %all = tensor.empty() : tensor<3x4xf32>
  %w1 = tensor.extract_slice %w[1, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %y1 = linalg.mul ins(%x, %w1 : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %r1 = tensor.insert_slice %y1 into %all[2, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<3x4xf32>
  %w2 = tensor.extract_slice %w[2, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %y2 = linalg.mul ins(%y1, %w2 : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %r2 = tensor.insert_slice %y2 into %r1[1, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<3x4xf32>
  %w3 = tensor.extract_slice %w[3, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %y3 = linalg.mul ins(%y2, %w3 : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %r3 = tensor.insert_slice %y3 into %r2[0, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<3x4xf32>
  return %r3 : tensor<3x4xf32>
}

// -----

// Places that do not advance by the same each time.
// CHECK-LABEL: func.func @places
// CHECK-NOT: scf.for
func.func @places(%x: tensor<4xf32>, %w: tensor<4x4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %w1 = tensor.extract_slice %w[0, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %y1 = linalg.mul ins(%x, %w1 : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %w2 = tensor.extract_slice %w[1, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %y2 = linalg.mul ins(%y1, %w2 : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %w3 = tensor.extract_slice %w[3, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %y3 = linalg.mul ins(%y2, %w3 : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %y3 : tensor<4xf32>
}
