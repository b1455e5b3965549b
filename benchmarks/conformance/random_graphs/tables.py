"""Operators that read or write at positions, and between elements."""

import numpy as np

from .graph import F32, Skip, operator


def index(graph, d, shape):
    a = np.asarray(
        graph.rng.integers(-d, d, shape) if graph.chance() else graph.rng.integers(0, d, shape),
        graph.choose([np.int64, np.int64, np.int32]),
    )
    if graph.chance(0.6):
        return graph.constant(a)
    n = graph.name("i")
    graph.inputs[n] = a
    return n


@operator("Gather", weight=1.5)
def draw_gather(graph, op):
    v = graph.take("ffib", lo=1)
    a = graph.axis(v)
    ish = graph.shape(0, 2, 20)
    sh = v.shape[: a % v.rank] + ish + v.shape[a % v.rank + 1 :]
    if np.prod(sh) > 3000:
        raise Skip()
    graph.add(op, [v, index(graph, v.shape[a], ish)], v.dtype, sh, v.exact, axis=a)


@operator("GatherElements", weight=0.7)
def draw_gatherelements(graph, op):
    v = graph.take("fi", lo=1)
    a = graph.axis(v)
    ish = tuple(graph.integer(1, 6) if k == a % v.rank else graph.integer(1, d) for k, d in enumerate(v.shape))
    graph.add(op, [v, index(graph, v.shape[a], ish)], v.dtype, ish, v.exact, axis=a)


@operator("GatherND", weight=0.6)
def draw_gathernd(graph, op):
    if graph.opset < 12:
        raise Skip()
    v = graph.take("fi", lo=1)
    b = graph.integer(0, min(v.rank - 1, 1)) if graph.chance(0.4) else 0
    k = graph.integer(1, v.rank - b)
    mid = graph.shape(0, 2, 12)
    ish = v.shape[:b] + mid + (k,)
    a = np.stack(
        [graph.rng.integers(-d if graph.chance(0.5) else 0, d, ish[:-1]) for d in v.shape[b : b + k]], -1
    ).astype(np.int64)
    n = graph.constant(a) if graph.chance(0.6) else graph.name("i")
    if n not in graph.constants:
        graph.inputs[n] = a
    graph.add(op, [v, n], v.dtype, ish[:-1] + v.shape[b + k :], v.exact, batch_dims=b)


@operator("ScatterElements", weight=0.6)
def draw_scatterelements(graph, op):
    v = graph.take("f", lo=1, cond=lambda v: v.dtype == F32)
    a = graph.axis(v)
    d = v.shape[a]
    m = graph.integer(1, d)
    ish = tuple(m if k == a % v.rank else graph.integer(1, e) for k, e in enumerate(v.shape))
    red = (
        graph.choose([None, None, "add", "mul"] + (["max", "min"] if graph.opset >= 18 else []))
        if graph.opset >= 16
        else None
    )
    base = np.stack([graph.rng.permutation(d)[:m] for _ in range(int(np.prod(ish)) // m)]).reshape(
        [e for k, e in enumerate(ish) if k != a % v.rank] + [m]
    )
    idx = np.moveaxis(base, -1, a % v.rank).astype(np.int64)
    if red and graph.chance():
        idx = graph.rng.integers(0, d, ish)
    n = graph.constant(np.ascontiguousarray(idx)) if graph.chance() else graph.name("i")
    if n not in graph.constants:
        graph.inputs[n] = np.ascontiguousarray(idx)
    graph.add(op, [v, n, graph.fresh(F32, ish)], F32, v.shape, False, axis=a, **(dict(reduction=red) if red else {}))


@operator("ScatterND", weight=0.6)
def draw_scatternd(graph, op):
    v = graph.take("f", lo=1, cond=lambda v: v.dtype == F32)
    k = graph.integer(1, v.rank)
    tot = int(np.prod(v.shape[:k]))
    m = graph.integer(1, tot) if tot < 20 else graph.integer(1, 20)
    red = (
        graph.choose([None, None, "add", "mul"] + (["max", "min"] if graph.opset >= 18 else []))
        if graph.opset >= 16
        else None
    )
    flat = graph.rng.permutation(tot)[:m] if not red else graph.rng.integers(0, tot, m)
    idx = np.stack(np.unravel_index(flat, v.shape[:k]), -1).astype(np.int64)
    n = graph.constant(idx) if graph.chance() else graph.name("i")
    if n not in graph.constants:
        graph.inputs[n] = idx
    graph.add(
        op, [v, n, graph.fresh(F32, (m,) + v.shape[k:])], F32, v.shape, False, **(dict(reduction=red) if red else {})
    )


@operator("OneHot", weight=0.3)
def draw_onehot(graph, op):
    d = graph.integer(2, 9)
    ish = graph.shape(0, 2, 30)
    a = graph.integer(-len(ish) - 1, len(ish))
    k = a % (len(ish) + 1)
    graph.add(
        op,
        [index(graph, d + 1, ish), graph.constant(np.asarray(d, np.int64)), graph.constant(np.asarray([-1, 2], F32))],
        F32,
        ish[:k] + (d,) + ish[k:],
        True,
        axis=a,
    )


@operator("ReverseSequence", weight=0.2)
def draw_reversesequence(graph, op):
    v = graph.take("f", lo=2, cond=lambda v: v.dtype == F32)
    t = graph.integer(0, 1)
    l = graph.rng.integers(1, v.shape[t] + 1, v.shape[1 - t])
    graph.add(op, [v, graph.constant(np.asarray(l, np.int64))], F32, v.shape, v.exact, time_axis=t, batch_axis=1 - t)


@operator("Resize", weight=0.6)
def draw_resize(graph, op):
    v = graph.fresh(F32, (1, graph.integer(1, 3), graph.integer(2, 6), graph.integer(2, 6)))
    mode = graph.choose(["nearest", "linear", "cubic"])
    at = dict(
        mode=mode,
        coordinate_transformation_mode=graph.choose(
            ["asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"]
        ),
    )
    if mode == "nearest":
        at["nearest_mode"] = graph.choose(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
    if mode == "cubic" and graph.chance():
        at["cubic_coeff_a"] = -0.5
    hw = [graph.integer(1, 10), graph.integer(1, 10)]
    sh = v.shape[:2] + tuple(hw)
    if graph.chance():
        ins = [v, "", "", graph.integers(sh)]
    else:
        s = [graph.choose([0.5, 1.0, 1.5, 2.0, 2.5, 3.0]) for _ in range(2)]
        ins = [
            v,
            "" if graph.opset >= 13 else graph.constant(np.zeros(0, F32)),
            graph.constant(np.asarray([1, 1] + s, F32)),
        ]
        sh = v.shape[:2] + tuple(int(np.floor(d * k)) for d, k in zip(v.shape[2:], s))
    if graph.opset < 13:
        raise Skip()
    graph.add(op, ins, F32, sh, mode == "nearest", **at)


@operator("GridSample", weight=0.4)
def draw_gridsample(graph, op):
    if graph.opset < 16:
        raise Skip()
    nd = 2 if graph.opset < 20 or graph.chance(0.7) else 3
    x = graph.fresh(F32, (graph.integer(1, 2), graph.integer(1, 3)) + tuple(graph.integer(1, 7) for _ in range(nd)))
    gr = graph.fresh(F32, x.shape[:1] + tuple(graph.integer(1, 5) for _ in range(nd)) + (nd,))
    modes = ["bilinear", "nearest", "bicubic"] if graph.opset < 20 else ["linear", "nearest", "cubic"]
    if nd == 3:
        modes = modes[:2]
    graph.add(
        op,
        [x, gr],
        F32,
        x.shape[:2] + gr.shape[1:-1],
        mode=graph.choose(modes),
        padding_mode=graph.choose(["zeros", "border", "reflection"]),
        align_corners=int(graph.chance()),
    )


@operator("RoiAlign", weight=0.3)
def draw_roialign(graph, op):
    if graph.opset < 16:
        raise Skip()
    x = graph.fresh(F32, (graph.integer(1, 3), graph.integer(1, 3), graph.integer(2, 9), graph.integer(2, 9)))
    r = graph.integer(1, 4)
    rois = np.asarray(graph.rng.random((r, 4)) * 8 - 1, F32)
    rois[:, 2:] += rois[:, :2]
    n = graph.name("roi")
    graph.inputs[n] = rois
    graph.add(
        op,
        [x, n, graph.constant(np.asarray(graph.rng.integers(0, x.shape[0], r), np.int64))],
        F32,
        (r, x.shape[1], 1, 1),
        mode="avg",
        output_height=graph.integer(1, 4),
        output_width=graph.integer(1, 4),
        sampling_ratio=graph.integer(1, 3),
        spatial_scale=float(graph.choose([1.0, 0.5, 1.25])),
        coordinate_transformation_mode=graph.choose(["half_pixel", "output_half_pixel"]),
    )
    graph.values.pop()


@operator("AffineGrid", weight=0.1)
def draw_affinegrid(graph, op):
    if graph.opset < 20:
        raise Skip()
    d = graph.integer(2, 3)
    t = graph.fresh(F32, (graph.integer(1, 2), d, d + 1))
    sz = [t.shape[0], 2] + [graph.integer(2, 5) for _ in range(d)]
    graph.add(op, [t, graph.integers(sz)], F32, (t.shape[0],) + tuple(sz[2:]) + (d,), align_corners=int(graph.chance()))
