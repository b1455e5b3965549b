"""layers.py CONFIG (--prefill=TOKENS | --decode=SEQUENCES --context=TOKENS) [--tp=N] [--layers=N] [--bound=MACS,BYTES]

Prints decoder layers of a Hugging Face config.json as linalg on tensors, at the share of one chip of N: heads and features are divided
by N, as tensor parallelism does it, experts are whole. Weights and caches are inputs in bf16, of several layers as stacks; products sum
up in fp32; layers return their new keys and values. The first line says, as a comment, how many products and bytes the layers cannot do without.

What is left out: the sum over chips, sinks of attention, biases. Which tokens go to which expert is an input (all experts take equally many): a
matrix of zeros and ones that picks their rows, and one that weights and adds up what comes back.
"""

import argparse
import json

MAP = "affine_map<({}) -> ({})>"


class Writer:
    def __init__(self):
        self.lines, self.inputs, self.count = [], [], 0
        self.macs = self.bytes = 0

    def type(self, shape, element="bf16"):
        return "tensor<" + "".join(f"{n}x" for n in shape) + element + ">"

    def input(self, name, shape, element="bf16"):
        self.inputs.append(f"%{name}: {self.type(shape, element)}")
        size = 2 if element == "bf16" else 4
        for n in shape:
            size *= n
        self.bytes += size
        return f"%{name}", shape, element

    def part(self, stack, number):
        """What one layer has of a stack."""
        name, shape, element = stack
        zeros = ", 0" * (len(shape) - 1)
        sizes = "".join(f", {n}" for n in shape[1:])
        ones = ", 1" * (len(shape) - 1)
        result = self.emit(
            f"tensor.extract_slice {name}[{number}{zeros}] [1{sizes}] [1{ones}] : {self.type(shape, element)} to "
            f"{self.type(shape[1:], element)}"
        )
        return result, shape[1:], element

    def put(self, value, stack, number):
        name, shape, element = stack
        zeros = ", 0" * (len(shape) - 1)
        sizes = "".join(f", {n}" for n in shape[1:])
        ones = ", 1" * (len(shape) - 1)
        result = self.emit(
            f"tensor.insert_slice {value[0]} into {name}[{number}{zeros}] [1{sizes}] [1{ones}] : {self.type(value[1], element)} into "
            f"{self.type(shape, element)}"
        )
        return result, shape, element

    def emit(self, text):
        self.count += 1
        self.lines.append(f"  %v{self.count} = {text}")
        return f"%v{self.count}"

    def start(self, shape, number=None, element="f32"):
        empty = self.emit(f"tensor.empty() : {self.type(shape, element)}")
        if number is None:
            return empty
        return self.emit(
            f"linalg.fill ins({number} : f32) outs({empty} : {self.type(shape, element)}) -> {self.type(shape, element)}"
        )

    def generic(self, loops, ins, out, body, number=None, element="f32"):
        """`loops` and subscripts are letters; `ins` are (value, subscripts), `out` is (shape, subscripts); a loop that `out` lacks is a reduction. The
        body sees fp32 %x0, %x1, ... and the running %o, and its last line defines %r."""
        shape, subscripts = out
        start = self.start(shape, number, element)
        maps = ", ".join(MAP.format(", ".join(loops), ", ".join(s)) for s in [s for _, s in ins] + [subscripts])
        kinds = ", ".join('"parallel"' if l in subscripts else '"reduction"' for l in loops)
        values = ", ".join(v[0] for v, _ in ins)
        types = ", ".join(self.type(v[1], v[2]) for v, _ in ins)
        arguments, widen = [], []
        for i, ((_, _, kind), _) in enumerate(ins):
            arguments.append(f"%{'x' if kind == 'f32' else 'n'}{i}: {kind}")
            if kind != "f32":
                widen.append(f"    %x{i} = arith.extf %n{i} : {kind} to f32\n")
        arguments.append(f"%o: {element}")
        end = "%r"
        body = "".join(widen) + "".join(f"    {line}\n" for line in body)
        if element != "f32":
            body += f"    %t = arith.truncf %r : f32 to {element}\n"
            end = "%t"
        result = self.emit(
            f"linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}} ins({values} : {types}) "
            f"outs({start} : {self.type(shape, element)}) {{\n  ^bb0({', '.join(arguments)}):\n{body}    linalg.yield {end} : {element}\n"
            f"  }} -> {self.type(shape, element)}"
        )
        return result, shape, element

    def product(self, loops, a, b, out, element="bf16"):
        """Sums of products, rounded once."""
        sizes = {}
        for (_, shape, _), letters in (a, b):
            sizes.update(zip(letters, shape))
        macs = 1
        for letter in loops:
            macs *= sizes[letter]
        self.macs += macs
        shape = tuple(sizes[letter] for letter in out)
        body = ["%m = arith.mulf %x0, %x1 : f32", "%r = arith.addf %o, %m : f32"]
        result = self.generic(loops, [a, b], (shape, out), body, "%zero")
        return result if element == "f32" else self.round(result)

    def round(self, value):
        letters = "ijklm"[: len(value[1])]
        start = self.start(value[1], None, "bf16")
        same = MAP.format(", ".join(letters), ", ".join(letters))
        kinds = ", ".join(['"parallel"'] * len(letters))
        result = self.emit(
            f"linalg.generic {{indexing_maps = [{same}, {same}], iterator_types = [{kinds}]}} ins({value[0]} : {self.type(value[1], 'f32')}) "
            f"outs({start} : {self.type(value[1])}) {{\n  ^bb0(%n: f32, %o: bf16):\n    %r = arith.truncf %n : f32 to bf16\n"
            f"    linalg.yield %r : bf16\n  }} -> {self.type(value[1])}"
        )
        return result, value[1], "bf16"

    def reshape(self, value, groups, shape):
        """Each group are the dimensions that one becomes, or that become one."""
        name, old, element = value
        kind, extra = ("expand", f" output_shape {list(shape)}") if len(shape) > len(old) else ("collapse", "")
        result = self.emit(f"tensor.{kind}_shape {name} {groups}{extra} : {self.type(old, element)} into {self.type(shape, element)}")
        return result, tuple(shape), element


class Layer:
    def __init__(self, writer, config, options, number, stacks):
        self.w, self.options, self.number, self.stacks = writer, options, number, stacks
        self.hidden = config["hidden_size"]
        self.heads = config["num_attention_heads"] // options.tp
        self.groups = max(1, config["num_key_value_heads"] // options.tp)
        self.size = config.get("head_dim") or self.hidden // config["num_attention_heads"]
        self.experts = config.get("num_local_experts") or config.get("num_experts") or 0
        self.picks = config.get("num_experts_per_tok") or config.get("experts_per_token") or 0
        self.features = config["intermediate_size"] // (1 if self.experts else options.tp)
        kinds = config.get("layer_types", [])
        self.window = config.get("sliding_window") if options.window and "sliding_attention" in kinds else None
        self.isPrompt = options.prefill is not None
        self.tokens = options.prefill if self.isPrompt else options.decode
        self.keys = options.prefill if self.isPrompt else options.context
        if self.window and not self.isPrompt:
            self.keys = min(self.keys, self.window)

    def weight(self, name, shape, element="bf16"):
        if self.options.layers == 1:
            return self.w.input(name, shape, element)
        if name not in self.stacks:
            self.stacks[name] = self.w.input(name, (self.options.layers,) + shape, element)
        return self.w.part(self.stacks[name], self.number)

    def norm(self, name, x):
        """RMSNorm, in the operations that importers make of it: what is of a row is done once for the row."""
        scale = self.weight(name, (self.hidden,))
        squares = self.w.generic(
            "ij", [(x, "ij")], ((self.tokens,), "i"), ["%s = arith.mulf %x0, %x0 : f32", "%r = arith.addf %o, %s : f32"], "%zero"
        )
        inverse = self.w.generic(
            "i",
            [(squares, "i")],
            ((self.tokens,), "i"),
            [
                f"%n = arith.constant {1 / self.hidden} : f32",
                "%e = arith.constant 1.0e-05 : f32",
                "%mean = arith.mulf %x0, %n : f32",
                "%sum = arith.addf %mean, %e : f32",
                "%r = math.rsqrt %sum : f32",
            ],
        )
        body = ["%y = arith.mulf %x0, %x1 : f32", "%r = arith.mulf %y, %x2 : f32"]
        return self.w.generic("ij", [(x, "ij"), (inverse, "i"), (scale, "j")], (x[1], "ij"), body, element="bf16")

    def turn(self, x, heads):
        """Rotary positions: the halves of each head turned."""
        half = self.size // 2
        x = self.w.reshape(x, "[[0], [1, 2, 3]]", (self.tokens, heads, 2, half))
        halves = []
        for i in (0, 1):
            shape = (self.tokens, heads, half)
            part = self.w.emit(
                f"tensor.extract_slice {x[0]}[0, 0, {i}, 0] [{self.tokens}, {heads}, 1, {half}] [1, 1, 1, 1] : "
                f"{self.w.type(x[1], 'f32')} to {self.w.type(shape, 'f32')}"
            )
            halves.append((part, shape, "f32"))
        result = self.w.start(x[1], None, "bf16")
        for i in (0, 1):
            ins = [(halves[i], "ijk"), (halves[1 - i], "ijk"), (self.cosine, "ik"), (self.sine, "ik")]
            body = ["%a = arith.mulf %x0, %x2 : f32", "%b = arith.mulf %x1, %x3 : f32"]
            body.append(f"%r = arith.{['subf', 'addf'][i]} %a, %b : f32")
            part = self.w.generic("ijk", ins, (halves[i][1], "ijk"), body, element="bf16")
            result = self.w.emit(
                f"tensor.insert_slice {part[0]} into {result}[0, 0, {i}, 0] [{self.tokens}, {heads}, 1, {half}] [1, 1, 1, 1] : "
                f"{self.w.type(part[1])} into {self.w.type(x[1])}"
            )
        return self.w.reshape((result, x[1], "bf16"), "[[0], [1], [2, 3]]", (self.tokens, heads, self.size))

    def softmax(self, scores, letters):
        """Over the last loop, in the form that exporters write."""
        w, shape = self.w, scores[1]
        rows, outer = letters[:-1], shape[:-1]
        scale = f"{self.size ** -0.5}"
        scaled = w.generic(letters, [(scores, letters)], (shape, letters), [f"%c = arith.constant {scale} : f32", "%r = arith.mulf %x0, %c : f32"])
        if self.isPrompt:
            scaled = w.generic(
                letters, [(scaled, letters), (self.mask, letters[-2:])], (shape, letters), ["%r = arith.addf %x0, %x1 : f32"]
            )
        top = w.generic(letters, [(scaled, letters)], (outer, rows), ["%r = arith.maximumf %x0, %o : f32"], "%low")
        exps = w.generic(
            letters, [(scaled, letters), (top, rows)], (shape, letters), ["%d = arith.subf %x0, %x1 : f32", "%r = math.exp %d : f32"]
        )
        sums = w.generic(letters, [(exps, letters)], (outer, rows), ["%r = arith.addf %o, %x0 : f32"], "%zero")
        return w.generic(letters, [(exps, letters), (sums, rows)], (shape, letters), ["%r = arith.divf %x0, %x1 : f32"], element="bf16")

    def attention(self, x):
        w, d, group = self.w, self.size, self.heads // self.groups
        q = w.product("ijk", (x, "ik"), (self.weight("wq", (self.hidden, self.heads * d)), "kj"), "ij", "f32")
        k = w.product("ijk", (x, "ik"), (self.weight("wk", (self.hidden, self.groups * d)), "kj"), "ij", "f32")
        v = w.product("ijk", (x, "ik"), (self.weight("wv", (self.hidden, self.groups * d)), "kj"), "ij")
        q, k = self.turn(q, self.heads), self.turn(k, self.groups)
        v = w.reshape(v, "[[0], [1, 2]]", (self.tokens, self.groups, d))
        self.fresh = [k, v]
        q = w.reshape(q, "[[0], [1, 2], [3]]", (self.tokens, self.groups, group, d))
        if self.isPrompt:
            scores = w.product("ghstd", (q, "sghd"), (k, "tgd"), "ghst", "f32")
            weights = self.softmax(scores, "ghst")
            result = w.product("sghdt", (weights, "ghst"), (v, "tgd"), "sghd")
        else:
            keys = self.weight("keys", (self.tokens, self.groups, self.keys, d))
            values = self.weight("values", (self.tokens, self.groups, self.keys, d))
            scores = w.product("bghtd", (q, "bghd"), (keys, "bgtd"), "bght", "f32")
            weights = self.softmax(scores, "bght")
            result = w.product("bghdt", (weights, "bght"), (values, "bgtd"), "bghd")
        result = w.reshape(result, "[[0], [1, 2, 3]]", (self.tokens, self.heads * d))
        return w.product("ijk", (result, "ik"), (self.weight("wo", (self.heads * d, self.hidden)), "kj"), "ij", "f32")

    def gate(self, gate, up, letters):
        """SiLU; the division is ours to round, as importers say (docs/decisions/0012)."""
        body = [
            "%minus = arith.negf %x0 : f32",
            "%e = math.exp %minus : f32",
            "%one = arith.constant 1.0 : f32",
            "%s = arith.addf %e, %one : f32",
            "%g = arith.divf %x0, %s fastmath<arcp> : f32",
            "%r = arith.mulf %g, %x1 : f32",
        ]
        return self.w.generic(letters, [(gate, letters), (up, letters)], (gate[1], letters), body, element="bf16")

    def feedForward(self, x):
        w, f = self.w, self.features
        gate = w.product("ijk", (x, "ik"), (self.weight("gate", (self.hidden, f)), "kj"), "ij", "f32")
        up = w.product("ijk", (x, "ik"), (self.weight("up", (self.hidden, f)), "kj"), "ij", "f32")
        inner = self.gate(gate, up, "ij")
        return w.product("ijk", (inner, "ik"), (self.weight("down", (f, self.hidden)), "kj"), "ij", "f32")

    def expertLayer(self, x):
        w, f, e = self.w, self.features, self.experts
        each = -(-self.tokens * self.picks // e)
        router = w.product("ijk", (x, "ik"), (self.weight("router", (self.hidden, e)), "kj"), "ij", "f32")
        self.fresh.append(router)
        before = w.macs
        picked = w.product("ijk", (self.weight("pick", (e * each, self.tokens)), "ik"), (x, "kj"), "ij")
        w.macs = before  # picking is no work that a layer has to do
        picked = w.reshape(picked, "[[0, 1], [2]]", (e, each, self.hidden))
        gate = w.product("eijk", (picked, "eik"), (self.weight("gate", (e, self.hidden, f)), "ekj"), "eij", "f32")
        up = w.product("eijk", (picked, "eik"), (self.weight("up", (e, self.hidden, f)), "ekj"), "eij", "f32")
        inner = self.gate(gate, up, "eij")
        result = w.product("eijk", (inner, "eik"), (self.weight("down", (e, f, self.hidden)), "ekj"), "eij")
        result = w.reshape(result, "[[0, 1], [2]]", (e * each, self.hidden))
        before = w.macs
        result = w.product("ijk", (self.weight("combine", (self.tokens, e * each)), "ik"), (result, "kj"), "ij", "f32")
        w.macs = before
        return result

    def add(self, a, b):
        return self.w.generic("ij", [(a, "ij"), (b, "ij")], (a[1], "ij"), ["%r = arith.addf %x0, %x1 : f32"])

    def run(self, x, cosine, sine, mask):
        self.cosine, self.sine, self.mask = cosine, sine, mask
        x = self.add(x, self.attention(self.norm("norm1", x)))
        read = self.norm("norm2", x)
        return self.add(x, self.expertLayer(read) if self.experts else self.feedForward(read))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    parser.add_argument("--prefill", type=int, metavar="TOKENS")
    parser.add_argument("--decode", type=int, metavar="SEQUENCES")
    parser.add_argument("--context", type=int, default=8192)
    parser.add_argument("--tp", type=int, default=1)
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--window", action="store_true", help="a layer with a window, if the model has such")
    options = parser.parse_args()
    if (options.prefill is None) == (options.decode is None):
        parser.error("expects --prefill or --decode")
    with open(options.config) as file:
        config = json.load(file)
    w = Writer()
    stacks = {}
    layers = [Layer(w, config, options, i, stacks) for i in range(options.layers)]
    first = layers[0]
    x = w.input("x", (first.tokens, first.hidden), "f32")
    half = (first.tokens, first.size // 2)
    cosine, sine = w.input("cosine", half, "f32"), w.input("sine", half, "f32")
    mask = w.input("mask", (first.tokens, first.keys), "f32") if first.isPrompt else None
    results = []
    for layer in layers:
        x = layer.run(x, cosine, sine, mask)
        if options.layers == 1:
            results = layer.fresh
            continue
        if not results:
            results = [(w.start((options.layers,) + s, None, e), (options.layers,) + s, e) for _, s, e in layer.fresh]
        results = [w.put(value, stack, layer.number) for value, stack in zip(layer.fresh, results)]
    results = [x] + results
    types = ", ".join(w.type(shape, element) for _, shape, element in results)
    print(f"// {w.macs} products, {w.bytes} bytes")
    print(f"func.func @main({', '.join(w.inputs)}) -> ({types}) {{")
    print("  %zero = arith.constant 0.0 : f32\n  %low = arith.constant 0xFF800000 : f32")
    print("\n".join(w.lines))
    print(f"  return {', '.join(name for name, _, _ in results)} : {types}\n}}")


if __name__ == "__main__":
    main()
