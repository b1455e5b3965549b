// RUN: acc-opt %s --xpu-fuse-elementwise | FileCheck %s

#id2 = affine_map<(i, j) -> (i, j)>
#id3 = affine_map<(i, b, j) -> (i, b, j)>
#rows = affine_map<(i, b, j) -> (i, b)>

// Both readers of numbers that were widened take the narrow ones, in the shape in which they read: a load widens them.
// CHECK-LABEL: func.func @two_readers
// CHECK-SAME: (%[[A:.*]]: tensor<4x64xbf16>)
// CHECK-NOT: tensor<4x64xf32>
// CHECK-DAG: %[[N:.*]] = tensor.expand_shape %[[A]] {{\[\[}}0], [1, 2]] output_shape [4, 2, 32] : tensor<4x64xbf16> into tensor<4x2x32xbf16>
// CHECK: %[[MAX:.*]] = linalg.generic {{.*}} ins(%{{.*}} : tensor<4x2x32xbf16>) outs(%{{.*}} : tensor<4x2xf32>)
// CHECK-NEXT: ^bb0(%[[X:.*]]: bf16, %{{.*}}: f32):
// CHECK-NEXT: %[[W:.*]] = arith.extf %[[X]] : bf16 to f32
// CHECK-NEXT: math.absf %[[W]]
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[MAX]] : tensor<4x2x32xbf16>, tensor<4x2xf32>)
func.func @two_readers(%a: tensor<4x64xbf16>) -> tensor<4x2x32xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x64xf32>
  %wide = linalg.generic {indexing_maps = [#id2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<4x64xbf16>) outs(%e : tensor<4x64xf32>) {
  ^bb0(%x: bf16, %o: f32):
    %w = arith.extf %x : bf16 to f32
    linalg.yield %w : f32
  } -> tensor<4x64xf32>
  %blocks = tensor.expand_shape %wide [[0], [1, 2]] output_shape [4, 2, 32] : tensor<4x64xf32> into tensor<4x2x32xf32>
  %er = tensor.empty() : tensor<4x2xf32>
  %f = linalg.fill ins(%zero : f32) outs(%er : tensor<4x2xf32>) -> tensor<4x2xf32>
  %max = linalg.generic {indexing_maps = [#id3, #rows], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%blocks : tensor<4x2x32xf32>) outs(%f : tensor<4x2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %m = math.absf %x : f32
    %s = arith.maximumf %m, %o : f32
    linalg.yield %s : f32
  } -> tensor<4x2xf32>
  %eb = tensor.empty() : tensor<4x2x32xf32>
  %y = linalg.generic {indexing_maps = [#id3, #rows, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%blocks, %max : tensor<4x2x32xf32>, tensor<4x2xf32>) outs(%eb : tensor<4x2x32xf32>) {
  ^bb0(%x: f32, %s: f32, %o: f32):
    %m = arith.mulf %x, %s : f32
    linalg.yield %m : f32
  } -> tensor<4x2x32xf32>
  return %y : tensor<4x2x32xf32>
}

// Numbers that are rounded are not rounded again by each reader, which would read twice as many bytes, nor by windows that read them several times.
// CHECK-LABEL: func.func @rounded
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%{{.*}} : tensor<4x66xf32>) outs(%{{.*}} : tensor<4x66xbf16>)
// CHECK: linalg.generic {{.*}} ins(%[[R]] : tensor<4x66xbf16>) outs(%{{.*}} : tensor<4x66xf32>)
// CHECK: linalg.generic {{.*}} ins(%[[R]], %{{.*}} : tensor<4x66xbf16>, tensor<3xf32>) outs(%{{.*}} : tensor<4x64xf32>)
func.func @rounded(%a: tensor<4x66xf32>) -> (tensor<4x66xf32>, tensor<4x64xf32>) {
  %zero = arith.constant 0.0 : f32
  %eb = tensor.empty() : tensor<4x66xbf16>
  %r = linalg.generic {indexing_maps = [#id2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<4x66xf32>) outs(%eb : tensor<4x66xbf16>) {
  ^bb0(%x: f32, %o: bf16):
    %n = arith.truncf %x : f32 to bf16
    linalg.yield %n : bf16
  } -> tensor<4x66xbf16>
  %e = tensor.empty() : tensor<4x66xf32>
  %y = linalg.generic {indexing_maps = [#id2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%r : tensor<4x66xbf16>) outs(%e : tensor<4x66xf32>) {
  ^bb0(%x: bf16, %o: f32):
    %w = arith.extf %x : bf16 to f32
    %s = arith.addf %w, %w : f32
    linalg.yield %s : f32
  } -> tensor<4x66xf32>
  %window = tensor.empty() : tensor<3xf32>
  %em = tensor.empty() : tensor<4x64xf32>
  %f = linalg.fill ins(%zero : f32) outs(%em : tensor<4x64xf32>) -> tensor<4x64xf32>
  %max = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j + k)>, affine_map<(i, j, k) -> (k)>, affine_map<(i, j, k) -> (i, j)>],
                         iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%r, %window : tensor<4x66xbf16>, tensor<3xf32>) outs(%f : tensor<4x64xf32>) {
  ^bb0(%x: bf16, %v: f32, %o: f32):
    %w = arith.extf %x : bf16 to f32
    %m = arith.maximumf %o, %w : f32
    linalg.yield %m : f32
  } -> tensor<4x64xf32>
  return %y, %max : tensor<4x66xf32>, tensor<4x64xf32>
}

// So does what reads a part of them, and what only rounds it again is nothing: values that are the first part of cached vectors.
// CHECK-LABEL: func.func @part
// CHECK-SAME: (%[[A:.*]]: tensor<4x66xbf16>)
// CHECK-DAG: %[[V:.*]] = tensor.extract_slice %[[A]][0, 2] [4, 64] [1, 1] : tensor<4x66xbf16> to tensor<4x64xbf16>
// CHECK-DAG: %[[S:.*]] = linalg.generic {{.*}} ins(%[[A]] : tensor<4x66xbf16>) outs(%{{.*}} : tensor<4x66xf32>)
// CHECK: return %[[S]], %[[V]]
func.func @part(%a: tensor<4x66xbf16>) -> (tensor<4x66xf32>, tensor<4x64xbf16>) {
  %e = tensor.empty() : tensor<4x66xf32>
  %wide = linalg.generic {indexing_maps = [#id2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<4x66xbf16>) outs(%e : tensor<4x66xf32>) {
  ^bb0(%x: bf16, %o: f32):
    %w = arith.extf %x : bf16 to f32
    linalg.yield %w : f32
  } -> tensor<4x66xf32>
  %y = linalg.generic {indexing_maps = [#id2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%wide : tensor<4x66xf32>) outs(%e : tensor<4x66xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<4x66xf32>
  %part = tensor.extract_slice %wide[0, 2] [4, 64] [1, 1] : tensor<4x66xf32> to tensor<4x64xf32>
  %ev = tensor.empty() : tensor<4x64xbf16>
  %v = linalg.generic {indexing_maps = [#id2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%part : tensor<4x64xf32>) outs(%ev : tensor<4x64xbf16>) {
  ^bb0(%x: f32, %o: bf16):
    %n = arith.truncf %x : f32 to bf16
    linalg.yield %n : bf16
  } -> tensor<4x64xbf16>
  return %y, %v : tensor<4x66xf32>, tensor<4x64xbf16>
}
