#!/usr/bin/env python3
"""Writes GPT-2 as one step of decoding with a cache, and what onnxruntime generates with it.

    generate.py FOLDER [NAME...]      needs PyPI's onnx, onnxruntime and numpy; NAME is gpt2 (124M) or tiny

The model takes one token, its position and the cache of keys and values; it gives logits, the greedy next token, the next position and the cache
with one row more. FOLDER/NAME gets model.onnx, feeds (what --feed says), inputs (step 0 in it; the other tokens of the prompt in step_1 …) and
expected (logits and tokens of each step). Weights are seeded; nothing is downloaded.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# layers, width, heads, vocabulary, places in the cache, prompt, tokens to generate
SIZES = {
    "gpt2": (12, 768, 12, 50257, 64, [464, 3290, 318, 257], 16),
    "tiny": (2, 16, 2, 40, 16, [7, 3, 21], 6),
}


class Graph:
    """Nodes and weights, in order."""

    def __init__(self, seed):
        self.nodes, self.weights, self.random = [], [], numpy.random.default_rng(seed)

    def add(self, op, *inputs, outputs=1, **attributes):
        names = [f"{op.lower()}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=names[0][:-2], **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, value, name=None):
        name = name or f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(numpy.asarray(value), name))
        return name

    def weight(self, name, *shape, scale):
        return self.constant(self.random.normal(0, scale, shape).astype(numpy.float32), name)

    def integers(self, *values):
        return self.constant(numpy.array(values, numpy.int64))

    def norm(self, name, x, width):
        gain = self.constant(self.random.normal(1, 0.1, width).astype(numpy.float32), f"{name}.weight")
        return self.add("LayerNormalization", x, gain, self.weight(f"{name}.bias", width, scale=0.02), axis=-1, epsilon=1e-5)

    def linear(self, name, x, inputs, outputs):
        product = self.add("MatMul", x, self.weight(f"{name}.weight", inputs, outputs, scale=inputs**-0.5))
        return self.add("Add", product, self.weight(f"{name}.bias", outputs, scale=0.02))


def build(layers, width, heads, vocabulary, places):
    """The model and the names of what is fed back."""
    depth = width // heads
    g = Graph(1)
    table = g.weight("wte", vocabulary, width, scale=0.05)
    token = g.add("Gather", table, "input_ids", axis=0)
    x = g.add("Add", token, g.add("Gather", g.weight("wpe", places, width, scale=0.05), "position", axis=0))
    # A place beyond the position adds -inf to its score.
    beyond = g.add("Greater", g.constant(numpy.arange(places, dtype=numpy.int64)), "position")
    mask = g.add("Where", beyond, g.constant(numpy.float32(-numpy.inf)), g.constant(numpy.float32(0)))
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, 1]), helper.make_tensor_value_info("position", TensorProto.INT64, [1])]
    outputs, feeds = [], {"next_ids": "input_ids", "next_position": "position"}
    rows = g.integers(1, 1, heads, depth)
    for layer in range(layers):
        qkv = g.linear(f"h.{layer}.attn", g.norm(f"h.{layer}.ln_1", x, width), width, 3 * width)
        parts = g.add("Split", qkv, outputs=3, axis=-1, num_outputs=3)
        q, k, v = (g.add("Transpose", g.add("Reshape", part, rows), perm=[0, 2, 1, 3]) for part in parts)
        present = []
        for name, row in (("k", k), ("v", v)):
            shape = [1, heads, places, depth]
            inputs.append(helper.make_tensor_value_info(f"past_{name}_{layer}", TensorProto.FLOAT, shape))
            outputs.append(helper.make_tensor_value_info(f"present_{name}_{layer}", TensorProto.FLOAT, shape))
            g.nodes.append(
                helper.make_node("TensorScatter", [inputs[-1].name, row, "position"], [outputs[-1].name], name=f"scatter_{name}_{layer}", axis=2)
            )
            feeds[outputs[-1].name] = inputs[-1].name
            present.append(outputs[-1].name)
        scores = g.add("MatMul", q, g.add("Transpose", present[0], perm=[0, 1, 3, 2]))
        scores = g.add("Add", g.add("Mul", scores, g.constant(numpy.float32(depth**-0.5))), mask)
        attended = g.add("MatMul", g.add("Softmax", scores, axis=-1), present[1])
        attended = g.add("Reshape", g.add("Transpose", attended, perm=[0, 2, 1, 3]), g.integers(1, 1, width))
        x = g.add("Add", x, g.linear(f"h.{layer}.proj", attended, width, width))
        up = g.add("Gelu", g.linear(f"h.{layer}.up", g.norm(f"h.{layer}.ln_2", x, width), width, 4 * width), approximate="tanh")
        x = g.add("Add", x, g.linear(f"h.{layer}.down", up, 4 * width, width))
    normed = g.norm("ln_f", x, width)
    g.nodes.append(helper.make_node("MatMul", [normed, g.add("Transpose", table, perm=[1, 0])], ["logits"], name="head"))
    g.nodes.append(helper.make_node("ArgMax", ["logits"], ["next_ids"], name="greedy", axis=-1, keepdims=0))
    g.nodes.append(helper.make_node("Add", ["position", g.integers(1)], ["next_position"], name="advance"))
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1, vocabulary]),
        helper.make_tensor_value_info("next_ids", TensorProto.INT64, [1, 1]),
        helper.make_tensor_value_info("next_position", TensorProto.INT64, [1]),
    ] + outputs
    graph = helper.make_graph(g.nodes, "gpt2_step", inputs, outputs, g.weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 24)], ir_version=10), feeds


def generate(model, feeds, prompt, count):
    """Inputs of the first step, and of each step the token that was made and its outputs."""
    onnxruntime.set_default_logger_severity(3)  # it warns that it copies the cache
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    values = {}
    for entry in session.get_inputs():
        values[entry.name] = numpy.zeros(entry.shape, numpy.int64 if "int" in entry.type else numpy.float32)
    values["input_ids"][0, 0] = prompt[0]
    first, steps = dict(values), []
    for step in range(len(prompt) + count - 1):
        if step < len(prompt):
            values["input_ids"] = numpy.array([[prompt[step]]], numpy.int64)
        steps.append(dict(zip(names, session.run(None, values))))
        values = {entry: steps[-1][output] for output, entry in feeds.items()}
    return first, steps


def export(name, folder):
    *sizes, prompt, count = SIZES[name]
    model, feeds = build(*sizes)
    onnx.checker.check_model(model, full_check=True)
    first, steps = generate(model, feeds, prompt, count)

    def save(place, values):
        place.mkdir(parents=True, exist_ok=True)
        for key, value in values.items():
            numpy.save(place / f"{key}.npy", value)

    folder = folder / name
    save(folder / "inputs", first)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "feeds").write_text(",".join(f"{output}:{entry}" for output, entry in feeds.items()) + "\n")
    for step, outputs in enumerate(steps):
        if 0 < step < len(prompt):
            save(folder / "inputs" / f"step_{step}", {"input_ids": numpy.array([[prompt[step]]], numpy.int64)})
        save(folder / "expected" / f"step_{step}", {key: outputs[key] for key in ("logits", "next_ids", "next_position")})
    save(folder / "expected", {key: value for key, value in steps[-1].items() if key.startswith("present")})
    print(name, "steps", len(steps), "tokens", *(int(outputs["next_ids"].item()) for outputs in steps[len(prompt) - 1 :]), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    for wanted in sys.argv[2:] or SIZES:
        export(wanted, pathlib.Path(sys.argv[1]))
