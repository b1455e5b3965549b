"""layers.py N: prints N residual layers with a norm, a product and weights of their own as MLIR."""

import sys

ROWS, WIDTH = 6, 16
X, W, R = f"tensor<{ROWS}x{WIDTH}xf32>", f"tensor<{WIDTH}x{WIDTH}xf32>", f"tensor<{ROWS}xf32>"
print("#id = affine_map<(i, j) -> (i, j)>\n#row = affine_map<(i, j) -> (i)>")
print(f"func.func @main(%x0: {X}) -> {X} {{")
print(f"  %zero = arith.constant 0.0 : f32\n  %e = tensor.empty() : {X}\n  %r = tensor.empty() : {R}")
for n in range(int(sys.argv[1])):
    rows = [[((n + 3) * (i + 1) * (j + 2) % 11 - (i * j + n) % 5) / 16 for j in range(WIDTH)] for i in range(WIDTH)]
    print(f"""  %w{n} = arith.constant dense<{rows}> : {W}
  %i{n} = linalg.fill ins(%zero : f32) outs(%r : {R}) -> {R}
  %s{n} = linalg.generic {{indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}} ins(%x{n} : {X}) outs(%i{n} : {R}) {{
  ^bb0(%a: f32, %o: f32):
    %q = arith.mulf %a, %a : f32
    %t = arith.addf %o, %q : f32
    linalg.yield %t : f32
  }} -> {R}
  %n{n} = linalg.generic {{indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}} ins(%x{n}, %s{n} : {X}, {R}) outs(%e : {X}) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %one = arith.constant 1.0 : f32
    %t = arith.addf %b, %one : f32
    %q = math.rsqrt %t : f32
    %u = arith.mulf %a, %q : f32
    linalg.yield %u : f32
  }} -> {X}
  %z{n} = linalg.fill ins(%zero : f32) outs(%e : {X}) -> {X}
  %p{n} = linalg.matmul ins(%n{n}, %w{n} : {X}, {W}) outs(%z{n} : {X}) -> {X}""")
    print(f"""  %x{n + 1} = linalg.generic {{indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}} ins(%p{n}, %x{n} : {X}, {X}) outs(%e : {X}) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %u = math.tanh %a : f32
    %t = arith.addf %u, %b : f32
    linalg.yield %t : f32
  }} -> {X}""")
print(f"  return %x{int(sys.argv[1])} : {X}\n}}")
