//===- CollectiveCost.h - Which algorithm, by closed form -------*- C++ -*-===//
//
// An estimate of a plan's time that is quick enough to choose by: messages of a
// chip one after the other over its ports, and the latency of a transaction for
// each step that waits for another. The time itself is simulated.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVECOST_H
#define ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVECOST_H

#include "systemc-models/Fabric/CollectiveRun.h"

namespace acc::fabric {

/// Cycles of the ports, all of which are on.
double estimateCycles(const Machine &machine, const CollectiveShape &shape,
                      Algorithm algorithm, unsigned elementBytes);

/// The one with the least estimate.
Algorithm chooseAlgorithm(const Machine &machine, const CollectiveShape &shape,
                          unsigned elementBytes);

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVECOST_H
