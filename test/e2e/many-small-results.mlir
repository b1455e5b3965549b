// RUN: sed -e 's/bank_bytes: 32768/bank_bytes: 4096/' %inputs/../../targets/xpu-tiny.yaml > %t.yaml
// RUN: acc-cc %s --target=%t.yaml --check=functional,systemc --check-host | FileCheck %s
// Results so small that the scratchpad holds more of them than a semaphore counts: a command that reuses the place of one
// waits for a later store than it has to.
// CHECK: largest error {{.*}} against the host
// CHECK: check: memory, cycles, counters and command times agree

func.func @main(%a: tensor<5000x128xf32>) -> tensor<5000xf32> {
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<5000xf32>
  %i = linalg.fill ins(%low : f32) outs(%e : tensor<5000xf32>) -> tensor<5000xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<5000x128xf32>) outs(%i : tensor<5000xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.maximumf %o, %x : f32
    linalg.yield %s : f32
  } -> tensor<5000xf32>
  return %0 : tensor<5000xf32>
}
