"""Contractions, windows and transforms."""

import numpy as np

from .graph import F32, Skip, operator


def window(graph, nd, sp):
    k = [graph.integer(1, min(3, d)) for d in sp]
    st = [graph.integer(1, 3) for _ in range(nd)]
    p = [graph.integer(0, x - 1) if x > 1 else 0 for x in k] + [graph.integer(0, x - 1) if x > 1 else 0 for x in k]
    return k, st, p


@operator("MatMul", weight=3)
def draw_matmul(graph, op):
    v = graph.take("f", lo=1, hi=4, cond=lambda v: v.dtype in (F32, np.float16))
    k = v.shape[-1]
    r = graph.integer(1, 4)
    if r == 1:
        sh = (k,)
    else:
        bsh = v.shape[:-2][::-1]
        extra = tuple(graph.choose([1, d]) for d in bsh[: r - 2])[::-1]
        sh = extra + (k, graph.choose([1, 3, 8, 17, 20] + ([64, 100, 130] if graph.large else [])))
    w = graph.fresh(v.dtype, sh)
    oute = np.matmul(np.zeros(v.shape), np.zeros(sh)).shape
    if graph.chance(0.3) and w.rank >= 2 and v.rank >= 2:
        # the other way round
        u = graph.fresh(v.dtype, (graph.choose([1, 5, 16]), v.shape[-2]))
        return graph.add(op, [u, v], v.dtype, np.matmul(np.zeros(u.shape), np.zeros(v.shape)).shape)
    graph.add(op, [v, w], v.dtype, oute)


@operator("Gemm", weight=1)
def draw_gemm(graph, op):
    v = graph.take("f", lo=2, hi=2, cond=lambda v: v.dtype == F32)
    ta, tb = graph.chance(0.3), graph.chance(0.5)
    m, k = v.shape[::-1] if ta else v.shape
    n = graph.choose([1, 4, 9, 16, 33] + ([100, 128, 257] if graph.large else []))
    w = graph.fresh(F32, (n, k) if tb else (k, n))
    ins = [v, w] + (
        [graph.fresh(F32, graph.choose([(n,), (1, n), (m, n), (m, 1), (), (1,)]))] if graph.chance(0.7) else []
    )
    at = dict(transA=int(ta), transB=int(tb))
    if graph.chance(0.3):
        at["alpha"] = 0.5
    if graph.chance(0.3):
        at["beta"] = graph.choose([0.0, 2.0, -1.0])
    graph.add(op, ins, F32, (m, n), **at)


@operator("Einsum", weight=0.8)
def draw_einsum(graph, op):
    if graph.opset < 12:
        raise Skip()
    L = dict(zip("abcdij", [graph.integer(1, 6) for _ in range(6)]))
    eq = graph.choose(
        [
            "ab,bc->ac",
            "ab,cb->ca",
            "abc,acd->abd",
            "abc,dc->abd",
            "ab,ab->",
            "ab,b->a",
            "ab->ba",
            "abc->b",
            "abij,abjd->abid",
            "abcd,abdi->abci",
            "abc,cd,di->abi",
            "a,b->ab",
            "...ab,...bc->...ac",
            "ab,abc->ac",
            "ijc->cij",
            "ab,bc",
            "ab->ab",
        ]
    )
    lhs = eq.split("->")[0]
    ins = []
    for t in lhs.split(","):
        ins.append(graph.fresh(F32, tuple(L[c] for c in t.replace("...", ""))))
    graph.add(op, ins, F32, np.einsum(eq, *[np.zeros(i.shape) for i in ins]).shape, equation=eq)


@operator("Conv", weight=2)
def draw_conv(graph, op):
    nd = graph.choose([1, 2, 2, 2, 3])
    gr = graph.choose([1, 1, 2, 3])
    ci = graph.integer(1, 4)
    dw = graph.chance(0.2)
    ci = 1 if dw else ci
    v = graph.take(
        "f",
        mk=lambda: (graph.integer(1, 2), gr * ci) + tuple(graph.integer(3, 9) for _ in range(nd)),
        lo=nd + 2,
        hi=nd + 2,
        cond=lambda v: v.dtype == F32 and v.shape[1] == gr * ci and min(v.shape[2:]) >= 3,
    )
    k, st, p = window(graph, nd, v.shape[2:])
    dil = [graph.integer(1, 2) if x * 2 - 1 <= d else 1 for x, d in zip(k, v.shape[2:])]
    m = gr * graph.integer(1, 4)
    w = graph.fresh(F32, (m, ci) + tuple(k))
    ins = [v, w] + ([graph.fresh(F32, (m,))] if graph.chance() else [])
    at = dict(group=gr, strides=st, dilations=dil)
    if graph.chance(0.25):
        at["auto_pad"] = graph.choose(["SAME_UPPER", "SAME_LOWER", "VALID"])
        sp = [
            -(-d // s) if "SAME" in at["auto_pad"] else (d - ((x - 1) * di + 1)) // s + 1
            for d, s, x, di in zip(v.shape[2:], st, k, dil)
        ]
    else:
        at["pads"] = p
        sp = [
            (d + p[j] + p[j + nd] - ((x - 1) * di + 1)) // s + 1
            for j, (d, s, x, di) in enumerate(zip(v.shape[2:], st, k, dil))
        ]
    if graph.chance():
        at["kernel_shape"] = k
    graph.add(op, ins, F32, (v.shape[0], m) + tuple(sp), **at)


@operator("ConvTranspose", weight=0.8)
def draw_convtranspose(graph, op):
    nd = graph.choose([1, 2, 2])
    gr = graph.choose([1, 1, 2])
    ci = graph.integer(1, 3)
    v = graph.fresh(F32, (graph.integer(1, 2), gr * ci) + tuple(graph.integer(2, 6) for _ in range(nd)))
    k = [graph.integer(1, 3) for _ in range(nd)]
    st = [graph.integer(1, 3) for _ in range(nd)]
    dil = [graph.integer(1, 2) for _ in range(nd)]
    p = [graph.integer(0, 1) if x > 1 else 0 for x in k] * 2
    op_ = [
        graph.integer(0, min(s, d) - 1) if max(s, d) > 1 and graph.chance(0.4) and min(s, d) > 1 else 0
        for s, d in zip(st, dil)
    ]
    m = graph.integer(1, 3)
    w = graph.fresh(F32, (gr * ci, m) + tuple(k))
    ins = [v, w] + ([graph.fresh(F32, (gr * m,))] if graph.chance() else [])
    sp = [
        s * (d - 1) + q + (x - 1) * di + 1 - p[j] - p[j + nd]
        for j, (d, s, x, di, q) in enumerate(zip(v.shape[2:], st, k, dil, op_))
    ]
    if min(sp) < 1:
        raise Skip()
    graph.add(
        op,
        ins,
        F32,
        (v.shape[0], gr * m) + tuple(sp),
        group=gr,
        strides=st,
        dilations=dil,
        pads=p,
        output_padding=op_ if any(op_) else None,
    )


@operator("MaxPool", "AveragePool", "LpPool", weight=0.9)
def draw_maxpool(graph, op):
    nd = graph.choose([1, 2, 2, 3]) if op != "LpPool" else 2
    v = graph.take(
        "f",
        mk=lambda: (graph.integer(1, 2), graph.integer(1, 3)) + tuple(graph.integer(3, 9) for _ in range(nd)),
        lo=nd + 2,
        hi=nd + 2,
        cond=lambda v: v.dtype == F32 and min(v.shape[2:]) >= 3,
    )
    k, st, p = window(graph, nd, v.shape[2:])
    at = dict(kernel_shape=k, strides=st)
    dil = [1] * nd
    ceil = False
    if op == "MaxPool" and graph.chance(0.3) or op == "AveragePool" and graph.opset >= 19 and graph.chance(0.3):
        dil = [graph.integer(1, 2) if x * 2 - 1 <= d else 1 for x, d in zip(k, v.shape[2:])]
        at["dilations"] = dil
    if op != "LpPool" and graph.chance(0.4):
        ceil = True
        at["ceil_mode"] = 1
    if op == "AveragePool" and graph.chance():
        at["count_include_pad"] = 1
    if graph.chance(0.2) and not ceil and dil == [1] * nd and all(s <= x for s, x in zip(st, k)):
        at["auto_pad"] = graph.choose(["SAME_UPPER", "SAME_LOWER", "VALID"])
    else:
        at["pads"] = p
    graph.add(op, [v], F32, (), False, **at)
    graph.values.pop()  # shape left to the oracle


@operator("GlobalAveragePool", "GlobalMaxPool", weight=0.3)
def draw_globalaveragepool(graph, op):
    v = graph.take("f", lo=3, cond=lambda v: v.dtype == F32)
    graph.add(op, [v], F32, v.shape[:2] + (1,) * (v.rank - 2))


@operator("MatMulInteger", weight=0.5)
def draw_matmulinteger(graph, op):
    a = graph.fresh(graph.choose([np.int8, np.uint8]), (graph.integer(1, 9), graph.integer(1, 20)))
    b = graph.fresh(graph.choose([np.int8, np.uint8]), (a.shape[1], graph.integer(1, 17)))
    ins = [a, b]
    if a.dtype == np.int8 and b.dtype == np.uint8:
        raise Skip()
    if graph.chance():
        ins += [
            graph.constant(np.asarray(graph.integer(0, 5), a.dtype)),
            graph.constant(np.asarray(graph.integer(0, 5), b.dtype)),
        ]
    graph.add(op, ins, np.int32, (a.shape[0], b.shape[1]), True)


@operator("DFT", weight=0.2)
def draw_dft(graph, op):
    if graph.opset < 17:
        raise Skip()
    r = graph.integer(1, 2)
    x = graph.fresh(
        F32,
        tuple(graph.integer(1, 3) for _ in range(r - 1))
        + (graph.integer(2, 9), graph.integer(1, 3), graph.choose([1, 2])),
    )
    inv = graph.chance()
    one = (not inv) and x.shape[-1] == 1 and graph.chance()
    a = x.rank - 3 if graph.chance() else x.rank - 2
    a = max(a, 0 if graph.opset >= 20 else 1)
    ln = graph.constant(np.asarray(graph.integer(1, 9), np.int64)) if graph.chance(0.4) else ""
    ins = [x, ln] + ([graph.constant(np.asarray(a, np.int64))] if graph.opset >= 20 else [])
    while ins[-1] == "":
        ins.pop()
    graph.add(op, ins, F32, (), inverse=int(inv), onesided=int(one), axis=a if graph.opset < 20 else None)
    graph.values.pop()


@operator("STFT", weight=0.15)
def draw_stft(graph, op):
    if graph.opset < 17:
        raise Skip()
    x = graph.fresh(F32, (graph.integer(1, 2), graph.integer(8, 40), 1))
    l = graph.integer(2, 8)
    graph.add(
        op,
        [
            x,
            graph.constant(np.asarray(graph.integer(1, 5), np.int64)),
            graph.fresh(F32, (l,)) if graph.chance() else "",
            graph.constant(np.asarray(l, np.int64)),
        ],
        F32,
        (),
        onesided=int(graph.chance()),
    )
    graph.values.pop()


@operator("Col2Im", weight=0.3)
def draw_col2im(graph, op):
    if graph.opset < 18:
        raise Skip()
    k = [graph.integer(1, 3), graph.integer(1, 3)]
    st = [graph.integer(1, 3), graph.integer(1, 3)]
    d = [graph.integer(1, 2), graph.integer(1, 2)]
    p = [graph.integer(0, 1)] * 4
    im = [graph.integer(6, 10), graph.integer(6, 10)]
    L = int(np.prod([(im[j] + p[j] + p[j + 2] - (k[j] - 1) * d[j] - 1) // st[j] + 1 for j in range(2)]))
    x = graph.fresh(F32, (graph.integer(1, 2), k[0] * k[1] * graph.integer(1, 3), L))
    graph.add(
        op,
        [x, graph.integers(im), graph.integers(k)],
        F32,
        (x.shape[0], x.shape[1] // k[0] // k[1]) + tuple(im),
        strides=st,
        dilations=d,
        pads=p,
    )
