//===- Serving.cpp - A serving loop as kernels ----------------------------===//

#include "compiler-driver/Baselines/Serving.h"

#include <algorithm>
#include <cmath>

namespace acc::systems {

namespace {

/// Adds up a step's kernels on one device.
class Step {
public:
  Step(const Serving &serving, const StepTokens &work, const Device &device,
       const Parameters &parameters)
      : serving(serving), work(work), model(serving.model), device(device),
        parameters(parameters), sequences(work.sequences),
        promptTokens(work.promptTokens),
        tokens(sequences * work.perSequence + promptTokens) {
    // Devices of a replica share every layer: heads and dense parts by tensor
    // parallelism, experts as the deployment says.
    shards =
        std::max(1.0, serving.devices / std::max(1.0, serving.dataParallel));
  }

  StepKernels run() {
    attention();
    denseLayers();
    experts();
    states();
    // The logits of the sampled tokens.
    gemm(std::max(1.0, sequences * work.perSequence), model.vocabulary / shards,
         model.hidden, Format::Bf16, 1);
    return {total, kernels};
  }

private:
  const Serving &serving;
  const StepTokens &work;
  const ModelShape &model;
  const Device &device;
  const Parameters &parameters;
  double sequences, promptTokens, tokens, shards = 1;
  Cost total;
  double kernels = 0;

  void add(const Cost &cost, double layers, double launches = 1) {
    total += repeated(cost, layers);
    kernels += layers * launches;
  }

  void gemm(double m, double n, double k, Format format, double layers) {
    Gemm work;
    work.m = m;
    work.n = std::max(1.0, n);
    work.k = std::max(1.0, k);
    work.b = format;
    // Weights of 8 bits are multiplied with activations of 8 bits.
    bool narrow = bytesPerElement(format) < 1.5;
    work.a = narrow ? format : Format::Bf16;
    work.quantiseA = narrow;
    add(gemmCost(work, device, parameters), layers);
  }

  void vector(VectorKind kind, double read, double written, double layers,
              double rows) {
    Vector work;
    work.kind = kind;
    work.read = Bytes(2 * read);
    work.written = Bytes(2 * written);
    work.rows = rows;
    add(vectorCost(work, device, parameters), layers);
  }

  /// Partial sums of a layer's part are added over the devices.
  void reduce(double layers) {
    if (shards > 1) {
      Collective work;
      work.bytes = Bytes(2 * tokens * model.hidden);
      work.ranks = shards;
      work.library = CollectiveLibrary::OneShot;
      add(collectiveCost(work, device, parameters), layers);
    }
  }

  void attention() {
    double layers = model.attentionLayers;
    if (layers <= 0) {
      return;
    }
    double heads = std::max(1.0, model.queryHeads / shards);
    double kvHeads = std::max(1.0, model.kvHeads / shards);
    bool latent = model.latentDim > 0;
    double valueDim = model.valueSize();
    double kv = latent ? model.latentDim : 2 * kvHeads * model.headDim;
    vector(VectorKind::ResidualNorm, 2 * tokens * model.hidden,
           2 * tokens * model.hidden, layers, tokens);
    gemm(tokens, heads * model.headDim + kv, model.hidden, serving.weights,
         layers);
    attend(layers, heads, kvHeads);
    gemm(tokens, model.hidden, heads * valueDim, serving.weights, layers);
    reduce(layers);
  }

  void attend(double layers, double heads, double kvHeads) {
    Attention kernel;
    kernel.kv = serving.cache;
    kernel.batch = sequences;
    kernel.queryLength = work.perSequence;
    kernel.queryHeads = heads;
    kernel.kvHeads = kvHeads;
    kernel.keyDim = kernel.valueDim = model.headDim;
    if (model.latentDim > 0) {
      kernel.latent = true;
      kernel.kvHeads = 1;
      kernel.keyDim = model.latentDim;
      kernel.valueDim = model.latentRank();
    }
    kernel.contextLength = work.context;
    double windowed = std::min(model.windowLayers, layers);
    if (sequences > 0) {
      add(attentionCost(kernel, device, parameters), layers - windowed);
    }
    if (sequences > 0 && windowed > 0) {
      kernel.window = model.window;
      add(attentionCost(kernel, device, parameters), windowed);
    }
    if (promptTokens > 0) {
      kernel.window = 0;
      kernel.batch = work.prompts;
      kernel.queryLength = std::max(17.0, promptTokens / work.prompts);
      kernel.contextLength = std::max(kernel.queryLength, work.promptLength);
      add(attentionCost(kernel, device, parameters), layers - windowed);
      if (windowed > 0) {
        kernel.window = model.window;
        add(attentionCost(kernel, device, parameters), windowed);
      }
    }
  }

  void denseLayers() {
    double layers = model.denseLayers;
    if (layers <= 0) {
      return;
    }
    double inner = model.intermediate / shards;
    double widths = model.gated ? 2 : 1;
    vector(VectorKind::ResidualNorm, 2 * tokens * model.hidden,
           2 * tokens * model.hidden, layers, tokens);
    gemm(tokens, widths * inner, model.hidden, serving.weights, layers);
    vector(VectorKind::Activation, widths * tokens * inner, tokens * inner,
           layers, tokens);
    gemm(tokens, model.hidden, inner, serving.weights, layers);
    reduce(layers);
  }

  void experts() {
    double layers = model.expertLayers;
    if (layers <= 0) {
      return;
    }
    vector(VectorKind::ResidualNorm, 2 * tokens * model.hidden,
           2 * tokens * model.hidden, layers, tokens);
    MoeExperts work;
    work.tokens = tokens;
    work.hidden = model.hidden;
    work.intermediate = model.expertIntermediate;
    work.experts = model.experts;
    work.topK = model.topK;
    work.expertParallel =
        std::min(std::max(1.0, serving.expertParallel), shards);
    work.tensorParallel = shards / work.expertParallel;
    work.weights = model.expertFormat.value_or(serving.weights);
    bool narrow = bytesPerElement(work.weights) > 0.9 &&
                  bytesPerElement(work.weights) < 1.5;
    work.activations = narrow ? work.weights : Format::Bf16;
    work.routing = Routing::Uniform;
    add(moeCost(work, device, parameters), layers, 6);
    if (model.sharedIntermediate > 0) {
      double inner = model.sharedIntermediate / shards;
      gemm(tokens, 2 * inner, model.hidden, serving.weights, layers);
      gemm(tokens, model.hidden, inner, serving.weights, layers);
    }
    reduce(layers);
  }

  void states() {
    double layers = model.stateLayers;
    if (layers <= 0) {
      return;
    }
    vector(VectorKind::ResidualNorm, 2 * tokens * model.hidden,
           2 * tokens * model.hidden, layers, tokens);
    gemm(tokens, model.stateIn / shards, model.hidden, serving.weights, layers);
    // The state is kept in fp32: read and written once per step.
    double state = 2 * sequences * model.stateElements / shards;
    vector(VectorKind::Activation, state, state, layers, 0);
    gemm(tokens, model.hidden, model.stateOut / shards, serving.weights,
         layers);
    reduce(layers);
  }
};

} // namespace

double largestBatch(const Serving &serving, const Device &device) {
  const ModelShape &model = serving.model;
  double expert = model.expertLayers * model.experts * 3 * model.hidden *
                  model.expertIntermediate;
  double weights =
      (model.parameters() - expert) * bytesPerElement(serving.weights) +
      expert * bytesPerElement(model.expertFormat.value_or(serving.weights));
  double perToken = model.cachedElements();
  double full = serving.promptLength + serving.outputLength;
  double windowed = std::min(model.windowLayers, model.attentionLayers);
  double tokens = (model.attentionLayers - windowed) * full +
                  windowed * std::min(full, model.window);
  double sequence = bytesPerElement(serving.cache) * perToken * tokens +
                    4 * model.stateLayers * model.stateElements;
  // Frameworks leave a tenth for activations (vLLM's default).
  double memory = 0.9 * serving.devices * device.memoryCapacity.value() -
                  weights * std::max(1.0, serving.dataParallel);
  return std::max(1.0, std::floor(memory / std::max(1.0, sequence)));
}

StepTokens steadyStep(const Serving &serving) {
  StepTokens tokens;
  tokens.sequences =
      std::max(1.0, serving.batch / std::max(1.0, serving.dataParallel));
  tokens.context = serving.promptLength + serving.outputLength / 2;
  tokens.promptTokens = tokens.sequences * serving.promptLength /
                        std::max(1.0, serving.outputLength);
  tokens.promptLength = serving.promptLength;
  return tokens;
}

StepKernels servingKernels(const Serving &serving, const StepTokens &tokens,
                           const Device &device, const Parameters &parameters) {
  return Step(serving, tokens, device, parameters).run();
}

StepKernels servingKernels(const Serving &serving, const Device &device,
                           const Parameters &parameters) {
  return servingKernels(serving, steadyStep(serving), device, parameters);
}

StepCost finishStep(const Serving &serving, const StepKernels &kernels,
                    const Device &device, const Parameters &parameters) {
  StepCost step;
  step.decode = kernels.cost;
  step.kernels = kernels.kernels;
  limitPower(step.decode, device, parameters);
  double sequences = serving.batch / std::max(1.0, serving.dataParallel);
  step.decode.time += sequences * Seconds(parameters[Parameter::ServeToken]);
  step.host = Seconds(parameters[Parameter::ServeStep]) +
              kernels.kernels * Seconds(parameters[Parameter::ServeKernel]);
  if (serving.eager) {
    // The host launches every kernel and is the slower side at first.
    Seconds launching =
        kernels.kernels * Seconds(parameters[Parameter::ServeEager]);
    step.host += std::max(Seconds(0), launching - step.decode.time);
  }
  return step;
}

StepCost servingStep(const Serving &serving, const Device &device,
                     const Parameters &parameters) {
  return finishStep(serving, servingKernels(serving, device, parameters),
                    device, parameters);
}

Joules energyPerToken(const Serving &serving, const StepCost &step,
                      const Device &device, const Parameters &parameters) {
  Watts idle = device.power * parameters[Parameter::PowerIdle];
  Watts active = device.power * parameters[Parameter::PowerActive];
  Joules one = idle * step.time() + active * step.decode.time +
               dynamicEnergy(step.decode.events, parameters);
  return one * serving.devices / std::max(1.0, serving.batch);
}

} // namespace acc::systems
