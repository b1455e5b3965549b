"""Operators that move elements."""

import numpy as np

from .graph import F32, Skip, broadcast, operator


@operator("Transpose", weight=2)
def draw_transpose(graph, op):
    v = graph.take("fiub")
    p = [int(x) for x in graph.rng.permutation(v.rank)]
    if graph.chance(0.15):
        graph.add(op, [v], v.dtype, v.shape[::-1], v.exact)
    else:
        graph.add(op, [v], v.dtype, tuple(v.shape[k] for k in p), v.exact, perm=p)


@operator("Reshape", weight=2)
def draw_reshape(graph, op):
    v = graph.take("ffiub")
    n = v.size
    sh = []
    while n > 1 and len(sh) < 4:
        f = graph.choose([k for k in range(1, n + 1) if n % k == 0])
        sh.append(f)
        n //= f
    if n > 1:
        sh.append(n)
    if graph.chance(0.2):
        sh.insert(graph.integer(0, len(sh)), 1)
    k = list(sh)
    if k and graph.chance(0.4):
        k[graph.integer(0, len(k) - 1)] = -1
    for j in range(min(len(k), v.rank)):
        if k[j] == v.shape[j] and graph.chance(0.3):
            k[j] = 0
    graph.add(op, [v, graph.integers(k)], v.dtype, sh, v.exact)


@operator("Squeeze", weight=0.5)
def draw_squeeze(graph, op):
    v = graph.take("fib", lo=1, cond=lambda v: 1 in v.shape)
    ones = [k for k, d in enumerate(v.shape) if d == 1]
    ax = [k for k in ones if graph.chance()] or ones
    sh = tuple(d for k, d in enumerate(v.shape) if k not in ax)
    if ax == ones and graph.chance(0.3):
        return graph.add(op, [v], v.dtype, sh, v.exact)
    (
        graph.add(op, [v, graph.integers(ax)], v.dtype, sh, v.exact)
        if graph.opset >= 13
        else graph.add(op, [v], v.dtype, sh, v.exact, axes=ax)
    )


@operator("Unsqueeze", weight=0.5)
def draw_unsqueeze(graph, op):
    v = graph.take("fib")
    n = graph.integer(1, 2)
    r = v.rank + n
    ax = sorted(int(x) for x in graph.rng.permutation(r)[:n])
    it = iter(v.shape)
    sh = tuple(1 if k in ax else next(it) for k in range(r))
    ax2 = [a - r if graph.chance(0.3) else a for a in ax]
    (
        graph.add(op, [v, graph.integers(ax2)], v.dtype, sh, v.exact)
        if graph.opset >= 13
        else graph.add(op, [v], v.dtype, sh, v.exact, axes=ax2)
    )


@operator("Flatten", weight=0.3)
def draw_flatten(graph, op):
    v = graph.take("fi", lo=1)
    a = graph.integer(0, v.rank)
    graph.add(op, [v], v.dtype, (int(np.prod(v.shape[:a])), int(np.prod(v.shape[a:]))), v.exact, axis=a)


@operator("Slice", weight=2)
def draw_slice(graph, op):
    v = graph.take("ffiub", lo=1)
    n = graph.integer(1, v.rank)
    ax = [int(x) for x in graph.rng.permutation(v.rank)[:n]]
    sh = list(v.shape)
    st, en, sp = [], [], []
    for a in ax:
        d = v.shape[a]
        step = graph.choose([1, 1, 1, 2, 3, -1, -2])
        x, y = graph.integer(-d - 2, d + 2), graph.integer(-d - 2, d + 2)
        if graph.chance(0.2):
            y = 2**63 - 1 if step > 0 else -(2**63)
        m = len(range(*slice(x, max(min(y, 10**9), -(10**9)), step).indices(d)))
        if m == 0:
            x, y, step, m = 0, d, 1, d
        st.append(x)
        en.append(y)
        sp.append(step)
        sh[a] = m
    ins = [v, graph.integers(st), graph.integers(en)]
    if n != v.rank or ax != list(range(v.rank)) or graph.chance():
        ins.append(graph.integers([a - v.rank if graph.chance(0.3) else a for a in ax]))
    else:
        ins.append("")
    if any(s != 1 for s in sp) or graph.chance(0.3):
        ins.append(graph.integers(sp))
    while ins[-1] == "":
        ins.pop()
    graph.add(op, ins, v.dtype, tuple(sh), v.exact)


@operator("Split", weight=0.8)
def draw_split(graph, op):
    v = graph.take("fib", lo=1, cond=lambda v: max(v.shape) > 1)
    a = graph.choose([k for k, d in enumerate(v.shape) if d > 1])
    d = v.shape[a]
    n = graph.integer(2, min(d, 4))
    cuts = sorted(int(x) + 1 for x in graph.rng.permutation(d - 1)[: n - 1])
    parts = np.diff([0] + cuts + [d]).tolist()
    shs = [tuple(p if k == a else e for k, e in enumerate(v.shape)) for p in parts]
    a = a - v.rank if graph.chance(0.4) else a
    if graph.opset >= 18 and graph.chance(0.3):
        c = -(-d // n)
        parts = [c] * (d // c) + ([d % c] if d % c else [])
        if len(parts) == n:
            return graph.add(
                op,
                [v],
                [v.dtype] * n,
                [tuple(p if k == a % v.rank else e for k, e in enumerate(v.shape)) for p in parts],
                v.exact,
                n,
                axis=a,
                num_outputs=n,
            )
    if graph.opset >= 13:
        graph.add(op, [v, graph.integers(parts)], [v.dtype] * n, shs, v.exact, n, axis=a)
    else:
        graph.add(op, [v], [v.dtype] * n, shs, v.exact, n, axis=a, split=parts)


@operator("Concat", weight=1.5)
def draw_concat(graph, op):
    v = graph.take("ffib", lo=1)
    a = graph.axis(v)
    vs = [v]
    for _ in range(graph.integer(0, 3)):
        c = [
            w
            for w in graph.values[-8:]
            if w.dtype == v.dtype
            and w.rank == v.rank
            and all(x == y for k, (x, y) in enumerate(zip(w.shape, v.shape)) if k != a % v.rank)
        ]
        vs.append(
            graph.choose(c)
            if c and graph.chance()
            else graph.fresh(
                v.dtype, tuple(graph.integer(1, 5) if k == a % v.rank else d for k, d in enumerate(v.shape))
            )
        )
    graph.rng.shuffle(vs)
    graph.add(
        op,
        vs,
        v.dtype,
        tuple(sum(w.shape[a] for w in vs) if k == a % v.rank else d for k, d in enumerate(v.shape)),
        all(w.exact for w in vs),
        axis=a,
    )


@operator("Expand", weight=0.6)
def draw_expand(graph, op):
    v = graph.take("fib", cond=lambda v: v.size < 200)
    tgt = [graph.integer(2, 4) if d == 1 and graph.chance() else d if graph.chance(0.7) else 1 for d in v.shape]
    tgt = [graph.integer(1, 3)] * graph.integer(0, 1) + tgt
    sh = broadcast(v.shape, tuple(tgt))
    if sh is None:
        raise Skip()
    graph.add(op, [v, graph.integers(tgt)], v.dtype, sh, v.exact)


@operator("Tile", weight=0.5)
def draw_tile(graph, op):
    v = graph.take("fi", lo=1, cond=lambda v: v.size < 150)
    r = [graph.integer(1, 3) for _ in v.shape]
    sh = tuple(a * b for a, b in zip(r, v.shape))
    if np.prod(sh) > 3000:
        raise Skip()
    graph.add(op, [v, graph.integers(r)], v.dtype, sh, v.exact)


@operator("Pad", weight=1.2)
def draw_pad(graph, op):
    v = graph.take("ffi", lo=1, cond=lambda v: v.dtype != np.int16)
    mode = graph.choose(["constant"] * 3 + ["edge", "reflect"] + (["wrap"] if graph.opset >= 19 else []))
    b, e = [], []
    for d in v.shape:
        m = d - 1 if mode == "reflect" else d if mode == "wrap" else 3
        b.append(graph.integer(0, min(m, 3)) if graph.chance(0.6) else 0)
        e.append(graph.integer(0, min(m, 3)) if graph.chance(0.6) else 0)
    if mode == "constant" and graph.chance(0.2):
        k = graph.integer(0, v.rank - 1)
        if v.shape[k] > 2:
            b[k] = -1
    sh = tuple(d + x + y for d, x, y in zip(v.shape, b, e))
    ins = [v, graph.integers(b + e)]
    if mode == "constant" and graph.chance():
        ins.append(graph.constant(np.asarray(graph.integer(-3, 3), v.dtype)))
    graph.add(op, ins, v.dtype, sh, v.exact, mode=mode if mode != "constant" or graph.chance() else None)


@operator("DepthToSpace", weight=0.3)
def draw_depthtospace(graph, op):
    b = graph.integer(2, 3)
    v = graph.fresh(F32, (graph.integer(1, 2), b * b * graph.integer(1, 3), graph.integer(1, 4), graph.integer(1, 4)))
    n, c, h, w = v.shape
    graph.add(op, [v], F32, (n, c // b // b, h * b, w * b), True, blocksize=b, mode=graph.choose(["DCR", "CRD"]))


@operator("SpaceToDepth", weight=0.3)
def draw_spacetodepth(graph, op):
    b = graph.integer(2, 3)
    v = graph.fresh(F32, (graph.integer(1, 2), graph.integer(1, 3), b * graph.integer(1, 3), b * graph.integer(1, 3)))
    n, c, h, w = v.shape
    graph.add(op, [v], F32, (n, c * b * b, h // b, w // b), True, blocksize=b)


@operator("Trilu", weight=0.4)
def draw_trilu(graph, op):
    if graph.opset < 14:
        raise Skip()
    v = graph.take("ffi", lo=2, cond=lambda v: v.dtype in (F32, np.int64))
    ins = [v] + ([graph.constant(np.asarray(graph.integer(-4, 4), np.int64))] if graph.chance(0.7) else [])
    graph.add(op, ins, v.dtype, v.shape, v.exact, upper=int(graph.chance()))


@operator("CenterCropPad", weight=0.3)
def draw_centercroppad(graph, op):
    if graph.opset < 18:
        raise Skip()
    v = graph.take("fi", lo=1, cond=lambda v: v.dtype in (F32, np.int32, np.int64))
    n = graph.integer(1, v.rank)
    ax = [int(x) for x in graph.rng.permutation(v.rank)[:n]]
    sz = [graph.integer(1, 9) for _ in ax]
    sh = list(v.shape)
    for a, q in zip(ax, sz):
        sh[a] = q
    if np.prod(sh) > 4000:
        raise Skip()
    graph.add(op, [v, graph.integers(sz)], v.dtype, sh, v.exact, axes=ax)


@operator("Compress", weight=0.3)
def draw_compress(graph, op):
    v = graph.take("fib", lo=1)
    a = graph.axis(v) if graph.chance(0.7) else None
    n = v.shape[a] if a is not None else v.size
    c = graph.rng.random(graph.integer(1, n)) < 0.5
    c[graph.integer(0, len(c) - 1)] = True
    k = int(c.sum())
    graph.add(
        op,
        [v, graph.constant(c)],
        v.dtype,
        (k,) if a is None else tuple(k if j == a % v.rank else d for j, d in enumerate(v.shape)),
        v.exact,
        axis=a,
    )
