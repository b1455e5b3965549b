"""run_blocks.py SCRATCH M N K FORMAT [FORMAT] -- OPTION...: a product of blocks with scales (benchmarks/chip/blocks.py), compiled with the options of acc-cc, on numbers
whose sums are exact in any order, and compared with them."""

import os
import pathlib
import subprocess
import sys

from run_functions import write

# Codes of 1, 2, -1 and 1/2.
VALUES = (1, 2, -1, 0.5)
CODES = {"mxfp8": (0x38, 0x40, 0xB8, 0x30), "mxfp6": (0x08, 0x10, 0x28, 0x04), "mxfp4": (0x2, 0x4, 0xA, 0x1)}
BLOCK = 32


def a_value(start, k):
    return (start + k) % 4


def w_value(start, k):
    return (start + 3 * k + k // 4) % 4


def codes(kind, rows, blocks, start, value):
    """The element type and bytes of an operand."""
    table = CODES[kind]
    numbers = [table[value(start(row, block), k)] for row in range(rows) for block in range(blocks) for k in range(BLOCK)]
    if kind == "mxfp4":
        numbers = [low | high << 4 for low, high in zip(numbers[::2], numbers[1::2])]
    return ("f8E4M3FN" if kind == "mxfp8" else "i8"), [rows, blocks, len(numbers) // rows // blocks], numbers


arguments = sys.argv[2 : sys.argv.index("--")]
options = sys.argv[sys.argv.index("--") + 1 :]
scratch = pathlib.Path(sys.argv[1])
m, n, k = map(int, arguments[:3])
blocks = k // BLOCK
for folder in ("in", "out"):
    os.makedirs(scratch / folder, exist_ok=True)
generator = pathlib.Path(__file__).parents[2] / "benchmarks/chip/blocks.py"
graph = scratch / "graph.mlir"
graph.write_text(subprocess.run([sys.executable, generator, *arguments], check=True, capture_output=True, text=True).stdout)


def a_start(i, b):
    return (i + b) % 4


def w_start(j, b):
    return (j + 2 * b) % 4


def a_scale(i, b):
    return (i + b) % 3 - 1


def w_scale(j, b):
    return (2 * j + b) % 3 - 1


inputs = [
    codes(arguments[3], m, blocks, a_start, a_value),
    codes(arguments[-1], n, blocks, w_start, w_value),
    ("f8E8M0FNU", [m, blocks], [127 + a_scale(i, b) for i in range(m) for b in range(blocks)]),
    ("f8E8M0FNU", [n, blocks], [127 + w_scale(j, b) for j in range(n) for b in range(blocks)]),
]
for number, (element, shape, values) in enumerate(inputs):
    write(scratch / f"in/input_{number}.pb", element, shape, values)
dots = [[sum(VALUES[a_value(x, k)] * VALUES[w_value(y, k)] for k in range(BLOCK)) for y in range(4)] for x in range(4)]
sums = [
    sum(dots[a_start(i, b)][w_start(j, b)] * 2.0 ** (a_scale(i, b) + w_scale(j, b)) for b in range(blocks))
    for i in range(m) for j in range(n)
]
write(scratch / "out/output_0.pb", "f32", [m, n], sums)
sys.exit(subprocess.run(["acc-cc", graph, f"--inputs={scratch}/in", f"--expect={scratch}/out", "--tolerance=0,0", "-o", scratch / "graph.o",
                         *options]).returncode)
