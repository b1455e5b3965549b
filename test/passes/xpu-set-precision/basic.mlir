// RUN: acc-opt %s --xpu-set-precision=precision=bf16 | FileCheck %s
// RUN: acc-opt %s --xpu-set-precision | FileCheck %s --check-prefix=SAME --implicit-check-not=bf16

// Products are of bf16 numbers, sums stay f32. Nothing happens for fp32.
// CHECK-LABEL: func.func @contraction
// CHECK-COUNT-2: arith.truncf {{.*}} f32 to bf16
// CHECK: linalg.generic {{.*}} ins({{.*}}xbf16>, {{.*}}xbf16>) outs({{.*}}xf32>)
// SAME-LABEL: func.func @contraction
func.func @contraction(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%i : tensor<8x8xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x8xf32>
  return %m : tensor<8x8xf32>
}

// Elementwise work is not matrix work.
// CHECK-LABEL: func.func @elementwise
// CHECK-NOT: bf16
// CHECK: return
func.func @elementwise(%a: tensor<8xf32>) -> tensor<8xf32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%a : tensor<8xf32>) {
  ^bb0(%o: f32):
    %s = arith.mulf %o, %o : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// What is rounded for a product is rounded for other readers, too: one copy of it is kept. An output is not rounded. The largest of numbers, rounded, is the largest
// of rounded ones.
// CHECK-LABEL: func.func @shared
// CHECK-SAME: (%[[A:.*]]: tensor<8x8xf32>
// CHECK: %[[B:.*]] = linalg.generic {{.*}} ins(%[[A]] : tensor<8x8xf32>) outs({{.*}}tensor<8x8xbf16>)
// CHECK: %[[MAX:.*]] = linalg.generic {{.*}} ins(%[[B]] : tensor<8x8xbf16>) outs({{.*}}tensor<8xf32>)
// CHECK: arith.extf
// CHECK-NEXT: arith.maximumf
// CHECK: %[[N:.*]] = linalg.generic {{.*}} ins(%[[MAX]] : tensor<8xf32>) outs({{.*}}tensor<8xbf16>)
// CHECK: linalg.generic {{.*}} ins(%[[B]], %[[N]] : tensor<8x8xbf16>, tensor<8xbf16>) outs({{.*}}tensor<8xf32>)
// CHECK: %[[D:.*]] = linalg.generic {{.*}} ins(%[[B]] : tensor<8x8xbf16>)
// CHECK-NEXT: ^bb0(%[[X:.*]]: bf16, %{{.*}}: f32):
// CHECK-NEXT: %[[W:.*]] = arith.extf %[[X]] : bf16 to f32
// CHECK-NEXT: arith.addf %[[W]], %[[W]] : f32
// CHECK: return %{{.*}}, %[[D]], %[[A]]
func.func @shared(%a: tensor<8x8xf32>) -> (tensor<8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %largest = linalg.generic {indexing_maps = [affine_map<(n, k) -> (n, k)>, affine_map<(n, k) -> (n)>], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<8x8xf32>) outs(%i : tensor<8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %l = arith.maximumf %o, %x : f32
    linalg.yield %l : f32
  } -> tensor<8xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (k)>, affine_map<(m, k) -> (m)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%a, %largest : tensor<8x8xf32>, tensor<8xf32>) outs(%i : tensor<8xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  %ed = tensor.empty() : tensor<8x8xf32>
  %d = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m, k)>], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<8x8xf32>) outs(%ed : tensor<8x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<8x8xf32>
  return %m, %d, %a : tensor<8xf32>, tensor<8x8xf32>, tensor<8x8xf32>
}

// A constant is rounded here, to nearest even: ties to 0x3F80 and 0x3F82, just above a tie up, an infinity stays.
// CHECK-LABEL: func.func @constant
// CHECK: arith.constant dense_resource<rounded> : tensor<2x2xbf16>
// CHECK: dense<1.500000e+00> : tensor<2x2xbf16>
func.func @constant(%a: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %w = arith.constant dense<[[0x3F808000, 0x3F818000], [0x3F808001, 0xFF800000]]> : tensor<2x2xf32>
  %v = arith.constant dense<1.5> : tensor<2x2xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x2xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %w : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<2x2xf32>
  %n = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %v : tensor<2x2xf32>, tensor<2x2xf32>) outs(%i : tensor<2x2xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<2x2xf32>
  return %m, %n : tensor<2x2xf32>, tensor<2x2xf32>
}
// CHECK: rounded: "0x{{........}}803F823F813F80FF"
