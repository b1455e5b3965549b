//===- Memory.cpp - What a placement needs of a chip's memory -------------===//

#include "compiler-driver/Scenario/Memory.h"

#include "compiler-driver/Baselines/Step.h"

#include <algorithm>
#include <cmath>

using namespace acc;
using namespace acc::scenario;
using systems::ModelShape;

/// The part of all layers that the largest stage has.
static double stagePart(const ModelShape &model, const Layout &layout) {
  return std::ceil(model.layers / double(layout.stages)) / model.layers;
}

double scenario::weightBytes(const ModelShape &model, const Layout &layout) {
  double width = model.gated ? 3 : 2;
  double experts = model.expertLayers * model.experts * width * model.hidden *
                   model.expertIntermediate;
  double rest = model.parameters() - experts;
  if (layout.stages > 1) {
    // Embeddings are with the first layers, the output with the last ones.
    double ends = std::min(rest, 2 * model.vocabulary * model.hidden);
    rest = (rest - ends) * stagePart(model, layout) + ends / 2;
    experts *= stagePart(model, layout);
  }
  systems::Format format = model.expertFormat.value_or(layout.weights);
  // An expert is whole on a chip of its group, or divided over them.
  return rest * systems::bytesPerElement(layout.weights) /
             double(layout.tensor) +
         experts *
             std::min(systems::bytesPerElement(format),
                      systems::bytesPerElement(layout.weights)) /
             double(layout.chips());
}

double scenario::sequenceBytes(const ModelShape &model, const Layout &layout,
                               double tokens) {
  double windowed = std::min(model.windowLayers, model.attentionLayers);
  double elements =
      model.cachedElements() * ((model.attentionLayers - windowed) * tokens +
                                windowed * std::min(tokens, model.window));
  // Heads are divided; a latent vector, which all heads need, is not.
  double ways =
      model.latentDim > 0 ? 1 : std::min(double(layout.tensor), model.kvHeads);
  return stagePart(model, layout) *
         (systems::bytesPerElement(layout.cache) * elements / ways +
          4 * model.stateLayers * model.stateElements / double(layout.tensor));
}

/// Of so many bytes each, beside the weights.
static int64_t countFitting(double weights, double each, double chipBytes) {
  double left = systems::usableMemory * chipBytes - weights;
  return left <= 0
             ? 0
             : int64_t(std::min(1e9, std::floor(left / std::max(1.0, each))));
}

int64_t scenario::countSequences(const ModelShape &model, const Layout &layout,
                                 double tokens, double chipBytes) {
  return countFitting(weightBytes(model, layout),
                      sequenceBytes(model, layout, tokens), chipBytes) *
         layout.replicas() * layout.copies;
}

int64_t scenario::countSequences(const systems::Network &network,
                                 const Layout &layout, double tokens,
                                 double chipBytes) {
  double weights =
      network.parameters() * systems::bytesPerElement(layout.weights);
  double own = std::max(0.0, tokens - double(network.inputTokens));
  double each = 2 * (network.cachedAlways + network.cachedPerToken * own);
  double ways = double(layout.tensor);
  return countFitting(weights / ways, each / ways, chipBytes);
}
