//===- FakeGpuDriver.cpp - A CUDA driver and NVML on the host
//--------------===//
//
// The functions of libcuda and libnvidia-ml that benchmarks/gpu calls, with the
// driver's signatures. Kernels run on the host, so that wrong arguments show;
// each takes a microsecond and a joule of a GPU that does nothing else.
//
//===----------------------------------------------------------------------===//

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

static const char *const kernelNames[] = {"copy", "read", "write", "empty"};

static double microseconds = 0;
static unsigned long long launches = 0;
static double eventTimes[2];
static int streamObject, contextObject, moduleObject, nvmlObject;

static int copyText(const char *text, char *to, size_t size) {
  if (std::strlen(text) + 1 > size) {
    return 1;
  }
  std::memcpy(to, text, std::strlen(text) + 1);
  return 0;
}

extern "C" {

int cuInit(unsigned flags) { return flags != 0; }
int cuDeviceGetCount(int *count) { return *count = 1, 0; }
int cuDeviceGet(int *device, int ordinal) { return *device = ordinal, 0; }
int cuDeviceGetName(char *name, int size, int) {
  return copyText("Fake GPU", name, size_t(size));
}
int cuDeviceGetPCIBusId(char *id, int size, int) {
  return copyText("0000:01:00.0", id, size_t(size));
}
int cuDeviceGetAttribute(int *value, int which, int) {
  switch (which) {
  case 16: // multiprocessors
    return *value = 4, 0;
  case 38: // bytes of L2
    return *value = 1 << 20, 0;
  case 75: // compute capability
    return *value = 9, 0;
  case 76:
    return *value = 0, 0;
  }
  return 1;
}
int cuDevicePrimaryCtxRetain(void **context, int) {
  return *context = &contextObject, 0;
}
int cuCtxSetCurrent(void *context) { return context != &contextObject; }
int cuStreamCreate(void **stream, unsigned) {
  return *stream = &streamObject, 0;
}
int cuStreamSynchronize(void *stream) { return stream != &streamObject; }
int cuEventCreate(void **event, unsigned) {
  static int next = 0;
  *event = &eventTimes[next++ % 2];
  return 0;
}
int cuEventRecord(void *event, void *stream) {
  *static_cast<double *>(event) = microseconds;
  return stream != &streamObject;
}
int cuEventSynchronize(void *event) { return event == nullptr; }
int cuEventElapsedTime(float *milliseconds, void *start, void *end) {
  *milliseconds = float(
      (*static_cast<double *>(end) - *static_cast<double *>(start)) / 1e3);
  return 0;
}
int cuModuleLoadData(void **module, const void *image) {
  *module = &moduleObject;
  return std::strncmp(static_cast<const char *>(image), ".version", 8) != 0;
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
  for (const char *const &known : kernelNames) {
    if (std::strcmp(known, name) == 0) {
      *function = const_cast<char **>(const_cast<char *const *>(&known));
      return module != &moduleObject;
    }
  }
  return 1;
}
int cuMemGetInfo_v2(size_t *free, size_t *total) {
  return *free = *total = 1 << 24, 0;
}
int cuMemAlloc_v2(uint64_t *address, size_t size) {
  return *address = reinterpret_cast<uint64_t>(std::malloc(size)), 0;
}
int cuMemsetD32_v2(uint64_t address, unsigned value, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    reinterpret_cast<uint32_t *>(address)[i] = value;
  }
  return 0;
}
int cuMemFree_v2(uint64_t address) {
  return std::free(reinterpret_cast<void *>(address)), 0;
}
int cuLaunchKernel(void *function, unsigned blocks, unsigned y, unsigned z,
                   unsigned threads, unsigned ty, unsigned tz,
                   unsigned sharedBytes, void *stream, void **arguments,
                   void **extra) {
  if (blocks == 0 || threads == 0 || y != 1 || z != 1 || ty != 1 || tz != 1 ||
      sharedBytes != 0 || stream != &streamObject || extra) {
    return 1;
  }
  ++launches;
  microseconds += 1;
  std::string name = *static_cast<const char **>(function);
  if (name == "empty") {
    return 0;
  }
  auto *to = *static_cast<char **>(arguments[0]);
  auto *from = *static_cast<char **>(arguments[1]);
  size_t bytes = 16 * *static_cast<uint64_t *>(arguments[2]);
  if (name == "copy") {
    std::memcpy(to, from, bytes);
  } else if (name == "write") {
    std::memset(to, 0, bytes);
  }
  return 0;
}

int nvmlInit_v2() { return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char *id, void **device) {
  *device = &nvmlObject;
  return std::strcmp(id, "0000:01:00.0") != 0;
}
int nvmlSystemGetDriverVersion(char *text, unsigned size) {
  return copyText("999.1", text, size);
}
int nvmlDeviceGetName(void *device, char *text, unsigned size) {
  return device == &nvmlObject ? copyText("NVIDIA Fake", text, size) : 1;
}
int nvmlDeviceGetEnforcedPowerLimit(void *, unsigned *milliwatts) {
  return *milliwatts = 500000, 0;
}
int nvmlDeviceGetTotalEnergyConsumption(void *,
                                        unsigned long long *millijoules) {
  return *millijoules = launches * 1000, 0;
}
int nvmlDeviceGetClockInfo(void *, int type, unsigned *mhz) {
  return *mhz = 1500, type != 1;
}
int nvmlDeviceGetTemperature(void *, int type, unsigned *celsius) {
  return *celsius = 40, type != 0;
}
struct Utilization {
  unsigned gpu, memory;
};
int nvmlDeviceGetUtilizationRates(void *, Utilization *utilization) {
  return utilization->gpu = utilization->memory = 0, 0;
}

} // extern "C"
