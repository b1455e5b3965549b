//===- TransferCost.cpp - What a transfer takes ---------------------------===//

#include "passes/Analysis/TransferCost.h"

#include <algorithm>

namespace xpu {

uint64_t estimateTransferCycles(const acc::Target &target, int64_t runs,
                                int64_t bytes) {
  const acc::Target::Hbm &hbm = target.hbm;
  auto line = static_cast<int64_t>(hbm.lineBytes);
  // A run begins anywhere in a line.
  double packets =
      static_cast<double>(runs) *
      (bytes % line == 0 ? static_cast<double>(bytes / line)
                         : static_cast<double>(bytes) / line + 0.5);
  double perCycle = static_cast<double>(hbm.channels) * hbm.atomBytes /
                    hbm.tBurstPs * target.cyclePs();
  double transfer = static_cast<double>(runs) * bytes / perCycle;
  double latency =
      (hbm.tControllerPs + hbm.tRcdPs + hbm.tClPs) / target.cyclePs();
  return static_cast<uint64_t>(std::max(
      {packets, transfer, packets * latency / target.dma.outstanding}));
}

} // namespace xpu
