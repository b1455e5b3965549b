// RUN: acc-opt %s --split-input-file --verify-diagnostics --xpu-partition

// Upstream's pass makes four parts of 32 of it. Without offsets parts are equal.
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<130xf32>) -> tensor<130xf32> {
  %s = shard.sharding @chip split_axes = [[0, 1]] : !shard.sharding
  // expected-error @+1 {{expects axes 0 to 1 of the grid 'chip', each once and in order, and equal parts or offsets of parts of which only the last are smaller}}
  %0 = shard.shard %a to %s annotate_for_users : tensor<130xf32>
  return %0 : tensor<130xf32>
}

// -----

// The second part is larger than the first: there is no room for it.
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<10xf32>) -> tensor<10xf32> {
  %s = shard.sharding @chip split_axes = [[0]] sharded_dims_offsets = [0, 4, 10] : !shard.sharding
  // expected-error @+1 {{equal parts or offsets of parts of which only the last are smaller}}
  %0 = shard.shard %a to %s annotate_for_users : tensor<10xf32>
  return %0 : tensor<10xf32>
}

// -----

// Places for parts have to be as large as the view's own.
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<12xf32>) -> tensor<3x4xf32> {
  %s = shard.sharding @chip split_axes = [[0]] : !shard.sharding
  %as = shard.shard %a to %s annotate_for_users : tensor<12xf32>
  // expected-error @+1 {{expects a division that the view keeps}}
  %x = tensor.expand_shape %as [[0, 1]] output_shape [3, 4] : tensor<12xf32> into tensor<3x4xf32>
  return %x : tensor<3x4xf32>
}

// -----

shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %s = shard.sharding @chip split_axes = [[1, 0]] : !shard.sharding
  // expected-error @+1 {{expects axes 0 to 1 of the grid 'chip', each once and in order, and equal parts}}
  %0 = shard.shard %a to %s annotate_for_users : tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// -----

shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %rows = shard.sharding @chip split_axes = [[0, 1]] : !shard.sharding
  %e = tensor.empty() : tensor<8x8xf32>
  %x = linalg.exp ins(%a : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  // expected-error @+1 {{unsupported: a value that all slices have, or have other parts of, to be divided in dimension 0}}
  %0 = shard.shard %x to %rows annotate_for_users : tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// -----

shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %rows = shard.sharding @chip split_axes = [[0, 1]] : !shard.sharding
  %columns = shard.sharding @chip split_axes = [[], [0, 1]] : !shard.sharding
  %e = tensor.empty() : tensor<8x8xf32>
  %as = shard.shard %a to %rows annotate_for_users : tensor<8x8xf32>
  %bs = shard.shard %b to %columns annotate_for_users : tensor<8x8xf32>
  // expected-error @+1 {{expects operands divided along loops that can be}}
  %x = linalg.add ins(%as, %bs : tensor<8x8xf32>, tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %x : tensor<8x8xf32>
}

// -----

// Every slice would count the start value.
shard.grid @chip(shape = 2x2)
func.func @main(%a: tensor<4x8xf32>, %b: tensor<8x4xf32>, %c: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %columns = shard.sharding @chip split_axes = [[], [0, 1]] : !shard.sharding
  %as = shard.shard %a to %columns annotate_for_users : tensor<4x8xf32>
  // expected-error @+1 {{expects operands divided along loops that can be}}
  %x = linalg.matmul ins(%as, %b : tensor<4x8xf32>, tensor<8x4xf32>) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %x : tensor<4x4xf32>
}

// -----

// expected-error @+1 {{expects rows and columns of slices, of a rack behind trays and chips of a tray}}
shard.grid @chip(shape = 4)
func.func @main() {
  return
}

// -----

shard.grid @chip(shape = 2x2x1x4)
func.func @main(%a: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %far = shard.sharding @chip split_axes = [[4]] : !shard.sharding
  // expected-error @+1 {{expects axes 0 to 3 of the grid 'chip', each once and in order}}
  %as = shard.shard %a to %far annotate_for_users : tensor<4x8xf32>
  return %as : tensor<4x8xf32>
}
