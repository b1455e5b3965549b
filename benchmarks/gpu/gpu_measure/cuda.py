"""The CUDA driver through ctypes: all that a machine with a driver alone has."""

import ctypes

from gpu_measure import kernels
from gpu_measure.nvml import Unavailable

_MULTIPROCESSORS, _L2_BYTES, _MAJOR, _MINOR = 16, 38, 75, 76
_THREADS = 256
_BLOCKS_PER_MULTIPROCESSOR = 16


class Cuda:
    """One GPU: its memory, the kernels of kernels.py, and time by events."""

    def __init__(self, ordinal=0, library="libcuda.so.1"):
        try:
            self._lib = ctypes.CDLL(library)
        except OSError as error:
            raise Unavailable(f"CUDA driver: {error}") from error
        self._call("cuInit", 0)
        count = ctypes.c_int()
        self._call("cuDeviceGetCount", ctypes.byref(count))
        if ordinal >= count.value:
            raise Unavailable(f"--device={ordinal}: this machine has {count.value} GPUs")
        device = ctypes.c_int()
        self._call("cuDeviceGet", ctypes.byref(device), ordinal)
        self._device = device
        # The primary context, which PyTorch uses, too.
        context = ctypes.c_void_p()
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self._call("cuCtxSetCurrent", context)
        self.stream = ctypes.c_void_p()
        self._call("cuStreamCreate", ctypes.byref(self.stream), 0)
        self._events = [ctypes.c_void_p(), ctypes.c_void_p()]
        for event in self._events:
            self._call("cuEventCreate", ctypes.byref(event), 0)
        self.multiprocessors = self._attribute(_MULTIPROCESSORS)
        self.l2_bytes = self._attribute(_L2_BYTES)
        self.capability = (self._attribute(_MAJOR), self._attribute(_MINOR))
        self._functions = self._load()

    def _call(self, name, *arguments):
        function = getattr(self._lib, name, None)
        if function is None:
            raise Unavailable(f"{name}: not in this driver")
        status = function(*arguments)
        if status != 0:
            raise Unavailable(f"{name}: CUDA error {status}")

    def _attribute(self, which):
        value = ctypes.c_int()
        self._call("cuDeviceGetAttribute", ctypes.byref(value), which, self._device)
        return value.value

    def _load(self):
        module = ctypes.c_void_p()
        self._call("cuModuleLoadData", ctypes.byref(module), kernels.ptx().encode() + b"\0")
        functions = {}
        for name in (*kernels.TRAFFIC, "empty"):
            function = ctypes.c_void_p()
            self._call("cuModuleGetFunction", ctypes.byref(function), module, name.encode())
            functions[name] = function
        return functions

    def name(self):
        buffer = ctypes.create_string_buffer(96)
        self._call("cuDeviceGetName", buffer, len(buffer), self._device)
        return buffer.value.decode(errors="replace")

    def pci_bus_id(self):
        buffer = ctypes.create_string_buffer(32)
        self._call("cuDeviceGetPCIBusId", buffer, len(buffer), self._device)
        return buffer.value.decode()

    def free_bytes(self):
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self._call("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
        return free.value

    def allocate(self, size):
        address = ctypes.c_uint64()
        self._call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(size))
        self._call("cuMemsetD32_v2", address, ctypes.c_uint(1), ctypes.c_size_t(size // 4))
        return address

    def free(self, address):
        self._call("cuMemFree_v2", address)

    def synchronize(self):
        self._call("cuStreamSynchronize", self.stream)

    def launch(self, name, *arguments, blocks=None):
        values = (ctypes.c_void_p * max(1, len(arguments)))(
            *[ctypes.cast(ctypes.pointer(a), ctypes.c_void_p) for a in arguments])
        self._call("cuLaunchKernel", self._functions[name],
                   blocks or self.multiprocessors * _BLOCKS_PER_MULTIPROCESSOR, 1, 1,
                   _THREADS if arguments else 1, 1, 1, 0, self.stream, values, None)

    def run(self, step, calls):
        """Seconds between the start of the first and the end of the last call."""
        start, end = self._events
        self._call("cuEventRecord", start, self.stream)
        executed = 0
        while executed < calls:
            step()
            executed += step.calls
        self._call("cuEventRecord", end, self.stream)
        self._call("cuEventSynchronize", end)
        milliseconds = ctypes.c_float()
        self._call("cuEventElapsedTime", ctypes.byref(milliseconds), start, end)
        return milliseconds.value * 1e-3 * calls / executed


class _Step:
    """`calls` calls for every invocation; `close` gives memory back."""

    calls = 1

    def __init__(self, function, close=lambda: None):
        self._function = function
        self.close = close

    def __call__(self):
        self._function()


def traffic_step(cuda, kernel, size):
    """A kernel of kernels.py over an array of `size` bytes."""
    if size * 2 > cuda.free_bytes():
        raise Unavailable(f"two arrays of {size} bytes do not fit into free memory")
    arrays = [cuda.allocate(size), cuda.allocate(size)]
    items = ctypes.c_uint64(size // 16)
    blocks = min(cuda.multiprocessors * _BLOCKS_PER_MULTIPROCESSOR,
                 -(-items.value // _THREADS))
    return _Step(lambda: cuda.launch(kernel, *arrays, items, blocks=blocks),
                 lambda: [cuda.free(array) for array in arrays])


def empty_step(cuda, mode):
    """An empty kernel; `synchronous` waits for each one."""
    def launch_and_wait():
        cuda.launch("empty", blocks=1)
        cuda.synchronize()
    return _Step(launch_and_wait if mode == "synchronous"
                 else lambda: cuda.launch("empty", blocks=1))
