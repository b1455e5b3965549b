// RUN: acc-opt %s --rack-place --split-input-file | FileCheck %s

// Two divisions that do not depend on each other are one visit to the host; the sum between them in
// the text needs none of them and goes before.
// CHECK: module attributes {rack.topology = #rack.topology<chips = 1, slices = 1>}
// CHECK-LABEL: func.func @order
func.func @order(%x: tensor<8xi32>, %y: tensor<8xi32>) -> (tensor<8xi32>, tensor<8xi32>) {
  // CHECK: %[[E:.*]] = tensor.empty()
  // CHECK: %[[SUM:.*]] = rack.launch chip 0 slice 0 -> tensor<8xi32> {
  // CHECK:   linalg.add
  // CHECK: %[[Q:.*]]:2 = rack.host because "has no form on the vector unit: arith.divsi" -> tensor<8xi32>, tensor<8xi32> {
  // CHECK:   linalg.div
  // CHECK:   linalg.div ins(%[[SUM]]
  // CHECK: %[[R:.*]] = rack.launch chip 0 slice 0 -> tensor<8xi32> {
  // CHECK:   linalg.mul ins(%[[Q]]#0, %[[Q]]#1
  // CHECK: return %[[R]], %[[Q]]#1
  %e = tensor.empty() : tensor<8xi32>
  %q = linalg.div ins(%x, %y : tensor<8xi32>, tensor<8xi32>) outs(%e : tensor<8xi32>) -> tensor<8xi32>
  %s = linalg.add ins(%x, %y : tensor<8xi32>, tensor<8xi32>) outs(%e : tensor<8xi32>) -> tensor<8xi32>
  %t = linalg.div ins(%s, %y : tensor<8xi32>, tensor<8xi32>) outs(%e : tensor<8xi32>) -> tensor<8xi32>
  %m = linalg.mul ins(%q, %t : tensor<8xi32>, tensor<8xi32>) outs(%e : tensor<8xi32>) -> tensor<8xi32>
  return %m, %t : tensor<8xi32>, tensor<8xi32>
}

// -----

// Reasons: a scalar operation, a type, an operation without a form, several results, a reduction.
// CHECK-LABEL: func.func @reasons
func.func @reasons(%x: tensor<4xf64>, %f: tensor<4xf32>, %n: tensor<4xi16>) -> (tensor<4xf64>, tensor<4xf32>, tensor<4xi16>, tensor<f32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NOT: rack.launch
  // CHECK: rack.host because "elements of type f64; elements of type i16; reduces by more than one combination with the running value; has 2 results; has no form on a slice: scf.for"
  // CHECK-NOT: rack.launch
  %e = tensor.empty() : tensor<4xf64>
  %0 = linalg.exp ins(%x : tensor<4xf64>) outs(%e : tensor<4xf64>) -> tensor<4xf64>
  %en = tensor.empty() : tensor<4xi16>
  %1 = linalg.add ins(%n, %n : tensor<4xi16>, tensor<4xi16>) outs(%en : tensor<4xi16>) -> tensor<4xi16>
  %zero = arith.constant 0.0 : f32
  %es = tensor.empty() : tensor<f32>
  %init = linalg.fill ins(%zero : f32) outs(%es : tensor<f32>) -> tensor<f32>
  %2 = linalg.reduce ins(%f : tensor<4xf32>) outs(%init : tensor<f32>) dimensions = [0]
    (%in: f32, %acc: f32) {
      %p = arith.mulf %acc, %in : f32
      %a = arith.addf %p, %in : f32
      linalg.yield %a : f32
    }
  %ef = tensor.empty() : tensor<4xf32>
  %3:2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%f : tensor<4xf32>) outs(%ef, %ef : tensor<4xf32>, tensor<4xf32>) {
    ^bb0(%in: f32, %o: f32, %o2: f32):
      linalg.yield %in, %in : f32, f32
  } -> (tensor<4xf32>, tensor<4xf32>)
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %4 = scf.for %i = %c0 to %c1 step %c1 iter_args(%v = %f) -> tensor<4xf32> {
    scf.yield %v : tensor<4xf32>
  }
  return %0, %4, %1, %2, %3#0, %3#1 : tensor<4xf64>, tensor<4xf32>, tensor<4xi16>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
}
