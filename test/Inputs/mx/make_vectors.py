#!/usr/bin/env python3
"""Conformance vectors for the small formats of the Open Compute Project.

Expected values come from ml_dtypes (numbers of the formats) and exact rationals
(sums), never from this project's code. Needs numpy and ml_dtypes:

    python3 make_vectors.py scalars > scalars.txt
    python3 make_vectors.py sums --count 80 > sums.txt
    python3 make_vectors.py conversions > conversions.txt
    python3 make_vectors.py blocks > blocks.txt
    python3 make_vectors.py products --count 1 > products.txt

A line of scalars.txt: format, code, bits of the number as fp32 (hexadecimal).
A line of sums.txt: formats of a and w, number of products, packed elements of a
and of w, scales of both, psum, result. Elements lie as in a row of the matrix
unit: the first in the lowest bits, fp4 in 4 bits, all others in 8, fp6 with
anything in the upper two.
A line of conversions.txt: fp8 format, an fp32 number, the code that it is
rounded to, with saturation.
A line of blocks.txt: fp8 format, 32 fp32 numbers, and as mxfp8 their scale by the
specification's rule (the exponent of the largest, less that of the format's
largest) and elements.
A line of products.txt, for an array of 8 rows: formats of a and w, M, N, K, a as
[M][K], w as [N][K], their scales as [M][K / 32] and [N][K / 32], all as bytes in
memory, and the result as [M][N] words.
"""
import argparse
import random
import struct
from fractions import Fraction

import ml_dtypes
import numpy as np

FORMATS = {  # dtype, bits
    "F8E4M3": (ml_dtypes.float8_e4m3fn, 8),
    "F8E5M2": (ml_dtypes.float8_e5m2, 8),
    "F6E2M3": (ml_dtypes.float6_e2m3fn, 6),
    "F6E3M2": (ml_dtypes.float6_e3m2fn, 6),
    "F4E2M1": (ml_dtypes.float4_e2m1fn, 4),
}
NAN = 0x7FC00000


def numbers(name):
    dtype, bits = FORMATS[name]
    codes = np.arange(1 << bits, dtype=np.uint8)
    return codes.view(dtype).astype(np.float64)


VALUES = {name: numbers(name) for name in FORMATS}
SCALES = np.arange(256, dtype=np.uint8).view(ml_dtypes.float8_e8m0fnu).astype(np.float64)


def group(a, w):
    narrow = {"F8E4M3", "F8E5M2", "F6E2M3", "F6E3M2"}
    return {2: 4, 1: 8, 0: 16}[(a in narrow) + (w in narrow)]


def f32(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def to_bits(x):
    """The fp32 number nearest to a rational, ties to even."""
    if x == 0:
        return 0
    sign, x = (0x80000000, -x) if x < 0 else (0, x)
    exponent = x.numerator.bit_length() - x.denominator.bit_length()
    if x < Fraction(2) ** exponent:
        exponent -= 1
    exponent = max(exponent, -126)
    units = x / Fraction(2) ** (exponent - 23)
    whole = round(units)  # Python rounds ties to even
    # An overflow of the significand carries into the exponent, as it must.
    bits = (exponent + 126 << 23) + whole
    return sign | min(bits, 0x7F800000)


def exact_sum(a, w, sa, sw, psum):
    """Result of a group by the rules of docs/machine.md."""
    values = [(float(x), float(y)) for x, y in zip(a, w)]
    if any(np.isnan(v) for v in (SCALES[sa], SCALES[sw], f32(psum))):
        return NAN
    infinite = set()
    total = Fraction(0)
    for x, y in values:
        if np.isnan(x) or np.isnan(y):
            return NAN
        if np.isinf(x) or np.isinf(y):
            if x == 0 or y == 0:
                return NAN
            infinite.add((x > 0) == (y > 0))
        else:
            total += Fraction(x) * Fraction(y)
    if np.isinf(f32(psum)):
        infinite.add(f32(psum) > 0)
    if infinite:
        return NAN if len(infinite) == 2 else 0x7F800000 if infinite.pop() else 0xFF800000
    return to_bits(total * Fraction(SCALES[sa]) * Fraction(SCALES[sw]) + Fraction(f32(psum)))


def pack(rng, name, codes):
    bits = FORMATS[name][1]
    width = 4 if bits == 4 else 8
    return sum((c | rng.getrandbits(width) >> bits << bits) << width * i for i, c in enumerate(codes))


def make_tie(rng, a_name, w_name):
    """A sum half-way between two fp32 numbers, and a psum far below that decides; None if the formats are too narrow."""
    powers = {name: [c for c, v in enumerate(VALUES[name]) if np.isfinite(v) and v > 0 and np.frexp(v)[0] == 0.5]
              for name in (a_name, w_name)}
    products = {}
    for c in powers[a_name]:
        for d in powers[w_name]:
            products.setdefault(VALUES[a_name][c] * VALUES[w_name][d], []).append((c, d))
    large = [p for p in products if p / 2 ** 24 in products]
    if not large:
        return None
    p = rng.choice(large)
    pairs = [rng.choice(products[p]), rng.choice(products[p / 2 ** 24])]
    a, w = [x for x, _ in pairs], [x for _, x in pairs]
    psum = rng.getrandbits(1) << 31 | rng.choice([1, rng.getrandbits(23), rng.randint(1, 20) << 23])
    result = exact_sum(VALUES[a_name][a], VALUES[w_name][w], 127, 127, psum)
    return f"{a_name} {w_name} 2 {pack(rng, a_name, a):x} {pack(rng, w_name, w):x} 7f 7f {psum:x} {result:x}"


def make_sum(rng, a_name, w_name):
    if rng.random() < 0.1:
        tie = make_tie(rng, a_name, w_name)
        if tie:
            return tie
    most = group(a_name, w_name)
    count = most if rng.random() < 0.7 else rng.randint(1, most)

    def codes(name, kind):
        n = len(VALUES[name])
        out = []
        while len(out) < count:
            c = rng.randrange(n)
            if kind != "any" and not np.isfinite(VALUES[name][c]):
                continue
            if kind == "large" and abs(VALUES[name][c]) < VALUES[name][np.isfinite(VALUES[name])].max() / 2:
                continue
            if kind == "zero" and VALUES[name][c] != 0:
                continue
            out.append(c)
        return out

    kind = rng.choice(["finite"] * 8 + ["large", "large", "any", "zero"])
    a, w = codes(a_name, kind), codes(w_name, "finite" if kind == "zero" else kind)
    sa = rng.choice([127, 127, rng.randint(110, 144), rng.randrange(256), 0, 254])
    sw = rng.choice([127, 127, 254 - sa if sa < 255 else 0, rng.randint(110, 144), rng.randrange(255), 255])
    av, wv = VALUES[a_name][a], VALUES[w_name][w]
    product = exact_sum(av, wv, sa, sw, 0)
    # psum of any kind; near the sum, so that it cancels; far, so that only a tie sees the smaller number.
    choice = rng.random()
    if choice < 0.2:
        psum = rng.getrandbits(32)
    elif choice < 0.3:
        psum = rng.choice([0, 0x80000000, 1, 0x80000001, 0x7F800000, 0xFF800000, NAN, 0x7F7FFFFF, 0x00800000])
    elif choice < 0.6:
        psum = (product ^ 0x80000000) + rng.choice([0, 0, 1, -1, rng.randint(-9, 9)]) & 0xFFFFFFFF
    else:
        exponent = min(max((product >> 23 & 0xFF) + rng.randint(-80, 80), 0), 254)
        fraction = rng.choice([0, 1 << rng.randrange(23), 0x7FFFFF, rng.getrandbits(23)])
        psum = rng.getrandbits(1) << 31 | exponent << 23 | fraction
    result = exact_sum(av, wv, sa, sw, psum)
    return f"{a_name} {w_name} {count} {pack(rng, a_name, a):x} {pack(rng, w_name, w):x} {sa:x} {sw:x} {psum:x} {result:x}"


def memory(rng, name, rows):
    """Bytes of rows of codes: two fp4 in a byte, the first in the low half; else a byte for each."""
    out = []
    for row in rows:
        if name == "F4E2M1":
            out += [row[i] | (row[i + 1] if i + 1 < len(row) else rng.randrange(16)) << 4 for i in range(0, len(row), 2)]
        else:
            out += [c | rng.getrandbits(8) >> FORMATS[name][1] << FORMATS[name][1] for c in row]
    return bytes(out).hex()


def make_product(rng, a_name, w_name):
    array_rows, m, n = 8, rng.randint(1, 5), rng.randint(1, 8)
    g = group(a_name, w_name)
    depth = array_rows * g // 32 * 32
    k = rng.choice([rng.randint(1, 40), depth, depth + rng.randint(1, 70), 2 * depth + 1])

    def matrix(name, rows):
        finite = [c for c, v in enumerate(VALUES[name]) if np.isfinite(v)]
        return [[rng.choice(finite) for _ in range(k)] for _ in range(rows)]

    blocks = (k + 31) // 32
    a, w = matrix(a_name, m), matrix(w_name, n)
    sa = [[rng.randint(120, 134) for _ in range(blocks)] for _ in range(m)]
    sw = [[rng.randint(120, 134) for _ in range(blocks)] for _ in range(n)]
    results = []
    for i in range(m):
        for j in range(n):
            total = None
            for step in range(0, k, depth):
                psum = 0
                for at in range(step, min(k, step + depth), g):
                    end = min(k, at + g)
                    psum = exact_sum(VALUES[a_name][a[i][at:end]], VALUES[w_name][w[j][at:end]], sa[i][at // 32],
                                     sw[j][at // 32], psum)
                total = psum if total is None else to_bits(Fraction(f32(total)) + Fraction(f32(psum)))
            results.append(total)
    return (f"{a_name} {w_name} {m} {n} {k} {memory(rng, a_name, a)} {memory(rng, w_name, w)} "
            f"{bytes(sum(sa, [])).hex()} {bytes(sum(sw, [])).hex()} " + "".join(f"{r:08x}" for r in results))


def conversions():
    """All numbers, what lies half-way between two, and their neighbours."""
    for name in ("F8E4M3", "F8E5M2"):
        positive = sorted(v for v in VALUES[name] if np.isfinite(v) and v >= 0)
        points = [0.0, 1e-45, 1e-30, 464.0, 465.0, 61439.9, 61440.0, 65536.0, 131072.0, 3e38, np.inf]
        points += positive + [(a + b) / 2 for a, b in zip(positive, positive[1:])]
        bits = set()
        for point in points:
            b = int(np.float32(point).view(np.uint32))
            bits |= {x for x in (b - 1, b, b + 1) if 0 <= x <= 0x7F800000}
        largest = positive[-1]
        for b in sorted(bits | {x | 0x80000000 for x in bits}):
            x = np.clip(np.array([b], dtype=np.uint32).view(np.float32), -largest, largest)
            print(f"{name} {b:x} {int(x.astype(FORMATS[name][0]).view(np.uint8)[0]):x}")
        for nan in (NAN, 0xFFC00000, 0x7F800001):
            print(f"{name} {nan:x} {0x7F if name == 'F8E4M3' else 0x7E:x}")


def blocks(rng):
    for name in ("F8E4M3", "F8E5M2"):
        largest = max(v for v in VALUES[name] if np.isfinite(v))
        for i in range(12):
            # All zeros; the largest an exact power of two; anything; the smallest scale.
            size = [0, 1, 1, 1, 2.0 ** -120, 2.0 ** 118][i % 6]
            x = np.array([rng.gauss(0, 1) * size for _ in range(32)], dtype=np.float32)
            if i % 6 == 1:
                x[rng.randrange(32)] = -8
            top = float(np.abs(x).max())
            exponent = int(np.floor(np.log2(top))) if top else -127
            scale = min(max(exponent - int(np.log2(largest)), -127), 127)
            codes = np.clip(x.astype(np.float64) / 2.0 ** scale, -largest, largest).astype(np.float32)
            codes = codes.astype(FORMATS[name][0]).view(np.uint8)
            words = "".join(f"{int(w):08x}" for w in x.view(np.uint32))
            print(f"{name} {words} {scale + 127:x} {codes.tobytes().hex()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["scalars", "sums", "products", "conversions", "blocks"])
    parser.add_argument("--count", type=int, default=80, help="lines for every pair of formats (default 80)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.kind == "scalars":
        for name, values in VALUES.items():
            for code, value in enumerate(values.astype(np.float32)):
                bits = NAN if np.isnan(value) else int(value.view(np.uint32))
                print(f"{name} {code:x} {bits:x}")
        return
    if args.kind == "conversions":
        conversions()
        return
    rng = random.Random(args.seed)
    if args.kind == "blocks":
        blocks(rng)
        return
    for a in FORMATS:
        for w in FORMATS:
            for _ in range(args.count):
                print((make_sum if args.kind == "sums" else make_product)(rng, a, w))


if __name__ == "__main__":
    main()
