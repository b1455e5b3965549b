//===- ExchangeCost.h - What an exchange between slices takes ---*- C++ -*-===//
//
// Estimates in cycles of a collective (docs/machine.md, sections 9 and 11), for
// choosing: right values do not depend on them.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_PARTITION_EXCHANGECOST_H
#define PASSES_PARTITION_EXCHANGECOST_H

#include "dialects/Target/Machine.h"
#include "dialects/XPU/IR/XPU.h"
#include "systemc-models/Fabric/Collective.h"

namespace xpu {

/// An all-reduce, reduce-scatter or all-gather, in which a slice has a part of
/// so many bytes: of the sums, of what is scattered, or of what is gathered.
struct ExchangeShape {
  acc::fabric::CollectiveKind kind = acc::fabric::CollectiveKind::AllReduce;
  int64_t slices = 1; ///< Of a chip.
  int64_t chips = 1;
  int64_t stages = 1; ///< Of a chip's network.
  int64_t partBytes = 0;

  /// Whether slices of a chip can add up first, and then those at one place.
  bool hasSteps() const {
    return kind == acc::fabric::CollectiveKind::ReduceScatter && slices > 1 &&
           chips > 1;
  }
};

ExchangeShape describeExchange(const acc::Machine &machine,
                               ExchangeOp exchange);

/// Of a command.
ExchangeShape describeExchange(const acc::Machine &machine,
                               CollectiveOp collective);

/// One command, or several if it goes through HBM in tiles.
double estimateAtOnce(const acc::Machine &machine, const ExchangeShape &shape);

/// Scattered in each chip and then between chips (xpu-exchange-in-steps).
double estimateInSteps(const acc::Machine &machine, const ExchangeShape &shape);

/// What chips exchange, in core cycles: by the closed form of the fabric, for
/// all groups of a chip, which take turns on its ports.
double estimateFabric(const acc::Machine &machine,
                      acc::fabric::CollectiveKind kind, int64_t chips,
                      int64_t bytes);

} // namespace xpu

#endif // PASSES_PARTITION_EXCHANGECOST_H
