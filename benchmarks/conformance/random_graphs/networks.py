"""Recurrent networks, attention and control flow."""

import numpy as np
import onnx
from onnx import helper

from .graph import F32, Skip, operator


@operator("LSTM", "GRU", "RNN", weight=0.2)
def draw_lstm(graph, op):
    s, b, i, h = graph.integer(1, 4), graph.integer(1, 3), graph.integer(1, 5), graph.integer(1, 6)
    d = graph.choose(["forward", "reverse", "bidirectional"])
    nd = 2 if d[0] == "b" else 1
    m = dict(LSTM=4, GRU=3, RNN=1)[op]
    if graph.opset < 14:
        raise Skip()
    ins = [
        graph.fresh(F32, (s, b, i)),
        graph.fresh(F32, (nd, m * h, i)),
        graph.fresh(F32, (nd, m * h, h)),
        graph.fresh(F32, (nd, 2 * m * h)) if graph.chance() else "",
        graph.constant(np.asarray(graph.rng.integers(1, s + 1, b), np.int32)) if graph.chance(0.3) else "",
        graph.fresh(F32, (nd, b, h)) if graph.chance() else "",
    ]
    at = dict(linear_before_reset=int(graph.chance())) if op == "GRU" else {}
    while ins[-1] == "":
        ins.pop()
    n = 3 if op == "LSTM" else 2
    graph.add(
        op, ins, [F32] * n, [(s, nd, b, h), (nd, b, h), (nd, b, h)][:n], False, n, hidden_size=h, direction=d, **at
    )


@operator("If", weight=0.3)
def draw_if(graph, op):
    v = graph.take("f", cond=lambda v: v.dtype == F32)
    c = graph.fresh(bool, ())
    t, e = graph.name("t"), graph.name("e")
    mk = lambda n, opn: helper.make_graph(
        [helper.make_node(opn, [v.name], [n])], n + "graph", [], [onnx.ValueInfoProto(name=n)]
    )
    graph.add(op, [c], F32, v.shape, then_branch=mk(t, "Neg"), else_branch=mk(e, "Tanh"))


@operator("Attention", weight=0.8)
def draw_attention(graph, op):
    if graph.opset < 23:
        raise Skip()
    b, h, kv, s, t, d, e = (
        graph.integer(1, 2),
        graph.choose([1, 2, 4]),
        0,
        graph.integer(1, 9),
        graph.integer(1, 12),
        graph.choose([1, 4, 8, 5]),
        graph.choose([1, 4, 8, 3]),
    )
    kv = graph.choose([k for k in (1, 2, 4) if h % k == 0])
    four = graph.chance()
    past = graph.integer(1, 5) if four and graph.chance(0.25) else 0
    mk = lambda n, l, w: graph.fresh(F32, (b, n, l, w) if four else (b, l, n * w))
    ins = [mk(h, s, d), mk(kv, t, d), mk(kv, t, e)]
    at = dict(
        is_causal=int(graph.chance(0.4)), softcap=float(graph.choose([0, 0, 2.0])), scale=graph.choose([None, 0.25])
    )
    if not four:
        at.update(q_num_heads=h, kv_num_heads=kv)
    m = ""
    if graph.chance(0.4):
        m = graph.fresh(
            F32 if graph.chance(0.6) else bool,
            graph.choose([(s, t + past), (1, s, t + past), (b, h, s, t + past), (b, 1, s, t + past)]),
        )
        if m.dtype == bool:
            for st in (graph.inputs, graph.constants):
                if m.name in st:
                    a = st[m.name]
                    a[..., 0] = True
    ins.append(m)
    if past:
        ins += [graph.fresh(F32, (b, kv, past, d)), graph.fresh(F32, (b, kv, past, e))]
    while ins[-1] == "":
        ins.pop()
    n = 3 if past else 1
    osh = (b, h, s, e) if four else (b, s, h * e)
    if n == 1:
        graph.add(op, ins, F32, osh, **at)
    else:
        graph.add(op, ins, [F32] * 3, [osh, (b, kv, t + past, d), (b, kv, t + past, e)], False, 3, **at)
