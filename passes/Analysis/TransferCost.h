//===- TransferCost.h - What a transfer takes -------------------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_TRANSFERCOST_H
#define PASSES_ANALYSIS_TRANSFERCOST_H

#include "dialects/Target/Target.h"

namespace xpu {

/// Cycles of a DMA engine for `runs` runs of `bytes` consecutive bytes each,
/// without the latency of the first, an estimate: one request a cycle, the
/// peak bandwidth, and as many requests in a memory latency as may be
/// outstanding. Pages, refresh and the other engine are left out.
uint64_t estimateTransferCycles(const acc::Target &target, int64_t runs,
                                int64_t bytes);

} // namespace xpu

#endif // PASSES_ANALYSIS_TRANSFERCOST_H
