//===- LayersGraph.h - Layers of a decoder on one chip ----------*- C++ -*-===//
//
// The graph of some equal layers of a step of generation, one after the other,
// as one chip of a tensor-parallel group has them: what the compiler divides
// over the slices of the chip. Weights, and the keys and values in the cache,
// are inputs of 16 bits, one stack of all layers each, so that no weight has to
// be made up; layers return their new keys and values.
//
// Latent attention sees the cached vectors themselves (absorbed projections).
// Of experts a chip has some, and each of them gets as many tokens as the
// share says. Which ones is an input: a matrix of zeros and ones that picks
// rows to send, and one that weights and adds up what comes back. Between
// chips rows go as they are; what a chip sends is as much as it gets, so that
// one chip's graph has its own rows in the place of others'.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_LAYERSGRAPH_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_LAYERSGRAPH_H

#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Import/Onnx/Model.h"

namespace acc::huggingface {

/// Whether the step has one new token of each sequence, and layers have either
/// heads of keys and values of their own and no experts, or latent attention.
bool hasLayersGraph(const systems::ModelShape &model, const Step &step);

/// What of layers a graph has: all, or what a chip does between two exchanges
/// with others, of layers with experts: the experts' part of one, or all from
/// their results to the rows for the experts of the layer behind.
enum class Stretch { Whole, Experts, Around };

/// `share` is a layer's on a chip that is not divided (Division of one slice).
/// Of a stretch that is not the whole, there is one, whatever `layers` is.
OnnxModel buildLayersGraph(const systems::ModelShape &model, const Share &share,
                           int64_t layers, Stretch stretch = Stretch::Whole);

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_LAYERSGRAPH_H
