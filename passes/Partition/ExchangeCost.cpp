//===- ExchangeCost.cpp - What an exchange between slices takes -----------===//

#include "passes/Partition/ExchangeCost.h"

#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Analysis/TransferCost.h"
#include "passes/Partition/ExchangeViews.h"
#include "systemc-models/Fabric/CollectiveCost.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using acc::fabric::Algorithm;
using Kind = acc::fabric::CollectiveKind;

namespace xpu {

/// One run from the beginning of a line.
static double transferCycles(const acc::Machine &machine, int64_t bytes) {
  const acc::Target &slice = machine.slice;
  return double(estimateTransferCycles(slice, 1, bytes, slice.hbm.lineBytes));
}

double estimateFabric(const acc::Machine &machine, Kind kind, int64_t chips,
                      int64_t bytes) {
  acc::fabric::CollectiveShape shape;
  shape.kind = kind;
  shape.ranks = uint32_t(chips);
  shape.elements = uint64_t(llvm::divideCeil(bytes, 4));
  auto cycles = [&](Algorithm algorithm) {
    return acc::fabric::estimateCycles(machine, shape, algorithm, 4);
  };
  double least = cycles(Algorithm::Direct);
  if (kind == Kind::AllReduce) {
    least = std::min(least, cycles(Algorithm::OneShot));
  }
  return least * acc::fabric::delaysOf(machine).cycleSeconds *
         machine.slice.clockHz;
}

static ExchangeShape describe(const acc::Machine &machine, CollectiveKind kind,
                              GroupKind group, ChipsKind chips, int64_t members,
                              int64_t partBytes) {
  ExchangeShape shape;
  acc::Chip::Grid grid = machine.grid();
  switch (group) {
  case GroupKind::Chip:
    shape.slices = machine.slicesPerChip();
    shape.stages = 2;
    break;
  case GroupKind::Row:
    shape.slices = grid.columns;
    break;
  case GroupKind::Column:
    shape.slices = grid.rows;
    break;
  case GroupKind::Slice:
    break;
  }
  shape.kind = kind == CollectiveKind::AllGather   ? Kind::AllGather
               : kind == CollectiveKind::AllReduce ? Kind::AllReduce
                                                   : Kind::ReduceScatter;
  shape.chips = chips == ChipsKind::Own ? 1 : members / shape.slices;
  shape.partBytes = partBytes;
  return shape;
}

ExchangeShape describeExchange(const acc::Machine &machine,
                               ExchangeOp exchange) {
  const bool scatters = exchange.getKind() == CollectiveKind::ReduceScatter;
  return describe(machine, exchange.getKind(), exchange.getGroup(),
                  exchange.getChips(), int64_t(exchange.getMembers()),
                  getByteSize(memRefTypeOf(scatters ? exchange.getDest()
                                                    : exchange.getSource())));
}

ExchangeShape describeExchange(const acc::Machine &machine,
                               CollectiveOp collective) {
  return describe(machine, collective.getKind(), collective.getGroup(),
                  collective.getChips(), int64_t(collective.getMembers()),
                  int64_t(collective.getRows() * collective.getColumns() *
                          isa::formatBytes(static_cast<isa::Format>(
                              collective.getFormat()))));
}

namespace {
class Estimate {
public:
  Estimate(const acc::Machine &machine, const ExchangeShape &shape)
      : machine(machine), shape(shape), net(machine.net()),
        beats(double(
            llvm::divideCeil(shape.partBytes, uint64_t(net.bytesPerCycle)))) {}

  /// Beats of all parts, or of one if there are only sums.
  double parts() const {
    return shape.kind == Kind::AllReduce ? 1
                                         : double(shape.slices * shape.chips);
  }

  /// Within a chip, from HBM to HBM.
  double inChip(double passes, int64_t stages) const {
    return net.setup + std::max(passes * beats, memory()) +
           double(stages * net.stageLatency) + net.tail;
  }

  /// Up to the edge of the chip, over the ports, and down; the edge adds what
  /// other chips give.
  double overChips(double passes, int64_t stages, double partsOfCommand) const {
    const int64_t groups = machine.slicesPerChip() / shape.slices;
    const auto onPorts = int64_t(double(groups * shape.partBytes) *
                                 (shape.kind == Kind::AllReduce ? 1 : parts()));
    return 2 * double(net.setup + stages * net.stageLatency) + net.tail +
           std::max(passes * beats, memory()) +
           estimateFabric(machine, shape.kind, shape.chips, onPorts) +
           (commands(partsOfCommand) - 1) * latency();
  }

  /// Of a step in the chip beside others.
  double latencyInChip() const {
    return double(net.setup + shape.stages * net.stageLatency + net.tail);
  }

private:
  double memory() const {
    return transferCycles(machine, shape.partBytes) +
           transferCycles(machine, int64_t(parts()) * shape.partBytes);
  }

  /// What is too large to stay in the scratchpad goes in tiles, each of which
  /// waits for the links (TileExchange.cpp).
  double commands(double partsOfCommand) const {
    const acc::Target &slice = machine.slice;
    const auto bytes = int64_t(partsOfCommand * double(shape.partBytes));
    if (bytes <= ScratchpadRegions::residentRoom(slice) / 4) {
      return 1;
    }
    const int64_t banks = slice.spm.banks;
    const int64_t room =
        ScratchpadRegions(slice, banks,
                          ScratchpadRegions::usualStationaryBanks(banks),
                          ScratchpadRegions::usualResultBanks(banks))
            .inputBytes();
    return double(llvm::divideCeil(bytes, std::max<int64_t>(1, room / 4)));
  }
  double latency() const {
    return estimateFabric(machine, shape.kind, shape.chips, 4 * shape.chips);
  }

  const acc::Machine &machine;
  const ExchangeShape &shape;
  const acc::Chip::Net net;
  const double beats;
};
} // namespace

double estimateAtOnce(const acc::Machine &machine, const ExchangeShape &shape) {
  const Estimate estimate(machine, shape);
  const double parts = estimate.parts();
  const auto chips = double(shape.chips), slices = double(shape.slices);
  if (shape.chips == 1) {
    return estimate.inChip(parts, shape.stages);
  }
  switch (shape.kind) {
  case Kind::AllReduce:
    return estimate.overChips(2 + (chips - 1) / chips, shape.stages, 1);
  case Kind::ReduceScatter:
    // All of a chip's parts come up, those of its slices are added and go down.
    return estimate.overChips(parts + (chips - 1) * slices + slices,
                              shape.stages, parts + 1);
  default:
    return estimate.overChips(slices + parts, shape.stages, parts + 1);
  }
}

double estimateInSteps(const acc::Machine &machine,
                       const ExchangeShape &shape) {
  const Estimate estimate(machine, shape);
  const auto chips = double(shape.chips);
  // A part for each chip comes up; the edge adds all but its own.
  const double between = chips + (chips - 1) + 1;
  // The memory's time counts once.
  return estimate.overChips(between + estimate.parts(), 1, chips + 1) +
         estimate.latencyInChip();
}

} // namespace xpu
