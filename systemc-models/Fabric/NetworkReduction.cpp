//===- NetworkReduction.cpp - Sums that switches make ---------------------===//

#include "systemc-models/Fabric/Network.h"

#include "llvm/ADT/STLExtras.h"

#include <cassert>

using namespace acc;
using namespace acc::fabric;

uint32_t Network::openReduction(llvm::ArrayRef<uint32_t> members,
                                uint64_t bytes, unsigned channel) {
  assert(options.units != 0 && !members.empty() && "switches that add");
  Reduction r;
  r.members.assign(members.begin(), members.end());
  r.channel = channel;
  r.parts.assign(members.size(), kNone);
  r.sums.assign(members.size(), kNone);
  constexpr uint64_t kMost = 8 * kTransactionUnits;
  uint64_t transactions = std::max<uint64_t>(1, (bytes + kMost - 1) / kMost);
  uint64_t rest = bytes - (transactions - 1) * kMost;
  size_t reach = unsigned(Reach::Near);
  for (uint32_t p = 0; p < chips[members.front()].ports[reach].size(); ++p) {
    bool isLive = llvm::all_of(members, [&](uint32_t chip) {
      return isOpen(chips[chip].ports[reach][p], unitOf(chip), channel) &&
             isOpen(chips[unitOf(chip)].ports[reach][p], chip, channel);
    });
    if (isLive) {
      r.planes.emplace_back();
      r.planes.back().port = p;
    }
  }
  uint64_t width = r.planes.size();
  for (auto [index, plane] : llvm::enumerate(r.planes)) {
    plane.count =
        uint32_t(transactions / width + (index < transactions % width));
    bool hasLast = (transactions - 1) % width == index;
    plane.lastUnits = hasLast ? uint16_t((rest + 7) / 8) : kTransactionUnits;
    plane.offered.assign(members.size(), 0);
    plane.given.assign(members.size(), 0);
    plane.taken.assign(members.size(), 0);
  }
  r.isFaulted = r.planes.empty();
  reductions.push_back(std::move(r));
  return uint32_t(reductions.size() - 1);
}

uint32_t Network::addMessage(uint32_t reduction, uint32_t member, bool isPart) {
  Message message;
  for (const Reduction::Plane &plane : reductions[reduction].planes) {
    message.left += plane.count;
  }
  message.isPart = isPart;
  message.reduction = reduction;
  message.member = member;
  messages.push_back(message);
  return uint32_t(messages.size() - 1);
}

uint32_t Network::contribute(uint32_t number, uint32_t member, Cycle from) {
  Reduction &r = reductions[number];
  from = std::max(from, time);
  r.parts[member] = addMessage(number, member, /*isPart=*/true);
  uint32_t sum = r.sums[member] = addMessage(number, member, /*isPart=*/false);
  ++undelivered;
  lastStep = std::max(lastStep, from); // Until then nothing is stuck.
  if (r.isFaulted) {
    failReduction(number);
    return sum;
  }
  uint32_t chip = r.members[member];
  std::vector<UnitQueue> &queues = chips[chip].units;
  queues.resize(chips[chip].ports[unsigned(Reach::Near)].size());
  for (const Reduction::Plane &plane : r.planes) {
    if (plane.count != 0) {
      queues[plane.port].waiting.push_back({number, member, from});
      offerParts(chip, plane.port);
    }
  }
  return sum;
}

/// As many parts as the chip's unit has room for.
void Network::offerParts(uint32_t chip, uint32_t port) {
  UnitQueue &queue = chips[chip].units[port];
  while (!queue.waiting.empty() && queue.outstanding < options.unitWindow) {
    UnitQueue::Entry entry = queue.waiting.front();
    if (!isOpen(chips[chip].ports[unsigned(Reach::Near)][port], unitOf(chip),
                reductions[entry.reduction].channel)) {
      failReduction(entry.reduction); // It waits no longer.
      continue;
    }
    Reduction &r = reductions[entry.reduction];
    Reduction::Plane &plane = *r.planeOf(port);
    uint32_t &offered = plane.offered[entry.member];
    uint32_t count =
        std::min(options.unitWindow - queue.outstanding, plane.count - offered);
    offer(chips[chip].ports[unsigned(Reach::Near)][port], r.channel,
          unitOf(chip), runsOf(plane, r.parts[entry.member], offered, count),
          std::max(entry.from, time));
    offered += count;
    queue.outstanding += count;
    if (offered == plane.count) {
      queue.waiting.pop_front();
    }
  }
}

/// Transactions of a frame have been taken: parts at a unit, or sums at a chip.
void Network::handOver(uint32_t number, uint32_t message, uint32_t count) {
  const Message &which = messages[message];
  Reduction &r = reductions[which.reduction];
  if (r.isFaulted) {
    return;
  }
  Reduction::Plane &plane = *r.planeOf(ports[number].number);
  uint32_t chip = r.members[which.member];
  lastStep = std::max(lastStep, time);
  if (!which.isPart) {
    plane.taken[which.member] += count;
    chips[chip].units[plane.port].outstanding -= count;
    offerParts(chip, plane.port);
    return;
  }
  plane.given[which.member] += count;
  uint32_t all = *llvm::min_element(plane.given);
  if (all == plane.summed) {
    return;
  }
  uint32_t first = plane.summed;
  this->count.sums += all - first;
  plane.summed = all;
  Cycle from = time + options.addCycles * (r.members.size() - 1);
  for (auto [member, sum] : llvm::enumerate(r.sums)) {
    uint32_t to = r.members[member];
    offer(chips[unitOf(to)].ports[unsigned(Reach::Near)][plane.port], r.channel,
          to, runsOf(plane, sum, first, all - first), from);
  }
}

/// A part or a sum may be lost: all members that have not got the sum are told,
/// and so are those that give their part later.
void Network::failReduction(uint32_t number) {
  Reduction &r = reductions[number];
  bool isFirst = !r.isFaulted;
  r.isFaulted = true;
  for (auto [member, chip] : llvm::enumerate(r.members)) {
    // What units hold of it is dropped.
    for (Reduction::Plane &plane : r.planes) {
      if (isFirst && plane.port < chips[chip].units.size()) {
        UnitQueue &queue = chips[chip].units[plane.port];
        queue.outstanding -= plane.offered[member] - plane.taken[member];
        llvm::erase_if(queue.waiting, [&](const UnitQueue::Entry &entry) {
          return entry.reduction == number;
        });
        offerParts(chip, plane.port);
      }
    }
    uint32_t sum = r.sums[member];
    if (sum == kNone || messages[sum].isFaulted ||
        (messages[sum].left == 0 && !r.planes.empty())) {
      continue;
    }
    messages[sum].isFaulted = true;
    --undelivered;
    ++count.faults;
    lastStep = time;
    if (faulted) {
      faulted(sum, time);
    }
  }
}
