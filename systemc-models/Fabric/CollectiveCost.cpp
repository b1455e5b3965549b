//===- CollectiveCost.cpp - Which algorithm, by closed form ---------------===//

#include "systemc-models/Fabric/CollectiveCost.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace acc;
using namespace acc::fabric;

namespace {

class Estimate {
public:
  Estimate(const Machine &machine, unsigned elementBytes, bool isFar)
      : machine(machine), bytes(elementBytes) {
    const Chip::Fabric &fabric = machine.chip->fabric;
    ports = isFar ? fabric.globalPorts : fabric.localPorts;
    latency =
        double(sumOf(partsOf(machine, Framing::Sue, kTransactionUnits, isFar)));
    double perPort =
        isFar ? fabric.globalBytesPerSecond : fabric.localBytesPerSecond;
    units = perPort * delaysOf(machine).cycleSeconds / 8;
  }

  /// A message to each of so many others, the last of which is waited for.
  double step(double messages, double elements) const {
    double size = elements * bytes;
    double transactions = std::max(1.0, std::ceil(size / kMostBytes));
    double used = std::min(transactions, ports), each = transactions / used;
    const Chip::Port &port = machine.chip->fabric.port;
    double packed = port.pduBytes / 8 / (kTransactionUnits + 1);
    // A frame's start, header, trailer and end.
    double frames = std::ceil(each / packed);
    double body = std::min(kMostBytes, std::max(8.0, size)) / 8 + 1;
    double busy = frames * (3 + 4 / units) + each * body / units;
    // The first transaction is a part of the latency.
    double first = 3 + (4 + body) / units;
    return latency + std::max(0.0, messages * used / ports * busy - first);
  }
  /// To a unit of a switch and back, with both ways at the same time.
  double reduction(double members, double elements) const {
    double lone = double(sumOf(partsOfReduction(
        machine, Framing::Sue, kTransactionUnits, uint32_t(members))));
    return step(1, elements) - latency + lone;
  }
  double sum(double elements, double passes) const {
    return passes * double(cyclesOfSum(machine, uint64_t(elements)));
  }

private:
  static constexpr double kMostBytes = 8 * kTransactionUnits;
  const Machine &machine;
  double bytes, ports, latency, units;
};

} // namespace

double fabric::estimateCycles(const Machine &machine,
                              const CollectiveShape &shape, Algorithm algorithm,
                              unsigned elementBytes) {
  Estimate near(machine, elementBytes, false);
  double n = shape.ranks, all = double(shape.elements), part = all / n;
  bool isReduce = shape.kind == CollectiveKind::AllReduce;
  bool scatters = isReduce || shape.kind == CollectiveKind::ReduceScatter;
  bool gathers = isReduce || shape.kind == CollectiveKind::AllGather;
  if (n < 2) {
    return 0;
  }
  switch (algorithm) {
  case Algorithm::OneShot:
    return near.step(n - 1, all) + (isReduce ? near.sum(all, n - 1) : 0);
  case Algorithm::Direct: {
    if (shape.kind == CollectiveKind::SendReceive) {
      return near.step(1, all);
    }
    if (shape.kind == CollectiveKind::Broadcast) {
      // What comes last has to be handed on.
      double others = n - 1, pieces = piecesOf(shape.elements / (n - 1));
      double piece = all / (others * pieces);
      return near.step(others * pieces, piece) +
             (n > 2 ? near.step(n - 2, piece) : 0);
    }
    double scatter = near.step(n - 1, part);
    return (scatters ? scatter + near.sum(part, 1) : 0) +
           (scatters && !gathers ? 0 : scatter);
  }
  case Algorithm::Ring: {
    double hop = near.step(1, part);
    return (n - 1) *
           ((scatters ? hop + near.sum(part, 1) : 0) + (gathers ? hop : 0));
  }
  case Algorithm::HalvingDoubling: {
    double m = double(llvm::bit_floor(shape.ranks));
    double result = m < n ? 2 * near.step(1, all) + near.sum(all, 1) : 0;
    for (double size = all / 2; size >= all / m * 0.99; size /= 2) {
      double hop = near.step(1, size);
      result += (scatters ? hop + near.sum(size, 1) : 0) + (gathers ? hop : 0);
    }
    return result;
  }
  case Algorithm::Hierarchical: {
    double g = shape.group, groups = n / g;
    Estimate far(machine, elementBytes, shape.overRacks);
    if (shape.kind == CollectiveKind::AllToAll) {
      // Blocks go by themselves, most of them twice over the planes' ports.
      return near.step(groups * (g - 1), part) +
             far.step(g * (groups - 1), part);
    }
    if (!isReduce) {
      return far.step(groups - 1, part) + near.step(g - 1, groups * part);
    }
    return near.step(g - 1, all / g) + near.sum(all / g, 1) +
           2 * far.step(groups - 1, part) + far.sum(part, 1) +
           near.step(g - 1, all / g);
  }
  case Algorithm::InNetwork:
    return near.reduction(n, all);
  }
  llvm_unreachable("an algorithm");
}

Algorithm fabric::chooseAlgorithm(const Machine &machine,
                                  const CollectiveShape &shape,
                                  unsigned elementBytes) {
  std::vector<Algorithm> all = algorithmsOf(shape);
  return *std::min_element(all.begin(), all.end(), [&](auto a, auto b) {
    return estimateCycles(machine, shape, a, elementBytes) <
           estimateCycles(machine, shape, b, elementBytes);
  });
}
