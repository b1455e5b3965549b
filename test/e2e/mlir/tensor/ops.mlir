// RUN: %{python} %inputs/run_functions.py %s %t

// in: range(24)
// numpy: a[1:3, 0:6:2]
// out: [6, 8, 10, 12, 14, 16]
func.func @extract_slice(%a: tensor<4x6xf32>) -> tensor<2x3xf32> {
  %r = tensor.extract_slice %a[1, 0] [2, 3] [1, 2] : tensor<4x6xf32> to tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// in: [100, 101, 102, 103], range(16)
// out: [0, 1, 2, 3, 4, 5, 100, 101, 8, 9, 102, 103, 12, 13, 14, 15]
func.func @insert_slice(%a: tensor<2x2xf32>, %b: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %r = tensor.insert_slice %a into %b[1, 2] [2, 2] [1, 1] : tensor<2x2xf32> into tensor<4x4xf32>
  return %r : tensor<4x4xf32>
}

// in: range(6), [3]
// numpy: a[3:5]
// out: [3, 4]
func.func @extract_slice_dynamic(%a: tensor<6xf32>, %b: tensor<i32>) -> tensor<2xf32> {
  %n = tensor.extract %b[] : tensor<i32>
  %m = arith.index_cast %n : i32 to index
  %r = tensor.extract_slice %a[%m] [2] [1] : tensor<6xf32> to tensor<2xf32>
  return %r : tensor<2xf32>
}

// in: [1], [2]
// out: [1, 2, 7, 1]
func.func @from_elements(%a: f32, %b: f32) -> tensor<2x2xf32> {
  %k = arith.constant 7.0 : f32
  %r = tensor.from_elements %a, %b, %k, %a : tensor<2x2xf32>
  return %r : tensor<2x2xf32>
}

// in: [3]
// out: [3, 3, 3, 3]
func.func @splat(%a: f32) -> tensor<2x2xf32> {
  %r = tensor.splat %a : tensor<2x2xf32>
  return %r : tensor<2x2xf32>
}

// in: [1, 2, 3], [9]
// out: [1, 9, 3]
func.func @insert(%a: tensor<3xf32>, %b: f32) -> tensor<3xf32> {
  %c1 = arith.constant 1 : index
  %r = tensor.insert %b into %a[%c1] : tensor<3xf32>
  return %r : tensor<3xf32>
}

// in: [1, 2, 3]
// numpy: a[::-1]
// out: [3, 2, 1]
func.func @generate(%a: tensor<3xf32>) -> tensor<3xf32> {
  %r = tensor.generate {
  ^bb0(%i: index):
    %c2 = arith.constant 2 : index
    %j = arith.subi %c2, %i : index
    %x = tensor.extract %a[%j] : tensor<3xf32>
    tensor.yield %x : f32
  } : tensor<3xf32>
  return %r : tensor<3xf32>
}

// in: range(4)
// numpy: np.pad(a, ((1, 0), (0, 2)), constant_values=-1)
// out: [-1, -1, -1, -1, 0, 1, -1, -1, 2, 3, -1, -1]
func.func @pad(%a: tensor<2x2xf32>) -> tensor<3x4xf32> {
  %k = arith.constant -1.0 : f32
  %r = tensor.pad %a low[1, 0] high[0, 2] {
  ^bb0(%i: index, %j: index):
    tensor.yield %k : f32
  } : tensor<2x2xf32> to tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// in: range(4), [5]
// numpy: np.pad(a, ((1, 0), (0, 1)), constant_values=5)
// out: [5, 5, 5, 0, 1, 5, 2, 3, 5]
func.func @pad_argument(%a: tensor<2x2xf32>, %b: f32) -> tensor<3x3xf32> {
  %r = tensor.pad %a low[1, 0] high[0, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %b : f32
  } : tensor<2x2xf32> to tensor<3x3xf32>
  return %r : tensor<3x3xf32>
}

// in: range(4), range(6)
// numpy: np.concatenate((a, b), axis=1)
// out: [0, 1, 0, 1, 2, 2, 3, 3, 4, 5]
func.func @concat(%a: tensor<2x2xf32>, %b: tensor<2x3xf32>) -> tensor<2x5xf32> {
  %r = tensor.concat dim(1) %a, %b : (tensor<2x2xf32>, tensor<2x3xf32>) -> tensor<2x5xf32>
  return %r : tensor<2x5xf32>
}

// in: range(12)
// numpy: a
// out: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
func.func @reshapes(%a: tensor<2x6xf32>) -> tensor<3x4xf32> {
  %c = tensor.collapse_shape %a [[0, 1]] : tensor<2x6xf32> into tensor<12xf32>
  %r = tensor.expand_shape %c [[0, 1]] output_shape [3, 4] : tensor<12xf32> into tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// in: range(12)
// numpy: a
// out: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
func.func @tensor_reshape(%a: tensor<2x6xf32>) -> tensor<3x4xf32> {
  %s = arith.constant dense<[3, 4]> : tensor<2xi32>
  %r = tensor.reshape %a(%s) : (tensor<2x6xf32>, tensor<2xi32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// in: [1, -0.0, inf, 0]
// numpy: a.view(np.int32)
// out: [1065353216, -2147483648, 2139095040, 0]
func.func @bitcast(%a: tensor<4xf32>) -> tensor<4xi32> {
  %r = tensor.bitcast %a : tensor<4xf32> to tensor<4xi32>
  return %r : tensor<4xi32>
}

// in: [1, 2, 3, 4], [2]
// numpy: a[2]
// out: [3]
func.func @extract_dynamic(%a: tensor<4xf32>, %b: tensor<i64>) -> f32 {
  %n = tensor.extract %b[] : tensor<i64>
  %m = arith.index_cast %n : i64 to index
  %r = tensor.extract %a[%m] : tensor<4xf32>
  return %r : f32
}

// in: [0, 1, 2]
// numpy: np.exp(a)
// out: [1, 2.71828198, 7.38905573]
func.func @dynamic_extent(%a: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %a, %c0 : tensor<?xf32>
  %e = tensor.empty(%d) : tensor<?xf32>
  %r = linalg.exp ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// in: [], []
// numpy: a + b
// out: []
func.func @empty_add(%a: tensor<0x3xf32>, %b: tensor<0x3xf32>) -> tensor<0x3xf32> {
  %r = arith.addf %a, %b : tensor<0x3xf32>
  return %r : tensor<0x3xf32>
}
