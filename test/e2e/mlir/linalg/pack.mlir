// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(24)
// numpy: a.reshape(2, 2, 2, 3).transpose(0, 2, 1, 3)
// out: [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11, 12, 13, 14, 18, 19, 20, 15, 16, 17, 21, 22, 23]
func.func @pack(%a: tensor<4x6xf32>) -> tensor<2x2x2x3xf32> {
  %e = tensor.empty() : tensor<2x2x2x3xf32>
  %r = linalg.pack %a inner_dims_pos = [0, 1] inner_tiles = [2, 3] into %e : tensor<4x6xf32> -> tensor<2x2x2x3xf32>
  return %r : tensor<2x2x2x3xf32>
}

// in: range(15)
// numpy: np.pad(a, ((0, 1), (0, 1)), constant_values=-1).reshape(2, 2, 2, 3).transpose(0, 2, 1, 3)
// out: [0, 1, 2, 5, 6, 7, 3, 4, -1, 8, 9, -1, 10, 11, 12, -1, -1, -1, 13, 14, -1, -1, -1, -1]
func.func @pack_padded(%a: tensor<3x5xf32>) -> tensor<2x2x2x3xf32> {
  %k = arith.constant -1.0 : f32
  %e = tensor.empty() : tensor<2x2x2x3xf32>
  %r = linalg.pack %a padding_value(%k : f32) inner_dims_pos = [0, 1] inner_tiles = [2, 3] into %e : tensor<3x5xf32> -> tensor<2x2x2x3xf32>
  return %r : tensor<2x2x2x3xf32>
}

// in: range(24)
// numpy: a.reshape(2, 2, 2, 3).transpose(2, 0, 3, 1)
// out: [0, 6, 1, 7, 2, 8, 12, 18, 13, 19, 14, 20, 3, 9, 4, 10, 5, 11, 15, 21, 16, 22, 17, 23]
func.func @pack_outer_perm(%a: tensor<4x6xi32>) -> tensor<2x2x3x2xi32> {
  %e = tensor.empty() : tensor<2x2x3x2xi32>
  %r = linalg.pack %a outer_dims_perm = [1, 0] inner_dims_pos = [1, 0] inner_tiles = [3, 2] into %e : tensor<4x6xi32> -> tensor<2x2x3x2xi32>
  return %r : tensor<2x2x3x2xi32>
}

// in: range(24)
// numpy: a.transpose(0, 2, 1, 3).reshape(4, 6)
// out: [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11, 12, 13, 14, 18, 19, 20, 15, 16, 17, 21, 22, 23]
func.func @unpack(%a: tensor<2x2x2x3xf32>) -> tensor<4x6xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  %r = linalg.unpack %a inner_dims_pos = [0, 1] inner_tiles = [2, 3] into %e : tensor<2x2x2x3xf32> -> tensor<4x6xf32>
  return %r : tensor<4x6xf32>
}

// in: range(24)
// numpy: a.transpose(0, 2, 1, 3).reshape(4, 6)[:3, :5]
// out: [0, 1, 2, 6, 7, 3, 4, 5, 9, 10, 12, 13, 14, 18, 19]
func.func @unpack_cut(%a: tensor<2x2x2x3xf32>) -> tensor<3x5xf32> {
  %e = tensor.empty() : tensor<3x5xf32>
  %r = linalg.unpack %a inner_dims_pos = [0, 1] inner_tiles = [2, 3] into %e : tensor<2x2x2x3xf32> -> tensor<3x5xf32>
  return %r : tensor<3x5xf32>
}
