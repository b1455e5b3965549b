// RUN: acc-opt %s --xpu-choose-divisions="target=jx1" | FileCheck %s

// Scores of 64 sequences with 8,192 keys each: no key is read by two slices, with sequences over all slices. By itself, the product
// before would be divided by columns of heads, and every slice would need the keys of eight; it sums up over terms instead, and a slice gets
// the sums of its sequences.
// CHECK-DAG: %[[CACHE:.*]] = shard.sharding @chip split_axes = {{\[\[}}0, 1], [], []]
// CHECK-DAG: %[[TERMS:.*]] = shard.sharding @chip split_axes = {{\[\[}}], [0, 1]]
// CHECK-DAG: %[[SUMS:.*]] = shard.sharding @chip split_axes = {{\[\[}}0, 1], []]
// CHECK: shard.shard %arg0 to %[[TERMS]] annotate_for_users
// CHECK: %[[Q:.*]] = linalg.matmul
// CHECK: shard.shard %[[Q]] to %[[SUMS]] : tensor<64x1024xf32>
// CHECK: shard.shard %arg2 to %[[CACHE]] annotate_for_users
func.func @main(%x: tensor<64x8192xbf16>, %w: tensor<8192x1024xbf16>, %keys: tensor<64x8192x128xbf16>) -> tensor<64x8x8192xf32> {
  %zero = arith.constant 0.0 : f32
  %qe = tensor.empty() : tensor<64x1024xf32>
  %qf = linalg.fill ins(%zero : f32) outs(%qe : tensor<64x1024xf32>) -> tensor<64x1024xf32>
  %q = linalg.matmul ins(%x, %w : tensor<64x8192xbf16>, tensor<8192x1024xbf16>) outs(%qf : tensor<64x1024xf32>) -> tensor<64x1024xf32>
  %qh = tensor.expand_shape %q [[0], [1, 2]] output_shape [64, 8, 128] : tensor<64x1024xf32> into tensor<64x8x128xf32>
  %se = tensor.empty() : tensor<64x8x8192xf32>
  %sf = linalg.fill ins(%zero : f32) outs(%se : tensor<64x8x8192xf32>) -> tensor<64x8x8192xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(b, h, t, d) -> (b, h, d)>, affine_map<(b, h, t, d) -> (b, t, d)>, affine_map<(b, h, t, d) -> (b, h, t)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%qh, %keys : tensor<64x8x128xf32>, tensor<64x8192x128xbf16>) outs(%sf : tensor<64x8x8192xf32>) {
  ^bb0(%a: f32, %b: bf16, %o: f32):
    %c = arith.extf %b : bf16 to f32
    %m = arith.mulf %a, %c : f32
    %r = arith.addf %o, %m : f32
    linalg.yield %r : f32
  } -> tensor<64x8x8192xf32>
  return %s : tensor<64x8x8192xf32>
}
