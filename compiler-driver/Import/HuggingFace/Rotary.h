//===- Rotary.h - Angles of rotary embeddings -------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_ROTARY_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_ROTARY_H

#include "compiler-driver/Baselines/ModelShape.h"

namespace acc::huggingface {

/// Radians that each pair of elements turns from one token to the next.
std::vector<double> getFrequencies(const systems::ModelShape &model);

/// Factor of sine and cosine.
double getRotaryLength(const systems::RotaryScaling &scaling);

/// Factor of the scores' scale, which latent attention has beside the lengths.
double getScoreScale(const systems::ModelShape &model);

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_ROTARY_H
