//===- LayersGraph.h - Layers of a decoder on one chip ----------*- C++ -*-===//
//
// The graph of some equal layers of a step of generation, one after the other,
// as one chip of a tensor-parallel group has them: what the compiler divides
// over the slices of the chip. Weights, and the keys and values in the cache,
// are inputs of 16 bits, one stack of all layers each, so that no weight has to
// be made up; layers return their new keys and values.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_LAYERSGRAPH_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_LAYERSGRAPH_H

#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Import/Onnx/Model.h"

namespace acc::huggingface {

/// Whether all layers are alike, with heads of keys and values of their own and
/// no experts, and the step has one new token of each sequence.
bool hasLayersGraph(const systems::ModelShape &model, const Step &step);

/// `share` is a layer's on a chip that is not divided (Division of one slice).
OnnxModel buildLayersGraph(const systems::ModelShape &model, const Share &share,
                           int64_t layers);

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_LAYERSGRAPH_H
