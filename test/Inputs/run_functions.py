"""Runs the functions of an MLIR file and compares the results with those that
stand above each of them.

run_functions.py FILE SCRATCH [NAME...]: comments before a public function say
what it is given and what comes out, as Python expressions of numbers in the
order of the elements; the function's own types give shapes and types.

    // in: [1, 2], [3, nan]
    // out: [4, nan]
    func.func @add(%a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2xf32> {

`// out~ R A:` gives a tolerance, relative and absolute; without it floats are
equal up to rounding of their type, integers exactly; NaN equals NaN, and zeros
have signs. `// unsupported: TEXT` expects a refusal with that text. Values come
from numpy (oracle.py writes them) or from the operation's definition. Floats of 8 bits and fewer are given by their codes.
"""

import math
import os
import re
import shutil
import struct
import subprocess
import sys

# Element type: number in ONNX, struct letter.
TYPES = {"f32": (1, "f"), "i8": (3, "b"), "i16": (5, "h"), "i32": (6, "i"), "i64": (7, "q"),
         "index": (7, "q"),
         "i1": (9, "B"), "f16": (10, "e"), "f64": (11, "d"), "bf16": (16, "H"),
         "f8E4M3FN": (17, "B"), "f8E5M2": (19, "B"), "f4E2M1FN": (23, "B"), "f8E8M0FNU": (24, "B")}
TOLERANCES = {"f32": (2e-5, 1e-6), "f64": (2e-5, 1e-6), "f16": (2e-3, 1e-5), "bf16": (1e-2, 1e-5)}
NAMES = {"nan": math.nan, "inf": math.inf, "range": range, "math": math}


class Function:
    def __init__(self, name):
        self.name = name
        self.inputs = ""
        self.outputs = None
        self.numpy = None
        self.tolerance = None
        self.unsupported = None
        self.argument_types = []
        self.result_types = []


def parse_type(text):
    """Element type and shape of `text`."""
    tensor = re.fullmatch(r"tensor<(.*)>", text)
    sizes, element = re.fullmatch(r"((?:[\d?]+x)*)(.*)", tensor.group(1) if tensor else text).groups()
    return element, [int(size) if size != "?" else None for size in sizes.split("x")[:-1]]


def split_types(text):
    types, depth, start = [], 0, 0
    for i, letter in enumerate(text + ","):
        depth += {"<": 1, "(": 1, "{": 1, ">": -1, ")": -1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            types.append(text[start:i].strip())
            start = i + 1
    return [item for item in types if item]


def parse(path):
    functions, pending = [], Function("")
    with open(path) as file:
        lines = file.read().splitlines()
    for i, line in enumerate(lines):
        comment = re.match(r"// (in|out|out~ *([^: ]+) ([^: ]+)|numpy|unsupported): ?(.*)", line)
        if comment:
            kind, relative, absolute, text = comment.groups()
            if kind == "in":
                pending.inputs = text
            elif kind == "numpy":
                pending.numpy = text
            elif kind == "unsupported":
                pending.unsupported = text
            else:
                pending.outputs = text
                if relative:
                    pending.tolerance = float(relative), float(absolute)
        if line.startswith("func.func @"):
            head = line
            for more in lines[i + 1 :]:
                if head.rstrip().endswith("{"):
                    break
                head += " " + more.strip()
            match = re.match(r"func.func @([\w-]+)\((.*?)\)(?: -> (.*?))? \{$", head.rstrip())
            pending.name = match.group(1)
            pending.line = i
            pending.argument_types = [
                parse_type(item.split(":", 1)[1].strip()) for item in split_types(match.group(2))]
            results = (match.group(3) or "").strip()
            if results.startswith("("):
                results = results[1:-1]
            pending.result_types = [parse_type(item) for item in split_types(results)]
            functions.append(pending)
            pending = Function("")
    return functions


def evaluate(text):
    """The expressions of a line as lists of numbers, each with its shape."""
    return eval("(" + text + ",)", {"__builtins__": {}, **NAMES}) if text.strip() else ()


def flatten(value):
    if isinstance(value, (list, tuple, range)):
        return [number for item in value for number in flatten(item)]
    return [value]


def shape_of(value):
    if isinstance(value, (list, tuple, range)):
        return [len(value)] + (shape_of(value[0]) if len(value) else [])
    return []


def to_bf16(number):
    bits = struct.unpack("<I", struct.pack("<f", number))[0]
    if math.isnan(number):
        return 0x7FC0
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16


def pack(element, numbers):
    letter = TYPES[element][1]
    if element == "bf16":
        numbers = [to_bf16(number) for number in numbers]
    elif element == "f4E2M1FN":
        codes = [int(number) for number in numbers] + [0] * (len(numbers) % 2)
        numbers = [low | high << 4 for low, high in zip(codes[::2], codes[1::2])]
    elif letter in "fed":
        numbers = [float(number) for number in numbers]
    elif letter != "B":
        size = 8 * struct.calcsize(letter)
        numbers = [(int(n) + (1 << size - 1)) % (1 << size) - (1 << size - 1) for n in numbers]
    return struct.pack(f"<{len(numbers)}{letter}", *numbers)


def unpack(element, data, count):
    letter = TYPES[element][1]
    values = list(struct.unpack(f"<{len(data) // struct.calcsize(letter)}{letter}", data))
    if element == "bf16":
        values = [struct.unpack("<f", struct.pack("<I", n << 16))[0] for n in values]
    if element == "f4E2M1FN":
        values = [n >> shift & 15 for n in values for shift in (0, 4)]
    return values[:count]


def varint(value):
    data = b""
    while True:
        data += bytes([value & 127 | (128 if value > 127 else 0)])
        value >>= 7
        if not value:
            return data


def write(path, element, shape, numbers):
    """A TensorProto."""
    raw = pack(element, numbers)
    with open(path, "wb") as file:
        for size in shape:
            file.write(b"\x08" + varint(size))
        file.write(b"\x10" + varint(TYPES[element][0]))
        file.write(b"\x4a" + varint(len(raw)) + raw)


def read_varint(data, at):
    """A number of `data`, and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    shape, kind, raw, at = [], 0, b"", 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key & 7 == 2:
            value, at = data[at : at + value], at + value
        if key == 0x08:
            shape.append(value)
        elif key == 0x0A:
            i = 0
            while i < len(value):
                size, i = read_varint(value, i)
                shape.append(size)
        elif key == 0x10:
            kind = value
        elif key == 0x4A:
            raw = value
    element = next(name for name, (onnx, _) in TYPES.items() if onnx == kind)
    return element, shape, unpack(element, raw, math.prod(shape))


def differs(element, ours, reference, tolerance):
    if element not in TOLERANCES:
        return ours != reference
    if math.isnan(reference) or math.isnan(ours):
        return not (math.isnan(reference) and math.isnan(ours))
    if math.isinf(reference) or math.isinf(ours):
        return ours != reference
    if reference == 0 and ours == 0:
        return math.copysign(1, ours) != math.copysign(1, reference)
    relative, absolute = tolerance or TOLERANCES[element]
    return abs(ours - reference) > absolute + relative * abs(reference)


def run(path, function, scratch):
    """Why the function fails; None if it does not."""
    shutil.rmtree(scratch, ignore_errors=True)
    given, made = os.path.join(scratch, "in"), os.path.join(scratch, "out")
    os.makedirs(given)
    inputs = evaluate(function.inputs)
    if len(inputs) != len(function.argument_types):
        return f"has {len(inputs)} inputs for {len(function.argument_types)} arguments"
    for i, (value, (element, shape)) in enumerate(zip(inputs, function.argument_types)):
        numbers = flatten(value)
        if None in shape:
            shape = shape_of(value)
        if len(numbers) != math.prod(shape):
            return f"input {i} has {len(numbers)} numbers for {math.prod(shape)} elements"
        write(os.path.join(given, f"input_{i}.pb"), element, shape, numbers)
    done = subprocess.run(
        ["acc-cc", path, f"--entry={function.name}", "--target=xpu-tiny", "--run=functional",
         f"--inputs={given}", f"--outputs={made}"],
        capture_output=True, text=True, cwd=scratch, timeout=120)
    text = (done.stdout + done.stderr).strip()
    if function.unsupported is not None:
        refused = done.returncode == 3 and "unsupported: " in text and function.unsupported in text
        return None if refused else f"exit {done.returncode}, expected a refusal with '{function.unsupported}':\n{text}"
    if done.returncode != 0:
        return f"exit {done.returncode}: {text}"
    outputs = evaluate(function.outputs or "")
    if not outputs or len(outputs) != len(function.result_types):
        return f"has {len(outputs)} references for {len(function.result_types)} results"
    for i, (value, (element, shape)) in enumerate(zip(outputs, function.result_types)):
        found, sizes, numbers = read(os.path.join(made, f"output_{i}.pb"))
        reference = flatten(value)
        fits = len(sizes) == len(shape) and all(b in (None, a) for a, b in zip(sizes, shape))
        if TYPES[found] != TYPES[element] or not fits or len(numbers) != len(reference):
            return (f"output {i} is {found} {sizes} of {len(numbers)}, expected {element} {shape} "
                    f"of {len(reference)}")
        reference = unpack(element, pack(element, reference), len(reference))
        for at, (ours, theirs) in enumerate(zip(numbers, reference)):
            if differs(element, ours, theirs, function.tolerance):
                return f"output {i}, element {at} is {ours!r}, expected {theirs!r}"
    return None


def main():
    path, scratch, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    functions = [f for f in parse(path) if not names or f.name in names]
    failed = 0
    for function in functions:
        why = run(path, function, os.path.join(scratch, function.name))
        if why:
            failed += 1
            print(f"{function.name}: {why}")
    print(f"{len(functions)} functions, {failed} failed")
    return 1 if failed or not functions else 0


if __name__ == "__main__":
    sys.exit(main())
