//===- ShareGraph.h - A share as a graph ------------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_SHAREGRAPH_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_SHAREGRAPH_H

#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Import/Onnx/Model.h"

namespace acc::huggingface {

/// The operators of a share in ONNX's terms, in the order in which a slice does
/// them, with seeded weights as initializers. Where slices or chips
/// exchange data, a part ends in an output and the next one begins with an
/// input of the size that it then has, both in bfloat16, as are cached keys and
/// values.
OnnxModel buildShareGraph(const systems::ModelShape &model, const Share &share,
                          uint64_t seed = 0);

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_SHAREGRAPH_H
