//===- KernelModel.cpp - Time and energy of kernels on systems ------------===//

#include "compiler-driver/Baselines/KernelModel.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace acc::systems;

StringRef acc::systems::resourceName(Resource resource) {
  switch (resource) {
  case Resource::Matrix:
    return "matrix";
  case Resource::Vector:
    return "vector";
  case Resource::Memory:
    return "memory";
  case Resource::Cache:
    return "cache";
  case Resource::Link:
    return "link";
  case Resource::Latency:
    return "latency";
  case Resource::Power:
    return "power";
  }
  return "";
}

ErrorClass acc::systems::classOf(const Kernel &kernel) {
  if (std::holds_alternative<Gemm>(kernel.work)) {
    return ErrorClass::Gemm;
  }
  if (const auto *attention = std::get_if<Attention>(&kernel.work)) {
    return isDecode(*attention) ? ErrorClass::Decode : ErrorClass::Prefill;
  }
  if (std::holds_alternative<Vector>(kernel.work)) {
    return ErrorClass::Memory;
  }
  if (std::holds_alternative<Collective>(kernel.work)) {
    return ErrorClass::Collective;
  }
  return ErrorClass::Moe;
}

/// Format whose peak rate a kernel's products run at, if it has products.
static std::optional<Format> matrixFormat(const Kernel &kernel) {
  if (const auto *gemm = std::get_if<Gemm>(&kernel.work)) {
    return widerFormat(gemm->a, gemm->b);
  }
  if (const auto *gemm = std::get_if<GroupedGemm>(&kernel.work)) {
    return widerFormat(gemm->a, gemm->b);
  }
  if (const auto *moe = std::get_if<MoeExperts>(&kernel.work)) {
    return widerFormat(moe->activations, moe->weights);
  }
  if (const auto *attention = std::get_if<Attention>(&kernel.work)) {
    return attention->q;
  }
  return std::nullopt;
}

Error acc::systems::checkFigures(const Kernel &kernel, const Device &device) {
  auto missing = [&](const Twine &figure) {
    return createStringError(inconvertibleErrorCode(),
                             "system '" + device.system + "' has no " + figure);
  };
  std::optional<Format> format = matrixFormat(kernel);
  if (format && device.matrixRate(*format).peak <= OperationsPerSecond(0)) {
    return missing("peak rate for " + formatName(*format));
  }
  if (const auto *collective = std::get_if<Collective>(&kernel.work)) {
    if (collective->toHost) {
      return device.host > BytesPerSecond(0) ? Error::success()
                                             : missing("host_link_one_way");
    }
    if (collective->ranks > 1 &&
        std::max(device.scaleUp, device.scaleOut) <= BytesPerSecond(0)) {
      return missing("scaleup_one_way");
    }
  }
  return Error::success();
}

/// Key of a system file with the dense peak of a format.
static std::string peakKey(Format format) {
  switch (format) {
  case Format::Nvfp4:
  case Format::Mxfp4:
    return "peak_fp4";
  case Format::Mxfp6:
    return "peak_fp6";
  default:
    return "peak_" + formatName(format).str();
  }
}

std::vector<Basis> acc::systems::basisOf(const Kernel &kernel,
                                         const System &system,
                                         const ParameterSet &set) {
  std::vector<std::string> figures = {"memory_bandwidth", "tdp"};
  std::vector<StringRef> prefixes = {"power.", "energy."};
  if (std::optional<Format> format = matrixFormat(kernel)) {
    figures.push_back(peakKey(makeDevice(system).matrixRate(*format).format));
    figures.push_back("cores");
    figures.push_back("clock");
  }
  switch (classOf(kernel)) {
  case ErrorClass::Gemm:
    prefixes.push_back("gemm.");
    break;
  case ErrorClass::Moe:
    prefixes.insert(prefixes.end(), {"gemm.", "grouped.", "moe."});
    break;
  case ErrorClass::Prefill:
    prefixes.push_back("prefill.");
    break;
  case ErrorClass::Decode:
    prefixes.push_back("decode.");
    break;
  case ErrorClass::Memory:
    prefixes.push_back("vector.");
    figures.insert(figures.end(), {"peak_fp32", "l2_capacity"});
    break;
  case ErrorClass::Collective: {
    const auto &collective = std::get<Collective>(kernel.work);
    prefixes.push_back(
        collective.library == CollectiveLibrary::Nccl      ? "nccl."
        : collective.library == CollectiveLibrary::OneShot ? "oneshot."
        : collective.library == CollectiveLibrary::Expert  ? "expert."
                                                           : "copy.");
    figures.push_back(collective.toHost          ? "host_link_one_way"
                      : collective.withinScaleUp ? "scaleup_one_way"
                                                 : "scaleout_one_way");
    break;
  }
  case ErrorClass::Energy:
    break;
  }
  std::vector<Basis> basis;
  for (const std::string &key : figures) {
    if (const Figure *figure = system.find(key)) {
      basis.push_back({system.name() + "/" + key, figure->source});
    }
  }
  for (const ParameterInfo &info : allParameters()) {
    if (any_of(prefixes, [&](StringRef prefix) {
          return info.key.starts_with(prefix);
        })) {
      const data::Figure *figure = set.file.find(info.key);
      basis.push_back({set.name + "/" + info.key.str(),
                       figure ? figure->source : "prior of Parameters.def"});
    }
  }
  return basis;
}

Expected<KernelModel> KernelModel::load() {
  KernelModel model;
  Expected<ParameterSets> sets = ParameterSets::load();
  if (!sets) {
    return sets.takeError();
  }
  model.sets = std::move(*sets);
  Expected<ErrorTable> errors = ErrorTable::load();
  if (!errors) {
    return errors.takeError();
  }
  model.errors = std::move(*errors);
  return std::move(model);
}

const ParameterSet &KernelModel::parametersOf(const System &system) const {
  return sets.of(system.architecture());
}

ErrorBand KernelModel::errorOf(ErrorClass errorClass,
                               const System &system) const {
  const ParameterSet &set = parametersOf(system);
  return errors.find(errorClass, system.name(),
                     is_contained(set.architectures, system.architecture()));
}

Expected<Estimate> KernelModel::estimate(const Kernel &kernel,
                                         const System &system) const {
  Device device = makeDevice(system);
  if (Error error = checkFigures(kernel, device)) {
    return std::move(error);
  }
  const ParameterSet &set = parametersOf(system);
  Cost cost = costOf(kernel, device, set.values);
  Estimate estimate;
  estimate.time = cost.time;
  if (kernel.launch == Launch::Host) {
    estimate.time += Seconds(set.values[Parameter::HostCall]);
  }
  estimate.energy = standingPower(device, set.values) * cost.time +
                    dynamicEnergy(cost.events, set.values);
  estimate.limit = cost.limit;
  estimate.bound = cost.bound;
  estimate.error = errorOf(classOf(kernel), system);
  estimate.basis = basisOf(kernel, system, set);
  return std::move(estimate);
}
