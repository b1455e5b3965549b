//===- CollectiveModel.cpp - Collectives between devices ------------------===//
//
// A ring or a pairwise exchange moves a known number of bytes over each link,
// cut into chunks that follow each other along the ring. With the best chunk
// size, W bytes at rate B over a pipeline whose steps cost c take
// (√(W/B) + √c)². Switches that reduce let an all-reduce send its data once.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Baselines/Cost.h"

#include <algorithm>
#include <cmath>

namespace acc::systems {

namespace {

/// Bytes that leave a rank, as a share of the collective's bytes.
double sentShare(CollectiveKind kind, double ranks) {
  switch (kind) {
  case CollectiveKind::AllReduce:
    return 2 * (ranks - 1) / ranks;
  case CollectiveKind::AllGather:
  case CollectiveKind::ReduceScatter:
  case CollectiveKind::AllToAll:
    return (ranks - 1) / ranks;
  case CollectiveKind::SendReceive:
    return 1;
  }
  return 1;
}

/// Bytes that must leave a rank whatever the algorithm.
double leastShare(CollectiveKind kind, double ranks) {
  // With reduction in the switches a rank sends its data once.
  return kind == CollectiveKind::AllReduce ? 1 : sentShare(kind, ranks);
}

Seconds pipelined(Seconds transfer, Seconds step) {
  return transfer + step +
         Seconds(2 * std::sqrt(transfer.value() * step.value()));
}

Seconds ncclTime(const Collective &c, BytesPerSecond link, const Device &device,
                 const Parameters &parameters) {
  bool reduce = c.kind == CollectiveKind::AllReduce;
  double rate =
      parameters[reduce ? Parameter::NcclReduce : Parameter::NcclMove];
  // From the pair's rate with two ranks to the full one with many.
  rate *= 1 - (1 - parameters[Parameter::NcclPair]) * 2 / c.ranks;
  Seconds chunk(parameters[Parameter::NcclChunk]);
  Bytes sent = c.bytes * sentShare(c.kind, c.ranks);
  Seconds body = pipelined(sent / (link * rate), chunk);
  if (reduce && device.switchReduces && c.withinScaleUp && c.ranks > 2) {
    BytesPerSecond once = link * parameters[Parameter::NcclSwitch];
    body = std::min(body, pipelined(c.bytes / once, chunk));
  }
  return Seconds(parameters[Parameter::NcclStart]) +
         (c.ranks - 2) * Seconds(parameters[Parameter::NcclHop]) + body;
}

Seconds oneShotTime(const Collective &c, BytesPerSecond link,
                    const Parameters &parameters) {
  Seconds start = Seconds(parameters[Parameter::OneShotStart]) +
                  (c.ranks - 2) * Seconds(parameters[Parameter::OneShotHop]);
  Seconds once =
      c.bytes * (c.ranks - 1) / (link * parameters[Parameter::OneShotRate]);
  Seconds twice = Seconds(parameters[Parameter::TwoShotStart]) +
                  c.bytes * sentShare(c.kind, c.ranks) /
                      (link * parameters[Parameter::TwoShotRate]);
  return start + std::min(once, twice);
}

} // namespace

namespace {

/// Least time of an exchange between experts' ranks: what stays in the scale-up
/// domain goes over its links, the rest over the network.
Seconds exchangeBound(const Collective &c, const Device &device) {
  double near = std::min(1.0, std::max(1.0, device.scaleUpDevices) / c.ranks);
  if (device.scaleOut <= BytesPerSecond(0)) {
    near = 1;
  }
  Seconds within = device.scaleUp > BytesPerSecond(0)
                       ? c.bytes * near / device.scaleUp
                       : Seconds(0);
  return near < 1 ? std::max(within, c.bytes * (1 - near) / device.scaleOut)
                  : within;
}

} // namespace

Cost collectiveCost(const Collective &collective, const Device &device,
                    const Parameters &parameters) {
  Cost cost;
  cost.limit = Resource::Link;
  if (collective.ranks < 2) {
    return cost;
  }
  bool near = collective.withinScaleUp &&
              collective.ranks <= std::max(1.0, device.scaleUpDevices);
  BytesPerSecond link = collective.toHost ? device.host
                        : near            ? device.scaleUp
                                          : device.scaleOut;
  if (link <= BytesPerSecond(0)) {
    link = std::max(device.scaleUp, device.scaleOut);
  }
  Bytes least =
      collective.bytes * leastShare(collective.kind, collective.ranks);
  cost.bound = least / link;
  cost.events.link =
      collective.bytes * sentShare(collective.kind, collective.ranks);
  cost.events.memory = 2 * cost.events.link;
  switch (collective.library) {
  case CollectiveLibrary::Nccl:
    cost.time = ncclTime(collective, link, device, parameters);
    break;
  case CollectiveLibrary::OneShot:
    cost.time = oneShotTime(collective, link, parameters);
    break;
  case CollectiveLibrary::Expert:
    cost.bound = exchangeBound(collective, device);
    cost.time = Seconds(parameters[Parameter::ExpertStart]) +
                cost.bound / parameters[Parameter::ExpertLink];
    break;
  case CollectiveLibrary::Copy:
    cost.time = Seconds(parameters[Parameter::NcclStart]) +
                least / (link * parameters[Parameter::CopyLink]);
    break;
  }
  if (cost.time > cost.bound * 4) {
    cost.limit = Resource::Latency;
  }
  return cost;
}

} // namespace acc::systems
