"""What NVML says of a GPU. Only reads; the card's settings stay as they are."""

import ctypes


class Unavailable(RuntimeError):
    """A library or a counter that this machine has not."""


class _Utilization(ctypes.Structure):
    _fields_ = [("gpu", ctypes.c_uint), ("memory", ctypes.c_uint)]


class Nvml:
    """One GPU, by the identifier of its PCI slot."""

    def __init__(self, pci_bus_id, library="libnvidia-ml.so.1"):
        try:
            self._lib = ctypes.CDLL(library)
        except OSError as error:
            raise Unavailable(f"NVML: {error}") from error
        self._call("nvmlInit_v2")
        self._device = ctypes.c_void_p()
        self._call("nvmlDeviceGetHandleByPciBusId_v2", pci_bus_id.encode(),
                   ctypes.byref(self._device))

    def _call(self, name, *arguments):
        function = getattr(self._lib, name, None)
        if function is None:
            raise Unavailable(f"{name}: not in this driver")
        status = function(*arguments)
        if status != 0:
            raise Unavailable(f"{name}: NVML error {status}")

    def _text(self, name, *arguments):
        buffer = ctypes.create_string_buffer(96)
        self._call(name, *arguments, buffer, ctypes.c_uint(len(buffer)))
        return buffer.value.decode(errors="replace")

    def _number(self, name, kind, *arguments):
        value = kind()
        self._call(name, self._device, *arguments, ctypes.byref(value))
        return value.value

    def driver(self):
        return self._text("nvmlSystemGetDriverVersion")

    def name(self):
        return self._text("nvmlDeviceGetName", self._device)

    def power_limit_w(self):
        return self._number("nvmlDeviceGetEnforcedPowerLimit", ctypes.c_uint) / 1e3

    def power_w(self):
        return self._number("nvmlDeviceGetPowerUsage", ctypes.c_uint) / 1e3

    def energy_j(self):
        """Since the driver was loaded; the difference of two readings counts."""
        return self._number("nvmlDeviceGetTotalEnergyConsumption", ctypes.c_ulonglong) / 1e3

    def sm_clock_mhz(self):
        return self._number("nvmlDeviceGetClockInfo", ctypes.c_uint, ctypes.c_int(1))

    def temperature_c(self):
        return self._number("nvmlDeviceGetTemperature", ctypes.c_uint, ctypes.c_int(0))

    def busy_percent(self):
        """How busy others keep the GPU: a measurement beside them is none."""
        value = _Utilization()
        self._call("nvmlDeviceGetUtilizationRates", self._device, ctypes.byref(value))
        return value.gpu
