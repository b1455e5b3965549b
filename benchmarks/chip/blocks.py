"""blocks.py SIZE mxfp8|mxfp4: a product of SIZE x SIZE x SIZE of blocks of 32 elements with a scale each, both operands by rows of terms, into fp32."""

import sys

size, kind = int(sys.argv[1]), sys.argv[2]
element, stored = {"mxfp8": ("f8E4M3FN", "32xf8E4M3FN"), "mxfp4": ("f4E2M1FN", "16xi8")}[kind]
blocks = size // 32
memory, scales = f"tensor<{size}x{blocks}x{stored}>", f"tensor<{size}x{blocks}xf8E8M0FNU>"
block, result = f"tensor<{size}x{blocks}xvector<32x{element}>>", f"tensor<{size}x{size}xf32>"
print(
    f"""func.func @main(%a: {memory}, %b: {memory}, %sa: {scales}, %sb: {scales}) -> {result} {{
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : {result}
  %init = linalg.fill ins(%zero : f32) outs(%empty : {result}) -> {result}
  %ab = xpu.blocks %a : {memory} -> {block}
  %bb = xpu.blocks %b : {memory} -> {block}
  %c = linalg.generic {{indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, k)>,
      affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]}}
      ins(%ab, %bb, %sa, %sb : {block}, {block}, {scales}, {scales}) outs(%init : {result}) {{
  ^bb0(%x: vector<32x{element}>, %y: vector<32x{element}>, %s: f8E8M0FNU, %t: f8E8M0FNU, %o: f32):
    %r = xpu.block_dot %o, %x, %y scales %s, %t : f32, vector<32x{element}>, vector<32x{element}>
    linalg.yield %r : f32
  }} -> {result}
  return %c : {result}
}}"""
)
