//===- Train.cpp - A step of training on off-the-shelf systems ------------===//

#include "compiler-driver/Scenario/Train.h"

#include "compiler-driver/Baselines/Cost.h"
#include "compiler-driver/Baselines/Step.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using systems::Bytes;
using systems::Cost;
using systems::Format;
using systems::ModelShape;
using systems::Seconds;

/// Every product of the forward pass has two of the same size on the way back.
static constexpr double kPasses = 3;
/// Fewer tokens at a time leave matrix units idle.
static constexpr double kLeastTokens = 4096;
/// Pieces of a stage's layers that take turns, so that stages wait so many
/// times less (Narayanan et al., arXiv 2104.04473, section 2.2); how many is an
/// estimate.
static constexpr double kMostInterleaved = 4;
/// Stages beyond this have too little to do in any known job.
static constexpr int64_t kMostStages = 32;

std::string TrainingLayout::text() const {
  return "tp=" + std::to_string(tensor) + ", pp=" + std::to_string(pipeline) +
         ", dp=" + std::to_string(data) + (recomputes ? ", recomputed" : "");
}

double scenario::trainingBytes(const ModelShape &model,
                               const TrainingLayout &layout, double tokens) {
  double part = model.parameters() / double(layout.tensor * layout.pipeline);
  // Weights of 2 bytes, sums of gradients of 4; of the optimiser a copy of the
  // weights and two moments, of 4 bytes each.
  double states = part * (2 + 4 + 12 / double(layout.data));
  // The first stage holds as many microbatches as there are stages: together
  // as many as all layers of one.
  double each = layout.recomputes ? 2 : 34;
  double activations =
      model.layers * tokens * model.hidden * each / double(layout.tensor);
  return states + activations;
}

double scenario::trainingProducts(const ModelShape &model, double sequence) {
  // Embeddings are looked up; a token sees half of its sequence on average.
  double weights = model.activeParameters() -
                   (model.tiedEmbedding ? 0 : model.vocabulary * model.hidden);
  double seen = sequence / 2;
  double windowed = std::min(model.windowLayers, model.attentionLayers);
  double attention = model.queryHeads * (model.headDim + model.valueSize()) *
                     ((model.attentionLayers - windowed) * seen +
                      windowed * std::min(seen, model.window));
  return kPasses * (weights + attention);
}

namespace {

/// One placement of a job.
class Trainer {
public:
  Trainer(const ModelShape &model, const Scenario &scenario, Format format,
          const TrainingLayout &placement, const systems::Device &device,
          const systems::Parameters &parameters)
      : model(model), scenario(scenario), format(format), placement(placement),
        device(device), parameters(parameters) {
    ofCopy = divideCeil(scenario.batch, placement.data);
    auto wanted = int64_t(std::ceil(kLeastTokens / double(scenario.input)));
    ofMicrobatch = std::clamp<int64_t>(wanted, 1, std::max<int64_t>(1, ofCopy));
  }

  bool fits() const {
    return placement.data <= scenario.batch &&
           placement.pipeline <= ofCopy / ofMicrobatch &&
           trainingBytes(model, placement,
                         double(ofMicrobatch * scenario.input)) <=
               systems::usableMemory * device.memoryCapacity.value();
  }

  /// Of one chip of the copy with most sequences, which the others wait for,
  /// and a global step.
  struct Parts {
    Cost compute;
    Seconds bubble, exchange;
    Cost moved;       ///< what gradients and weights take besides time
    double share = 1; ///< of such a chip's work, on average over all chips
  };
  Parts run() const {
    Parts parts;
    double micro = std::ceil(double(ofCopy) / double(ofMicrobatch));
    double passes = kPasses + (placement.recomputes ? 1 : 0);
    Cost once = repeated(forward(), 1 / double(placement.pipeline));
    parts.compute = repeated(once, passes * micro);
    parts.compute += optimiser();
    // Stages wait for the first microbatch to come and the last one to leave
    // (GPipe, arXiv 1811.06965, and 1F1B alike).
    double layers = model.layers / double(placement.pipeline);
    parts.bubble = once.time * (passes * (double(placement.pipeline) - 1) /
                                std::clamp(layers, 1.0, kMostInterleaved));
    // Gradients leave while the last microbatch goes back, and weights come
    // while the first one goes forward.
    double bytes =
        2 * model.parameters() / double(placement.tensor * placement.pipeline);
    Cost reduce = collective(systems::CollectiveKind::ReduceScatter, bytes);
    Cost gather = collective(systems::CollectiveKind::AllGather, bytes);
    parts.exchange =
        std::max(Seconds(0), reduce.time - once.time * (passes - 1)) +
        std::max(Seconds(0), gather.time - once.time);
    parts.moved = reduce;
    parts.moved += gather;
    parts.share = double(scenario.batch) / double(ofCopy * placement.data);
    return parts;
  }

private:
  const ModelShape &model;
  const Scenario &scenario;
  Format format;
  TrainingLayout placement;
  const systems::Device &device;
  const systems::Parameters &parameters;
  int64_t ofCopy = 1;       ///< sequences of the copy that has most of them
  int64_t ofMicrobatch = 1; ///< sequences

  /// One microbatch through all layers, on the chips that share them.
  Cost forward() const {
    systems::Serving serving;
    serving.model = model;
    serving.devices = serving.tensorParallel = double(placement.tensor);
    serving.expertParallel =
        model.expertLayers > 0 ? double(placement.tensor) : 1;
    serving.weights = format;
    systems::StepTokens tokens;
    tokens.sequences = 0;
    tokens.prompts = double(ofMicrobatch);
    tokens.promptTokens = double(ofMicrobatch * scenario.input);
    tokens.promptLength = double(scenario.input);
    Cost cost = servingKernels(serving, tokens, device, parameters).cost;
    // Every token has logits, not the last ones alone.
    systems::Gemm logits;
    logits.m = tokens.promptTokens;
    logits.n = model.vocabulary / double(placement.tensor);
    logits.k = model.hidden;
    cost += gemmCost(logits, device, parameters);
    return cost;
  }

  Cost collective(systems::CollectiveKind kind, double bytes) const {
    systems::Collective work;
    work.kind = kind;
    work.bytes = Bytes(bytes);
    work.ranks = double(placement.data);
    work.withinScaleUp = double(placement.chips()) <= device.scaleUpDevices;
    return placement.data > 1 ? collectiveCost(work, device, parameters)
                              : Cost();
  }

  /// Reads and writes the states that a chip updates.
  Cost optimiser() const {
    double own = model.parameters() / double(placement.chips());
    systems::Vector work;
    work.read = Bytes(16 * own);
    work.written = Bytes(14 * own);
    return vectorCost(work, device, parameters);
  }
};

} // namespace

/// The job on one placement, its power within the limit.
static Training price(const Trainer::Parts &parts, const ModelShape &model,
                      const Scenario &scenario, Format format,
                      const TrainingLayout &placement,
                      const systems::Device &device,
                      const systems::Parameters &parameters) {
  Cost compute = parts.compute;
  limitPower(compute, device, parameters);
  Seconds time = compute.time + parts.bubble + parts.exchange;
  compute.events = repeated(compute, parts.share).events;
  compute.events += parts.moved.events;
  double chips = double(placement.chips());
  Joules joules = (standingPower(device, parameters) * compute.time +
                   device.power * parameters[systems::Parameter::PowerIdle] *
                       (parts.bubble + parts.exchange) +
                   dynamicEnergy(compute.events, parameters)) *
                  chips;
  Training result;
  Served &served = result.step;
  served.concurrency = scenario.batch;
  served.chips = placement.chips();
  served.placement =
      placement.text() + ", " + systems::formatName(format).str();
  served.seconds = time;
  served.requests = served.meanBatch = double(scenario.batch);
  served.outputTokens = double(scenario.batch) * double(scenario.input);
  served.perToken = served.latency = percentilesOf({time.value()});
  served.joules = exactly(joules);
  served.boundSeconds = compute.bound;
  served.secondsByPart["forward, backward and optimiser"] = parts.compute.time;
  served.secondsByPart["clocks lowered by power"] =
      compute.time - parts.compute.time;
  served.secondsByPart["stages waiting"] = parts.bubble;
  served.secondsByPart["exchange of gradients and weights"] = parts.exchange;
  double products =
      served.outputTokens * trainingProducts(model, double(scenario.input));
  result.utilisation = 2 * products / time.value() /
                       (chips * device.matrixRate(format).peak.value());
  return result;
}

/// Placements of a job on so many chips.
static std::vector<TrainingLayout> layoutsOf(const ModelShape &model,
                                             int64_t chips, int64_t domain) {
  std::vector<TrainingLayout> layouts;
  for (int64_t tensor = 1;
       tensor <= domain && double(tensor) <= model.queryHeads; tensor *= 2) {
    for (int64_t stages = 1;
         stages <= std::min<int64_t>(kMostStages, int64_t(model.layers));
         stages *= 2) {
      if (chips % (tensor * stages) == 0) {
        int64_t copies = chips / (tensor * stages);
        layouts.push_back({tensor, stages, copies, false});
        layouts.push_back({tensor, stages, copies, true});
      }
    }
  }
  return layouts;
}

std::optional<Training> scenario::train(const systems::KernelModel &kernels,
                                        const systems::System &system,
                                        const ModelShape &model,
                                        const Scenario &scenario,
                                        Format format) {
  systems::Device device = makeDevice(system);
  const systems::Parameters &parameters = kernels.parametersOf(system).values;
  systems::ErrorBand energy =
      kernels.errorOf(systems::ErrorClass::Energy, system);
  auto domain = std::max<int64_t>(1, int64_t(device.scaleUpDevices));
  constexpr int64_t kMostChips = 1 << 17;
  std::optional<Training> best;
  int64_t first = scenario.chips.value_or(1);
  int64_t last = scenario.chips.value_or(kMostChips);
  for (int64_t chips = first; chips <= last && !best; chips *= 2) {
    for (const TrainingLayout &placement : layoutsOf(model, chips, domain)) {
      Trainer trainer(model, scenario, format, placement, device, parameters);
      if (!trainer.fits()) {
        continue;
      }
      Training training = price(trainer.run(), model, scenario, format,
                                placement, device, parameters);
      if (!best || training.step.seconds < best->step.seconds) {
        best = std::move(training);
      }
    }
  }
  if (best) {
    Served &step = best->step;
    step.joules.low *= energy.low;
    step.joules.high *= energy.high;
    step.joulesByPart["packages"] = step.joules;
  }
  return best;
}
