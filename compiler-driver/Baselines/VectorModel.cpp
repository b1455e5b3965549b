//===- VectorModel.cpp - Kernels without matrix products ------------------===//
//
// Memory traffic at a share of the bandwidth that depends on the kind, a start,
// and the vector units' rate as the other bound.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Baselines/Cost.h"

#include <algorithm>

namespace acc::systems {

namespace {

/// Share of the memory bandwidth.
double shareOf(const Vector &vector, const Device &device,
               const Parameters &parameters) {
  switch (vector.kind) {
  case VectorKind::Elementwise:
  case VectorKind::Gather:
  case VectorKind::Stream:
    return parameters[Parameter::VectorStream];
  case VectorKind::Activation:
    return parameters[Parameter::VectorActivation];
  case VectorKind::Softmax:
    return parameters[Parameter::VectorSoftmax];
  case VectorKind::Norm:
    return parameters[Parameter::VectorNorm];
  case VectorKind::ResidualNorm: {
    double share = parameters[Parameter::VectorResidual];
    Bytes data = vector.read + vector.written;
    double outside =
        device.cache > Bytes(0) ? std::min(1.0, data / (device.cache * 2)) : 1;
    double cached = parameters[Parameter::VectorCached] * (1 - outside);
    return share + (1 - share) * cached;
  }
  }
  return 1;
}

} // namespace

namespace {

/// Bytes of a row that a block of threads keeps in registers: PyTorch's layer
/// normalisation and softmax get slower by a third pass beyond them.
constexpr Bytes keptRow(16384);

/// Traffic with what is read again.
Bytes trafficOf(const Vector &vector) {
  Bytes bytes = vector.read + vector.written;
  bool twice =
      vector.kind == VectorKind::Norm || vector.kind == VectorKind::Softmax;
  bool again = twice && vector.rows > 0 && vector.read / vector.rows > keptRow;
  return again ? bytes + vector.read : bytes;
}

} // namespace

Cost vectorCost(const Vector &vector, const Device &device,
                const Parameters &parameters) {
  Cost cost;
  cost.events.memory = vector.read + vector.written;
  Seconds memory = cost.events.memory / device.memoryBandwidth;
  Seconds compute = device.vectorPeak > OperationsPerSecond(0)
                        ? vector.operations / device.vectorPeak
                        : Seconds(0);
  cost.bound = std::max(memory, compute);
  Seconds traffic = trafficOf(vector) / device.memoryBandwidth /
                    shareOf(vector, device, parameters);
  Seconds start(parameters[Parameter::VectorStart]);
  // A row belongs to one block of threads, which is slow by itself.
  if (vector.rows > 0) {
    BytesPerSecond load =
        Bytes(parameters[Parameter::VectorRow]) * device.clock;
    traffic = overlap(traffic, cost.events.memory / vector.rows / load, 4);
  }
  cost.time = overlap(traffic, compute, 4);
  cost.limit = compute > traffic ? Resource::Vector : Resource::Memory;
  if (start > cost.time) {
    cost.limit = Resource::Latency;
  }
  cost.time += start;
  return cost;
}

} // namespace acc::systems
