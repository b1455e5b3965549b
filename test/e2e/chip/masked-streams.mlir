// RUN: acc-cc %s --target=xpu-tiny-4 --parallel=sums --check=functional,systemc --check-host | FileCheck %s
// CHECK: largest error 0 against the host
// CHECK: check: memory, cycles, counters and command times agree

// The largest of three elements, each of four inputs, on four slices: what says that a slice has none is a fifth stream.
func.func @main(%a: tensor<3xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<3xf32>) -> tensor<f32> {
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%low : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} ins(%a, %b, %c, %d : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) outs(%f : tensor<f32>) {
  ^bb0(%w: f32, %x: f32, %y: f32, %z: f32, %o: f32):
    %p = arith.maximumf %w, %x : f32
    %q = arith.minimumf %y, %z : f32
    %s = arith.maximumf %p, %q : f32
    %m = arith.maximumf %o, %s : f32
    linalg.yield %m : f32
  } -> tensor<f32>
  return %r : tensor<f32>
}
