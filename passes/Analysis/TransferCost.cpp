//===- TransferCost.cpp - What a transfer takes ---------------------------===//

#include "passes/Analysis/TransferCost.h"

#include <algorithm>
#include <numeric>

namespace xpu {

uint64_t estimateTransferCycles(const acc::Target &target, int64_t runs,
                                int64_t bytes, int64_t grid) {
  // A third of what a short request lacks to a line, as single loads on
  // jx1-slice take (runs of 192 to 4096 bytes).
  constexpr double unused = 1.0 / 3;
  const acc::Target::Hbm &hbm = target.hbm;
  auto line = static_cast<int64_t>(hbm.lineBytes);
  // Of all places of a run in its first line, the mean.
  auto packets = static_cast<double>(runs) *
                 static_cast<double>(bytes + line - std::gcd(grid, line)) /
                 static_cast<double>(line);
  double perCycle = static_cast<double>(hbm.channels) * hbm.atomBytes /
                    hbm.tBurstPs * target.cyclePs();
  double whole = static_cast<double>(runs * bytes);
  double transfer =
      (whole + unused * (packets * static_cast<double>(line) - whole)) /
      perCycle;
  double latency =
      (hbm.tControllerPs + hbm.tRcdPs + hbm.tClPs) / target.cyclePs();
  return static_cast<uint64_t>(std::max(
      {packets, transfer, packets * latency / target.dma.outstanding}));
}

} // namespace xpu
