"""Matrix products and attention through PyTorch, if it is installed.

Operands are normal random numbers: their bits toggle as those of a model do,
which a GPU at its power limit feels. Several sets of operands larger than the
L2 take turns. Calls are captured in a CUDA graph, so that the host's time to
launch is not in the result.
"""

import contextlib

from gpu_measure import rows, timing
from gpu_measure.nvml import Unavailable

_GRAPH_CALLS = 16
_WARMUP_CALLS = 3


def load():
    """The torch module, if it can use a GPU."""
    try:
        import torch
    except ImportError as error:
        raise Unavailable(f"PyTorch: {error}") from error
    if not torch.cuda.is_available():
        raise Unavailable("PyTorch: this build or machine has no CUDA")
    return torch


class GraphStep:
    """Calls of `function(i)`, i from 0 to sets-1 in turn, as one graph."""

    def __init__(self, torch, stream, function, sets):
        self.calls = sets * max(1, _GRAPH_CALLS // sets)
        self._torch, self._stream = torch, stream
        with torch.cuda.stream(stream):
            for i in range(_WARMUP_CALLS):
                function(i % sets)
        stream.synchronize()
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, stream=stream):
            for i in range(self.calls):
                function(i % sets)

    def __call__(self):
        with self._torch.cuda.stream(self._stream):
            self._graph.replay()

    def close(self):
        self._graph = None
        self._torch.cuda.empty_cache()


class TorchOps:
    """Steps for families that need libraries."""

    def __init__(self, torch, cuda, ordinal):
        self._torch, self._cuda = torch, cuda
        self._device = torch.device("cuda", ordinal)
        torch.cuda.set_device(self._device)
        torch.backends.cuda.matmul.allow_tf32 = True
        self._stream = torch.cuda.ExternalStream(cuda.stream.value, device=self._device)
        self.version = torch.__version__

    def _random(self, *shape, dtype=None):
        dtype = dtype or self._torch.bfloat16
        return self._torch.randn(*shape, device=self._device, dtype=dtype)

    def _sets(self, operand_bytes):
        return timing.copies_past_cache(operand_bytes, self._cuda.l2_bytes,
                                        self._cuda.free_bytes())

    def _step(self, make, call, operand_bytes):
        if operand_bytes * 2 > self._cuda.free_bytes():
            raise Unavailable("operands do not fit into free memory")
        sets = self._sets(operand_bytes)
        try:
            with self._torch.cuda.stream(self._stream):
                operands = [make() for _ in range(sets)]
            self._stream.synchronize()
            return GraphStep(self._torch, self._stream, lambda i: call(*operands[i]), sets)
        except (RuntimeError, NotImplementedError, ValueError, TypeError) as error:
            raise Unavailable(str(error).strip().split("\n")[0]) from error

    def gemm(self, precision, m, n, k):
        """out[m][n] = a[m][k] · w[n][k]ᵀ, results in bf16 (tf32: fp32)."""
        torch = self._torch
        size = (m * k + n * k) * rows.OPERAND_BITS[precision] / 8
        plain = {"bf16": "bfloat16", "fp16": "float16", "tf32": "float32"}
        if precision in plain:
            dtype = getattr(torch, plain[precision])
            return self._step(
                lambda: (self._random(m, k, dtype=dtype), self._random(n, k, dtype=dtype)),
                lambda a, w: torch.matmul(a, w.t()), size)
        if precision == "fp8":
            return self._fp8(m, n, k, size)
        if precision == "nvfp4":
            return self._nvfp4(m, n, k, size)
        raise Unavailable(f"no {precision} products in this harness")

    def _fp8(self, m, n, k, size):
        torch = self._torch
        if self._cuda.capability < (8, 9):
            raise Unavailable("this GPU has no fp8")
        dtype = getattr(torch, "float8_e4m3fn", None)
        if dtype is None or not hasattr(torch, "_scaled_mm"):
            raise Unavailable(f"PyTorch {self.version} has no fp8 products")
        one = torch.ones((), device=self._device)
        return self._step(
            lambda: (self._random(m, k).to(dtype), self._random(n, k).to(dtype)),
            lambda a, w: torch._scaled_mm(a, w.t(), one, one, out_dtype=torch.bfloat16), size)

    def _nvfp4(self, m, n, k, size):
        torch = self._torch
        if self._cuda.capability < (10, 0):
            raise Unavailable("this GPU has no fp4")
        dtype = getattr(torch, "float4_e2m1fn_x2", None)
        if dtype is None:
            raise Unavailable(f"PyTorch {self.version} has no fp4 products")

        def operand(rows_):
            packed = torch.randint(0, 256, (rows_, k // 2), device=self._device,
                                   dtype=torch.uint8).view(dtype)
            # A scale for 16 elements, in tiles of 128 x 4 as the library reads them.
            count = -(-rows_ // 128) * 128 * (-(-(k // 16) // 4) * 4)
            return packed, torch.ones(count, device=self._device).to(torch.float8_e4m3fn)

        return self._step(
            lambda: (*operand(m), *operand(n)),
            lambda a, sa, w, sw: torch._scaled_mm(a, w.t(), sa, sw, out_dtype=torch.bfloat16),
            size)

    def attention(self, precision, batch, queries, keys, heads, kv_heads, head_dim, causal):
        """softmax(q · kᵀ) · v with the library's own choice of a fused kernel."""
        torch = self._torch
        functional = torch.nn.functional
        dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}[precision]
        size = 2 * batch * head_dim * (heads * queries * 2 + 2 * kv_heads * keys)
        with contextlib.suppress(AttributeError):
            # Unfused attention is another kernel: better no row than that.
            torch.backends.cuda.enable_math_sdp(False)
        grouped = {"enable_gqa": True} if heads != kv_heads else {}
        return self._step(
            lambda: (self._random(batch, heads, queries, head_dim, dtype=dtype),
                     self._random(batch, kv_heads, keys, head_dim, dtype=dtype),
                     self._random(batch, kv_heads, keys, head_dim, dtype=dtype)),
            lambda q, k, v: functional.scaled_dot_product_attention(
                q, k, v, is_causal=causal, **grouped), size)
