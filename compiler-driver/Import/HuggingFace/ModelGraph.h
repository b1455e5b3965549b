//===- ModelGraph.h - A whole model as a graph ------------------*- C++ -*-===//
//
// The graph of one step of a decoder, in ONNX's terms, with the names of
// Hugging Face's exports: inputs `input_ids` and `past_key_values.N.key` and
// `.value`, outputs `logits` of the last token and `present.N.key` and
// `.value`. With latent attention a layer's cache is one tensor,
// `past_key_values.N.latent`. Every token runs through every expert, whose
// results are weighted, as exports of small models do it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_MODELGRAPH_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_MODELGRAPH_H

#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Import/HuggingFace/Safetensors.h"
#include "compiler-driver/Import/Onnx/Model.h"

namespace acc::huggingface {

/// Builds the graph with the weights of `checkpoint`; made-up ones if that is
/// empty. Errors name a weight that is missing or has another shape, and what
/// of the model is not supported.
llvm::Expected<OnnxModel> buildModelGraph(const systems::ModelShape &model,
                                          const Step &step,
                                          const Checkpoint &checkpoint,
                                          uint64_t seed = 0);

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_MODELGRAPH_H
