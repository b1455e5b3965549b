"""Random ONNX graphs, for benchmarks/conformance/draw."""

from . import elementwise, movement, networks, products, reductions, tables  # noqa: F401
from .graph import ELEMENT_TYPES, OPERATORS, Graph  # noqa: F401
