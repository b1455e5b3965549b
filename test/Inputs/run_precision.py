"""Runs products in a small format and compares them with an oracle.

run_precision.py SCRATCH PRECISION [ARGUMENT...] runs `acc-cc` on a product of matrices and on a convolution, with weights
as constants, and compares with values that are computed here from the definitions: the numbers of a format are listed from its
exponent and fraction bits, rounding is to the nearest number in the list with ties to an even code, scales are by OCP's
rule, what is no weight is rounded to bf16 before, sums are exact. Arguments go to `acc-cc`.
"""

import bisect
import itertools
import math
import os
import random
import struct
import subprocess
import sys

FORMATS = {  # Exponent bits, fraction bits, codes at the end that are no numbers.
    "fp8": (4, 3, 1), "mxfp8": (4, 3, 1), "mxfp6": (2, 3, 0), "mxfp4": (2, 1, 0),
}
BLOCK = 32


class Format:
    def __init__(self, name):
        exponents, fractions, specials = FORMATS[name]
        bias = 2 ** (exponents - 1) - 1
        self.numbers = []
        for code in range(2 ** (exponents + fractions) - specials):
            exponent, fraction = divmod(code, 2 ** fractions)
            if exponent == 0:
                self.numbers.append(fraction * 2.0 ** (1 - bias - fractions))
            else:
                self.numbers.append((2 ** fractions + fraction) * 2.0 ** (exponent - bias - fractions))
        self.largest = self.numbers[-1]

    def round(self, x):
        magnitude = min(abs(x), self.largest)
        above = bisect.bisect_left(self.numbers, magnitude)
        if self.numbers[above] == magnitude:
            number = magnitude
        else:
            low, high = self.numbers[above - 1], self.numbers[above]
            middle = (low + high) / 2
            even = low if (above - 1) % 2 == 0 else high
            number = low if magnitude < middle else high if magnitude > middle else even
        return math.copysign(number, x)


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def scaled(name, group):
    """The numbers of `group` as the format has them, with one scale for all."""
    largest = max(map(abs, group))
    if name == "int8":
        factor = f32(127 / max(largest, f32(1e-30)))
        scale = f32(largest * f32(1 / 127))
        return [round(f32(x * factor)) * scale for x in group]
    number = Format(name)
    factor = f32(number.largest / max(largest, f32(1e-30)))
    scale = f32(largest * f32(1 / number.largest))
    return [number.round(f32(x * factor)) * scale for x in group]


def blocks(name, group):
    """The same with a scale for every 32 of them."""
    number = Format(name)
    result = []
    for i in range(0, len(group), BLOCK):
        block = group[i:i + BLOCK]
        largest = max(map(abs, block))
        exponent = math.floor(math.log2(largest)) if largest else -127
        scale = 2.0 ** max(exponent - math.floor(math.log2(number.largest)), -127)
        result += [number.round(x / scale) * scale for x in block]
    return result


def bf16(x):
    bits = struct.unpack("<I", struct.pack("<f", x))[0]
    return struct.unpack("<f", struct.pack("<I", bits + 0x7FFF + (bits >> 16 & 1) & 0xFFFF0000))[0]


def quantise(precision, group, is_weight):
    if not is_weight:
        group = [bf16(x) for x in group]
    if precision not in ("fp8", "int8") and len(group) < BLOCK // 2:
        return [bf16(x) for x in group]  # Zeros would be most of a block.
    if precision in ("fp8", "int8"):
        return scaled(precision, group)
    if precision == "mixed":
        precision = "mxfp4" if is_weight else "mxfp8"
    return blocks(precision, group)


def write_npy(path, shape, numbers):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{len(numbers)}f", *numbers))


def make_numbers(source, count):
    """Numbers of all sizes, some of them zero."""
    return [f32(source.gauss(0, 1) * 2.0 ** source.randint(-3, 3)) if source.random() > 0.05 else 0.0 for _ in range(count)]


def resource(numbers):
    data = "0x04000000" + struct.pack(f"<{len(numbers)}f", *numbers).hex()
    return f'{{-# dialect_resources: {{ builtin: {{ w: "{data}" }} }} #-}}\n'


def run(name, text, shape, inputs, result_shape, expected, magnitude):
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "main.mlir"), "w") as file:
        file.write(text)
    write_npy(os.path.join(folder, "input_0.npy"), shape, inputs)
    write_npy(os.path.join(folder, "output_0.npy"), result_shape, expected)
    # Sums are rounded to fp32 for each group of products, with errors to both sides.
    tolerance = f"0,{8 * 2.0 ** -24 * magnitude}"
    command = ["acc-cc", os.path.join(folder, "main.mlir"), f"--precision={sys.argv[2]}", f"--inputs={folder}",
               f"--expect={folder}", f"--tolerance={tolerance}", *sys.argv[3:]]
    subprocess.run(command, check=True)


def run_matmul(precision, m, n, k, transposed):
    source = random.Random(m + n + k)
    a = [make_numbers(source, k) for _ in range(m)]
    w = [make_numbers(source, k) for _ in range(n)]
    qa = [quantise(precision, row, False) for row in a]
    qw = [quantise(precision, row, True) for row in w]
    expected = [math.fsum(x * y for x, y in zip(row, column)) for row in qa for column in qw]
    magnitude = max(sum(abs(x * y) for x, y in zip(row, column)) for row in qa for column in qw)
    weights = [x for row in w for x in row] if transposed else [w[j][i] for i in range(k) for j in range(n)]
    shape, index = (f"{n}x{k}", "n, k") if transposed else (f"{k}x{n}", "k, n")
    text = f"""
func.func @main(%a: tensor<{m}x{k}xf32>) -> tensor<{m}x{n}xf32> {{
  %w = arith.constant dense_resource<w> : tensor<{shape}xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<{m}x{n}xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<{m}x{n}xf32>) -> tensor<{m}x{n}xf32>
  %r = linalg.generic {{indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> ({index})>,
                                        affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]}}
      ins(%a, %w : tensor<{m}x{k}xf32>, tensor<{shape}xf32>) outs(%i : tensor<{m}x{n}xf32>) {{
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  }} -> tensor<{m}x{n}xf32>
  return %r : tensor<{m}x{n}xf32>
}}
{resource(weights)}"""
    run(f"matmul-{m}-{n}-{k}", text, (m, k), [x for row in a for x in row], (m, n), expected, magnitude)


def run_convolution(precision, channels, filters, size, window):
    """Blocks go along the channels; one scale for a filter, and for the image."""
    source = random.Random(channels + filters)
    image = make_numbers(source, channels * size * size)
    kernel = make_numbers(source, filters * channels * window * window)
    out = size - window + 1
    image_at = lambda c, y, x: (c * size + y) * size + x
    kernel_at = lambda f, c, y, x: ((f * channels + c) * window + y) * window + x
    places = list(itertools.product(range(window), range(window)))
    if precision in ("fp8", "int8"):
        qi = quantise(precision, image, False)
        per_filter = channels * window * window
        qk = [x for f in range(filters) for x in scaled(precision, kernel[f * per_filter:(f + 1) * per_filter])]
    else:
        qi, qk = [0.0] * len(image), [0.0] * len(kernel)
        for y, x in itertools.product(range(size), range(size)):
            at = [image_at(c, y, x) for c in range(channels)]
            for i, number in zip(at, quantise(precision, [image[i] for i in at], False)):
                qi[i] = number
        for f, (y, x) in itertools.product(range(filters), places):
            at = [kernel_at(f, c, y, x) for c in range(channels)]
            for i, number in zip(at, quantise(precision, [kernel[i] for i in at], True)):
                qk[i] = number
    expected, magnitude = [], 0
    for f, y, x in itertools.product(range(filters), range(out), range(out)):
        terms = [qi[image_at(c, y + v, x + u)] * qk[kernel_at(f, c, v, u)] for c in range(channels) for v, u in places]
        expected.append(math.fsum(terms))
        magnitude = max(magnitude, sum(map(abs, terms)))
    result = f"tensor<1x{filters}x{out}x{out}xf32>"
    text = f"""
func.func @main(%a: tensor<1x{channels}x{size}x{size}xf32>) -> {result} {{
  %w = arith.constant dense_resource<w> : tensor<{filters}x{channels}x{window}x{window}xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : {result}
  %i = linalg.fill ins(%z : f32) outs(%e : {result}) -> {result}
  %r = linalg.conv_2d_nchw_fchw ins(%a, %w : tensor<1x{channels}x{size}x{size}xf32>,
                                    tensor<{filters}x{channels}x{window}x{window}xf32>) outs(%i : {result}) -> {result}
  return %r : {result}
}}
{resource(kernel)}"""
    run(f"convolution-{channels}-{filters}", text, (1, channels, size, size), image, (1, filters, out, out), expected, magnitude)


def main():
    precision = sys.argv[2]
    run_matmul(precision, 5, 7, 64, transposed=True)
    run_matmul(precision, 33, 20, 96, transposed=False)
    run_matmul(precision, 3, 17, 40, transposed=False)  # A last block of 8.
    run_matmul(precision, 1, 65, 160, transposed=True)
    run_convolution(precision, 32, 9, 5, 3)
    run_convolution(precision, 20, 6, 4, 2)


if __name__ == "__main__":
    main()
