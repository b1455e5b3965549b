//===- Step.cpp -----------------------------------------------------------===//

#include "compiler-driver/Baselines/Step.h"

#include "compiler-driver/Baselines/Cost.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace llvm;

namespace acc::systems {

static Error fail(const System &system, const Twine &message) {
  return createStringError(inconvertibleErrorCode(),
                           "system '" + system.name() + "' " + message);
}

/// The workload with another format of products and of the tensors that had
/// the old one.
static Workload withFormat(Workload workload, Format from, Format to) {
  auto replace = [&](Format &format) { format = format == from ? to : format; };
  for (WorkStep &step : workload.steps) {
    if (auto *gemm = std::get_if<Gemm>(&step.kernel.work)) {
      replace(gemm->a);
      replace(gemm->b);
    } else if (auto *attention = std::get_if<Attention>(&step.kernel.work)) {
      replace(attention->q);
      replace(attention->kv);
    }
  }
  return workload;
}

/// The format that the system multiplies in when asked for another: the same,
/// the next wider one, or the widest that it has.
static std::optional<Format> nearestFormat(const Device &device, Format asked) {
  for (Format format : {asked, Format::Tf32, Format::Bf16, Format::Fp16}) {
    MatrixRate rate = device.matrixRate(format);
    if (rate.peak > OperationsPerSecond()) {
      return rate.format;
    }
  }
  return std::nullopt;
}

static Expected<unsigned> countDevices(const Workload &workload,
                                       const System &system, Bytes capacity,
                                       std::optional<unsigned> asked) {
  auto most = unsigned(*system.scaleupDevices());
  if (!asked) {
    Expected<unsigned> fewest = fewestDevices(workload, capacity, most);
    if (!fewest) {
      return fail(system,
                  "cannot hold the model: " + toString(fewest.takeError()) +
                      "; at most " + Twine(most) + " devices are joined");
    }
    return fewest;
  }
  if (*asked < 1 || *asked > most) {
    return fail(system, "joins " + Twine(most) +
                            " devices by its scale-up links; expects 1 to " +
                            Twine(most) + " devices, not " + Twine(*asked));
  }
  Bytes footprint = divide(workload, *asked).footprint;
  if (footprint > capacity) {
    return fail(system, formatv("cannot hold the model on {0} devices: needs "
                                "{1:f1} GB of each, has {2:f1} GB for it",
                                *asked, footprint.value() / 1e9,
                                capacity.value() / 1e9));
  }
  return *asked;
}

/// Limits the power of the whole step and sums up.
static void finish(StepEstimate &step, const KernelModel &model,
                   const System &system) {
  const Parameters &parameters = model.parametersOf(system).values;
  Device device = makeDevice(system);
  Cost total;
  std::map<Resource, Seconds> byLimit;
  Seconds single, low, high;
  step.isMeasured = !step.estimates.empty();
  for (auto [kernel, estimate] : zip(step.kernels, step.estimates)) {
    total += costAtFullClock(kernel, device, parameters);
    byLimit[estimate.limit] += estimate.time;
    single += estimate.time;
    low += estimate.time * estimate.error.low;
    high += estimate.time * estimate.error.high;
    step.bound += estimate.bound;
    step.meanError += estimate.time.value() * estimate.error.meanAbsolute;
    step.isMeasured &= estimate.error.measuredSystem;
  }
  Seconds most;
  for (auto [limit, time] : byLimit) {
    if (time > most) {
      most = time;
      step.limit = limit;
    }
  }
  Seconds unlimited = total.time;
  limitPower(total, device, parameters);
  if (total.time > unlimited) {
    step.limit = Resource::Power;
  }
  step.time = total.time;
  double scale = single > Seconds() ? total.time / single : 1;
  step.low = std::max(step.bound, low * scale);
  step.high = high * scale;
  step.meanError /= std::max(single.value(), 1e-30);
  Joules energy = standingPower(device, parameters) * total.time +
                  dynamicEnergy(total.events, parameters);
  step.energy = energy * double(step.devices);
  ErrorBand band = model.errorOf(ErrorClass::Energy, system);
  step.lowEnergy = step.energy * band.low;
  step.highEnergy = step.energy * band.high;
}

Expected<StepEstimate> estimateStep(const KernelModel &model,
                                    const Workload &workload,
                                    const System &system,
                                    std::optional<unsigned> devices) {
  StepEstimate step;
  step.asked = workload.format;
  Device device = makeDevice(system);
  std::optional<Format> used = nearestFormat(device, workload.format);
  if (!used) {
    return fail(system, "has no rate of products in any format");
  }
  step.used = *used;
  step.capacity = *system.memoryCapacity() * usableMemory;
  Expected<unsigned> count =
      countDevices(workload, system, step.capacity, devices);
  if (!count) {
    return count.takeError();
  }
  step.devices = *count;
  bool isWider = bytesPerElement(*used) >= bytesPerElement(workload.format);
  DividedWorkload divided =
      divide(isWider ? workload : withFormat(workload, workload.format, *used),
             step.devices);
  step.footprint = divided.footprint;
  step.kernels = std::move(divided.kernels);
  for (const Kernel &kernel : step.kernels) {
    Expected<Estimate> estimate = model.estimate(kernel, system);
    if (!estimate) {
      return estimate.takeError();
    }
    step.estimates.push_back(std::move(*estimate));
  }
  finish(step, model, system);
  return std::move(step);
}

} // namespace acc::systems
