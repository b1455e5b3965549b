//===- Serving.h - A serving loop as kernels --------------------*- C++ -*-===//
//
// A model that serves requests at a steady batch: every step makes one token of
// each sequence, and the prompts of newly admitted requests are worked off in
// between. The loop is a list of kernels per device, a number of steps, and
// time of the host between them.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_SERVING_H
#define COMPILER_DRIVER_SYSTEMS_SERVING_H

#include "compiler-driver/Baselines/Cost.h"
#include "compiler-driver/Baselines/ModelShape.h"

namespace acc::systems {

struct Serving {
  ModelShape model;
  double batch = 1; ///< sequences in a step, of all devices
  double promptLength = 256;
  double outputLength = 512;
  double devices = 1;
  double tensorParallel = 1, expertParallel = 1, dataParallel = 1;
  Format weights = Format::Bf16; ///< of matrices without a format of their own
  Format cache = Format::Bf16;   ///< of keys and values
  bool eager = false; ///< every kernel launched by the host, no graphs
};

/// What one step of a replica works on.
struct StepTokens {
  double sequences = 1;    ///< that generate
  double perSequence = 1;  ///< tokens that each of these works on
  double context = 1;      ///< tokens in the cache of each
  double promptTokens = 0; ///< new ones of prompts
  double promptLength = 0; ///< of a prompt that these are of, so far
  double prompts = 1;      ///< that these are of
};
/// Of the loop's steady state: prompts are worked off a chunk at a time with
/// the decode steps, and half of the output is there on average.
StepTokens steadyStep(const Serving &serving);

/// Sequences of which the devices' memory holds the state and the cache beside
/// the weights, at the lengths of `serving`; at least 1.
double largestBatch(const Serving &serving, const Device &device);

/// What one device does for one step of the whole batch, prompts included.
struct StepCost {
  Cost decode;
  double kernels = 0; ///< launched per step
  Seconds host;       ///< when the device waits for the host

  Seconds time() const { return decode.time + host; }
};

StepCost servingStep(const Serving &serving, const Device &device,
                     const Parameters &parameters);

/// The same from the kernels at full clocks, which do not depend on the
/// parameters of energy and of the framework.
struct StepKernels {
  Cost cost;
  double kernels = 0;
};
StepKernels servingKernels(const Serving &serving, const Device &device,
                           const Parameters &parameters);
StepKernels servingKernels(const Serving &serving, const StepTokens &tokens,
                           const Device &device, const Parameters &parameters);
/// `serving.batch` says how many sequences the framework handles.
StepCost finishStep(const Serving &serving, const StepKernels &kernels,
                    const Device &device, const Parameters &parameters);

/// Of all devices' packages, per output token.
Joules energyPerToken(const Serving &serving, const StepCost &step,
                      const Device &device, const Parameters &parameters);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_SERVING_H
