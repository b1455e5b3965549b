"""Devices as a session sees them: `make_step(item)`, `run(step, calls)`,
`counter()` for power, and `implementation` of the library's kernels."""

from gpu_measure import cuda as driver
from gpu_measure import kernels, torch_ops
from gpu_measure.nvml import Nvml, Unavailable


class Gpu:
    """A GPU with what this machine has of driver, NVML and PyTorch."""

    def __init__(self, ordinal):
        self._cuda = driver.Cuda(ordinal)
        self.missing = []
        self._nvml = self._torch = None
        try:
            self._nvml = Nvml(self._cuda.pci_bus_id())
        except Unavailable as error:
            self.missing.append(str(error))
        try:
            self._torch = torch_ops.TorchOps(torch_ops.load(), self._cuda, ordinal)
        except Unavailable as error:
            self.missing.append(str(error))
        self.implementation = f"torch {self._torch.version} sdpa" if self._torch else ""

    def name(self):
        return self._nvml.name() if self._nvml else self._cuda.name()

    def driver_version(self):
        return self._nvml.driver() if self._nvml else "not known (no NVML)"

    def busy_percent(self):
        return self._nvml.busy_percent() if self._nvml else 0

    def counter(self):
        if not self._nvml:
            raise Unavailable("no NVML, which has the energy counter")
        return self._nvml

    def run(self, step, calls):
        return self._cuda.run(step, calls)

    def make_step(self, item):
        step, method = self._make(item)
        step.method = method
        return step

    def _make(self, item):
        work = item.workload
        kernel = work.get("kernel")
        if item.family == "launch_latency":
            return driver.empty_step(self._cuda, work["mode"]), "driver API, CUDA events"
        if kernel in kernels.TRAFFIC:
            return (driver.traffic_step(self._cuda, kernel, work["bytes"]),
                    "16-byte accesses, one pass over the array a call, CUDA events")
        if not self._torch:
            raise Unavailable("needs PyTorch")
        method = f"torch {self._torch.version}, CUDA graph, operands past the L2, CUDA events"
        if item.family == "gemm" or kernel == "gemm":
            return self._torch.gemm(item.precision, work["m"], work["n"], work["k"]), method
        decode = item.family == "attention_decode"
        return self._torch.attention(
            item.precision, work["batch"], 1 if decode else work["seq"],
            work["kv_len"] if decode else work["seq"], work["heads"], work["kv_heads"],
            work["head_dim"], work.get("causal", False)), method


class _FakeStep:
    method = "dry run"
    calls = 1

    def __init__(self, seconds):
        self.seconds = seconds

    def close(self):
        pass


class Fake:
    """Takes 10 µs for everything, in no time; for the dry run and tests."""

    implementation = "none"

    def __init__(self, clock=None):
        self._clock = clock

    def make_step(self, item):
        return _FakeStep(1e-5)

    def run(self, step, calls):
        if self._clock:
            self._clock.advance(step.seconds * calls)
        return step.seconds * calls

    def counter(self):
        return self

    def energy_j(self):
        return self._clock.now * 100 if self._clock else 0

    def sm_clock_mhz(self):
        return 1000

    def temperature_c(self):
        return 40

    def power_limit_w(self):
        return 500.0


class FakeClock:
    """Time that passes only where it is spent."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += seconds
