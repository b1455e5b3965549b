// REQUIRES: rtl
// RUN: acc-cc %s --target=xpu-tiny --check=functional,systemc,rtl --check-host | FileCheck %s
// RUN: acc-cc %s --target=xpu-tiny --emit=xpu -o - | FileCheck %s --check-prefix=XPU
// Products of bytes with sums of 32 bits, on the matrix unit as they are: signs, a start value, a batch, sizes beside
// the array's, and work on the result.
// CHECK-COUNT-6: largest error 0 against the host
// CHECK: check: memory, cycles, counters and command times agree
// XPU-DAG: a <i8> {{.*}} w <i8>
// XPU-DAG: a <u8> {{.*}} w <u8>
// XPU-DAG: a <u8> {{.*}} w <i8>

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#n = affine_map<(m, n) -> (n)>
func.func @main(%a: tensor<13x70xi8>, %b: tensor<70x11xi8>, %bt: tensor<11x70xi8>, %start: tensor<13x11xi32>, %bias: tensor<11xi32>,
                %p: tensor<3x4x9xi8>, %q: tensor<3x9x5xi8>)
    -> (tensor<13x11xi32>, tensor<13x11xi32>, tensor<13x11xi32>, tensor<13x11xi32>, tensor<3x4x5xi32>, tensor<13x11xi32>) {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<13x11xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<13x11xi32>) -> tensor<13x11xi32>
  %0 = linalg.matmul ins(%a, %b : tensor<13x70xi8>, tensor<70x11xi8>) outs(%i : tensor<13x11xi32>) -> tensor<13x11xi32>
  %1 = linalg.matmul ins(%a, %b : tensor<13x70xi8>, tensor<70x11xi8>) outs(%start : tensor<13x11xi32>) -> tensor<13x11xi32>
  %2 = linalg.matmul {cast = #linalg.type_fn<cast_unsigned>}
      ins(%a, %b : tensor<13x70xi8>, tensor<70x11xi8>) outs(%i : tensor<13x11xi32>) -> tensor<13x11xi32>
  %3 = linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %bt : tensor<13x70xi8>, tensor<11x70xi8>) outs(%i : tensor<13x11xi32>) {
  ^bb0(%x: i8, %y: i8, %o: i32):
    %xs = arith.extsi %x : i8 to i32
    %yu = arith.extui %y : i8 to i32
    %m = arith.muli %xs, %yu : i32
    %s = arith.addi %o, %m : i32
    linalg.yield %s : i32
  } -> tensor<13x11xi32>
  %eb = tensor.empty() : tensor<3x4x5xi32>
  %ib = linalg.fill ins(%zero : i32) outs(%eb : tensor<3x4x5xi32>) -> tensor<3x4x5xi32>
  %4 = linalg.batch_matmul ins(%p, %q : tensor<3x4x9xi8>, tensor<3x9x5xi8>) outs(%ib : tensor<3x4x5xi32>) -> tensor<3x4x5xi32>
  %c = linalg.matmul ins(%a, %b : tensor<13x70xi8>, tensor<70x11xi8>) outs(%i : tensor<13x11xi32>) -> tensor<13x11xi32>
  %5 = linalg.generic {indexing_maps = [#id, #n, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c, %bias : tensor<13x11xi32>, tensor<11xi32>) outs(%e : tensor<13x11xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %z = arith.constant 0 : i32
    %s = arith.addi %x, %y : i32
    %r = arith.maxsi %s, %z : i32
    linalg.yield %r : i32
  } -> tensor<13x11xi32>
  return %0, %1, %2, %3, %4, %5 : tensor<13x11xi32>, tensor<13x11xi32>, tensor<13x11xi32>, tensor<13x11xi32>, tensor<3x4x5xi32>, tensor<13x11xi32>
}
