"""A graph that grows by random operators, with the values that its nodes can read."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

F32 = np.float32
ELEMENT_TYPES = {
    np.dtype(key): value
    for key, value in {
        np.float32: TensorProto.FLOAT,
        np.float16: TensorProto.FLOAT16,
        np.float64: TensorProto.DOUBLE,
        np.int64: TensorProto.INT64,
        np.int32: TensorProto.INT32,
        np.int16: TensorProto.INT16,
        np.int8: TensorProto.INT8,
        np.uint32: TensorProto.UINT32,
        np.uint16: TensorProto.UINT16,
        np.uint8: TensorProto.UINT8,
        np.bool_: TensorProto.BOOL,
    }.items()
}
OPSETS = [11, 13, 14, 17, 18, 19, 20, 21, 22, 23]
OPSET_WEIGHTS = [0.05, 0.1, 0.05, 0.15, 0.15, 0.1, 0.1, 0.1, 0.05, 0.15]
SIZES = [1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33]
LARGE_SIZES = [31, 64, 65, 100, 128, 129, 200, 511]
# Operator: (function that adds one to a graph, how often it is drawn).
OPERATORS = {}


def operator(*names, weight=1.0):
    """Registers a function that adds one of the operators `names` to a graph, or raises Skip."""

    def register(function):
        for name in names:
            OPERATORS[name] = (function, weight)
        return function

    return register


class Skip(Exception):
    """This operator does not fit this graph."""


class Value:
    """What a node reads. `exact`: small differences of arithmetic cannot have reached it, so that operators may read
    it whose results jump (comparisons, roundings, orders)."""

    def __init__(self, name, dtype, shape, exact):
        self.name, self.dtype, self.shape, self.exact = name, np.dtype(dtype), tuple(shape), exact

    rank = property(lambda self: len(self.shape))
    size = property(lambda self: int(np.prod(self.shape)))


def broadcast(a, b, limit=100000):
    """The common shape, or None."""
    try:
        shape = np.broadcast_shapes(a, b)
    except ValueError:
        return None
    return shape if np.prod(shape) <= limit else None


class Graph:
    def __init__(self, seed, large=False):
        self.rng = np.random.default_rng(seed)
        self.large = large
        self.opset = int(self.rng.choice(OPSETS, p=OPSET_WEIGHTS))
        self.count = 0
        self.nodes, self.values = [], []
        self.inputs, self.constants = {}, {}

    # Numbers.

    def integer(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability=0.5):
        return bool(self.rng.random() < probability)

    def choose(self, items):
        return items[int(self.rng.integers(len(items)))]

    def shape(self, low=0, high=4, limit=600):
        limit = 40000 if self.large and limit == 600 else limit
        sizes = SIZES + (LARGE_SIZES if self.large else [])
        while True:
            shape = tuple(self.choose(sizes) for _ in range(self.integer(low, high)))
            if np.prod(shape) <= limit:
                return shape

    def broadcastable(self, shape):
        """A shape that broadcasts with `shape`."""
        result = list(shape)
        if not self.chance(0.4):
            result = [size if self.chance(0.6) else 1 for size in result]
            result = result[self.integer(0, len(result)) :] if self.chance(0.4) else result
        return tuple(result)

    def array(self, dtype, shape, positive=False):
        dtype = np.dtype(dtype)
        if dtype == np.bool_:
            return np.asarray(self.rng.random(shape) < 0.5)
        if dtype.kind in "iu":
            low, high = (0 if dtype.kind == "u" or positive else -9), 10
            if self.chance(0.1) and not positive:
                low, high = max(np.iinfo(dtype).min, -(2**31)), min(np.iinfo(dtype).max, 2**31 - 1)
            return np.asarray(self.rng.integers(low, high, shape), dtype)
        array = self.rng.standard_normal(shape) if self.integer(0, 3) else self.rng.integers(-8, 9, shape)
        return np.asarray(np.abs(array) + 0.25 if positive else array, dtype)

    # Values.

    def name(self, prefix="v"):
        self.count += 1
        return f"{prefix}{self.count}"

    def constant(self, array, prefix="c"):
        name = self.name(prefix)
        self.constants[name] = np.asarray(array)
        return name

    def integers(self, numbers):
        """A constant operand that says a shape, axes or the like."""
        return self.constant(np.asarray(numbers, np.int64), "k")

    def fresh(self, dtype, shape, positive=False):
        """A new input or constant."""
        array = self.array(dtype, shape, positive)
        if self.chance(0.3):
            name = self.constant(array)
        else:
            name = self.name("x")
            self.inputs[name] = array
        self.values.append(Value(name, dtype, shape, True))
        return self.values[-1]

    def take(self, kinds="f", lo=0, hi=9, cond=lambda value: True, exact=False, fresh=0.3, mk=None, positive=False):
        """A value of a kind (f, i, u, b) and of rank `lo` to `hi`: one of the last, or a new one (of a shape from `mk`)."""
        fits = [
            value
            for value in self.values[-6:]
            if value.dtype.kind in kinds
            and lo <= value.rank <= hi
            and value.size
            and cond(value)
            and (value.exact or not exact)
            and not positive
        ]
        if fits and not self.chance(fresh):
            return self.choose(fits)
        dtype = {
            "f": self.choose([F32] * 8 + [np.float16]),
            "i": self.choose([np.int64, np.int32, np.int32, np.int8, np.int16]),
            "u": self.choose([np.uint8, np.uint8, np.uint16, np.uint32]),
            "b": np.bool_,
        }[self.choose(list(kinds))]
        for _ in range(40):
            value = Value("", dtype, mk() if mk else self.shape(lo, min(hi, 4)), True)
            if cond(value):
                return self.fresh(dtype, value.shape, positive)
        raise Skip()

    def partner(self, value, positive=False):
        """A value that broadcasts with `value`."""
        fits = [w for w in self.values[-8:] if w.dtype == value.dtype and broadcast(w.shape, value.shape) is not None]
        if fits and self.chance(0.5) and not positive:
            return self.choose(fits)
        return self.fresh(value.dtype, self.broadcastable(value.shape), positive)

    def axis(self, value):
        axis = self.integer(0, value.rank - 1)
        return axis - value.rank if self.chance(0.4) else axis

    def add(self, op, ins, dtype, shape, exact=False, nout=1, **attributes):
        """Adds a node and the values that it gives."""
        names = [self.name() for _ in range(nout)]
        attributes = {key: value for key, value in attributes.items() if value is not None}
        ins = [value.name if isinstance(value, Value) else value for value in ins]
        self.nodes.append(helper.make_node(op, ins, names, **attributes))
        if nout == 1:
            self.values.append(Value(names[0], dtype, shape, exact))
            return self.values[-1]
        values = [Value(*form, exact) for form in zip(names, dtype, shape)]
        self.values.extend(values)
        return values

    # The whole.

    def draw(self, count, operators):
        """Adds about `count` nodes of the operators named."""
        weights = np.array([OPERATORS[name][1] for name in operators])
        weights /= weights.sum()
        for _ in range(40):
            if len(self.nodes) >= count:
                break
            nodes, values = len(self.nodes), len(self.values)
            inputs, constants = dict(self.inputs), dict(self.constants)
            name = str(self.rng.choice(operators, p=weights))
            try:
                OPERATORS[name][0](self, name)
            except (Skip, ValueError, IndexError, OverflowError, TypeError):
                del self.nodes[nodes:], self.values[values:]
                self.inputs, self.constants = inputs, constants

    def model(self, name):
        """The model and its inputs; results that nothing reads are outputs, others may be. They have no types yet."""
        read = {i for node in self.nodes for i in node.input}
        # A branch reads what is around it.
        for node in self.nodes:
            for attribute in node.attribute:
                read.update(i for inner in attribute.g.node for i in inner.input)
        outputs = [o for node in self.nodes for o in node.output if o not in read or self.chance(0.1)]
        inputs = {key: value for key, value in self.inputs.items() if key in read}
        graph = helper.make_graph(
            self.nodes,
            name,
            [
                helper.make_tensor_value_info(key, ELEMENT_TYPES[array.dtype], array.shape)
                for key, array in inputs.items()
            ],
            [onnx.ValueInfoProto(name=output) for output in outputs],
            [numpy_helper.from_array(array, key) for key, array in self.constants.items() if key in read],
        )
        opset = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opset, ir_version=min(11, onnx.IR_VERSION)), inputs
