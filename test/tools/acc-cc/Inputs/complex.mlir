// Complex numbers on the way.
func.func @main(%a: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xcomplex<f32>>
  %c = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<8xf32>) outs(%e : tensor<8xcomplex<f32>>) {
  ^bb0(%x: f32, %o: complex<f32>):
    %z = complex.create %x, %x : complex<f32>
    linalg.yield %z : complex<f32>
  } -> tensor<8xcomplex<f32>>
  %f = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%c : tensor<8xcomplex<f32>>) outs(%f : tensor<8xf32>) {
  ^bb0(%z: complex<f32>, %o: f32):
    %x = complex.re %z : complex<f32>
    linalg.yield %x : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}
