"""Reductions, orders and normalizations."""

import numpy as np

from .graph import F32, Skip, operator


@operator(
    "ReduceSum",
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSumExp",
    "ReduceSumSquare",
    "ReduceLogSum",
    weight=0.7,
)
def draw_reducesum(graph, op):
    kinds = (
        "fffi" if op in ("ReduceSum", "ReduceMax", "ReduceMin", "ReduceSumSquare", "ReduceL1", "ReduceProd") else "f"
    )
    v = graph.take(
        kinds,
        positive=op == "ReduceLogSum",
        cond=lambda v: v.dtype in (F32, np.int32, np.int64) and v.size < (40000 if graph.large else 400),
    )
    kd = graph.chance()
    axes = (
        None
        if graph.chance(0.15)
        else sorted(int(x) for x in graph.rng.permutation(v.rank)[: graph.integer(1, v.rank)]) if v.rank else None
    )
    asin = graph.opset >= 18 or (op == "ReduceSum" and graph.opset >= 13)
    eff = range(v.rank) if axes is None else axes
    ins, at = [v], dict(keepdims=int(kd)) if not (kd and graph.chance()) else {}
    if asin and graph.chance(0.1):
        axes = []
        noop = int(graph.chance())
        at["noop_with_empty_axes"] = noop
        eff = [] if noop else range(v.rank)
    sh = tuple(1 if k in eff else d for k, d in enumerate(v.shape) if kd or k not in eff)
    if axes is not None:
        ax = [a - v.rank if graph.chance(0.3) else a for a in axes]
        if asin:
            ins.append(graph.integers(ax))
        elif ax:
            at["axes"] = ax
    graph.add(op, ins, v.dtype, sh, v.exact and (v.dtype.kind != "f" or op in ("ReduceMax", "ReduceMin")), **at)


@operator("ArgMax", "ArgMin", weight=0.6)
def draw_argmax(graph, op):
    if graph.opset < 12:
        raise Skip()
    v = graph.take("ffi", lo=1, exact=True, cond=lambda v: v.dtype in (F32, np.int32))
    a = graph.axis(v)
    kd = graph.chance()
    graph.add(
        op,
        [v],
        np.int64,
        tuple(1 if k == a % v.rank else d for k, d in enumerate(v.shape) if kd or k != a % v.rank),
        True,
        axis=a,
        keepdims=int(kd),
        select_last_index=int(graph.chance()),
    )


@operator("CumSum", weight=0.5)
def draw_cumsum(graph, op):
    v = graph.take("ffi", lo=1, cond=lambda v: v.dtype in (F32, np.int32, np.int64))
    graph.add(
        op,
        [v, graph.constant(np.asarray(graph.axis(v), np.int64))],
        v.dtype,
        v.shape,
        v.dtype.kind != "f",
        exclusive=int(graph.chance(0.3)),
        reverse=int(graph.chance(0.3)),
    )


@operator("TopK", weight=0.5)
def draw_topk(graph, op):
    v = graph.take("ffi", lo=1, exact=True, cond=lambda v: v.dtype in (F32, np.int32, np.int64))
    a = graph.axis(v)
    k = graph.integer(1, v.shape[a])
    sh = tuple(k if j == a % v.rank else d for j, d in enumerate(v.shape))
    graph.add(op, [v, graph.integers([k])], (v.dtype, np.int64), (sh, sh), True, 2, axis=a, largest=int(graph.chance()))


@operator("Softmax", "LogSoftmax", weight=1)
def draw_softmax(graph, op):
    v = graph.take("f", lo=1)
    graph.add(op, [v], v.dtype, v.shape, axis=graph.axis(v) if graph.opset >= 13 or graph.chance() else None)


@operator("Hardmax", weight=0.2)
def draw_hardmax(graph, op):
    v = graph.take("f", lo=1, exact=True, cond=lambda v: v.dtype == F32)
    graph.add(op, [v], v.dtype, v.shape, True, axis=graph.axis(v))


@operator("LayerNormalization", weight=0.7)
def draw_layernormalization(graph, op):
    if graph.opset < 17:
        raise Skip()
    v = graph.take("f", lo=1, cond=lambda v: v.dtype == F32)
    a = graph.axis(v)
    sh = v.shape[a:] if a < 0 else v.shape[a:]
    ins = [v, graph.fresh(F32, sh)] + ([graph.fresh(F32, sh)] if graph.chance(0.7) else [])
    graph.add(op, ins, F32, v.shape, axis=a, epsilon=float(graph.choose([1e-5, 1e-3])))


@operator("InstanceNormalization", weight=0.3)
def draw_instancenormalization(graph, op):
    v = graph.take("f", lo=3, cond=lambda v: v.dtype == F32 and np.prod(v.shape[2:]) > 1)
    graph.add(op, [v, graph.fresh(F32, v.shape[1:2]), graph.fresh(F32, v.shape[1:2])], F32, v.shape)


@operator("GroupNormalization", weight=0.3)
def draw_groupnormalization(graph, op):
    if graph.opset < 21:
        raise Skip()
    v = graph.take("f", lo=3, cond=lambda v: v.dtype == F32 and np.prod(v.shape[2:]) > 1)
    c = v.shape[1]
    n = graph.choose([k for k in range(1, c + 1) if c % k == 0])
    graph.add(op, [v, graph.fresh(F32, (c,)), graph.fresh(F32, (c,))], F32, v.shape, num_groups=n)


@operator("BatchNormalization", weight=0.4)
def draw_batchnormalization(graph, op):
    v = graph.take("f", lo=2, cond=lambda v: v.dtype == F32)
    c = v.shape[1:2]
    graph.add(
        op, [v, graph.fresh(F32, c), graph.fresh(F32, c), graph.fresh(F32, c), graph.fresh(F32, c, True)], F32, v.shape
    )


@operator("LpNormalization", weight=0.2)
def draw_lpnormalization(graph, op):
    v = graph.take("f", lo=1, positive=True, cond=lambda v: v.dtype == F32)
    graph.add(op, [v], F32, v.shape, axis=graph.axis(v), p=graph.integer(1, 2))


@operator("RMSNormalization", weight=0.3)
def draw_rmsnormalization(graph, op):
    if graph.opset < 23:
        raise Skip()
    v = graph.take("f", lo=1, cond=lambda v: v.dtype == F32)
    a = graph.axis(v)
    graph.add(op, [v, graph.fresh(F32, v.shape[a:])], F32, v.shape, axis=a)
