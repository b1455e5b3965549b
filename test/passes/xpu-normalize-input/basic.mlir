// RUN: acc-opt --pass-pipeline='builtin.module(func.func(xpu-normalize-input))' %s | FileCheck %s

// A loop of few iterations is written out; one of many stays for the host.
// CHECK-LABEL: @short
// CHECK-COUNT-3: arith.addf
// CHECK-NOT: arith.addf
func.func @short(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%x = %a) -> tensor<4xf32> {
    %s = arith.addf %x, %a : tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// CHECK-LABEL: @long
// CHECK: scf.for
func.func @long(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 5000 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> tensor<4xf32> {
    %s = arith.addf %x, %a : tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// CHECK-LABEL: @softmax
// CHECK-NOT: maxnumf
// CHECK: arith.maximumf
// CHECK-NOT: linalg.softmax
func.func @softmax(%a: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %e = tensor.empty() : tensor<3x4xf32>
  %0 = linalg.softmax dimension(1) ins(%a : tensor<3x4xf32>) outs(%e : tensor<3x4xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// The other operand of a NaN.
// CHECK-LABEL: @maxnumf
// CHECK: %[[FIRST:.*]] = arith.select %{{.*}}, %arg1, %arg0
// CHECK: %[[SECOND:.*]] = arith.select %{{.*}}, %arg0, %arg1
// CHECK: arith.maximumf %[[FIRST]], %[[SECOND]]
func.func @maxnumf(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = arith.maxnumf %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// A maximum of numbers, from which the running value cannot become a NaN.
// CHECK-LABEL: @reduce_maxnumf
// CHECK: %[[NAN:.*]] = arith.cmpf uno, %[[X:.*]], %[[X]] : f32
// CHECK: %[[NUMBER:.*]] = arith.select %[[NAN]], %{{.*}}, %[[X]] : f32
// CHECK: arith.maximumf %{{.*}}, %[[NUMBER]] : f32
// The start may be a NaN, which such a maximum forgets.
// CHECK-LABEL: @reduce_maxnumf_from
// CHECK: arith.maxnumf
func.func @reduce_maxnumf(%a: tensor<4x3xf32>) -> tensor<4xf32> {
  %k = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<4xf32>
  %o = linalg.fill ins(%k : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %r = linalg.reduce { arith.maxnumf } ins(%a : tensor<4x3xf32>) outs(%o : tensor<4xf32>) dimensions = [1]
  return %r : tensor<4xf32>
}
func.func @reduce_maxnumf_from(%a: tensor<4x3xf32>, %o: tensor<4xf32>) -> tensor<4xf32> {
  %r = linalg.reduce { arith.maxnumf } ins(%a : tensor<4x3xf32>) outs(%o : tensor<4xf32>) dimensions = [1]
  return %r : tensor<4xf32>
}

// CHECK-LABEL: @reduce_subi
// CHECK: %[[MINUS:.*]] = arith.subi %{{.*}}, %in : i32
// CHECK: arith.addi %init, %[[MINUS]] : i32
func.func @reduce_subi(%a: tensor<4x3xi32>, %o: tensor<4xi32>) -> tensor<4xi32> {
  %r = linalg.reduce ins(%a : tensor<4x3xi32>) outs(%o : tensor<4xi32>) dimensions = [1]
    (%in: i32, %init: i32) {
      %s = arith.subi %init, %in : i32
      linalg.yield %s : i32
    }
  return %r : tensor<4xi32>
}
