"""blocks.py M N K FORMAT [FORMAT]: a product of M x K and N x K blocks of 32 elements with a scale each (mxfp8: E4M3, mxfp6: E2M3, mxfp4), both operands by
rows of terms, into fp32."""

import sys

ELEMENTS = {"mxfp8": ("f8E4M3FN", "32xf8E4M3FN"), "mxfp6": ("f6E2M3FN", "32xi8"), "mxfp4": ("f4E2M1FN", "16xi8")}
m, n, k = (int(size) for size in sys.argv[1:4])
formats = [ELEMENTS[kind] for kind in (sys.argv[4], sys.argv[-1])]
blocks = k // 32
memory = [f"tensor<{rows}x{blocks}x{stored}>" for rows, (_, stored) in zip((m, n), formats)]
scales = [f"tensor<{rows}x{blocks}xf8E8M0FNU>" for rows in (m, n)]
vector = [f"vector<32x{element}>" for element, _ in formats]
block = [f"tensor<{rows}x{blocks}x{kind}>" for rows, kind in zip((m, n), vector)]
result = f"tensor<{m}x{n}xf32>"
print(
    f"""func.func @main(%a: {memory[0]}, %b: {memory[1]}, %sa: {scales[0]}, %sb: {scales[1]}) -> {result} {{
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : {result}
  %init = linalg.fill ins(%zero : f32) outs(%empty : {result}) -> {result}
  %ab = xpu.blocks %a : {memory[0]} -> {block[0]}
  %bb = xpu.blocks %b : {memory[1]} -> {block[1]}
  %c = linalg.generic {{indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, k)>,
      affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]}}
      ins(%ab, %bb, %sa, %sb : {block[0]}, {block[1]}, {scales[0]}, {scales[1]}) outs(%init : {result}) {{
  ^bb0(%x: {vector[0]}, %y: {vector[1]}, %s: f8E8M0FNU, %t: f8E8M0FNU, %o: f32):
    %r = xpu.block_dot %o, %x, %y scales %s, %t : f32, {vector[0]}, {vector[1]}
    linalg.yield %r : f32
  }} -> {result}
  return %c : {result}
}}"""
)
