"""Writes an ONNX model and compiles it in bounded time: wide_graph.py KIND COUNT FILE COMMAND...

COUNT nodes read one input. KIND outputs: each is a result; sum: a Sum reads them all.
"""

import resource
import subprocess
import sys

SECONDS = 12


def varint(value):
    data = b""
    while value > 127:
        data += bytes([value & 127 | 128])
        value >>= 7
    return data + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, *parts):
    data = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
    return varint(field << 3 | 2) + varint(len(data)) + data


def node(op, inputs, output):
    return message(1, *[message(1, name) for name in inputs], message(2, output), message(4, op))


def value(field, name):
    """A float32 vector of 4."""
    shape = message(2, message(1, number(1, 4)))
    return message(field, message(1, name), message(2, message(1, number(1, 1), shape)))


kind, count, path, *command = sys.argv[1:]
names = [f"v{i}" for i in range(int(count))]
parts = [node("Neg", ["x"], name) for name in names]
outputs = names
if kind == "sum":
    parts.append(node("Sum", names, "y"))
    outputs = ["y"]
graph = message(7, *parts, message(2, "g"), value(11, "x"), *[value(12, name) for name in outputs])
with open(path, "wb") as file:
    file.write(number(1, 8) + graph + message(8, number(2, 17)))
resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
sys.exit(subprocess.run([*command, path]).returncode)
