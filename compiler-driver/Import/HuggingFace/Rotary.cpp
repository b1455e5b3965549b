//===- Rotary.cpp - Angles of rotary embeddings ---------------------------===//
//
// Su et al., "RoFormer", arXiv 2104.09864; scaling by wavelength as Llama 3.1's
// reference code does it (meta-llama/llama-models, models/llama3/model.py);
// Peng et al., "YaRN", arXiv 2309.00071, sections 3.2 and 3.4.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/HuggingFace/Rotary.h"

#include <algorithm>
#include <cmath>

using namespace acc::huggingface;
using acc::systems::ModelShape;
using acc::systems::RotaryScaling;

static constexpr double kTurn = 6.283185307179586;

static double scaleLlama3(double frequency, const RotaryScaling &r) {
  double turns = r.original * frequency / kTurn;
  if (turns < r.low) {
    return frequency / r.factor;
  }
  if (turns > r.high) {
    return frequency;
  }
  double smooth = (turns - r.low) / (r.high - r.low);
  return (1 - smooth) * frequency / r.factor + smooth * frequency;
}

/// The dimension whose pair makes so many turns in the original context.
static double findDimension(double turns, const ModelShape &model) {
  return model.rotaryDim *
         std::log(model.rotaryScaling.original / (turns * kTurn)) /
         (2 * std::log(model.rotaryBase));
}

std::vector<double> acc::huggingface::getFrequencies(const ModelShape &model) {
  const RotaryScaling &r = model.rotaryScaling;
  size_t count = size_t(model.rotaryDim) / 2;
  double low = findDimension(r.fast, model);
  double high = findDimension(r.slow, model);
  if (r.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, model.rotaryDim - 1);
  if (low == high) {
    high += 0.001;
  }
  std::vector<double> frequencies;
  for (size_t i = 0; i < count; ++i) {
    double f = std::pow(model.rotaryBase, -2 * double(i) / model.rotaryDim);
    if (r.kind == RotaryScaling::Kind::Llama3) {
      f = scaleLlama3(f, r);
    } else if (r.kind == RotaryScaling::Kind::Yarn) {
      double ramp = std::clamp((double(i) - low) / (high - low), 0.0, 1.0);
      f = f / r.factor * ramp + f * (1 - ramp);
    }
    frequencies.push_back(f);
  }
  return frequencies;
}

static double getLength(double factor, double weight) {
  return factor <= 1 ? 1 : 0.1 * weight * std::log(factor) + 1;
}

double acc::huggingface::getRotaryLength(const RotaryScaling &r) {
  if (r.kind != RotaryScaling::Kind::Yarn) {
    return 1;
  }
  if (r.scale != 0 && r.scaleAll != 0) {
    return getLength(r.factor, r.scale) / getLength(r.factor, r.scaleAll);
  }
  return getLength(r.factor, 1);
}

double acc::huggingface::getScoreScale(const ModelShape &model) {
  const RotaryScaling &r = model.rotaryScaling;
  double scale = 1 / std::sqrt(model.headDim);
  if (model.latentDim > 0 && r.kind == RotaryScaling::Kind::Yarn) {
    double length = getLength(r.factor, r.scaleAll);
    scale *= length * length;
  }
  return scale;
}
