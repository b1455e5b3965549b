//===- FabricClock.h - The clock of a chip's ports --------------*- C++ -*-===//

#ifndef DIALECTS_TARGET_FABRICCLOCK_H
#define DIALECTS_TARGET_FABRICCLOCK_H

#include "dialects/ISA/Fabric.h"
#include "dialects/Target/Machine.h"

#include <cmath>

namespace acc {

/// A cycle of a local port.
inline double portCycleSeconds(const Chip::Fabric &fabric) {
  return xpu::fabric::kLaneBytes * fabric.port.lanes /
         fabric.localBytesPerSecond;
}

/// `core_s` in these cycles, to the nearest.
inline uint32_t portCoreCycles(const Chip::Fabric &fabric) {
  return uint32_t(std::llround(fabric.coreSeconds / portCycleSeconds(fabric)));
}

} // namespace acc

#endif // DIALECTS_TARGET_FABRICCLOCK_H
