//===- Workload.cpp - Memory of a workload, and its division --------------===//

#include "compiler-driver/Baselines/Workload.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

using namespace llvm;

namespace acc::systems {

double countProducts(const Kernel &kernel) {
  if (auto *g = std::get_if<Gemm>(&kernel.work)) {
    return g->batch * g->m * g->n * g->k;
  }
  if (auto *g = std::get_if<GroupedGemm>(&kernel.work)) {
    return g->groups * g->rowsPerGroup * g->n * g->k;
  }
  if (auto *a = std::get_if<Attention>(&kernel.work)) {
    return a->batch * a->queryHeads * a->queryLength * a->contextLength *
           (a->keyDim + a->valueDim);
  }
  return 0;
}

Bytes Workload::peakActivations() const {
  std::vector<size_t> lastUse(steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    lastUse[i] = std::max(lastUse[i], i);
    for (unsigned producer : steps[i].producers) {
      lastUse[producer] = i;
    }
  }
  std::vector<Bytes> freed(steps.size());
  Bytes live, peak;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].isOutput) {
      live += steps[i].result;
      freed[lastUse[i]] += steps[i].result;
    }
    peak = std::max(peak, live);
    live -= freed[i];
  }
  return peak;
}

Bytes Workload::footprint() const {
  return weights + arguments + results + peakActivations();
}

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

namespace {

/// How a tensor lies on the devices.
enum class Layout {
  Whole,  ///< all of it on every device
  Divided ///< by features or heads
};

class Divider {
public:
  Divider(const Workload &workload, unsigned devices)
      : workload(workload), ways(devices), layouts(workload.steps.size()) {}

  DividedWorkload run();

private:
  const Workload &workload;
  double ways;
  std::vector<Layout> layouts; ///< of the steps' results
  DividedWorkload result;
  Bytes weights; ///< of one device

  void addCollective(CollectiveKind kind, Bytes bytes, const std::string &name);
  bool anyDivided(const WorkStep &step) const;
  void gatherInputs(const WorkStep &step);
  Layout divideGemm(const WorkStep &step, Gemm gemm);
  Layout divideAttention(const WorkStep &step, Attention attention);
  Layout divideVector(const WorkStep &step, Vector vector);
  Layout copyStep(const WorkStep &step);
};

} // namespace

void Divider::addCollective(CollectiveKind kind, Bytes bytes,
                            const std::string &name) {
  Collective collective;
  collective.kind = kind;
  collective.bytes = bytes;
  collective.ranks = ways;
  Kernel kernel;
  kernel.name = name;
  kernel.work = collective;
  result.kernels.push_back(std::move(kernel));
  result.collectives += 1;
}

bool Divider::anyDivided(const WorkStep &step) const {
  return any_of(step.producers, [&](unsigned producer) {
    return layouts[producer] == Layout::Divided;
  });
}

/// Makes every divided input whole, once.
void Divider::gatherInputs(const WorkStep &step) {
  for (unsigned producer : step.producers) {
    if (layouts[producer] == Layout::Divided) {
      const WorkStep &source = workload.steps[producer];
      addCollective(CollectiveKind::AllGather, source.result,
                    "all-gather of " + source.kernel.name);
      layouts[producer] = Layout::Whole;
    }
  }
}

Layout Divider::copyStep(const WorkStep &step) {
  gatherInputs(step);
  result.kernels.push_back(step.kernel);
  weights += step.weights;
  return Layout::Whole;
}

Layout Divider::divideGemm(const WorkStep &step, Gemm gemm) {
  bool isWeighted = step.weights > Bytes();
  Kernel kernel = step.kernel;
  // Products of activations: by their batch (heads) if they are divided.
  if (!isWeighted) {
    if (!anyDivided(step) || gemm.batch < ways) {
      return copyStep(step);
    }
    gemm.batch = std::ceil(gemm.batch / ways);
    kernel.work = gemm;
    result.kernels.push_back(std::move(kernel));
    return Layout::Divided;
  }
  bool byRows = anyDivided(step);
  if ((byRows ? gemm.k : gemm.n) < ways) {
    return copyStep(step);
  }
  (byRows ? gemm.k : gemm.n) = std::ceil((byRows ? gemm.k : gemm.n) / ways);
  weights += step.weights / ways;
  kernel.work = gemm;
  result.kernels.push_back(std::move(kernel));
  if (!byRows) {
    if (!step.isOutput) {
      return Layout::Divided;
    }
    addCollective(CollectiveKind::AllGather, step.result,
                  "all-gather of " + step.kernel.name);
    return Layout::Whole;
  }
  addCollective(CollectiveKind::AllReduce, step.result,
                "all-reduce of " + step.kernel.name);
  return Layout::Whole;
}

Layout Divider::divideAttention(const WorkStep &step, Attention attention) {
  if (attention.queryHeads < ways || !anyDivided(step)) {
    return copyStep(step);
  }
  attention.queryHeads = std::ceil(attention.queryHeads / ways);
  // Fewer key heads than devices: each device keeps a copy of one.
  attention.kvHeads = std::ceil(attention.kvHeads / ways);
  Kernel kernel = step.kernel;
  kernel.work = attention;
  result.kernels.push_back(std::move(kernel));
  return Layout::Divided;
}

Layout Divider::divideVector(const WorkStep &step, Vector vector) {
  if (step.needsRows || !anyDivided(step)) {
    gatherInputs(step);
    result.kernels.push_back(step.kernel);
    return Layout::Whole;
  }
  vector.read /= ways;
  vector.written /= ways;
  vector.operations /= ways;
  Kernel kernel = step.kernel;
  kernel.work = vector;
  result.kernels.push_back(std::move(kernel));
  return Layout::Divided;
}

DividedWorkload Divider::run() {
  Bytes constants;
  for (auto [i, step] : enumerate(workload.steps)) {
    constants += step.weights;
    if (auto *gemm = std::get_if<Gemm>(&step.kernel.work)) {
      layouts[i] = divideGemm(step, *gemm);
    } else if (auto *attention = std::get_if<Attention>(&step.kernel.work)) {
      layouts[i] = divideAttention(step, *attention);
    } else if (auto *vector = std::get_if<Vector>(&step.kernel.work)) {
      weights += step.weights;
      layouts[i] = divideVector(step, *vector);
    } else {
      layouts[i] = copyStep(step);
    }
  }
  // Constants that no product reads as weights (small tables) are everywhere.
  weights += std::max(Bytes(), workload.weights - constants);
  // Caches are divided with the heads; other inputs are small beside them.
  bool hasHeads = any_of(workload.steps, [](const WorkStep &step) {
    return std::holds_alternative<Attention>(step.kernel.work);
  });
  result.footprint =
      weights +
      (workload.arguments + workload.results) / (hasHeads ? ways : 1) +
      workload.peakActivations();
  return std::move(result);
}

DividedWorkload divide(const Workload &workload, unsigned devices) {
  if (devices > 1) {
    return Divider(workload, devices).run();
  }
  DividedWorkload whole;
  for (const WorkStep &step : workload.steps) {
    whole.kernels.push_back(step.kernel);
  }
  whole.footprint = workload.footprint();
  return whole;
}

Expected<unsigned> fewestDevices(const Workload &workload, Bytes capacity,
                                 unsigned most) {
  Bytes least;
  for (unsigned devices = 1; devices <= most; devices *= 2) {
    least = divide(workload, devices).footprint;
    if (least <= capacity) {
      return devices;
    }
  }
  return createStringError(
      inconvertibleErrorCode(),
      "needs %.4g GB on each of its devices, which have %.4g GB for it",
      least.value() / 1e9, capacity.value() / 1e9);
}

} // namespace acc::systems
