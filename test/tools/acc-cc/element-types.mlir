// Tensors of fp6 have no file that could hold them: the message says what has.
// RUN: not acc-cc %s --target=xpu-tiny --run=functional 2>&1 | FileCheck %s
// CHECK: unsupported: function 'main': input_0 has elements of type f6E3M2FN, which tensor files do not have; cast it inside the function

func.func @main(%a: tensor<4x8xf6E3M2FN>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %r = linalg.generic {
         indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
         iterator_types = ["parallel", "parallel"]}
       ins(%a : tensor<4x8xf6E3M2FN>) outs(%e : tensor<4x8xf32>) {
    ^bb0(%x: f6E3M2FN, %o: f32):
      %y = arith.extf %x : f6E3M2FN to f32
      linalg.yield %y : f32
    } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}
