"""graphs.py --acc-cc PROGRAM [--count N] [--seed S] [--check MODELS] [--keep DIR] [--racks]

Graphs of random operations and sizes, on chips with random grids of slices, divided in a random way: outputs have to be those
of the host, where LLVM runs upstream's lowering of the same linalg (--check-host), and the models have to agree. Integers
are equal to the bit; floats within the tolerance of acc-cc, as slices add in another order. A graph is a function of the seed and its number.
With --racks on the chips of random racks, half of the graphs with what chips share (pp, tp, dp, ep and products); integers are then compared with a run on one slice, too.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

GRIDS = [(1, 2), (2, 1), (2, 2), (1, 3), (4, 1), (2, 4), (3, 2)]
# What a run says that exchanges nothing.
EXCHANGES = [" 0 bytes on their network", " on their network and 0 frames"]
DIVISIONS = ["auto", "rows", "columns", "grid", "sums", "none"]
CHIP = """\
name: random
description: a chip of test slices
slice: xpu-tiny
grid: {{ rows: {}, columns: {} }}
net: {{ bytes_per_cycle: {}, stage_latency: {}, setup: 4, tail: 3 }}
noc: {{ bytes_per_cycle: 8, hop_latency: 2 }}
fabric: {{ local_ports: 0, local_bytes_per_s: 0, global_ports: 0, global_bytes_per_s: 0, core_s: 0, phy_s: 0 }}
package: {{ tdp_watts: 1, sustained_watts: 1 }}
sources: {{ default: assumed (ours) }}
"""
# On racks mostly such that something goes from chip to chip.
RACK_DIVISIONS = ["auto", "rows", "columns", "grid", "sums", "sums", "sums"]
# Trays, chips of a tray, rows and columns of slices.
MESHES = [(1, 2, 1, 1), (1, 2, 1, 2), (1, 2, 2, 1), (1, 2, 2, 2), (1, 3, 1, 2), (1, 4, 1, 1), (2, 1, 2, 2), (2, 2, 1, 1)]
MESHES += [(2, 2, 1, 2), (2, 2, 2, 2), (3, 2, 1, 1)]
RACK = """\
name: random-rack
description: a rack of test chips
chip:
  name: random
  description: a chip of test slices
  slice: xpu-tiny
  grid: {{ rows: {}, columns: {} }}
  net: {{ bytes_per_cycle: {}, stage_latency: {}, setup: 4, tail: 3 }}
  noc: {{ bytes_per_cycle: 8, hop_latency: 2 }}
  fabric:
    local_ports: {}
    local_bytes_per_s: {}
    global_ports: 0
    global_bytes_per_s: 0
    core_s: {}
    phy_s: 1.0e-8
    port:
      lanes: 1
      peers: 16
      pdu_bytes: 528
      queue_words: 32
      gbn_words: 256
      gbn_frames: 16
      gbn_window: 8
      gbn_timeout: 1500
      gbn_ack_delay: 24
      llr_words: 256
      llr_frames: 32
      llr_timeout: 300
      llr_replays: 3
      pcs_timeout: 200
      buffer_words: 128
      ctl_spacing: 4
      ctl_refresh: 60
      lock_hold: 8
  package: {{ tdp_watts: 1, sustained_watts: 1 }}
  sources: {{ default: assumed (ours) }}
trays: {{ count: {}, chips: {}, watts: 0 }}
switches: {{ planes: {}, latency_s: 1.0e-7, cable_m: 1, cable_s_per_m: 5.0e-9, buffer_words: 128, count: {}, watts: 1, tdp_watts: 1 }}
optics: {{ count: 0, watts: 0 }}
hosts: {{ watts: 0, provisioned_watts: 0 }}
supply: {{ efficiency: 1 }}
sources: {{ default: assumed (ours) }}
"""


# What a graph says that has less work than stages.
TOO_FEW = "expects no more stages than there are operations to divide"


def random_chips(rng, mesh):
    """What chips along the axes of a rack share, for half of the graphs: layers, weights, rows, experts; both axes may share one."""
    if rng.random() < 0.5:
        return []
    axes = [count for count in mesh[:2] if count > 1]
    if len(axes) == 2 and rng.random() < 0.3:
        axes = [axes[0] * axes[1]]
    kinds = rng.sample(["pp", "tp", "dp", "ep"], len(axes))
    if rng.random() < 0.5 and "pp" not in kinds:
        kinds[rng.randrange(len(kinds))] = "pp"
    items = [f"{kind}={count}" for kind, count in zip(kinds, axes)]
    # The other axes are for the search.
    return items[:1] if len(items) == 2 and rng.random() < 0.2 else items


def random_chip(rng, grid):
    return CHIP.format(*grid, rng.choice([4, 16, 32]), rng.choice([2, 5, 9]))


def random_rack(rng, mesh):
    trays, chips, rows, columns = mesh
    planes = rng.choice([1, 2, 3])
    net = rng.choice([4, 16, 32]), rng.choice([2, 5, 9])
    port = rng.choice(["1.6e10", "1.3e10", "2.5e10"]), rng.choice(["0", "7.0e-9"])
    return RACK.format(rows, columns, *net, planes, *port, trays, chips, planes, planes)


class Graph:
    """A chain of operations on a matrix, with everything made so far to choose from."""

    def __init__(self, rng):
        self.rng = rng
        self.element = rng.choice(["f32", "f32", "i32"])
        self.arguments = []
        self.lines = []
        self.count = 0
        self.values = []

    def size(self):
        return self.rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 8, 11, 12, 12, 13, 16, 17, 19, 24, 24, 29, 30, 31, 32])

    def type(self, shape, element=None):
        return "tensor<" + "".join(f"{n}x" for n in shape) + (element or self.element) + ">"

    def name(self):
        self.count += 1
        return f"%v{self.count}"

    def emit(self, text):
        name = self.name()
        self.lines.append(f"  {name} = {text}")
        return name

    def given(self, shape):
        """An input, or a constant of which slices may have parts."""
        if self.rng.random() < 0.6:
            name = f"%a{len(self.arguments)}"
            self.arguments.append(f"{name}: {self.type(shape)}")
            return name
        draw = lambda: str(self.rng.randint(-9, 9)) if self.element == "i32" else f"{self.rng.uniform(-1, 1):.3f}"
        if self.rng.random() < 0.2:
            # Times -1 a sum of integers becomes a difference, which the compiler refuses, on one slice too.
            number = draw().replace("-1", "-2") if self.element == "i32" else draw()
            return self.emit(f"arith.constant dense<{number}> : {self.type(shape)}")
        rows = ["[" + ", ".join(draw() for _ in range(shape[-1])) + "]" for _ in range(shape[0] if len(shape) > 1 else 1)]
        text = "[" + ", ".join(rows) + "]" if len(shape) > 1 else rows[0]
        return self.emit(f"arith.constant dense<{text}> : {self.type(shape)}")

    def start(self, shape, number):
        empty = self.emit(f"tensor.empty() : {self.type(shape)}")
        return self.emit(
            f"linalg.fill ins({number} : {self.element}) outs({empty} : {self.type(shape)}) -> {self.type(shape)}"
        )

    def generic(self, maps, loops, ins, out, body):
        inputs = ", ".join(name for name, _ in ins)
        types = ", ".join(self.type(shape) for _, shape in ins)
        arguments = ", ".join(f"%x{i}: {self.element}" for i in range(len(ins) + 1))
        maps = ", ".join(f"affine_map<{text}>" for text in maps)
        kinds = ", ".join(f'"{kind}"' for kind in loops)
        return self.emit(
            f"linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}} ins({inputs} : {types}) "
            f"outs({out[0]} : {self.type(out[1])}) {{\n  ^bb0({arguments}):\n    {body}\n  }} -> {self.type(out[1])}"
        )

    def op(self, text, *operands):
        """The body of an operation of one result."""
        return f"%r = {text} {', '.join(operands)} : {self.element}\n    linalg.yield %r : {self.element}"

    def is_float(self):
        return self.element == "f32"

    def product(self, value, shape):
        n = self.size()
        weights = self.given((shape[1], n))
        out = self.start((shape[0], n), "%zero")
        result = self.emit(
            f"linalg.matmul ins({value}, {weights} : {self.type(shape)}, {self.type((shape[1], n))}) "
            f"outs({out} : {self.type((shape[0], n))}) -> {self.type((shape[0], n))}"
        )
        return result, (shape[0], n)

    def elementwise(self, value, shape):
        if self.is_float():
            body = f"%r = math.tanh %x0 : f32\n    linalg.yield %r : f32"
        else:
            body = self.op("arith.maxsi", "%x0", "%zero")
        out = self.emit(f"tensor.empty() : {self.type(shape)}")
        same = "(i, j) -> (i, j)"
        return self.generic([same, same], ["parallel"] * 2, [(value, shape)], (out, shape), body), shape

    def bias(self, value, shape):
        dim = self.rng.choice([0, 1])
        vector = self.given((shape[dim],))
        out = self.emit(f"tensor.empty() : {self.type(shape)}")
        maps = ["(i, j) -> (i, j)", f"(i, j) -> ({'ij'[dim]})", "(i, j) -> (i, j)"]
        body = self.op("arith.addf" if self.is_float() else "arith.addi", "%x0", "%x1")
        ins = [(value, shape), (vector, (shape[dim],))]
        return self.generic(maps, ["parallel"] * 2, ins, (out, shape), body), shape

    def other(self, value, shape):
        """With a value that was made before, or the transpose of one."""
        for other, form in self.rng.sample(self.values, len(self.values)):
            if form in (shape, shape[::-1]) and other != value:
                break
        else:
            return value, shape
        out = self.emit(f"tensor.empty() : {self.type(shape)}")
        second = "(i, j) -> (i, j)" if form == shape else "(i, j) -> (j, i)"
        body = self.op("arith.subf" if self.is_float() else "arith.subi", "%x0", "%x1")
        ins = [(value, shape), (other, form)]
        maps = ["(i, j) -> (i, j)", second, "(i, j) -> (i, j)"]
        return self.generic(maps, ["parallel"] * 2, ins, (out, shape), body), shape

    def reduction(self, value, shape):
        """Sums or maxima along a dimension, taken from every element of it."""
        dim = self.rng.choice([0, 1])
        kept = (shape[1 - dim],)
        kind = self.rng.choice(["sum", "max"])
        start = self.start(kept, "%zero" if kind == "sum" else "%low")
        text = {"sum": ("arith.addf", "arith.addi"), "max": ("arith.maximumf", "arith.maxsi")}[kind]
        loops = ["parallel", "parallel"]
        loops[dim] = "reduction"
        index = "ij"[1 - dim]
        body = self.op(text[0 if self.is_float() else 1], "%x1", "%x0")
        reduced = self.generic(["(i, j) -> (i, j)", f"(i, j) -> ({index})"], loops, [(value, shape)], (start, kept), body)
        out = self.emit(f"tensor.empty() : {self.type(shape)}")
        body = self.op("arith.subf" if self.is_float() else "arith.subi", "%x0", "%x1")
        maps = ["(i, j) -> (i, j)", f"(i, j) -> ({index})", "(i, j) -> (i, j)"]
        ins = [(value, shape), (reduced, kept)]
        return self.generic(maps, ["parallel"] * 2, ins, (out, shape), body), shape

    def transpose(self, value, shape):
        turned = shape[::-1]
        out = self.emit(f"tensor.empty() : {self.type(turned)}")
        body = f"linalg.yield %x0 : {self.element}"
        maps = ["(i, j) -> (j, i)", "(i, j) -> (i, j)"]
        return self.generic(maps, ["parallel"] * 2, [(value, shape)], (out, turned), body), turned

    def reshape(self, value, shape):
        flat = shape[0] * shape[1]
        factors = [n for n in range(1, flat + 1) if flat % n == 0 and n <= 64 and flat // n <= 64]
        if not factors:
            return value, shape
        rows = self.rng.choice(factors)
        line = self.emit(f"tensor.collapse_shape {value} [[0, 1]] : {self.type(shape)} into {self.type((flat,))}")
        new = (rows, flat // rows)
        text = f"tensor.expand_shape {line} [[0, 1]] output_shape [{new[0]}, {new[1]}]"
        return self.emit(f"{text} : {self.type((flat,))} into {self.type(new)}"), new

    def window(self, value, shape):
        """Some columns, put into the middle of zeros."""
        if shape[1] < 2:
            return value, shape
        width = self.rng.randint(1, shape[1] - 1)
        at = self.rng.randint(0, shape[1] - width)
        part = self.emit(
            f"tensor.extract_slice {value}[0, {at}] [{shape[0]}, {width}] [1, 1] : {self.type(shape)} to "
            f"{self.type((shape[0], width))}"
        )
        if self.rng.random() < 0.5:
            return part, (shape[0], width)
        zeros = self.start(shape, "%zero")
        to = self.rng.randint(0, shape[1] - width)
        return (
            self.emit(
                f"tensor.insert_slice {part} into {zeros}[0, {to}] [{shape[0]}, {width}] [1, 1] : "
                f"{self.type((shape[0], width))} into {self.type(shape)}"
            ),
            shape,
        )

    def text(self):
        shape = (self.size(), self.size())
        value = self.given(shape)
        self.values.append((value, shape))
        steps = [self.product, self.product, self.elementwise, self.bias, self.other, self.reduction, self.transpose]
        steps += [self.reshape, self.window]
        for _ in range(self.rng.randint(1, 6)):
            value, shape = self.rng.choice(steps)(value, shape)
            self.values.append((value, shape))
        results = [self.values[-1]]
        if len(self.values) > 2 and self.rng.random() < 0.3:
            results.append(self.values[-2])
        types = ", ".join(self.type(shape) for _, shape in results)
        zero, low = ("0.0", "0xFF800000") if self.is_float() else ("0", "-2147483648")
        return "\n".join(
            [f"func.func @main({', '.join(self.arguments)}) -> ({types}) {{"]
            + [f"  %zero = arith.constant {zero} : {self.element}", f"  %low = arith.constant {low} : {self.element}"]
            + self.lines
            + [f"  return {', '.join(name for name, _ in results)} : {types}", "}", ""]
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acc-cc", required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", default="functional,systemc")
    parser.add_argument("--keep", help="where graphs and targets are left")
    parser.add_argument("--racks", action="store_true", help="chips of racks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        exchanged = integers = staged = shared = 0
        for number in range(options.count):
            rng = random.Random(f"{options.seed}:{number}")
            mesh = rng.choice(MESHES if options.racks else GRIDS)
            how = rng.choice(RACK_DIVISIONS if options.racks else DIVISIONS)
            target = folder / f"target_{number}.yaml"
            target.write_text((random_rack if options.racks else random_chip)(rng, mesh))
            graph = folder / f"graph_{number}.mlir"
            graph.write_text(Graph(rng).text())
            command = [options.acc_cc, str(graph), f"--target={target}", f"--check={options.check}"]
            chips = random_chips(rng, mesh) if options.racks else []
            if any(item.startswith("pp") for item in chips):
                compiled = subprocess.run(
                    command[:3] + [f"--parallel={','.join(chips)}", "-o", f"{folder}/stages.o"], capture_output=True, text=True
                )
                chips = [] if TOO_FEW in compiled.stderr else chips
            # Loops are for the search where chips share other things than layers.
            is_of_loops = all(item.startswith("pp") for item in chips)
            command.append("--parallel=" + ",".join(chips + ([how] if is_of_loops else [])))
            staged += any(item.startswith("pp") for item in chips)
            shared += not is_of_loops

            def run(arguments, expected):
                result = subprocess.run(arguments, capture_output=True, text=True)
                if result.returncode != 0 or expected not in result.stdout:
                    print(f"graph {number} of seed {options.seed}: {' '.join(arguments)}")
                    sys.exit(f"exit status {result.returncode}\n{result.stdout}{result.stderr}")
                return result.stdout

            exchanged += EXCHANGES[options.racks] not in run(command + ["--check-host"], "against the host")
            if options.racks and "i32" in graph.read_text():
                one = folder / f"one_{number}"
                run([options.acc_cc, str(graph), "--target=xpu-tiny", "--run=functional", f"--outputs={one}"], "")
                run(command + [f"--expect={one}"], "largest error 0 against the reference")
                integers += 1
        where = "chips" if options.racks else "slices"
        print(f"{options.count} graphs agree, {exchanged} of them exchange data between {where}")
        if options.racks:
            print(f"{integers} of integers are what one slice computes")
            print(f"{staged} are in stages, chips of {shared} share weights, rows or experts")


if __name__ == "__main__":
    main()
