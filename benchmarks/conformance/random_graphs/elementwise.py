"""Operators on elements by themselves."""

import numpy as np

from .graph import ELEMENT_TYPES, F32, Skip, Value, broadcast, operator


@operator("Abs", "Neg", weight=0.5)
def draw_abs(graph, op):
    v = graph.take("fi")
    graph.add(op, [v], v.dtype, v.shape, v.exact)


@operator("Relu", weight=2)
def draw_relu(graph, op):
    v = graph.take("f")
    graph.add(op, [v], v.dtype, v.shape, v.exact)


@operator(
    "Sigmoid",
    "Tanh",
    "Erf",
    "Softplus",
    "Softsign",
    "Elu",
    "Selu",
    "LeakyRelu",
    "HardSigmoid",
    "Sin",
    "Cos",
    "Atan",
    "Celu",
    "Sinh",
    "Asinh",
    "Gelu",
    "Mish",
    "HardSwish",
    "Exp",
    weight=0.5,
)
def draw_sigmoid(graph, op):
    if (
        op == "Gelu"
        and graph.opset < 20
        or op == "Mish"
        and graph.opset < 18
        or op == "HardSwish"
        and graph.opset < 14
        or op == "Celu"
        and graph.opset < 12
    ):
        raise Skip()
    v = graph.take(
        "f",
        cond=lambda v: v.dtype == F32 if op in ("Celu", "Sinh", "Asinh", "Atan", "Erf", "Mish", "HardSwish") else True,
    )
    at = {}
    if op in ("Elu", "LeakyRelu", "Celu") and graph.chance():
        at["alpha"] = float(graph.choose([0.01, 0.5, 1.5, 2.0]))
    if op == "HardSigmoid" and graph.chance():
        at = dict(alpha=0.3, beta=0.4)
    if op == "Gelu" and graph.chance():
        at["approximate"] = "tanh"
    if op in ("Exp", "Sinh"):
        v = graph.add("Tanh", [v], v.dtype, v.shape)
    graph.add(op, [v], v.dtype, v.shape, **at)


@operator("Sqrt", "Log", "Reciprocal", weight=0.5)
def draw_sqrt(graph, op):
    v = graph.take("f", positive=True)
    graph.add(op, [v], v.dtype, v.shape)


@operator("Ceil", "Floor", "Round", "Sign", weight=0.5)
def draw_ceil(graph, op):
    v = graph.take("f" if op != "Sign" else "fi", exact=True)
    graph.add(op, [v], v.dtype, v.shape, True)


@operator("Identity", weight=0.3)
def draw_identity(graph, op):
    v = graph.take("fibu")
    graph.add(op, [v], v.dtype, v.shape, v.exact)


@operator("IsNaN", weight=0.2)
def draw_isnan(graph, op):
    v = graph.take("f")
    graph.add(op, [v], bool, v.shape, True)


@operator("Not", weight=0.5)
def draw_not(graph, op):
    v = graph.take("b")
    graph.add(op, [v], bool, v.shape, True)


@operator("Clip", weight=0.8)
def draw_clip(graph, op):
    if graph.opset < 12:
        raise Skip()
    v = graph.take("fi", cond=lambda v: v.dtype in (F32, np.float16, np.int32, np.int64, np.int8))
    a, b = sorted(graph.array(np.float32, 2))
    lo = graph.constant(np.asarray(int(a) if v.dtype.kind == "i" else a, v.dtype)) if graph.chance(0.8) else ""
    hi = graph.constant(np.asarray(int(b) if v.dtype.kind == "i" else b, v.dtype)) if graph.chance(0.7) else ""
    ins = [v, lo, hi]
    while not (isinstance(ins[-1], Value) or ins[-1]):
        ins.pop()
    graph.add(op, ins, v.dtype, v.shape, v.exact)


@operator("Cast", weight=1.5)
def draw_cast(graph, op):
    v = graph.take("fiub", exact=True)
    d = np.dtype(graph.choose([F32, np.float16, np.int64, np.int32, np.int8, np.uint8, np.bool_]))
    if v.dtype.kind == "f" and d.kind in "u":
        v = graph.add("Abs", [v], v.dtype, v.shape, True)
    graph.add(op, [v], d, v.shape, True, to=ELEMENT_TYPES[d])


@operator("PRelu", weight=0.4)
def draw_prelu(graph, op):
    v = graph.take("f", lo=1, cond=lambda v: v.dtype == F32)
    sh = tuple(d if graph.chance(0.6) else 1 for d in v.shape)
    sh = sh[graph.integer(0, len(sh) - 1) :]
    s = graph.fresh(v.dtype, sh)
    graph.add(op, [v, s], v.dtype, v.shape)


@operator("Add", "Sub", "Mul", weight=3)
def draw_add(graph, op):
    v = graph.take("fffi", cond=lambda v: v.dtype.itemsize > 1)
    w = graph.partner(v)
    if graph.chance():
        v, w = w, v
    graph.add(op, [v, w], v.dtype, broadcast(v.shape, w.shape), v.dtype.kind != "f")


@operator("Div", weight=1)
def draw_div(graph, op):
    v = graph.take("ffi", cond=lambda v: v.dtype.itemsize > 1)
    w = graph.partner(v, positive=True)
    if v.dtype.kind != "f":
        w = graph.fresh(v.dtype, w.shape, True)
        w = graph.add("Add", [w, graph.constant(np.asarray(1, v.dtype))], v.dtype, w.shape, True)
    graph.add(op, [v, w], v.dtype, broadcast(v.shape, w.shape), v.dtype.kind != "f")


@operator("Pow", weight=0.5)
def draw_pow(graph, op):
    if graph.opset < 12:
        raise Skip()
    v = graph.take("f", positive=True)
    w = graph.fresh(v.dtype, graph.broadcastable(v.shape)) if graph.chance() else None
    if w is None:
        c = graph.constant(np.asarray(graph.choose([2, 3, 0.5, -1, 0, 1, -2]), v.dtype))
        graph.add(op, [v, c], v.dtype, v.shape)
    else:
        graph.add(op, [v, w], v.dtype, broadcast(v.shape, w.shape))


@operator("Mod", weight=0.7)
def draw_mod(graph, op):
    v = graph.take("ffiu", exact=True, cond=lambda v: v.dtype != np.float16 and v.dtype.itemsize > 0)
    f = v.dtype.kind == "f" or graph.chance(0.3)
    w = graph.fresh(v.dtype, graph.broadcastable(v.shape), True)
    if v.dtype.kind != "f":
        if v.dtype not in (np.int32, np.int64):
            raise Skip()
        w = graph.add("Add", [w, graph.constant(np.asarray(1, v.dtype))], v.dtype, w.shape, True)
    graph.add(op, [v, w], v.dtype, broadcast(v.shape, w.shape), True, fmod=int(f))


@operator("Min", "Max", "Sum", "Mean", weight=0.8)
def draw_min(graph, op):
    v = graph.take("ffi" if op in ("Min", "Max") else "f", cond=lambda v: v.dtype.itemsize > 1 and v.dtype != np.int16)
    vs = [v]
    sh = v.shape
    for _ in range(graph.integer(0, 3)):
        w = graph.fresh(v.dtype, graph.broadcastable(sh))
        sh = broadcast(sh, w.shape)
        vs.append(w)
    graph.add(op, vs, v.dtype, sh, op in ("Min", "Max") and all(x.exact for x in vs))


@operator("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", weight=0.6)
def draw_equal(graph, op):
    if "OrEqual" in op and graph.opset < 12:
        raise Skip()
    v = graph.take("fi", exact=True, cond=lambda v: v.dtype not in (np.int8, np.int16))
    w = graph.fresh(v.dtype, graph.broadcastable(v.shape))
    graph.add(op, [v, w], bool, broadcast(v.shape, w.shape), True)


@operator("And", "Or", "Xor", weight=0.5)
def draw_and(graph, op):
    v = graph.take("b")
    w = graph.fresh(bool, graph.broadcastable(v.shape))
    graph.add(op, [v, w], bool, broadcast(v.shape, w.shape), True)


@operator("BitwiseAnd", "BitwiseOr", "BitwiseXor", weight=0.3)
def draw_bitwiseand(graph, op):
    if graph.opset < 18:
        raise Skip()
    v = graph.take("iu")
    w = graph.fresh(v.dtype, graph.broadcastable(v.shape))
    graph.add(op, [v, w], v.dtype, broadcast(v.shape, w.shape), True)


@operator("BitShift", weight=0.3)
def draw_bitshift(graph, op):
    v = graph.fresh(graph.choose([np.uint8, np.uint32]), graph.shape())
    w = Value(
        graph.constant(np.asarray(graph.rng.integers(0, 8, graph.broadcastable(v.shape)), v.dtype)), v.dtype, (), True
    )
    w.shape = graph.constants[w.name].shape
    graph.add(op, [v, w], v.dtype, broadcast(v.shape, w.shape), True, direction=graph.choose(["LEFT", "RIGHT"]))


@operator("Where", weight=1)
def draw_where(graph, op):
    c = graph.take("b")
    v = graph.fresh(graph.choose([F32, F32, np.float16, np.int64, np.int32, np.uint8]), graph.broadcastable(c.shape))
    w = graph.fresh(v.dtype, graph.broadcastable(broadcast(c.shape, v.shape)))
    graph.add(op, [c, v, w], v.dtype, broadcast(broadcast(c.shape, v.shape), w.shape), True)


@operator("QuantizeLinear", weight=0.6)
def draw_quantizelinear(graph, op):
    v = graph.take("f", exact=True, lo=1, cond=lambda v: v.dtype == F32)
    d = graph.choose([np.int8, np.uint8])
    a = graph.axis(v)
    if graph.chance(0.6) or graph.opset < 13:
        s, z, at = graph.constant(np.asarray(0.25, F32)), graph.constant(np.asarray(graph.integer(0, 9), d)), {}
    else:
        n = v.shape[a]
        s, z, at = (
            graph.constant(np.asarray(2.0 ** graph.rng.integers(-3, 1, n), F32)),
            graph.constant(np.asarray(graph.rng.integers(0, 9, n), d)),
            dict(axis=a),
        )
    graph.add(op, [v, s, z], d, v.shape, True, **at)


@operator("DequantizeLinear", weight=0.6)
def draw_dequantizelinear(graph, op):
    v = graph.take("iu", lo=1, cond=lambda v: v.dtype in (np.int8, np.uint8))
    a = graph.axis(v)
    if graph.chance(0.6) or graph.opset < 13:
        s, z, at = graph.constant(np.asarray(0.25, F32)), graph.constant(np.asarray(graph.integer(0, 9), v.dtype)), {}
    else:
        n = v.shape[a]
        s, z, at = (
            graph.constant(np.asarray(graph.rng.random(n) + 0.1, F32)),
            graph.constant(np.asarray(graph.rng.integers(0, 9, n), v.dtype)),
            dict(axis=a),
        )
    graph.add(op, [v, s, z], F32, v.shape, False, **at)


@operator("Dropout", weight=0.2)
def draw_dropout(graph, op):
    v = graph.take("f")
    graph.add(op, [v], v.dtype, v.shape, v.exact)
