// RUN: acc-opt %s --xpu-bufferize --canonicalize | FileCheck %s

// Tensors are values: an argument is not written.
// CHECK-LABEL: func.func @value
// CHECK-SAME: (%[[X:.*]]: memref<4xf32{{.*}}, %[[Y:.*]]: memref<2xf32
func.func @value(%x: tensor<4xf32>, %y: tensor<2xf32>) -> tensor<4xf32> {
  // CHECK: %[[OWN:.*]] = memref.alloc
  // CHECK: memref.copy %[[X]], %[[OWN]]
  // CHECK: %[[PART:.*]] = memref.subview %[[OWN]]
  // CHECK: memref.copy %[[Y]], %[[PART]]
  // CHECK: return %[[OWN]]
  %r = tensor.insert_slice %y into %x[1] [2] [1] : tensor<2xf32> into tensor<4xf32>
  return %r : tensor<4xf32>
}

// What is fed back is made in the argument's place.
// CHECK-LABEL: func.func @in_place
// CHECK-SAME: (%[[X:.*]]: memref<4xf32{{.*}}, %[[Y:.*]]: memref<2xf32
func.func @in_place(%x: tensor<4xf32> {acc.fed_by = 0}, %y: tensor<2xf32>) -> tensor<4xf32> {
  // CHECK-NOT: memref.alloc
  // CHECK: %[[PART:.*]] = memref.subview %[[X]]
  // CHECK: memref.copy %[[Y]], %[[PART]]
  // CHECK-NEXT: return %[[X]]
  %r = tensor.insert_slice %y into %x[1] [2] [1] : tensor<2xf32> into tensor<4xf32>
  return %r : tensor<4xf32>
}

// An operation writes there at once, if nobody reads the argument any more.
// CHECK-LABEL: func.func @computed
// CHECK-SAME: (%[[X:.*]]: memref<4xf32
func.func @computed(%x: tensor<4xf32> {acc.fed_by = 0}) -> tensor<4xf32> {
  // CHECK-NEXT: linalg.exp ins(%[[X]] : {{.*}}) outs(%[[X]] :
  // CHECK-NEXT: return %[[X]]
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// Who still reads it gets the old value.
// CHECK-LABEL: func.func @read_later
// CHECK-SAME: (%[[X:.*]]: memref<4xf32
func.func @read_later(%x: tensor<4xf32> {acc.fed_by = 0}) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: linalg.exp ins(%[[X]] : {{.*}}) outs(%[[NEW:.*]] :
  // CHECK: linalg.log ins(%[[X]] : {{.*}}) outs(%[[OTHER:.*]] :
  // CHECK: memref.copy %[[NEW]], %[[X]]
  // CHECK: return %[[X]], %[[OTHER]]
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.log ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r, %s : tensor<4xf32>, tensor<4xf32>
}

// All arguments change at once: two change places, and a third result is the old value of one of them.
// CHECK-LABEL: func.func @swap
// CHECK-SAME: (%[[X:.*]]: memref<4xf32{{.*}}, %[[Y:.*]]: memref<4xf32
func.func @swap(%x: tensor<4xf32> {acc.fed_by = 1}, %y: tensor<4xf32> {acc.fed_by = 0}) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-DAG: memref.copy %[[X]], %[[A:.*]] :
  // CHECK-DAG: memref.copy %[[Y]], %[[B:.*]] :
  // CHECK-DAG: memref.copy %[[X]], %[[C:.*]] :
  // CHECK: memref.copy %{{.*}}, %[[Y]]
  // CHECK: memref.copy %{{.*}}, %[[X]]
  // CHECK: return %[[Y]], %[[X]], %{{.*}} :
  return %x, %y, %x : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
