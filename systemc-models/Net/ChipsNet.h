//===- ChipsNet.h - Where collectives leave a chip ----------------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_NET_CHIPSNET_H
#define ACC_SYSTEMC_MODELS_NET_CHIPSNET_H

#include "systemc-models/Net/RackTraffic.h"

#include <vector>

namespace acc {

struct NetPart;

/// What is between chips: RackNet, frame by frame, or CycleNet, cycle by cycle.
class ChipsNet {
public:
  virtual ~ChipsNet() = default;

  /// The slices of a group of a chip have started their collective, the last of
  /// them in `lastStart`, and agree. `place` tells groups of a kind apart: the
  /// first slice of it. Not before they have seen the end of the one before.
  virtual void arrive(uint32_t chip, uint32_t place, std::vector<NetPart> parts,
                      uint64_t lastStart) = 0;
  virtual RackTraffic traffic() const = 0;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_CHIPSNET_H
