"""constant_layers.py LAYERS SIZE: a chain of layers of two products with weights of their own, as constants."""

import random
import sys

layers, size = int(sys.argv[1]), int(sys.argv[2])
rng = random.Random(1)
tensor = f"tensor<8x{size}xf32>"
matrix = f"tensor<{size}x{size}xf32>"


def weights():
    rows = [", ".join(f"{rng.uniform(-0.3, 0.3):.3f}" for _ in range(size)) for _ in range(size)]
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"


print(f"func.func @main(%x: {tensor}) -> {tensor} {{")
print(f"  %zero = arith.constant 0.0 : f32\n  %e = tensor.empty() : {tensor}")
print(f"  %f = linalg.fill ins(%zero : f32) outs(%e : {tensor}) -> {tensor}")
value = "%x"
for layer in range(2 * layers):
    print(f"  %w{layer} = arith.constant dense<{weights()}> : {matrix}")
    print(f"  %p{layer} = linalg.matmul ins({value}, %w{layer} : {tensor}, {matrix}) outs(%f : {tensor}) -> {tensor}")
    print(f"  %y{layer} = linalg.{['exp', 'tanh'][layer % 2]} ins(%p{layer} : {tensor}) outs(%e : {tensor}) -> {tensor}")
    value = f"%y{layer}"
print(f"  return {value} : {tensor}\n}}")
