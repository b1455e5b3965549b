#!/usr/bin/env python3
"""Exports public networks at full size with seeded weights and reference outputs.

    export.py FOLDER [NAME...]      needs PyPI's torch, torchvision, onnx, onnxscript, onnxruntime

Each case is a folder in the layout of ONNX test data; the reference is onnxruntime's output. Nothing is downloaded.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
import torch
import torchvision.models

VISION = (
    "alexnet convnext_tiny densenet121 efficientnet_b0 googlenet mobilenet_v2 mobilenet_v3_small resnet18 resnet50 "
    "shufflenet_v2_x1_0 squeezenet1_1 swin_t vgg11 vit_b_16"
).split()


class Decoder(torch.nn.Module):
    """Pre-norm blocks with causal attention and a tied head, as GPT-2 has them."""

    def __init__(self, layers, width, heads, vocabulary):
        super().__init__()
        self.heads = heads
        self.tokens = torch.nn.Embedding(vocabulary, width)
        self.places = torch.nn.Embedding(1024, width)
        self.layers = torch.nn.ModuleList()
        for _ in range(layers):
            self.layers.append(
                torch.nn.ModuleDict(
                    {
                        "norm1": torch.nn.LayerNorm(width),
                        "qkv": torch.nn.Linear(width, 3 * width),
                        "out": torch.nn.Linear(width, width),
                        "norm2": torch.nn.LayerNorm(width),
                        "up": torch.nn.Linear(width, 4 * width),
                        "down": torch.nn.Linear(4 * width, width),
                    }
                )
            )
        self.norm = torch.nn.LayerNorm(width)

    def forward(self, ids):
        batch, length = ids.shape
        x = self.tokens(ids) + self.places(torch.arange(length))
        for layer in self.layers:
            split = layer["qkv"](layer["norm1"](x)).chunk(3, -1)
            q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in split)
            attended = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + layer["out"](attended.transpose(1, 2).reshape(batch, length, -1))
            x = x + layer["down"](torch.nn.functional.gelu(layer["up"](layer["norm2"](x)), approximate="tanh"))
        return self.norm(x) @ self.tokens.weight.T


def build(name):
    """The network and its input."""
    if name.startswith("gpt2"):  # gpt2, or gpt2_N with N narrow layers
        ids = torch.randint(0, 1000, (1, 64))
        if name == "gpt2":
            return Decoder(12, 768, 12, 50257), ids
        return Decoder(int(name.split("_")[1]), 256, 4, 1000), ids
    if name == "bert_base":
        layer = torch.nn.TransformerEncoderLayer(768, 12, 3072, activation="gelu", batch_first=True)
        return torch.nn.TransformerEncoder(layer, 12, enable_nested_tensor=False), torch.randn(1, 128, 768)
    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    return getattr(torchvision.models, name)(**options), torch.randn(1, 3, 224, 224)


def rcnn(path):
    """R-CNN's network for ILSVRC13: CaffeNet, whose normalisations follow the pools, with 200 scores and no softmax."""
    nodes, weights, random = [], [], numpy.random.default_rng(0)

    def add(kind, inputs, **attributes):
        nodes.append(onnx.helper.make_node(kind, inputs, [f"v{len(nodes)}"], **attributes))
        return nodes[-1].output[0]

    def weigh(*shape):
        values = random.standard_normal(shape, dtype=numpy.float32) / numpy.sqrt(numpy.prod(shape[1:]), dtype=numpy.float32)
        weights.append(onnx.numpy_helper.from_array(values, f"w{len(weights)}"))
        return weights[-1].name

    x = "data"
    for channels, inputs, kernel, stride, pad, group, after in (
        (96, 3, 11, 4, 0, 1, ("pool", "norm")),
        (256, 96, 5, 1, 2, 2, ("pool", "norm")),
        (384, 256, 3, 1, 1, 1, ()),
        (384, 384, 3, 1, 1, 2, ()),
        (256, 384, 3, 1, 1, 2, ("pool",)),
    ):
        operands = [x, weigh(channels, inputs // group, kernel, kernel), weigh(channels)]
        x = add("Relu", [add("Conv", operands, strides=[stride] * 2, pads=[pad] * 4, group=group)])
        if "pool" in after:
            x = add("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2])
        if "norm" in after:
            x = add("LRN", [x], size=5, alpha=1e-4, beta=0.75)
    x = add("Flatten", [x])
    for outputs, inputs in ((4096, 9216), (4096, 4096), (200, 4096)):
        x = add("Gemm", [x, weigh(outputs, inputs), weigh(outputs)], transB=1)
        x = add("Relu", [x]) if outputs != 200 else x
    floats = onnx.TensorProto.FLOAT
    entry = onnx.helper.make_tensor_value_info("data", floats, [1, 3, 227, 227])
    result = onnx.helper.make_tensor_value_info(x, floats, [1, 200])
    graph = onnx.helper.make_graph(nodes, "rcnn_ilsvrc13", [entry], [result], weights)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8), str(path))


def export_network(name, path):
    """Writes the network; returns its input."""
    torch.manual_seed(0)
    if name == "rcnn_ilsvrc13":
        rcnn(path)
        return torch.randn(1, 3, 227, 227)
    network, x = build(name)
    network.eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # as after training
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
        if isinstance(module, torch.nn.Linear) and not module.weight.any():  # a head that starts at zero checks nothing
            torch.nn.init.normal_(module.weight, std=0.02)
    torch.onnx.export(network, (x,), str(path), dynamo=True, external_data=False, verbose=False)
    return x


def export(name, folder):
    data = folder / name / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    path = folder / name / "model.onnx"
    x = export_network(name, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    entry, result = session.get_inputs()[0].name, session.get_outputs()[0].name
    reference = session.run(None, {entry: x.numpy()})[0]
    for file, tensor, value in (("input_0.pb", entry, x.numpy()), ("output_0.pb", result, reference)):
        proto = onnx.numpy_helper.from_array(numpy.ascontiguousarray(value), tensor)
        (data / file).write_bytes(proto.SerializeToString())
    print(name, flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for wanted in sys.argv[2:] or VISION + ["gpt2", "gpt2_2", "gpt2_96", "bert_base", "rcnn_ilsvrc13"]:
        export(wanted, pathlib.Path(sys.argv[1]))
