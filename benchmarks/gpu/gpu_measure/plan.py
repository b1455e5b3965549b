"""What is measured, in the order in which it is dropped if time runs out.

Shapes are those of decoder layers from 8 to 405 billion parameters and of
square matrices, over the range from one token to a large prefill.
"""

from itertools import chain, zip_longest

GEMM_PRECISIONS = ("bf16", "fp8", "fp16", "tf32", "nvfp4")
GEMM_M = (1, 2048, 64, 8192, 128, 512, 16, 4096, 1024)
GEMM_NK = (
    (8192, 8192), (4096, 4096), (28672, 8192), (8192, 28672), (6144, 4096),
    (16384, 16384), (7168, 2048), (2112, 7168),
)
PREFILL = [
    {"batch": batch, "seq": seq, "heads": heads, "kv_heads": kv_heads,
     "head_dim": 128, "causal": True}
    for heads, kv_heads in ((32, 8), (64, 8), (32, 32))
    for batch, seq in ((1, 4096), (8, 1024), (1, 16384), (4, 2048), (1, 512), (16, 4096))
]
DECODE = [
    {"batch": batch, "kv_len": kv_len, "heads": heads, "kv_heads": kv_heads,
     "head_dim": 128}
    for heads, kv_heads in ((32, 8), (64, 8), (32, 32))
    for batch, kv_len in ((1, 8192), (32, 2048), (128, 2048), (8, 8192), (64, 8192), (1, 1024))
]
BANDWIDTH_KERNELS = ("copy", "read", "write")
BANDWIDTH_BYTES = [1 << power for power in range(30, 15, -1)] + [1 << 32]
LAUNCH_MODES = ("queued", "synchronous")
# Sustained, for power: what a GPU does at both ends of its roofline, and idle.
ENERGY = (
    ("idle", "", {}),
    ("copy", "", {"bytes": 1 << 30}),
    ("gemm", "bf16", {"m": 8192, "n": 8192, "k": 8192}),
    ("gemm", "fp8", {"m": 8192, "n": 8192, "k": 8192}),
    ("gemm", "bf16", {"m": 1, "n": 8192, "k": 8192}),
    ("gemm", "bf16", {"m": 512, "n": 8192, "k": 8192}),
)


class Item:
    """One thing to measure."""

    def __init__(self, family, precision, workload):
        self.family = family
        self.precision = precision
        self.workload = workload

    def __str__(self):
        sizes = " ".join(f"{key}={value}" for key, value in self.workload.items())
        return f"{self.family} {self.precision or '-'} {sizes}"


def make_plan(families=None):
    """Items, the families interleaved: a plan that is cut short has all."""
    parts = {
        "memory_bandwidth": [
            Item("memory_bandwidth", "", {"kernel": kernel, "bytes": size})
            for size in BANDWIDTH_BYTES for kernel in BANDWIDTH_KERNELS
        ],
        "launch_latency": [
            Item("launch_latency", "", {"kernel": "empty", "mode": mode})
            for mode in LAUNCH_MODES
        ],
        "energy_kernel": [
            Item("energy_kernel", precision, {"kernel": kernel, **sizes})
            for kernel, precision, sizes in ENERGY
        ],
        "attention_prefill": [
            Item("attention_prefill", precision, dict(shape))
            for shape in PREFILL for precision in ("bf16", "fp16")
        ],
        "attention_decode": [
            Item("attention_decode", "bf16", dict(shape)) for shape in DECODE
        ],
        "gemm": [
            Item("gemm", precision, {"m": m, "n": n, "k": k})
            for n, k in GEMM_NK for m in GEMM_M for precision in GEMM_PRECISIONS
        ],
    }
    chosen = [items for family, items in parts.items() if not families or family in families]
    return [item for item in chain.from_iterable(zip_longest(*chosen)) if item]


FAMILIES = ("memory_bandwidth", "launch_latency", "energy_kernel",
            "attention_prefill", "attention_decode", "gemm")
