// RUN: acc-opt %s --xpu-tile-to-scratchpad --split-input-file --verify-diagnostics

#id = affine_map<(i) -> (i)>
func.func @tensors(%a: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{expects buffers; run xpu-bufferize first}}
  %0 = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%a : tensor<4xf32>) {
  ^bb0(%o: f32):
    linalg.yield %o : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

!m = memref<8x8xf32, #xpu.space<hbm>>
func.func @start_value(%a: !m, %b: !m, %c: !m) {
  // expected-error @below {{expects a contraction that starts from zero; run xpu-set-initial-values first}}
  linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                  iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : !m, !m) outs(%c : !m) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  }
  return
}
