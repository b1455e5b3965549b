"""Writes the `// out:` lines that numpy gives for the `// numpy:` lines.

oracle.py FILE...: needs numpy, scipy and ml_dtypes. In an expression a, b, c ...
are the inputs (f16 and bf16 as f32, so that the result is rounded once) and ins
all of them; several results are a tuple.
"""

import math
import string
import sys

import ml_dtypes
import numpy as np
import scipy.special

import run_functions

DTYPES = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f64": np.float64,
          "i1": np.bool_, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64, "index": np.int64}


def conv2d(x, w, bias=None, pad=(0, 0, 0, 0), stride=(1, 1), dilation=(1, 1), fill=0):
    """NHWC by OHWI, summed in f64 or int64."""
    wide = np.float64 if x.dtype.kind == "f" else np.int64
    x = np.pad(x.astype(wide), ((0, 0), pad[:2], pad[2:], (0, 0)), constant_values=fill)
    w = w.astype(wide)
    n, h, width, _ = x.shape
    o, kh, kw, _ = w.shape
    oh = (h - (kh - 1) * dilation[0] - 1) // stride[0] + 1
    ow = (width - (kw - 1) * dilation[1] - 1) // stride[1] + 1
    out = np.zeros((n, oh, ow, o), wide)
    for y in range(oh):
        for z in range(ow):
            part = x[:, y * stride[0] : y * stride[0] + (kh - 1) * dilation[0] + 1 : dilation[0],
                     z * stride[1] : z * stride[1] + (kw - 1) * dilation[1] + 1 : dilation[1]]
            out[:, y, z] = np.tensordot(part, w, axes=((1, 2, 3), (1, 2, 3)))
    return out if bias is None else out + bias.astype(wide)


def windows(x, size, stride, pad=(0, 0, 0, 0), fill=0):
    """Windows of NHWC: N, OH, OW, KH, KW, C."""
    x = np.pad(x, ((0, 0), pad[:2], pad[2:], (0, 0)), constant_values=fill)
    view = np.lib.stride_tricks.sliding_window_view(x, size, axis=(1, 2))
    return np.moveaxis(view[:, :: stride[0], :: stride[1]], 3, 5)


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


HELPERS = {"np": np, "math": math, "special": scipy.special, "conv2d": conv2d, "windows": windows,
           "softmax": softmax}


def text(value, element):
    value = np.asarray(value)
    if element == "i1":
        value = value.astype(np.bool_)
    elif element[0] == "i":
        bits = 8 * np.dtype(DTYPES[element]).itemsize
        value = value if bits == 64 else (value.astype(np.int64) + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
    else:
        value = value.astype(DTYPES[element]).astype(np.float64)
    numbers = [n.item() for n in value.reshape(-1)]
    if element[0] == "i":
        return "[" + ", ".join(str(int(n)) for n in numbers) + "]"
    digits = [f"{n:.17g}" if element == "f64" else f"{n:.9g}" for n in numbers]
    return "[" + ", ".join("-0.0" if n == "-0" else n for n in digits) + "]"


def compute(function):
    inputs = []
    for value, (element, shape) in zip(run_functions.evaluate(function.inputs), function.argument_types):
        numbers = run_functions.flatten(value)
        if None in shape:
            shape = run_functions.shape_of(value)
        numbers = run_functions.unpack(element, run_functions.pack(element, numbers))
        dtype = np.float32 if element in ("f16", "bf16") else DTYPES[element]
        inputs.append(np.array(numbers, dtype).reshape(shape))
    scope = dict(zip(string.ascii_lowercase, inputs), ins=inputs, **HELPERS)
    with np.errstate(all="ignore"):
        result = eval(function.numpy, scope)
    results = result if isinstance(result, tuple) else (result,)
    return ", ".join(text(r, element) for r, (element, _) in zip(results, function.result_types))


def main():
    for path in sys.argv[1:]:
        with open(path) as file:
            lines = file.read().splitlines()
        for function in reversed(run_functions.parse(path)):
            if function.numpy is None:
                continue
            at = function.line
            start = next(i for i in range(at, -1, -1) if lines[i].startswith("// numpy:"))
            old = [i for i in range(start, at) if lines[i].startswith("// out")]
            head = lines[old[0]].split(":", 1)[0] if old else "// out"
            for i in old:
                del lines[i]
            lines.insert(start + 1, f"{head}: {compute(function)}")
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
