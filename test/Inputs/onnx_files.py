"""Reads protobuf files without protobuf, above all ONNX's: tensors, and what a model's graph uses."""

import struct

# Element types by their number. Those of less than a byte are packed, the
# first number in the low bits.
FLOAT16, BFLOAT16 = 10, 16
FORMATS = {1: "f", 2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", 9: "B",
           10: "e", 11: "d", 12: "I", 13: "Q", 16: "H",
           17: "B", 18: "B", 19: "B", 20: "B", 24: "B"}
PACKED = {21: (4, False), 22: (4, True), 23: (4, False), 25: (2, False), 26: (2, True)}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            size = {1: 8, 5: 4}[kind]
            value, at = data[at : at + size], at + size
        yield key >> 3, kind, value


def numbers(kind, value):
    if kind != 2:
        return [value]
    result, at = [], 0
    while at < len(value):
        number, at = varint(value, at)
        result.append(number)
    return result


# Exponent bits, mantissa bits, bias, and what the codes with special meaning are:
# "inf" as in IEEE 754, "top" only the highest code is NaN, "zero" only -0 is NaN,
# "none" all codes are numbers.
SMALL_FLOATS = {17: (4, 3, 7, "top"), 18: (4, 3, 8, "zero"), 19: (5, 2, 15, "inf"),
                20: (5, 2, 16, "zero"), 23: (2, 1, 1, "none")}


def small_float(element, code):
    """The number that a code of a float of 8 or fewer bits stands for."""
    if element == 24:
        return float("nan") if code == 255 else 2.0 ** (code - 127)
    exponent_bits, mantissa_bits, bias, special = SMALL_FLOATS[element]
    sign = -1.0 if code >> (exponent_bits + mantissa_bits) else 1.0
    exponent = (code >> mantissa_bits) & ((1 << exponent_bits) - 1)
    mantissa = code & ((1 << mantissa_bits) - 1)
    if special == "zero" and sign < 0 and exponent == 0 and mantissa == 0:
        return float("nan")
    if exponent == (1 << exponent_bits) - 1:
        if special == "inf":
            return sign * float("inf") if mantissa == 0 else float("nan")
        if special == "top" and mantissa == (1 << mantissa_bits) - 1:
            return float("nan")
    if exponent == 0:
        return sign * mantissa * 2.0 ** (1 - bias - mantissa_bits)
    return sign * (1 + mantissa / (1 << mantissa_bits)) * 2.0 ** (exponent - bias)


def unpack(element, data, count):
    """Numbers of less than a byte."""
    bits, signed = PACKED[element]
    values = []
    for i in range(count):
        at = i * bits
        code = (data[at // 8] >> (at % 8)) & ((1 << bits) - 1)
        values.append(code - (1 << bits) if signed and code >> (bits - 1) else code)
    return values


def decode(data):
    """Element type, shape and values of a TensorProto."""
    shape, element, raw, values, codes = [], 0, None, [], []
    for field, kind, value in fields(data):
        if field == 1:
            shape += [n - 2**64 if n >> 63 else n for n in numbers(kind, value)]
        elif field == 2:
            element = value
        elif field == 9:
            raw = value
        elif field == 4:
            values += struct.unpack(f"<{len(value) // 4}f", value)
        elif field == 10:
            values += struct.unpack(f"<{len(value) // 8}d", value)
        elif field in (5, 7):
            codes += [n - 2**64 if n >> 63 else n for n in numbers(kind, value)]
        elif field == 11:
            codes += numbers(kind, value)
    count = 1
    for size in shape:
        count *= size
    if element in PACKED:
        values = unpack(element, raw if raw is not None else bytes(n & 255 for n in codes), count)
    elif raw is not None:
        letter = FORMATS[element]
        values = list(struct.unpack(f"<{len(raw) // struct.calcsize(letter)}{letter}", raw))
    elif element in (FLOAT16, BFLOAT16):
        packed = struct.pack(f"<{len(codes)}H", *codes)
        values = list(struct.unpack(f"<{len(codes)}{FORMATS[element]}", packed))
    elif codes:
        values = codes
    if element == BFLOAT16:
        values = [struct.unpack("<f", struct.pack("<I", n << 16))[0] for n in values]
    elif element in SMALL_FLOATS or element == 24:
        values = [small_float(element, n & 255) for n in values]
    return element, shape, values


def read(path):
    """Element type, shape and values of a file with a TensorProto."""
    with open(path, "rb") as file:
        return decode(file.read())


def is_float(element):
    return element in (1, FLOAT16, 11, BFLOAT16, 24) or element in SMALL_FLOATS


def operators(path):
    """The operators of a model's graph, `domain.name` outside ONNX's own domain."""
    found = set()
    with open(path, "rb") as file:
        graphs = [value for field, _, value in fields(file.read()) if field == 7]
    for graph in graphs:
        for field, _, node in fields(graph):
            if field == 1:
                parts = {number: value.decode() for number, _, value in fields(node) if number in (4, 7)}
                domain = parts.get(7, "")
                found.add((domain + "." if domain not in ("", "ai.onnx") else "") + parts.get(4, ""))
    return found


def encode_varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def encode_field(field, payload):
    """A number, or bytes with their length."""
    if isinstance(payload, int):
        return encode_varint(field << 3) + encode_varint(payload)
    return encode_varint(field << 3 | 2) + encode_varint(len(payload)) + payload


def encode(name, element, shape, raw):
    """A TensorProto of raw data."""
    dims = b"".join(encode_field(1, size) for size in shape)
    return dims + encode_field(2, element) + encode_field(8, name.encode()) + encode_field(9, raw)


def float_inputs(path):
    """Names and shapes of the float inputs of a model that are no initializers."""
    with open(path, "rb") as file:
        graph = next(value for field, _, value in fields(file.read()) if field == 7)
    known, inputs = set(), []
    for field, _, value in fields(graph):
        if field == 5:
            known.update(name for number, _, name in fields(value) if number == 8)
        elif field == 11:
            parts = {number: content for number, _, content in fields(value)}
            tensor = next(content for number, _, content in fields(parts[2]) if number == 1)
            shapes = [content for number, _, content in fields(tensor) if number == 2]
            dims = [dim for shape in shapes for number, _, dim in fields(shape) if number == 1]
            sizes = [next(n for number, _, n in fields(dim) if number == 1) for dim in dims]
            inputs.append((parts[1], sizes))
    return [(name.decode(), sizes) for name, sizes in inputs if name not in known]
