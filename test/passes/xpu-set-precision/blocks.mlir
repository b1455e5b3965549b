// RUN: acc-opt %s --xpu-set-precision=precision=mxfp8 --canonicalize | FileCheck %s
// RUN: acc-opt %s --xpu-set-precision=precision=mixed --canonicalize | FileCheck %s --check-prefix=MIXED
// RUN: acc-opt %s --xpu-set-precision=precision=int8 --canonicalize | FileCheck %s --check-prefix=INT8
// RUN: not acc-opt %s --xpu-set-precision=precision=fp7 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: unsupported: precision 'fp7'

// Blocks go along the contraction of 40 elements, of which the second is padded. Weights are made here, and stand beside
// their product; activations have scales by their largest magnitudes and saturate.
// CHECK-LABEL: func.func @weights
// CHECK-DAG: %[[W:.*]] = arith.constant dense_resource<{{.*}}> : tensor<3x2x32xi8>
// CHECK-DAG: %[[WS:.*]] = arith.constant dense_resource<{{.*}}> : tensor<3x2xf8E8M0FNU>
// CHECK: tensor.insert_slice {{.*}} tensor<8x40xbf16> into tensor<8x64xbf16>
// CHECK: arith.maximumf
// CHECK: %[[AS:.*]] = linalg.generic {{.*}} outs({{.*}} : tensor<8x2xf8E8M0FNU>)
// CHECK: %[[A:.*]] = linalg.generic {{.*}} outs({{.*}} : tensor<8x2x32xf8E4M3FN>)
// CHECK: arith.truncf {{.*}} : f32 to f8E4M3FN
// CHECK: %[[AB:.*]] = xpu.blocks %[[A]] : {{.*}} -> tensor<8x2xvector<32xf8E4M3FN>>
// CHECK: %[[WB:.*]] = xpu.blocks %[[W]] : {{.*}} -> tensor<3x2xvector<32xf8E4M3FN>>
// CHECK: linalg.generic {{.*}} ins(%[[AB]], %[[WB]], %[[AS]], %[[WS]] :
// CHECK: xpu.block_dot
// MIXED-LABEL: func.func @weights
// MIXED-DAG: arith.constant dense_resource<{{.*}}> : tensor<3x2x16xi8>
// MIXED: xpu.block_dot {{.*}} : f32, vector<32xf8E4M3FN>, vector<32xf4E2M1FN>
// INT8-LABEL: func.func @weights
// INT8-DAG: arith.constant dense_resource<{{.*}}> : tensor<40x3xi8>
// INT8-DAG: arith.constant dense_resource<{{.*}}> : tensor<3xf32>
// INT8: linalg.generic {{.*}} ins({{.*}} : tensor<8x40xi8>, tensor<40x3xi8>) outs({{.*}} : tensor<8x3xi32>)
// INT8: arith.sitofp
func.func @weights(%a: tensor<8x40xf32>) -> tensor<8x3xf32> {
  %w = arith.constant dense<1.5> : tensor<40x3xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x3xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<8x3xf32>) -> tensor<8x3xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %w : tensor<8x40xf32>, tensor<40x3xf32>) outs(%i : tensor<8x3xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x3xf32>
  return %m : tensor<8x3xf32>
}

// Two activations, and fewer than 16 elements: bf16.
// CHECK-LABEL: func.func @others
// CHECK-NOT: xpu.blocks
// CHECK: linalg.generic {{.*}} ins({{.*}} : tensor<8x40xbf16>, tensor<40x3xbf16>)
// CHECK: linalg.generic {{.*}} ins({{.*}} : tensor<8x3xbf16>, tensor<3x2xbf16>)
// CHECK: return
func.func @others(%a: tensor<8x40xf32>, %b: tensor<40x3xf32>) -> tensor<8x2xf32> {
  %w = arith.constant dense<1.5> : tensor<3x2xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x3xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<8x3xf32>) -> tensor<8x3xf32>
  %f = tensor.empty() : tensor<8x2xf32>
  %j = linalg.fill ins(%z : f32) outs(%f : tensor<8x2xf32>) -> tensor<8x2xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<8x40xf32>, tensor<40x3xf32>) outs(%i : tensor<8x3xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x3xf32>
  %n = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%m, %w : tensor<8x3xf32>, tensor<3x2xf32>) outs(%j : tensor<8x2xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x2xf32>
  return %n : tensor<8x2xf32>
}

// 133,144 products of 127 x 127 are the most that fit.
// INT8-LABEL: func.func @fits
// INT8: linalg.generic {{.*}} ins({{.*}} : tensor<1x133144xi8>, tensor<133144x1xi8>)
func.func @fits(%a: tensor<1x133144xf32>, %b: tensor<133144x1xf32>) -> tensor<1x1xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<1x1xf32>) -> tensor<1x1xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<1x133144xf32>, tensor<133144x1xf32>) outs(%i : tensor<1x1xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<1x1xf32>
  return %m : tensor<1x1xf32>
}

// INT8-LABEL: func.func @overflows
// INT8: linalg.generic {{.*}} ins({{.*}} : tensor<1x133145xbf16>, tensor<133145x1xbf16>)
func.func @overflows(%a: tensor<1x133145xf32>, %b: tensor<133145x1xf32>) -> tensor<1x1xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<1x1xf32>) -> tensor<1x1xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<1x133145xf32>, tensor<133145x1xf32>) outs(%i : tensor<1x1xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<1x1xf32>
  return %m : tensor<1x1xf32>
}
