//===- TransferCost.h - What a transfer takes -------------------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_TRANSFERCOST_H
#define PASSES_ANALYSIS_TRANSFERCOST_H

#include "dialects/Target/Target.h"

namespace xpu {

/// Cycles of a DMA engine for `runs` runs of `bytes` consecutive bytes each
/// that begin at multiples of `grid` bytes, without the latency of the first,
/// an estimate: one request a cycle, the peak bandwidth, and as many requests
/// in a memory latency as may be outstanding. Requests for less than a line
/// leave channels unevenly loaded. Pages, refresh and the other engine are left
/// out.
uint64_t estimateTransferCycles(const acc::Target &target, int64_t runs,
                                int64_t bytes, int64_t grid);

} // namespace xpu

#endif // PASSES_ANALYSIS_TRANSFERCOST_H
